/** People who may do little: a ServiceAccount with some rights, and a kubeconfig of it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Cluster, Reference } from './cluster.ts';

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

const rbac = 'rbac.authorization.k8s.io';

/**
 * The kubeconfig of a new account with these rights in some namespaces, of which the first is its own, and perhaps in all. It
 * may also see which cluster it is.
 */
export async function createAccount(
  cluster: Cluster,
  rights: Readonly<Record<string, readonly Rule[]>>,
  everywhere: readonly Rule[] = [],
): Promise<string> {
  const [home = ''] = Object.keys(rights);
  const subjects = [{ kind: 'ServiceAccount', name: 'user', namespace: home }];
  const make = (kind: string, name: string, namespace: string | undefined, rest: object) =>
    cluster.create({
      apiVersion: kind === 'ServiceAccount' ? 'v1' : `${rbac}/v1`,
      kind,
      metadata: { name, ...(namespace ? { namespace } : {}) },
      ...rest,
    } as Reference);
  await make('ServiceAccount', 'user', home, {});
  for (const [namespace, rules] of Object.entries(rights)) {
    await make('Role', home, namespace, { rules });
    await make('RoleBinding', home, namespace, { roleRef: { apiGroup: rbac, kind: 'Role', name: home }, subjects });
  }
  const identity = { apiGroups: [''], resources: ['namespaces'], resourceNames: ['kube-system'], verbs: ['get'] };
  await make('ClusterRole', home, undefined, { rules: [identity, ...everywhere] });
  await make('ClusterRoleBinding', home, undefined, {
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: home },
    subjects,
  });
  return kubeconfigOf(cluster, home, 'user');
}

/** A token of a ServiceAccount. */
export async function tokenOf(cluster: Cluster, namespace: string, name: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const { status } = JSON.parse((await cluster.request('POST', path, { body: { spec: {} } })).text);
  return status.token;
}

/** The kubeconfig of a ServiceAccount, beside that of the sandbox, whose folder goes with it. */
export async function kubeconfigOf(cluster: Cluster, namespace: string, name: string): Promise<string> {
  const token = await tokenOf(cluster, namespace, name);
  const admin = readFileSync(cluster.kubeconfig, 'utf8');
  const file = join(dirname(cluster.kubeconfig), `kubeconfig-${namespace}`);
  writeFileSync(file, admin.replace(/(token"?: *)"?[^",}\s]+"?/, `$1"${token}"`), { mode: 0o600 });
  return file;
}
