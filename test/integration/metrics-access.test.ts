/** Metrics are for those whom the cluster lets read them: real tokens, and real reviews of them. */
import { Agent, fetch } from 'undici';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Cluster as VidraCluster } from '../../src/cluster/cluster.ts';
import { connectCluster } from '../../src/cluster/connect.ts';
import type { VidraError } from '../../src/errors.ts';
import { guarded } from '../../src/server/access.ts';
import { selfSigned } from '../../src/server/certificate.ts';
import { type RunningServer, startServer } from '../../src/server/server.ts';
import { createAccount } from '../support/account.ts';
import { type Cluster, connect } from '../support/cluster.ts';
import { readKubeconfig } from '../support/kubeconfig.ts';
import { type FaultyProxy, startProxy } from '../support/proxy.ts';
import { waitFor } from '../support/wait-for.ts';

let cluster: Cluster;
let proxy: FaultyProxy;
let vidra: VidraCluster;
let server: RunningServer;
let agent: Agent;
const problems: VidraError[] = [];

beforeAll(async () => {
  cluster = connect(inject('kubeconfig'));
  proxy = await startProxy(inject('kubeconfig'));
  vidra = await connectCluster({ file: proxy.kubeconfig, environment: {}, signal: new AbortController().signal });
  server = await serve(vidra);
  agent = new Agent({ connect: { rejectUnauthorized: false } });
});
afterAll(async () => {
  await agent?.close();
  await server?.close();
  await vidra?.close();
  await proxy?.close();
  await cluster?.close();
});

const serve = (reviewer: VidraCluster, validMs?: number) =>
  startServer({
    address: { host: '127.0.0.1', port: 0 },
    certificate: selfSigned(['localhost'], new Date()),
    routes: { '/metrics': guarded(reviewer, '/metrics', () => ({ status: 200, body: 'numbers' }), validMs) },
    onProblem: (error) => problems.push(error),
  });

async function read(authorization?: string, port = server.port): Promise<[number, string]> {
  const headers = authorization === undefined ? {} : { authorization };
  const answer = await fetch(`https://127.0.0.1:${port}/metrics`, { dispatcher: agent, headers });
  return [answer.status, await answer.text()];
}

/** The kubeconfig of a new ServiceAccount. */
async function account(mayRead: boolean, reviews: readonly string[] = []): Promise<string> {
  const namespace = await cluster.createNamespace();
  const rules = reviews.map((resource) => ({
    apiGroups: ['authentication.k8s.io', 'authorization.k8s.io'],
    resources: [resource],
    verbs: ['create'],
  }));
  const kubeconfig = await createAccount(cluster, { [namespace]: [] }, rules);
  if (mayRead) await letRead(namespace);
  return kubeconfig;
}

/** The account of a namespace. */
async function letRead(namespace: string): Promise<void> {
  const metadata = { name: `${namespace}-metrics` };
  const rbac = 'rbac.authorization.k8s.io';
  await cluster.create({
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata,
    rules: [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }],
  } as never);
  await cluster.create({
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata,
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: metadata.name },
    subjects: [{ kind: 'ServiceAccount', name: 'user', namespace }],
  } as never);
}

const tokenOf = async (mayRead: boolean) => readKubeconfig(await account(mayRead)).token;

test('A ServiceAccount that may get /metrics reads them, and asking again asks the API server nothing', async () => {
  const token = await tokenOf(true);
  expect(await read(`Bearer ${token}`)).toEqual([200, 'numbers']);
  proxy.forget();
  expect(await read(`bearer  ${token}`)).toEqual([200, 'numbers']);
  expect(proxy.count()).toBe(0);
});

test('One that may not is told who it is', async () => {
  const [status, text] = await read(`Bearer ${await tokenOf(false)}`);
  expect(status).toBe(403);
  expect(text).toMatch(/^system:serviceaccount:.*:user may not get \/metrics\n$/);
});

test('Who is let read them later gets them when the refusal has run out', async () => {
  const own = await serve(vidra, 200);
  const namespace = await cluster.createNamespace();
  const { token } = readKubeconfig(await createAccount(cluster, { [namespace]: [] }));
  expect((await read(`Bearer ${token}`, own.port))[0]).toBe(403);
  await letRead(namespace);
  await waitFor('the metrics', async () => (await read(`Bearer ${token}`, own.port))[0] === 200);
  await own.close();
});

test.each([undefined, '', 'Bearer', 'Bearer ', 'Bearer a b', 'Basic YTpi', 'Bearer of.some.lies'])(
  '%j is nobody',
  async (authorization) => {
    const [status, text] = await read(authorization);
    expect([status, text]).toEqual([401, 'a bearer token of the cluster is needed\n']);
  },
);

test('While the API server fails nobody reads them, and afterwards whoever may', async () => {
  const token = await tokenOf(true);
  proxy.inject({ path: /tokenreviews/, fault: { kind: 'status', status: 500 } });
  expect((await read(`Bearer ${token}`))[0]).toBe(503);
  expect(problems.at(-1)?.message).not.toContain(token);
  proxy.heal();
  expect(await read(`Bearer ${token}`)).toEqual([200, 'numbers']);
});

test('Many wrong tokens at once make few requests', async () => {
  proxy.forget();
  proxy.inject({ path: /tokenreviews/, fault: { kind: 'delay', milliseconds: 1_000 } });
  const answers = await Promise.all(Array.from({ length: 30 }, (_, number) => read(`Bearer lie-${number}`)));
  expect(new Set(answers.map(([status]) => status))).toEqual(new Set([401, 429]));
  expect(proxy.mostAtOnce()).toBeLessThanOrEqual(8);
  proxy.heal();
});

test('A Vidra that may review nothing says which right it lacks', async () => {
  const file = await account(false, ['tokenreviews']);
  const poor = await connectCluster({ file, environment: {}, signal: new AbortController().signal });
  const own = await serve(poor);
  expect((await read(`Bearer ${await tokenOf(true)}`, own.port))[0]).toBe(503);
  expect(problems.at(-1)).toMatchObject({
    code: 'CLUSTER_FORBIDDEN',
    message: expect.stringContaining('subjectaccessreviews.authorization.k8s.io'),
  });
  await own.close();
  await poor.close();
});
