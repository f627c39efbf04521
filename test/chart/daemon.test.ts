/** A release of the chart at work: its container as a process, with the rights of its ServiceAccount and no others. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fetch } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../src/sandbox/control-plane.ts';
import { type InfrahubDouble, startInfrahub } from '../../src/sandbox/infrahub.ts';
import { tokenOf } from '../support/account.ts';
import { chart, chartNamespace, render } from '../support/chart.ts';
import { type Cluster, connect, type Reference } from '../support/cluster.ts';
import { canRunContainers, startContainer } from '../support/container.ts';
import { freePort } from '../support/free-port.ts';
import { type Helm, startHelm, type Values } from '../support/helm.ts';
import { getMetrics } from '../support/metrics.ts';
import { type Line, resource, sync, untilCondition } from '../support/operator.ts';
import { podOf } from '../support/pod.ts';
import { waitFor } from '../support/wait-for.ts';

let controlPlane: ControlPlane;
let cluster: Cluster;
let helm: Helm;
let infrahub: InfrahubDouble;
let namespace: string;
let release: Release | undefined;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  cluster = connect(controlPlane.kubeconfig);
  helm = startHelm(controlPlane.kubeconfig);
  infrahub = await startInfrahub({ accounts: { vidra: 'secret' } });
});
beforeEach(async () => {
  namespace = await cluster.createNamespace();
});
afterEach(async () => {
  await release?.end();
  release = undefined;
});
afterAll(async () => {
  await infrahub.close();
  await cluster.close();
  await controlPlane.stop();
});

interface Release {
  readonly ports: { readonly health: number; readonly metrics: number };
  readonly lines: () => Line[];
  /** Uninstalls it after its process has ended. */
  end(): Promise<void>;
}

/** Installs the chart, and runs what its Pod would run. */
async function install(values: Values): Promise<Release> {
  const ports = { health: await freePort(), metrics: await freePort() };
  const all = { ...values, health: { port: ports.health }, metrics: { port: ports.metrics } };
  await helm(['install', 'vidra', chart, '--namespace', chartNamespace, '--create-namespace'], all);
  const child = await startContainer(podOf(await render(helm, all)), cluster);
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const stderr = text(child.stderr);
  release = {
    ports,
    lines: () =>
      output
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Line),
    end: async () => {
      expect([await stopped(child), await stderr]).toEqual([0, '']);
      await helm(['uninstall', 'vidra', '--namespace', chartNamespace]);
    },
  };
  await waitFor('the readiness probe', async () => (await probe(ports.health, '/readyz')) === 200);
  return release;
}

async function stopped(child: ChildProcessWithoutNullStreams): Promise<number | null> {
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  return (await exit)[0];
}

async function probe(port: number, path: string): Promise<number | undefined> {
  return (await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined))?.status;
}

const object = (kind: string, name = 'mine') => ({ apiVersion: 'v1', kind, metadata: { name, namespace } });
const account = `system:serviceaccount:${chartNamespace}:vidra`;

/** Which of these the ServiceAccount of the release may do, as in `create deployments.apps shop`. */
async function allowedOf(...permissions: readonly string[]): Promise<string[]> {
  const answers = permissions.map(async (permission) => {
    const [verb, place = '', where = ''] = permission.split(' ');
    const [resourceName, ...group] = place.split('.');
    const resourceAttributes = { verb, resource: resourceName, group: group.join('.'), namespace: where };
    const body = { spec: { user: account, groups: ['system:serviceaccounts'], resourceAttributes } };
    const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
    const review = JSON.parse((await cluster.request('POST', path, { body })).text);
    return review.status.allowed ? [permission] : [];
  });
  return (await Promise.all(answers)).flat();
}

/** Nothing that it wanted was forbidden. */
function expectNoTrouble({ lines }: Release): void {
  expect(lines().filter(({ problem }) => problem !== undefined)).toEqual([]);
}

async function gone(definition: Reference): Promise<void> {
  await cluster.remove(definition);
  await waitFor('the definition to be gone', async () => !(await cluster.exists(definition)));
}

/** They are for those who are bound to the role of the chart. */
async function expectMetrics({ ports: { metrics } }: Release, line: string): Promise<void> {
  await cluster.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'monitor', namespace } });
  const token = await tokenOf(cluster, namespace, 'monitor');
  expect((await getMetrics(metrics, token)).status).toBe(403);
  const apiGroup = 'rbac.authorization.k8s.io';
  await cluster.create({
    apiVersion: `${apiGroup}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: namespace },
    roleRef: { apiGroup, kind: 'ClusterRole', name: 'vidra-metrics-reader' },
    subjects: [{ kind: 'ServiceAccount', name: 'monitor', namespace }],
  } as Reference);
  await waitFor('the metrics', async () => (await getMetrics(metrics, token)).body.includes(line));
}

describe.runIf(canRunContainers)('a release', () => {
  it('keeps a sync with an Infrahub, elected by a Lease, with credentials from a Secret, and can be watched', async () => {
    const started = await install({});
    const [, host = ''] = /^http:\/\/([^:/]+)/.exec(infrahub.address) ?? [];
    const labels = { 'infrahub-api-url': host };
    const credentials = { ...object('Secret'), metadata: { name: 'infrahub', namespace: chartNamespace, labels } };
    await cluster.create({ ...credentials, stringData: { username: 'vidra', password: 'secret' } } as Reference);
    const id = infrahub.setArtifact({ name: 'Web', content: JSON.stringify(object('ConfigMap')) });
    const definition = sync(namespace, {
      source: { infrahubAPIURL: infrahub.address, artefactName: 'Web' },
      destination: { namespace, reconcileOnEvents: true },
      interval: '1s',
    });
    await cluster.create(definition);
    await untilCondition(cluster, definition, 'Ready', 'True');
    expect(await cluster.exists(object('ConfigMap'))).toBe(true);
    expect(await cluster.exists(resource(`${namespace}-${id}`, []))).toBe(true);

    await cluster.remove(object('ConfigMap'));
    await waitFor('what was removed', () => cluster.exists(object('ConfigMap')));
    await untilCondition(cluster, definition, 'Ready', 'True');
    await gone(definition);
    expect(await cluster.exists(object('ConfigMap'))).toBe(false);
    expectNoTrouble(started);
    const leases = await cluster.list('coordination.k8s.io/v1', 'Lease', chartNamespace);
    expect(leases.map(({ metadata }) => metadata.name)).toEqual(['vidra']);
    expect(await probe(started.ports.health, '/healthz')).toBe(200);
    await expectMetrics(started, 'vidra_leader{shard="0"} 1');
  });

  it('manages the kinds that it was given, and no others', async () => {
    const kinds = [{ apiGroups: [''], resources: ['configmaps'] }];
    const started = await install({ shards: 2, rbac: { scope: 'kinds', kinds } });
    const good = resource(`${namespace}-good`, [object('ConfigMap')]);
    await cluster.create(good);
    await untilCondition(cluster, good, 'Ready', 'True');
    await gone(good);
    expect(await cluster.exists(object('ConfigMap'))).toBe(false);
    expectNoTrouble(started);

    const bad = resource(`${namespace}-bad`, [object('Secret')]);
    await cluster.create(bad);
    expect(await untilCondition(cluster, bad, 'Ready', 'False')).toMatchObject({
      message: expect.stringContaining('secrets'),
    });
    expect(await cluster.exists(object('Secret'))).toBe(false);
    await gone(bad);

    const wanted = [`delete configmaps ${namespace}`, `update leases.coordination.k8s.io ${chartNamespace}`];
    const refused = [
      ...[`get secrets ${namespace}`, `create deployments.apps ${namespace}`, `get pods ${chartNamespace}`],
      ...[`create leases.coordination.k8s.io ${namespace}`, `impersonate serviceaccounts ${namespace}`],
      ...['create clusterroles.rbac.authorization.k8s.io', 'create namespaces', 'list nodes'],
    ];
    expect(await allowedOf(...wanted, ...refused)).toEqual(wanted);
  });

  it('manages nothing under its own name, and all that the ServiceAccounts may which definitions name', async () => {
    const deployer = { namespace, name: 'deployer' };
    const rbac = 'rbac.authorization.k8s.io';
    const metadata = { name: 'deployer', namespace };
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['*'] }];
    await cluster.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata });
    await cluster.create({ apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules } as Reference);
    const roleRef = { apiGroup: rbac, kind: 'Role', name: 'deployer' };
    const subjects = [{ kind: 'ServiceAccount', ...deployer }];
    await cluster.create({ apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata, roleRef, subjects } as Reference);
    const serviceAccounts = [{ namespace, names: ['deployer'] }];
    const started = await install({ rbac: { scope: 'impersonation', serviceAccounts } });

    const good = resource(`${namespace}-good`, [object('ConfigMap')], { serviceAccountName: `${namespace}/deployer` });
    await cluster.create(good);
    await untilCondition(cluster, good, 'Ready', 'True');
    expectNoTrouble(started);
    const own = resource(`${namespace}-own`, [object('ConfigMap', 'other')]);
    await cluster.create(own);
    expect((await untilCondition(cluster, own, 'Ready', 'False')).message).toContain('configmaps');
    expect(await cluster.exists(object('ConfigMap', 'other'))).toBe(false);
    await gone(good);
    expect(await cluster.exists(object('ConfigMap'))).toBe(false);
    await gone(own);

    const refused = [`create configmaps ${namespace}`, `list configmaps ${namespace}`, `get secrets ${namespace}`];
    expect(await allowedOf(...refused, 'impersonate users', 'impersonate groups')).toEqual([]);
  });
});
