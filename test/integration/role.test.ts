/** A user who may do little: what is in reach is applied, and nothing is concluded of the rest. */
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createAccount } from '../support/account.ts';
import { type Cluster, connect } from '../support/cluster.ts';
import { actionsOf, resource, startEngine } from '../support/engine.ts';

let cluster: Cluster;

beforeAll(() => {
  cluster = connect(inject('kubeconfig'));
});
afterAll(() => cluster.close());

/** All of Secrets, which hold the records, and some of ConfigMaps. */
function account(namespace: string, verbs: readonly string[]): Promise<string> {
  const own = [
    { apiGroups: [''], resources: ['configmaps'], verbs },
    { apiGroups: [''], resources: ['secrets'], verbs: ['*'] },
  ];
  const records = { apiGroups: ['infrahub.operators.com'], resources: ['*'], verbs: ['*'] };
  return createAccount(cluster, { [namespace]: own }, [records]);
}

const configMap = (name: string, namespace: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
});

it('A Role in one namespace is enough to apply, to find nothing to do, and to remove', async () => {
  const namespace = await cluster.createNamespace();
  const engine = await startEngine(await account(namespace, ['*']), namespace);
  const [a, b] = [configMap('a', namespace), configMap('b', namespace)];
  await engine.apply([resource(`${namespace}-web`, a, b)]);
  expect(actionsOf((await engine.apply([resource(`${namespace}-web`, a, b)])).plan)).toEqual([]);
  expect(actionsOf((await engine.apply([resource(`${namespace}-web`, a)])).plan)).toEqual(['delete ConfigMap b']);
  expect([await cluster.exists(a), await cluster.exists(b)]).toEqual([true, false]);
  await engine.close();
});

it.each([
  ['see', ['get', 'create', 'patch'], { action: 'skip', code: 'CLUSTER_FORBIDDEN' }],
  ['delete', ['get', 'list', 'create', 'patch'], { action: 'skip', code: 'CLUSTER_FORBIDDEN' }],
])('What it may not %s stays, and stays on record', async (_what, verbs, change) => {
  const namespace = await cluster.createNamespace();
  const admin = await startEngine(inject('kubeconfig'), namespace);
  const [a, b] = [configMap('a', namespace), configMap('b', namespace)];
  await admin.apply([resource(`${namespace}-web`, a, b)]);
  const engine = await startEngine(await account(namespace, verbs), namespace);
  const result = await engine.apply([resource(`${namespace}-web`, a)]);
  expect(result.plan.owners[0]?.changes[1]).toMatchObject(change);
  expect(await cluster.exists(b)).toBe(true);
  expect(actionsOf(await admin.plan([resource(`${namespace}-web`, a)]))).toEqual(['delete ConfigMap b']);
  await Promise.all([engine.close(), admin.close()]);
});
