/** A second cluster beside that of the run, and Secrets at home that lead to it. */
import { type ControlPlane, startControlPlane } from '../../src/sandbox/control-plane.ts';
import { type Cluster, connect, type Reference } from './cluster.ts';
import { type Access, readKubeconfig } from './kubeconfig.ts';

export interface SecondCluster {
  readonly controlPlane: ControlPlane;
  readonly cluster: Cluster;
  readonly access: Access;
  /** The uid that tells it from others. */
  readonly identity: string;
  close(): Promise<void>;
}

/** Starts one. */
export async function startSecondCluster(): Promise<SecondCluster> {
  const controlPlane = await startControlPlane();
  const cluster = connect(controlPlane.kubeconfig);
  return {
    controlPlane,
    cluster,
    access: readKubeconfig(controlPlane.kubeconfig),
    identity: await identityOf(cluster),
    close: async () => {
      await cluster.close();
      await controlPlane.stop();
    },
  };
}

/** As a connected cluster tells it. */
export async function identityOf(cluster: Cluster): Promise<string> {
  return (await cluster.get({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } })).metadata.uid;
}

export interface ContextOptions {
  readonly name?: string;
  readonly cluster?: object;
  readonly user?: object;
}

/** The text of a kubeconfig with one context, `there` if it has no other name. */
export function kubeconfigText({ server, ca, token }: Access, options: ContextOptions = {}): string {
  const { name = 'there' } = options;
  const cluster = { server, 'certificate-authority-data': Buffer.from(ca).toString('base64'), ...options.cluster };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster }],
    users: [{ name, user: options.user ?? { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  });
}

/** A Secret as upstream's CLI writes it; without a host it has no label. */
export function kubeconfigSecret(namespace: string, name: string, kubeconfig: string, host?: string): Reference {
  const labels = host === undefined ? {} : { 'cluster-kubeconfig': host };
  const metadata = { name, namespace, labels };
  return { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { kubeconfig } } as Reference;
}

/** The token of a new account that has a ClusterRole of the cluster. */
export async function createToken(cluster: Cluster, name: string, role: string): Promise<string> {
  const account = { kind: 'ServiceAccount', name, namespace: 'default' };
  await cluster.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'default' } });
  await cluster.create({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [account],
  } as Reference);
  const path = `/api/v1/namespaces/default/serviceaccounts/${name}/token`;
  return JSON.parse((await cluster.request('POST', path, { body: { spec: {} } })).text).status.token;
}

/** Whether the cluster lets nobody in with a token; it remembers for some seconds that it did. */
export async function isRevoked(cluster: Cluster, token: string): Promise<boolean> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', metadata: {}, spec: { token } };
  const { text } = await cluster.request('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { body });
  return JSON.parse(text).status.authenticated !== true;
}
