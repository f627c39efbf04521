/** The chart in a cluster: what a real server says to each of its objects, and the life of a release. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../src/sandbox/control-plane.ts';
import { chart, chartNamespace, type Rule, readObjects, render } from '../support/chart.ts';
import { type Cluster, connect } from '../support/cluster.ts';
import { type Helm, startHelm, type Values } from '../support/helm.ts';
import { serveFolder, startRegistry } from '../support/registry.ts';
import { waitFor } from '../support/wait-for.ts';

// One of their own, because the CRDs change what everybody else's records are kept in.
let controlPlane: ControlPlane;
let cluster: Cluster;
let helm: Helm;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  cluster = connect(controlPlane.kubeconfig);
  helm = startHelm(controlPlane.kubeconfig);
  await cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: chartNamespace } });
});

afterAll(async () => {
  await cluster.close();
  await controlPlane.stop();
});

const definitions = ['infrahubsyncs', 'vidraresources'].map((plural) => `${plural}.infrahub.operators.com`);
const sync = {
  apiVersion: 'infrahub.operators.com/v1alpha1',
  kind: 'InfrahubSync',
  metadata: { name: 'web' },
  spec: { source: { infrahubAPIURL: 'http://infrahub', artefactName: 'Web' } },
};
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'vidra', namespace: chartNamespace },
};

const run = (verb: string, from: string, values: Values = {}, ...more: string[]) =>
  helm([verb, 'vidra', from, '--namespace', chartNamespace, ...more], values);
const uninstall = () => helm(['uninstall', 'vidra', '--namespace', chartNamespace]);
const crd = (name: string) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name },
});
const crds = async () =>
  (await cluster.list('apiextensions.k8s.io/v1', 'CustomResourceDefinition')).map(({ metadata }) => metadata.name);

const everything: Values = {
  commonLabels: { team: 'a' },
  image: { digest: `sha256:${'0'.repeat(64)}` },
  imagePullSecrets: [{ name: 'registry' }],
  replicas: 2,
  shards: 2,
  config: { requeueSyncAfter: '2m', eventBasedReconcile: true },
  serviceAccount: { annotations: { a: 'b' } },
  rbac: {
    scope: 'kinds',
    kinds: [{ apiGroups: ['apps'], resources: ['deployments'] }],
    serviceAccounts: [{ namespace: chartNamespace, names: ['deployer'] }],
    secretNamespaces: ['default', '*'],
    extraRules: [{ apiGroups: ['batch'], resources: ['jobs'], verbs: ['get'] }],
  },
  metrics: { service: { annotations: { a: 'b' } } },
  networkPolicy: {
    enabled: true,
    metricsFrom: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
    egress: [{ ports: [{ port: 443 }] }],
  },
  podDisruptionBudget: { enabled: true },
  podAnnotations: { a: 'b' },
  podLabels: { a: 'b' },
  priorityClassName: 'system-cluster-critical',
  nodeSelector: { 'kubernetes.io/os': 'linux' },
  tolerations: [{ operator: 'Exists' }],
  affinity: { nodeAffinity: {} },
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: {} },
  ],
  extraEnv: [{ name: 'A', value: 'b' }],
  extraVolumes: [{ name: 'ca', configMap: { name: 'ca' } }],
  extraVolumeMounts: [{ name: 'ca', mountPath: '/ca' }],
};

it.each([
  ['no values', {}],
  ['everything', everything],
])('The server accepts each object, with no field that it does not know, of %s', async (_title, values) => {
  const query = { dryRun: 'All', fieldValidation: 'Strict' };
  const objects = await render(helm, values);
  expect(objects.length).toBeGreaterThan(10);
  for (const object of objects) await cluster.apply(object, 'test', { query });
});

it('is installed, upgraded and uninstalled, and what people wrote stays', async () => {
  await run('install', chart);
  expect(await crds()).toEqual(definitions);
  expect((await cluster.get(deployment))['spec']).toMatchObject({ replicas: 1 });
  const before = await waitFor('the kind', () => cluster.create(sync).catch(() => undefined));

  await run('upgrade', chart, { replicas: 2 });
  expect((await cluster.get(deployment))['spec']).toMatchObject({ replicas: 2 });

  await uninstall();
  expect(await cluster.exists(deployment)).toBe(false);
  expect(await crds()).toEqual(definitions);
  expect((await cluster.get(sync)).metadata.uid).toBe(before.metadata.uid);

  // The same release finds its own again.
  await run('install', chart);
  expect((await cluster.get(sync)).metadata.uid).toBe(before.metadata.uid);
  await uninstall();
});

it('takes over CRDs that something else made, when it is told to', async () => {
  await run('install', chart, { crds: { keep: false } });
  await uninstall();
  await waitFor('the definitions to go', async () => (await crds()).length === 0);
  for (const file of readdirSync(join(chart, 'files/crds')).filter((name) => name.endsWith('.yaml'))) {
    // With another column, as an older chart may have them.
    const text = readFileSync(join(chart, 'files/crds', file), 'utf8').replace('name: Age', 'name: Since');
    for (const other of readObjects(text)) await cluster.create(other);
  }
  await waitFor('the kind', () => cluster.create(sync).catch(() => undefined));
  await expect(run('install', chart)).rejects.toThrow('invalid ownership metadata');
  await run('install', chart, {}, '--take-ownership', '--force-conflicts');
  const columns = async (name: string) => JSON.stringify((await cluster.get(crd(name)))['spec']);
  for (const name of definitions) expect(await columns(name)).not.toContain('Since');
  await uninstall();
  expect(await cluster.exists(sync)).toBe(true);
});

it('installs without CRDs beside those that something else made', async () => {
  await run('install', chart, { crds: { install: false } });
  expect(await cluster.exists(deployment)).toBe(true);
  await uninstall();
  expect(await crds()).toEqual(definitions);
});

/** Whether a role lets its people do something with a kind. */
async function mayBy(role: string, verb: string, resource: string): Promise<boolean> {
  const reference = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: role } };
  const { rules } = (await cluster.get(reference)) as unknown as { rules: readonly Rule[] };
  return rules.some((rule) => rule.resources?.includes(resource) && rule.verbs.includes(verb));
}

it("gives people's roles their share: viewers see no manifests", async () => {
  await run('install', chart);
  await waitFor('the roles to be aggregated', () => mayBy('edit', 'patch', 'vidraresources'));
  await waitFor('the roles to be aggregated', () => mayBy('view', 'list', 'infrahubsyncs'));
  expect(await mayBy('edit', 'create', 'infrahubsyncs')).toBe(true);
  expect(await mayBy('view', 'patch', 'infrahubsyncs')).toBe(false);
  expect(await mayBy('view', 'list', 'vidraresources')).toBe(false);
  await uninstall();
});

/** The chart as a file, with the version that people name. */
async function packageChart(): Promise<{ folder: string; file: string; version: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'vidra-charts-'));
  await helm(['package', chart, '--destination', folder]);
  const [name = ''] = readdirSync(folder);
  return { folder, file: join(folder, name), version: name.slice('vidra-'.length, -'.tgz'.length) };
}

/** The definitions that the release has brought, also those that were there before. */
async function installedDefinitions(): Promise<string[]> {
  const objects = readObjects(await helm(['get', 'manifest', 'vidra', '--namespace', chartNamespace]));
  return objects.filter(({ kind }) => kind === 'CustomResourceDefinition').map(({ metadata }) => metadata.name);
}

it('is pushed to an OCI registry, and installed from there', async () => {
  const registry = await startRegistry();
  const { file, version } = await packageChart();
  await helm(['push', file, `${registry.url}/charts`, '--plain-http']);
  await run('install', `${registry.url}/charts/vidra`, {}, '--version', version, '--plain-http');
  expect(await cluster.exists(deployment)).toBe(true);
  expect(await installedDefinitions()).toEqual(definitions);
  await uninstall();
  await registry.close();
});

it('is installed from a folder with an index that any web server serves', async () => {
  const { folder } = await packageChart();
  const repository = await serveFolder(folder);
  await helm(['repo', 'index', folder, '--url', repository.url]);
  await helm(['repo', 'add', 'vidra', repository.url]);
  expect(await helm(['search', 'repo', 'vidra/vidra'])).toContain('Keeps Kubernetes clusters');
  await run('install', 'vidra/vidra');
  expect(await cluster.exists(deployment)).toBe(true);
  expect(await installedDefinitions()).toEqual(definitions);
  await uninstall();
  await repository.close();
});
