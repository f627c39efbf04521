/** What the three programs of a control plane are started with. All run in the folder, so that sockets have short names. */

import { join } from 'node:path';

/** etcd's address: a socket in the folder, which nobody else can open and no other sandbox can take. */
export const etcdSocket = 'localhost:2379';
const peerSocket = 'localhost:2380';

const controllers = [
  'clusterrole-aggregation-controller',
  'cronjob-controller',
  'daemonset-controller',
  'deployment-controller',
  'disruption-controller',
  'endpoints-controller',
  'endpointslice-controller',
  'garbage-collector-controller',
  'job-controller',
  'namespace-controller',
  'persistentvolume-protection-controller',
  'persistentvolumeclaim-protection-controller',
  'replicaset-controller',
  'resourcequota-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'statefulset-controller',
  'ttl-after-finished-controller',
  'validatingadmissionpolicy-status-controller',
];

/** @param {string} folder */
export function etcdArguments(folder) {
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=unix://${etcdSocket}`,
    `--advertise-client-urls=unix://${etcdSocket}`,
    `--listen-peer-urls=unix://${peerSocket}`,
    `--initial-advertise-peer-urls=unix://${peerSocket}`,
    `--initial-cluster=default=unix://${peerSocket}`,
    '--heartbeat-interval=20',
    '--election-timeout=200',
    '--unsafe-no-fsync',
    '--log-level=error',
  ];
}

/**
 * @param {string} folder
 * @param {number} port
 */
export function apiServerArguments(folder, port) {
  return [
    `--etcd-servers=unix:${etcdSocket}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    `--cert-dir=${join(folder, 'certificates')}`,
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    `--service-account-key-file=${join(folder, 'service-account.pub')}`,
    `--service-account-signing-key-file=${join(folder, 'service-account.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--service-cluster-ip-range=10.0.0.0/16',
    '--authorization-mode=RBAC',
    '--allow-privileged=true',
    '--profiling=false',
  ];
}

/** @param {string} folder */
export function controllerManagerArguments(folder) {
  return [
    `--kubeconfig=${join(folder, 'kubeconfig')}`,
    `--service-account-private-key-file=${join(folder, 'service-account.key')}`,
    '--use-service-account-credentials=false',
    '--leader-elect=false',
    '--secure-port=0',
    '--kube-api-qps=1000',
    '--kube-api-burst=2000',
    '--profiling=false',
    `--controllers=${controllers.join(',')}`,
  ];
}
