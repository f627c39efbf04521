/** A user who may do little: what is in reach is applied, and nothing is concluded of the rest. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type Cluster, connect, type Reference } from '../support/cluster.ts';
import { actionsOf, resource, startEngine } from '../support/engine.ts';

let cluster: Cluster;
const folder = mkdtempSync(join(tmpdir(), 'vidra-role-'));

beforeAll(() => {
  cluster = connect(inject('kubeconfig'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await cluster.close();
});

/** A kubeconfig of an account with all of Secrets and `verbs` of ConfigMaps, in one namespace; it may also see which cluster it is. */
async function account(namespace: string, verbs: readonly string[]): Promise<string> {
  const rbac = 'rbac.authorization.k8s.io';
  const subjects = [{ kind: 'ServiceAccount', name: 'user', namespace }];
  const own = [
    { apiGroups: [''], resources: ['configmaps'], verbs },
    { apiGroups: [''], resources: ['secrets'], verbs: ['*'] },
  ];
  const identity = { apiGroups: [''], resources: ['namespaces'], resourceNames: ['kube-system'], verbs: ['get'] };
  const records = { apiGroups: ['infrahub.operators.com'], resources: ['*'], verbs: ['*'] };
  const make = (kind: string, rest: object, inNamespace?: string) => {
    const metadata = { name: inNamespace ? 'user' : namespace, ...(inNamespace ? { namespace: inNamespace } : {}) };
    const apiVersion = kind === 'ServiceAccount' ? 'v1' : `${rbac}/v1`;
    return cluster.create({ apiVersion, kind, metadata, ...rest } as Reference);
  };
  await make('ServiceAccount', {}, namespace);
  await make('Role', { rules: own }, namespace);
  await make('RoleBinding', { roleRef: { apiGroup: rbac, kind: 'Role', name: 'user' }, subjects }, namespace);
  await make('ClusterRole', { rules: [identity, records] });
  await make('ClusterRoleBinding', { roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: namespace }, subjects });
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/user/token`;
  const { status } = JSON.parse((await cluster.request('POST', path, { body: { spec: {} } })).text);
  const file = join(folder, namespace);
  const admin = readFileSync(inject('kubeconfig'), 'utf8');
  writeFileSync(file, admin.replace(/(token"?: *)"?[^",}\s]+"?/, `$1"${status.token}"`), { mode: 0o600 });
  return file;
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
  ['delete', ['get', 'list', 'create', 'patch'], { action: 'delete' }],
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
