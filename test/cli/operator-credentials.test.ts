/** `vidra watch` with logins to Infrahub in Secrets that change. */
import { describe, expect, it } from 'vitest';
import type { Reference } from '../support/cluster.ts';
import { sync, untilCondition, type Written } from '../support/operator.ts';
import { infrahub, useNewInfrahub, useOperator } from '../support/operator-stage.ts';
import { cluster, configMap, namespace, useOwnCluster } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

const key = 'a5f63f5e-1f9c-4b3c-8a53-0e7c8e6f2d11';
useOwnCluster({ kinds: true });
useNewInfrahub({ accounts: { vidra: 'first' }, apiKeys: [key], anonymous: false });
useOperator(() => ({ VIDRA_SECRET_NAMESPACES: namespace }));

const colorOf = async (name: string) =>
  (await cluster.exists(configMap(name))) && (await cluster.get(configMap(name))).data?.['color'];

/** With the label of the double's host, or without. */
function putSecret(name: string, stringData: Record<string, string>, labels = {}): Promise<unknown> {
  const data = { infrahubapiurl: infrahub.address, ...stringData };
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace, labels }, stringData: data };
  return cluster.apply(secret as Reference, 'test');
}

/** A sync of one artifact, and what changes that. */
async function startSync(name: string, source: object = {}): Promise<{ one: Written; paint: (color: string) => void }> {
  const artifact = `${name} ${namespace}`;
  const content = (color: string) => JSON.stringify(configMap(name, { color }));
  const id = infrahub.setArtifact({ name: artifact, content: content('red') });
  const of = { infrahubAPIURL: infrahub.address, artefactName: artifact, ...source };
  const one = sync(`${namespace}-${name}`, { source: of, interval: '1s' });
  await cluster.create(one);
  return { one, paint: (color) => void infrahub.setArtifact({ id, name: artifact, content: content(color) }) };
}

/** Ends all that was given for the password before, too. */
function changePassword(password: string): void {
  infrahub.accounts.setPassword('vidra', password);
  infrahub.accounts.endSessions();
  infrahub.accounts.replaceSecret();
}

describe('a password that is rotated', () => {
  it.each([
    ['by the definition', (name: string) => ({ credentialsSecretRef: { namespace, name } }), {}],
    ['by its label', () => ({}), { 'infrahub-api-url': '127.0.0.1' }],
  ])('is taken up without a restart, in a Secret found %s', async (_case, source, labels) => {
    const login = (password: string) => putSecret('login', { username: 'vidra', password }, labels);
    await login('first');
    const { one, paint } = await startSync('a', source('login'));
    await untilCondition(cluster, one, 'Ready', 'True');
    changePassword('second');
    paint('blue');
    const refused = await untilCondition(cluster, one, 'Ready', 'False');
    expect(refused.reason).toBe('SourceUnauthorized');
    expect(await colorOf('a')).toBe('red');
    await login('second');
    await untilCondition(cluster, one, 'Ready', 'True');
    expect(await colorOf('a')).toBe('blue');
    await cluster.remove({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login', namespace } });
  });
});

describe('a Secret that a definition names', () => {
  it('may come later, and may turn to an API token without anything being refused', async () => {
    const { one } = await startSync('a', { credentialsSecretRef: { namespace, name: 'login' } });
    const missing = await untilCondition(cluster, one, 'Ready', 'False');
    expect(missing.message).toContain(`source.credentialsSecretRef ${namespace}/login`);
    await putSecret('login', { username: 'vidra', password: 'first' });
    await untilCondition(cluster, one, 'Ready', 'True');
    expect(infrahub.requests.some(({ credentials }) => credentials === 'apiKey')).toBe(false);
    await putSecret('login', { apiKey: key });
    await waitFor('the token to be used', () => infrahub.requests.some(({ credentials }) => credentials === 'apiKey'));
  });

  it('is for the definitions that name it alone', async () => {
    await putSecret('mine', { username: 'vidra', password: 'first' });
    await putSecret('wrong', { username: 'vidra', password: 'wrong' });
    const mine = await startSync('a', { credentialsSecretRef: { namespace, name: 'mine' } });
    const wrong = await startSync('b', { credentialsSecretRef: { namespace, name: 'wrong' } });
    await untilCondition(cluster, mine.one, 'Ready', 'True');
    const refused = await untilCondition(cluster, wrong.one, 'Ready', 'False');
    expect(refused.reason).toBe('SourceUnauthorized');
    expect(await colorOf('b')).toBe(false);
  });
});
