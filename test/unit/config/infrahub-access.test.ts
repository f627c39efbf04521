/** Which credentials go to which Infrahub. */
import { describe, expect, it } from 'vitest';
import { type AccessSettings, accessTo, caFileFor } from '../../../src/config/infrahub-access.ts';
import type { Profile } from '../../../src/config/profile.ts';

const url = 'https://infrahub.example.com/tenant';

function settings(
  environment: Record<string, string>,
  byName: Record<string, Profile> = {},
  more = {},
): AccessSettings {
  return { environment, profiles: { byName }, ...more };
}

const login = { INFRAHUB_USERNAME: 'ann', INFRAHUB_PASSWORD: 'pass' };
const key = (apiKey: string, infrahub = url): Profile => ({ infrahub, apiKey });

describe('access to an Infrahub', () => {
  it('comes from the environment before any profile', () => {
    const access = accessTo(url, settings({ INFRAHUB_API_TOKEN: 'token' }, { work: key('other') }));
    expect(access).toEqual({ credentials: { kind: 'apiKey', apiKey: 'token' }, origin: 'the environment' });
  });

  it('takes an API key before a password', () => {
    expect(accessTo(url, settings({ ...login, INFRAHUB_API_KEY: 'key' }))?.credentials.kind).toBe('apiKey');
    expect(accessTo(url, settings(login))?.credentials).toEqual({
      kind: 'password',
      username: 'ann',
      password: 'pass',
    });
  });

  it.each([
    'https://other.example.com',
    'http://infrahub.example.com',
    'https://infrahub.example.com:8443',
    'https://infrahub.example.com.evil.example',
    'not an address',
  ])('never goes from the environment to another server than INFRAHUB_ADDRESS: %s', (address) => {
    expect(accessTo(url, settings({ ...login, INFRAHUB_ADDRESS: address }))).toBeUndefined();
  });

  it('goes to the server of INFRAHUB_ADDRESS whatever the path and the default port', () => {
    const environment = { ...login, INFRAHUB_ADDRESS: 'https://infrahub.example.com:443/' };
    expect(accessTo(url, settings(environment))?.credentials.kind).toBe('password');
  });

  it('comes from the current profile, else from the first by name, that is for this server', () => {
    const byName = { a: key('a', 'https://other.example.com'), b: key('b'), c: key('c') };
    expect(accessTo(url, settings({}, byName))?.origin).toBe('the profile b');
    expect(accessTo(url, { environment: {}, profiles: { byName, current: 'c' } })?.origin).toBe('the profile c');
    expect(accessTo(url, { environment: {}, profiles: { byName, current: 'a' } })?.origin).toBe('the profile b');
  });

  it('comes from no other profile than the one that was named, and only for its own server', () => {
    const byName = { a: key('a', 'https://other.example.com'), b: key('b') };
    expect(accessTo(url, settings({}, byName, { profile: 'a' }))).toBeUndefined();
    expect(accessTo(url, settings({}, byName, { profile: 'b' }))?.origin).toBe('the profile b');
  });

  it('is an error when only half of a login is set', () => {
    expect(() => accessTo(url, settings({ INFRAHUB_USERNAME: 'ann' }))).toThrow('must be set together');
  });

  it('is nothing when nothing is set', () => {
    expect(accessTo(url, settings({}))).toBeUndefined();
  });

  it('trusts the authority of the environment before that of the profile', () => {
    const byName = { work: { infrahub: url, caFile: '/profile.pem' } };
    expect(caFileFor(url, settings({ INFRAHUB_CA_FILE: '/env.pem' }, byName))).toBe('/env.pem');
    expect(caFileFor(url, settings({}, byName))).toBe('/profile.pem');
    expect(caFileFor('https://other.example.com', settings({}, byName))).toBeUndefined();
  });
});
