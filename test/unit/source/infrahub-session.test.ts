import { afterEach, describe, expect, it } from 'vitest';
import { type InfrahubDouble, type InfrahubDoubleOptions, startInfrahub } from '../../../src/sandbox/infrahub.ts';
import type { InfrahubClient } from '../../../src/source/infrahub-client.ts';
import type { InfrahubCredentials } from '../../../src/source/infrahub-session.ts';
import { admin, clientOf, sourceOf } from '../../support/infrahub-reader.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function start(
  options: InfrahubDoubleOptions = {},
  credentials: InfrahubCredentials = admin,
): Promise<{ double: InfrahubDouble; client: InfrahubClient; read: () => Promise<unknown> }> {
  const double = await startInfrahub(options);
  ends.push(() => double.close());
  double.setArtifact({ name: 'web', content: 'kind: A' });
  const client = clientOf(double, { credentials });
  ends.push(() => client.close());
  return { double, client, read: () => sourceOf(client).read() };
}

const logins = (double: InfrahubDouble) => double.count('POST', /login/);
const refreshes = (double: InfrahubDouble) => double.count('POST', /refresh/);

describe.each(['1.11.9', '1.2.11'] as const)('a login at Infrahub %s', (version) => {
  it('happens once for all requests and all sources of a client, also when they begin together', async () => {
    const { double, client } = await start({ version });
    double.delay(50, { path: /login/ });
    await Promise.all([sourceOf(client).read(), sourceOf(client, { branch: 'main' }).read(), sourceOf(client).read()]);
    await sourceOf(client).read();
    expect([logins(double), refreshes(double)]).toEqual([1, 0]);
    expect(
      double.requests
        .filter(({ path }) => !path.includes('login'))
        .every(({ credentials }) => credentials === 'bearer'),
    ).toBe(true);
  });

  it('is renewed with the refresh token when the server says that it expired', async () => {
    let now = Date.now();
    const { double, read } = await start({ version, now: () => now });
    await read();
    now += 2 * 3_600_000;
    await read();
    expect([logins(double), refreshes(double)]).toEqual([1, 1]);
  });

  it('gives up when every token that it gets has ended already', async () => {
    const { double, read } = await start({ version, accessLifetime: 0 });
    await expect(read()).rejects.toMatchObject({ code: 'SOURCE_UNAUTHORIZED' });
    expect([logins(double), refreshes(double)]).toEqual([1, 2]);
  });

  it('is repeated once when the refresh token is not taken any more', async () => {
    let now = Date.now();
    const { double, read } = await start({ version, now: () => now });
    await read();
    double.accounts.endSessions();
    now += 2 * 3_600_000;
    await read();
    expect([logins(double), refreshes(double)]).toEqual([2, 1]);
  });

  it('is repeated once when the server knows none of its tokens any more', async () => {
    const { double, read } = await start({ version });
    await read();
    double.accounts.replaceSecret();
    await read();
    expect([logins(double), refreshes(double)]).toEqual([2, 1]);
  });

  it('is not repeated when the password is wrong', async () => {
    const { double, read } = await start({ version }, { kind: 'password', username: 'admin', password: 'hunter2' });
    const reading = read();
    await expect(reading).rejects.toMatchObject({ code: 'SOURCE_UNAUTHORIZED', retry: false });
    await expect(reading).rejects.toThrow('Incorrect password');
    await expect(reading).rejects.not.toThrow(/hunter2/);
    expect(double.requests).toHaveLength(1);
  });

  it('names a user that is not known', async () => {
    const { read } = await start({ version }, { kind: 'password', username: 'nobody', password: 'x' });
    const reading = read();
    await expect(reading).rejects.toMatchObject({ code: 'SOURCE_UNAUTHORIZED' });
    await expect(reading).rejects.toThrow('does not know the user nobody');
  });
});

it('is renewed a while before its end, when the rest of its life is short', async () => {
  const { double, read } = await start({ accessLifetime: 1 });
  await read();
  await new Promise((resolve) => setTimeout(resolve, 900));
  double.forgetRequests();
  await read();
  expect([logins(double), refreshes(double)]).toEqual([0, 1]);
  expect(double.requests[0]?.path).toBe('/api/auth/refresh');
});

it('fails for one who is interrupted and not for the others who wait for the same login', async () => {
  const { double, client } = await start();
  double.delay(150, { path: /login/ });
  const abort = new AbortController();
  const [first, second] = [sourceOf(client).fetch(abort.signal), sourceOf(client).read()];
  setTimeout(() => abort.abort(), 30);
  await expect(first).rejects.toMatchObject({ code: 'INTERRUPTED' });
  expect((await second).artifacts).toHaveLength(1);
  expect(logins(double)).toBe(1);
});

it('is renewed once for many downloads that are refused together', async () => {
  let now = Date.now();
  const { double, read } = await start({ now: () => now });
  for (let number = 0; number < 20; number++) double.setArtifact({ name: 'web', content: `n: ${number}` });
  const pass = () => {
    now += 2 * 3_600_000;
  };
  double.afterNext(pass, { path: /^\/graphql/ });
  expect(await read()).toMatchObject({ artifacts: { length: 21 } });
  expect([logins(double), refreshes(double)]).toEqual([1, 1]);
});

it('survives a refresh that fails for a while', async () => {
  let now = Date.now();
  const { double, read } = await start({ now: () => now });
  await read();
  now += 2 * 3_600_000;
  double.failNext(503, { path: /refresh/, times: 2 });
  await read();
  expect([logins(double), refreshes(double)]).toEqual([1, 3]);
});

it('sends an API key and never logs in', async () => {
  const { double, read } = await start(
    { apiKeys: ['key-1'], anonymous: false },
    { kind: 'apiKey', apiKey: ' key-1\n' },
  );
  await read();
  expect(logins(double)).toBe(0);
  expect(double.requests.every(({ credentials }) => credentials === 'apiKey')).toBe(true);
});

it('asks once with an API key that is wrong, and does not print it', async () => {
  const { double, read } = await start({ apiKeys: ['key-1'] }, { kind: 'apiKey', apiKey: 'key-of-another' });
  const reading = read();
  await expect(reading).rejects.toMatchObject({ code: 'SOURCE_UNAUTHORIZED' });
  await expect(reading).rejects.toThrow('Invalid token');
  await expect(reading).rejects.not.toThrow(/key-of-another/);
  expect(double.requests).toHaveLength(1);
});

it('refuses an API key that no header can hold, before anything is sent', async () => {
  const starting = start({}, { kind: 'apiKey', apiKey: 'a\nb' });
  await expect(starting).rejects.toMatchObject({ code: 'SOURCE_UNAUTHORIZED' });
});

it('reads without credentials where that is allowed, also by the stored query', async () => {
  const { double, client } = await start({}, { kind: 'anonymous' });
  expect((await sourceOf(client).read()).artifacts).toHaveLength(1);
  const page = { status: 404, headers: { 'content-type': 'application/json' }, body: '{"detail":"Not Found"}' };
  double.answerNext(page, { path: /graphql/, times: Number.POSITIVE_INFINITY });
  expect((await sourceOf(client).read()).artifacts).toHaveLength(1);
  expect(double.requests.every(({ credentials }) => credentials === 'none')).toBe(true);
});

it('says that credentials are missing where nobody may read without', async () => {
  const { double, read } = await start({ anonymous: false }, { kind: 'anonymous' });
  const reading = read();
  await expect(reading).rejects.toMatchObject({ code: 'SOURCE_UNAUTHORIZED' });
  await expect(reading).rejects.toThrow('Authentication is required');
  expect(logins(double)).toBe(0);
});
