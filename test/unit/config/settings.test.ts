/** Flags before environment before profile before defaults. */
import { describe, expect, it } from 'vitest';
import { mergeSettings } from '../../../src/config/settings.ts';

const profile = { infrahub: 'https://infrahub.example.com' };
const profiles = { byName: { home: profile, work: profile } };

describe('settings', () => {
  it('have defaults', () => {
    expect(mergeSettings({}, {}, profiles)).toEqual({
      set: 'default',
      context: undefined,
      kubeconfig: undefined,
      namespace: 'default',
      recordNamespace: 'vidra-system',
      secretNamespaces: ['vidra-system'],
      access: { environment: {}, profiles },
    });
  });

  it('take the profile from the flag before the environment', () => {
    const environment = { VIDRA_PROFILE: 'home' };
    expect(mergeSettings({ profile: 'work' }, environment, profiles).access.profile).toBe('work');
    expect(mergeSettings({}, environment, profiles).access.profile).toBe('home');
    expect(mergeSettings({ profile: '' }, { VIDRA_PROFILE: '' }, profiles).access.profile).toBeUndefined();
  });

  it.each([
    [{ profile: 'nowhere' }, {}],
    [{}, { VIDRA_PROFILE: '__proto__' }],
  ])('refuse a profile that does not exist: %j %j', (flags, environment) => {
    expect(() => mergeSettings(flags, environment, profiles)).toThrow(
      expect.objectContaining({ code: 'PROFILE_UNKNOWN' }),
    );
  });

  it.each(['Records', 'a b', '-a', 'a'.repeat(64)])('refuse records in a namespace called %j', (name) => {
    expect(() => mergeSettings({}, { VIDRA_NAMESPACE: name }, profiles)).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining('VIDRA_NAMESPACE') }),
    );
  });

  it('take the namespaces of labelled Secrets from the environment, after its own', () => {
    const of = (VIDRA_SECRET_NAMESPACES: string) =>
      mergeSettings({}, { VIDRA_NAMESPACE: 'own', VIDRA_SECRET_NAMESPACES }, profiles).secretNamespaces;
    expect(of('')).toEqual(['own']);
    expect(of('infra, own,*')).toEqual(['own', 'infra', '*']);
    expect(() => of('Infra')).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining('VIDRA_SECRET_NAMESPACES') }),
    );
  });

  it('keep the namespace of the records apart from that of objects', () => {
    const settings = mergeSettings({ namespace: 'shop' }, { VIDRA_NAMESPACE: 'records' }, profiles);
    expect([settings.namespace, settings.recordNamespace]).toEqual(['shop', 'records']);
  });
});
