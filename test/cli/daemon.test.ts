/** `vidra watch` as a daemon: it waits for what is not there yet, outlives what goes away, and can be asked how it is. */
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { connect as connectSecurely } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startControlPlane } from '../../src/sandbox/control-plane.ts';
import { selfSigned } from '../../src/server/certificate.ts';
import { tokenOf } from '../support/account.ts';
import { type ApiServer, startApiServer } from '../support/api-server.ts';
import { connect } from '../support/cluster.ts';
import { installKinds } from '../support/definitions-installed.ts';
import { freePort } from '../support/free-port.ts';
import { getMetrics } from '../support/metrics.ts';
import { conditionOf, type Operator, resource, untilCondition } from '../support/operator.ts';
import { runOperator, useOperators } from '../support/operator-stage.ts';
import { startProxy } from '../support/proxy.ts';
import { cluster, configMap, environment, namespace, useOwnCluster } from '../support/stage.ts';
import { vidra } from '../support/vidra.ts';
import { waitFor } from '../support/wait-for.ts';

useOwnCluster({ kinds: true });
useOperators();

const start = (kubeconfig = cluster.kubeconfig, ...flags: string[]) => runOperator({ kubeconfig, flags });

/** A new definition is carried out. */
async function expectWork(name: string): Promise<void> {
  const definition = resource(`${namespace}-${name}`, [configMap(name)]);
  await cluster.create(definition);
  await untilCondition(cluster, definition, 'Ready', 'True');
  expect(await cluster.exists(configMap(name))).toBe(true);
}

const says = ({ lines }: Operator, event: string) =>
  waitFor(`a line ${event}`, () => lines().find((line) => line.event === event));

async function get(port: number, path: string) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, body: await response.text() };
}

/** The probes answer from the start on. */
async function untilProbed(port: number, path: string, status: number): Promise<string> {
  return waitFor(`${path} to answer ${status}`, async () => {
    const answer = await get(port, path).catch(() => undefined);
    return answer?.status === status ? answer.body : undefined;
  });
}

it('waits for the kinds of definitions, and says how to install them', async () => {
  const empty = await startControlPlane({});
  const port = await freePort();
  const started = await start(empty.kubeconfig, `--health-probe-bind-address=127.0.0.1:${port}`);
  const { problem } = await says(started, 'waiting');
  expect(problem).toMatchObject({ code: 'KIND_UNKNOWN', message: expect.stringContaining('vidra install') });
  expect(await untilProbed(port, '/readyz', 500)).toContain('vidra install');
  expect((await get(port, '/healthz')).status).toBe(200);
  const there = connect(empty.kubeconfig);
  await installKinds(there);
  expect(await untilProbed(port, '/readyz', 200)).toBe('ok');
  const definition = resource('late', [{ ...configMap('late'), metadata: { name: 'late' } }]);
  await there.create(definition);
  await untilCondition(there, definition, 'Ready', 'True');
  await there.close();
  await started.stop();
  await empty.stop();
});

describe('with an API server of its own', () => {
  let apiServer: ApiServer;
  beforeAll(async () => {
    apiServer = await startApiServer(dirname(cluster.kubeconfig));
  });
  afterAll(() => apiServer.close());

  it('waits for it at the start, saying why it is not ready, or ends when it is told to', async () => {
    await apiServer.kill();
    const port = await freePort();
    const health = `--health-probe-bind-address=127.0.0.1:${port}`;
    const started = await start(apiServer.kubeconfig, '--leader-elect', health);
    const other = await start(apiServer.kubeconfig, '--leader-elect');
    expect((await says(started, 'waiting')).problem?.code).toBe('CLUSTER_UNREACHABLE');
    expect(await untilProbed(port, '/readyz', 500)).toContain('ECONNREFUSED');
    expect((await get(port, '/healthz')).status).toBe(200);
    await says(other, 'waiting');
    expect(await other.stop()).toMatchObject({ code: 0, stderr: '' });
    await apiServer.start();
    await expectWork('a');
    expect(await untilProbed(port, '/readyz', 200)).toBe('ok');
  });

  it('goes on when it is back', async () => {
    const started = await start(apiServer.kubeconfig, '--leader-elect');
    await expectWork('a');
    await apiServer.kill();
    await cluster.create(resource(`${namespace}-meanwhile`, [configMap('meanwhile')]));
    await waitFor('the Lease to be lost', () => started.lines().find(({ state }) => state === 'lost'));
    await apiServer.start();
    await waitFor('what was wanted meanwhile', () => cluster.exists(configMap('meanwhile')));
    await expectWork('b');
  });
});

it('sees what changes while watches are refused as too old', async () => {
  const proxy = await startProxy(cluster.kubeconfig);
  const started = await start(proxy.kubeconfig);
  await says(started, 'watching');
  const watches = /^\/apis\/infrahub\.operators\.com\/.*watch=(true|1)/;
  const gone = {
    type: 'ERROR',
    object: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: 410 },
  };
  for (const fault of [
    { kind: 'status', status: 410 },
    { kind: 'say', body: `${JSON.stringify(gone)}\n` },
  ] as const) {
    // No watch tells of anything from here on.
    proxy.inject({ path: watches, fault });
    await proxy.down();
    await cluster.create(resource(`${namespace}-${fault.kind}`, [configMap(fault.kind)]));
    await proxy.up();
    await waitFor('what is wanted', () => cluster.exists(configMap(fault.kind)));
    proxy.heal();
  }
  await started.stop();
  await proxy.close();
});

it('says of a wish that came meanwhile that it is done when it is, not before', async () => {
  const proxy = await startProxy(cluster.kubeconfig);
  const started = await start(proxy.kubeconfig);
  const one = resource(`${namespace}-one`, [configMap('a')]);
  const statuses = new RegExp(`/${one.metadata.name}/status`);
  proxy.inject({ writes: true, path: statuses, fault: { kind: 'delay', milliseconds: 400 } });
  await cluster.create(one);
  await waitFor('the object', () => cluster.exists(configMap('a')));
  await cluster.patch(one, 'merge-patch', { spec: resource('', [configMap('b')]).spec });
  await untilCondition(cluster, one, 'Ready', 'True');
  expect(await cluster.exists(configMap('b'))).toBe(true);
  await started.stop();
  await proxy.close();
});

it('leaves a definition unfinished, not ready and not failed, when it ends while that waits', async () => {
  const started = await start();
  const labels = { app: 'web' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web' }] } };
  const metadata = { name: 'web', namespace };
  const spec = { selector: { matchLabels: labels }, template };
  // Nobody runs Pods here.
  const one = resource(`${namespace}-one`, [{ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec }], {
    wait: true,
  });
  await cluster.create(one);
  const isWaiting = async () => conditionOf(await cluster.get(one), 'Reconciling')?.reason === 'WaitingForHealth';
  await waitFor('it to wait', isWaiting);
  await started.stop();
  const own = started.lines().filter(({ definition }) => definition === `VidraResource ${namespace}-one`);
  expect(own.map(({ event }) => event)).toEqual(['reconciling', 'superseded']);
  expect(conditionOf(await cluster.get(one), 'Ready')?.status).toBe('Unknown');
});

it('serves metrics by HTTPS, to those who may read them', async () => {
  const account = (name: string) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } });
  for (const name of ['monitor', 'stranger']) await cluster.create(account(name));
  const rbac = 'rbac.authorization.k8s.io';
  const rules = [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }];
  const role = { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name: namespace } };
  await cluster.create({ ...role, rules } as typeof role);
  const subjects = [{ kind: 'ServiceAccount', name: 'monitor', namespace }];
  const roleRef = { apiGroup: rbac, kind: 'ClusterRole', name: namespace };
  await cluster.create({ ...role, kind: 'ClusterRoleBinding', roleRef, subjects } as typeof role);

  const port = await freePort();
  await start(cluster.kubeconfig, '--leader-elect', `--metrics-bind-address=127.0.0.1:${port}`);
  await expectWork('a');
  expect((await getMetrics(port)).status).toBe(401);
  expect((await getMetrics(port, await tokenOf(cluster, namespace, 'stranger'))).status).toBe(403);
  const { status, body } = await getMetrics(port, await tokenOf(cluster, namespace, 'monitor'));
  expect(status).toBe(200);
  const labels = `kind="VidraResource",name="${namespace}-a"`;
  expect(body).toMatch(new RegExp(`^vidra_reconcile_total\\{${labels},result="succeeded"\\} [1-9]`, 'm'));
  expect(body).toMatch(/^vidra_reconcile_duration_seconds_count\{kind="VidraResource"\} [1-9]/m);
  expect(body).toContain(`vidra_managed_objects{${labels}} 1`);
  expect(body).toContain('vidra_leader{shard="0"} 1');
});

it('serves metrics with the certificate in a folder', async () => {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'vidra-certificate-'));
  const { cert, key } = selfSigned(['metrics.example.com'], new Date());
  writeFileSync(join(folder, 'tls.crt'), cert);
  writeFileSync(join(folder, 'tls.key'), key);
  const flags = [`--metrics-bind-address=127.0.0.1:${port}`, `--metrics-cert-path=${folder}`];
  await says(await start(cluster.kubeconfig, ...flags), 'watching');
  const socket = connectSecurely({ port, host: '127.0.0.1', ca: cert, servername: 'metrics.example.com' });
  await once(socket, 'secureConnect');
  expect(socket.authorized).toBe(true);
  socket.destroy();
});

it('serves metrics to everybody when it is told to, and forgets what is gone', async () => {
  const port = await freePort();
  await start(cluster.kubeconfig, `--metrics-bind-address=127.0.0.1:${port}`, '--metrics-secure=false');
  await expectWork('a');
  const name = `name="${namespace}-a"`;
  expect((await get(port, '/metrics')).body).toContain(name);
  await cluster.remove(resource(`${namespace}-a`, []));
  await waitFor('it to be forgotten', async () => !(await get(port, '/metrics')).body.includes(name));
});

it.each([
  ['--shards=2', '--shards needs --leader-elect'],
  ['--shards=0', 'Write a number'],
  ['--metrics-bind-address=8443', '"8443" is no address'],
  ['--metrics-secure=no', 'Write true or false'],
])('says what is wrong with %s', async (flag, message) => {
  const { code, stderr } = await vidra(['watch', flag], { environment });
  expect(code).toBe(64);
  expect(stderr).toContain(message);
});

it('has no such flags for files', async () => {
  const { code, stderr } = await vidra(['watch', '-f', '-', '--leader-elect']);
  expect(code).toBe(64);
  expect(stderr).toContain("cannot be used with option '-f");
});
