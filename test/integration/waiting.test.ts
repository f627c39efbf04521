/** Waiting: what it costs, what it sees, what it says of what it waits for. Status is written as a kubelet would. */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { carryOut } from '../../src/engine/carry-out.ts';
import type { RunEvent } from '../../src/engine/run.ts';
import { createAccount } from '../support/account.ts';
import { type Cluster, connect, type KubeObject } from '../support/cluster.ts';
import { actionsOf, type Engine, resource, startEngine } from '../support/engine.ts';
import { type FaultyProxy, startProxy } from '../support/proxy.ts';
import { thingKind } from '../support/thing-kind.ts';
import { waitFor } from '../support/wait-for.ts';

let cluster: Cluster;
let proxy: FaultyProxy;
let engine: Engine;
let namespace: string;
let events: RunEvent[];
let stopping: AbortController;

beforeEach(async () => {
  cluster = connect(inject('kubeconfig'));
  proxy = await startProxy(inject('kubeconfig'));
  namespace = await cluster.createNamespace();
  events = [];
  stopping = new AbortController();
  engine = await start(proxy.kubeconfig);
});
afterEach(async () => {
  await engine.close();
  await proxy.close();
  await cluster.close();
});

const start = (kubeconfig: string) =>
  startEngine(kubeconfig, namespace, { emit: (event) => void events.push(event), signal: stopping.signal });

const long = { wait: true, timeoutMs: 60_000 };
const brief = { wait: true, timeoutMs: 300 };

/** What was said of an object while it was waited for. */
const said = (name: string) =>
  events.flatMap((event) =>
    event.type === 'waiting' ? event.objects.filter((one) => one.name === name).map(({ reason }) => reason) : [],
  );

const service = (name: string, inNamespace = namespace) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: inNamespace },
  spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80 }] },
});
/** Nothing here gives addresses out, so the status is written as a load balancer would. */
async function giveAddress(name: string, inNamespace = namespace): Promise<void> {
  const status = { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } };
  await cluster.patch(service(name, inNamespace), 'merge-patch', { status }, { subresource: 'status' });
}
const countOf = (resource: string) => ({
  lists: proxy.count({ method: 'GET', path: new RegExp(`/${resource}(\\?(?!.*watch=true)|$)`) }),
  watches: proxy.count({ method: 'GET', path: new RegExp(`/${resource}\\?.*watch=true`) }),
});

const template = (image: string) => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image }], restartPolicy: undefined as string | undefined },
});
const deployment = (image: string, replicas = 1) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace },
  spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: template(image) },
});
const job = (spec: object) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'once', namespace },
  spec: {
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'main:1' }] } },
    backoffLimit: 0,
    ...spec,
  },
});

/** The Pods of a container's image, once they are there. */
const podsOf = (image: string) =>
  waitFor(`Pods of ${image}`, async () => {
    const pods = await cluster.list<KubeObject & { spec: { containers: { image: string }[] } }>('v1', 'Pod', namespace);
    const found = pods.filter(({ spec }) => spec.containers[0]?.image === image);
    return found.length > 0 ? found : undefined;
  });
const writeStatus = (object: KubeObject, status: object) =>
  cluster.patch(
    { apiVersion: 'v1', kind: 'Pod', metadata: object.metadata },
    'merge-patch',
    { status },
    { subresource: 'status' },
  );
const pullFails = (image: string) => ({
  phase: 'Pending',
  containerStatuses: [
    {
      name: 'web',
      ready: false,
      restartCount: 0,
      image,
      imageID: '',
      state: { waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` } },
    },
  ],
});

describe('the requests of waiting', () => {
  it('are one LIST for each kind when all is well already', async () => {
    const names = ['a', 'b', 'c'];
    await engine.apply([resource(`${namespace}-web`, ...names.map((name) => service(name)))]);
    await Promise.all(names.map((name) => giveAddress(name)));
    proxy.forget();
    const result = await engine.apply([resource(`${namespace}-web`, ...names.map((name) => service(name)))], {}, long);
    expect(result.unhealthy).toEqual([]);
    // One to plan, one to wait.
    expect(countOf('services')).toEqual({ lists: 2, watches: 0 });
  });

  it('are one LIST and one WATCH for each kind when something changes meanwhile', async () => {
    const names = ['a', 'b', 'c'];
    const applied = engine.apply([resource(`${namespace}-web`, ...names.map((name) => service(name)))], {}, long);
    for (const name of names) {
      await waitFor('the next to be waited for', () => said(`Service ${namespace}/${name}`).length > 0);
      await giveAddress(name);
    }
    expect((await applied).unhealthy).toEqual([]);
    expect(countOf('services')).toEqual({ lists: 2, watches: 1 });
  });

  it('are not more for many namespaces', async () => {
    const namespaces = [namespace, await cluster.createNamespace(), await cluster.createNamespace()];
    const services = namespaces.map((one) => service('web', one));
    const applied = engine.apply([resource(`${namespace}-web`, ...services)], {}, long);
    await waitFor('the wait', () => said(`Service ${namespace}/web`).length > 0);
    await waitFor('the watch', () => countOf('services').watches > 0);
    for (const one of namespaces) await giveAddress('web', one);
    expect((await applied).unhealthy).toEqual([]);
    expect(countOf('services')).toEqual({ lists: 2, watches: 1 });
  });

  it('are LISTs again and again where watching is not allowed, and the end is seen all the same', async () => {
    const rights = [
      { apiGroups: [''], resources: ['services'], verbs: ['get', 'list', 'create', 'patch'] },
      { apiGroups: [''], resources: ['secrets'], verbs: ['*'] },
    ];
    const others = await Promise.all(Array.from({ length: 11 }, () => cluster.createNamespace()));
    const namespaces = [namespace, ...others];
    // Many waits at once must not look like a leak of listeners.
    const warnings: Error[] = [];
    const warned = (warning: Error) => void warnings.push(warning);
    process.on('warning', warned);
    const records = { apiGroups: ['infrahub.operators.com'], resources: ['*'], verbs: ['*'] };
    const all = Object.fromEntries(namespaces.map((one) => [one, rights]));
    const poor = await start(await createAccount(cluster, all, [records]));
    try {
      const services = namespaces.map((one) => service('web', one));
      const applied = poor.apply([resource(`${namespace}-web`, ...services)], {}, long);
      for (const one of namespaces) {
        await waitFor('the wait', () => said(`Service ${one}/web`).length > 0);
        await giveAddress('web', one);
      }
      expect((await applied).unhealthy).toEqual([]);
      expect(warnings).toEqual([]);
    } finally {
      process.off('warning', warned);
      await poor.close();
    }
  });

  it('are few for a definition of a kind, until it is established', async () => {
    const group = `${namespace}.example.com`;
    const definition = thingKind(group);
    const thing = { apiVersion: `${group}/v1`, kind: 'Thing', metadata: { name: 'one', namespace } };
    await engine.apply([resource(`${namespace}-web`, definition, thing)]);
    expect(await cluster.exists(thing)).toBe(true);
    const looks = { method: 'GET', path: /customresourcedefinitions\?.*fieldSelector/ };
    expect(proxy.count(looks)).toBeLessThanOrEqual(2);
    await cluster.remove(definition);
  });
});

describe('a workload that is not ready', () => {
  it('is told with the reason of its newest Pods, while it is waited for and at the end', async () => {
    const name = `Deployment ${namespace}/web`;
    await engine.apply([resource(`${namespace}-web`, deployment('web:1', 2))]);
    for (const pod of await podsOf('web:1')) {
      await writeStatus(pod, { phase: 'Pending', conditions: [unschedulable] });
    }
    const first = await engine.apply([resource(`${namespace}-web`, deployment('web:1', 2))], {}, brief);
    expect(first.unhealthy).toMatchObject([{ name, failed: false }]);
    expect(first.unhealthy[0]?.reason).toMatch(
      /^0 of 2 replicas available: Pod web-\w+-\w+ \(and 1 more\): 0\/3 nodes are available$/,
    );

    events.length = 0;
    const wait = { wait: true, timeoutMs: 6_000 };
    const applied = engine.apply([resource(`${namespace}-web`, deployment('web:2', 2))], {}, wait);
    const [pod] = await podsOf('web:2');
    if (pod) await writeStatus(pod, pullFails('web:2'));
    const expected = `Pod ${pod?.metadata.name}: container web: ImagePullBackOff: Back-off pulling image "web:2"`;
    expect((await applied).unhealthy[0]?.reason).toContain(expected);
    expect(said(name).some((reason) => reason.includes(expected))).toBe(true);
    expect(said(name).some((reason) => reason.includes('nodes are available'))).toBe(false);
    // Few, however long it takes.
    expect(countOf('pods').lists).toBeLessThanOrEqual(4);
  });

  it('that has failed for good is told with how its Pods ended', async () => {
    const applied = engine.apply([resource(`${namespace}-web`, job({}))], {}, long);
    const [pod] = await podsOf('main:1');
    const terminated = { exitCode: 3, reason: 'Error', startedAt: null, finishedAt: null, containerID: 'x' };
    const container = {
      name: 'main',
      ready: false,
      restartCount: 0,
      image: 'main:1',
      imageID: '',
      state: { terminated },
    };
    if (pod) await writeStatus(pod, { phase: 'Failed', containerStatuses: [container] });
    const { unhealthy } = await applied;
    expect(unhealthy).toMatchObject([{ name: `Job ${namespace}/once`, failed: true }]);
    expect(unhealthy[0]?.reason).toMatch(/backoff limit: Pod once-\w+: container main: it ended with exit code 3$/);
  });

  it('is told without its Pods where those may not be read', async () => {
    await engine.apply([resource(`${namespace}-web`, deployment('web:1'))]);
    for (const pod of await podsOf('web:1')) await writeStatus(pod, pullFails('web:1'));
    proxy.inject({ path: /\/pods/, fault: { kind: 'status', status: 403 } });
    const { unhealthy } = await engine.apply([resource(`${namespace}-web`, deployment('web:1'))], {}, brief);
    expect(unhealthy).toMatchObject([{ reason: '0 of 1 replicas available', failed: false }]);
  });
});

const unschedulable = {
  type: 'PodScheduled',
  status: 'False',
  reason: 'Unschedulable',
  message: '0/3 nodes are available',
};

describe('an object that vanishes', () => {
  it('is done when it is a Job with a time to live', async () => {
    const applied = engine.apply([resource(`${namespace}-web`, job({ ttlSecondsAfterFinished: 0 }))], {}, long);
    const [pod] = await podsOf('main:1');
    // The controllers then complete the Job and delete it.
    if (pod) await writeStatus(pod, { phase: 'Succeeded' });
    expect((await applied).unhealthy).toEqual([]);
    await waitFor('the Job to go', async () => !(await cluster.exists(job({}))));
    // Made anew it would do its work again, each time.
    const again = resource(`${namespace}-web`, job({ ttlSecondsAfterFinished: 0 }));
    expect(actionsOf(await engine.plan([again]))).toEqual([]);
    expect((await engine.apply([again], {}, long)).unhealthy).toEqual([]);
    const changed = resource(`${namespace}-web`, job({ ttlSecondsAfterFinished: 0, backoffLimit: 2 }));
    expect(actionsOf(await engine.plan([changed]))).toEqual(['create Job once']);
  });

  it('is done when it had such a time though it went before', async () => {
    const applied = engine.apply([resource(`${namespace}-web`, job({ ttlSecondsAfterFinished: 3600 }))], {}, long);
    await waitFor('the wait', () => said(`Job ${namespace}/once`).length > 0);
    await cluster.remove(job({}), { propagationPolicy: 'Background' });
    expect((await applied).unhealthy).toEqual([]);
  });

  it('is missed when nothing says that it may', async () => {
    const wait = { wait: true, timeoutMs: 3_000 };
    const applied = engine.apply([resource(`${namespace}-web`, job({}))], {}, wait);
    await waitFor('the wait', () => said(`Job ${namespace}/once`).length > 0);
    await cluster.remove(job({}), { propagationPolicy: 'Background' });
    expect((await applied).unhealthy).toMatchObject([{ reason: 'it is not there any more', failed: false }]);
  });
});

describe('a deletion', () => {
  const kept = () => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kept', namespace, finalizers: ['example.com/keep'] },
  });

  const rest = () => resource(`${namespace}-web`, { ...service('web'), spec: { ports: [{ port: 80 }] } });

  it('names its finalizers, and ends when they are gone', async () => {
    await engine.apply([resource(`${namespace}-web`, kept(), service('web'))]);
    const applied = engine.apply([rest()], {}, long);
    await waitFor('the wait', () => said(`ConfigMap ${namespace}/kept`).includes('waits for example.com/keep'));
    await cluster.patch(kept(), 'merge-patch', { metadata: { finalizers: null } });
    const { outcomes } = await applied;
    expect(outcomes.find(({ change }) => change.action === 'delete')).toMatchObject({ gone: true });
    expect(countOf('configmaps').watches).toBe(1);
  });

  it('that does not end in time says what is in its way', async () => {
    await engine.apply([resource(`${namespace}-web`, kept(), service('web'))]);
    const { outcomes } = await engine.apply([rest()], {}, brief);
    expect(outcomes.find(({ change }) => change.action === 'delete')).toMatchObject({
      gone: false,
      problem: { code: 'TIMEOUT', message: 'waits for example.com/keep' },
    });
  });

  it('that an earlier run began is waited for, too, and leaves the record when it ends', async () => {
    await engine.apply([resource(`${namespace}-web`, kept(), service('web'))]);
    await giveAddress('web');
    await engine.apply([rest()]);
    const late = await engine.apply([rest()], {}, brief);
    expect(late.outcomes).toMatchObject([
      {
        change: { action: 'skip' },
        result: 'succeeded',
        gone: false,
        problem: { message: 'waits for example.com/keep' },
      },
    ]);
    expect(late.unhealthy).toEqual([]);
    events.length = 0;
    const applied = engine.apply([rest()], {}, long);
    await waitFor('the wait', () => said(`ConfigMap ${namespace}/kept`).includes('waits for example.com/keep'));
    await cluster.patch(kept(), 'merge-patch', { metadata: { finalizers: null } });
    expect((await applied).outcomes).toMatchObject([{ change: { action: 'skip' }, gone: true }]);
    const [record] = await (await engine.target([])).inventory.list();
    expect([...(record?.entries.keys() ?? [])]).toEqual([`/Service/${namespace}/web`]);
  });

  it('of a Namespace says what is left in it', async () => {
    const name = `${namespace}-more`;
    const more = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    await engine.apply([resource(`${namespace}-web`, more, service('web'))]);
    const target = await engine.target([resource(`${namespace}-web`, service('web'))]);
    const blocked = { ...kept(), metadata: { ...kept().metadata, namespace: name } };
    await cluster.create(blocked);
    const consent = { confirmed: [`Namespace ${name}`] };
    const plan = await engine.plan([resource(`${namespace}-web`, service('web'))], { consent });
    await giveAddress('web');
    const run = { emit: (event: RunEvent) => void events.push(event), signal: stopping.signal };
    const done = carryOut(plan, target, run, long);
    await waitFor('the reason', () => said(`Namespace ${name}`).some((reason) => reason.includes('example.com/keep')));
    expect(said(`Namespace ${name}`).at(-1)).toMatch(/configmaps\. has 1 resource instances.*example\.com\/keep/);
    await cluster.patch(blocked, 'merge-patch', { metadata: { finalizers: null } });
    expect((await done).outcomes).toMatchObject([{ gone: true }]);
  });
});

describe('an object that is wanted again while it goes', () => {
  const config = (name = 'again', inNamespace = namespace) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: inNamespace },
  });
  const held = (name = 'again', inNamespace = namespace) => ({
    ...config(name, inNamespace),
    metadata: { name, namespace: inNamespace, finalizers: ['example.com/keep'] },
  });
  const letGo = (object: KubeObject | ReturnType<typeof held>) =>
    cluster.patch(object, 'merge-patch', { metadata: { finalizers: null } });
  const uidOf = async () => (await cluster.get(config())).metadata.uid;
  const dependant = () => ({
    ...config('dependant'),
    metadata: {
      ...config('dependant').metadata,
      annotations: { 'config.kubernetes.io/depends-on': `/namespaces/${namespace}/ConfigMap/again` },
    },
  });

  it('is made when the old one is gone, as the plan says', async () => {
    await engine.apply([resource(`${namespace}-web`, held())]);
    await engine.apply([resource(`${namespace}-web`)]);
    const [old, definitions] = [await uidOf(), [resource(`${namespace}-web`, config(), dependant())]];
    expect((await engine.plan(definitions)).owners[0]?.changes[0]).toMatchObject({
      action: 'create',
      reason: expect.stringMatching(/; waits until the old one is gone, which waits for example.com\/keep$/),
    });
    events.length = 0;
    const applied = engine.apply(definitions, {}, long);
    await waitFor('the wait', () => said(`ConfigMap ${namespace}/again`).includes('waits for example.com/keep'));
    expect(await cluster.exists(dependant())).toBe(false);
    await letGo(held());
    expect((await applied).outcomes.map(({ result }) => result)).toEqual(['succeeded', 'succeeded']);
    expect(await uidOf()).not.toBe(old);
    expect(actionsOf(await engine.plan(definitions))).toEqual([]);
  });

  it('is a problem with its name when the run does not wait, or not long enough', async () => {
    await engine.apply([resource(`${namespace}-web`, held())]);
    await engine.apply([resource(`${namespace}-web`)]);
    const definitions = [resource(`${namespace}-web`, config(), dependant(), config('other'))];
    const problems = async (wait?: typeof brief) =>
      (await engine.apply(definitions, {}, wait)).outcomes.map(
        ({ change, problem }) => problem && `${change.reference.name}: ${problem.code} ${problem.message}`,
      );
    expect(await problems()).toContain('again: PLAN_STALE is being deleted, and waits for example.com/keep');
    expect(await problems(brief)).toContain('again: TIMEOUT is being deleted: waits for example.com/keep');
    expect(await cluster.exists(config('other'))).toBe(true);
    await letGo(held());
    await engine.apply(definitions);
    expect(actionsOf(await engine.plan(definitions))).toEqual([]);
  });

  it('may be a Namespace, and what is in it comes after it', async () => {
    const name = `${namespace}-more`;
    const more = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    const [blocked, inside] = [held('blocked', name), config('inside', name)];
    const definitions = [resource(`${namespace}-web`, more, inside)];
    await engine.apply(definitions);
    await cluster.create(blocked);
    await cluster.remove(more);
    await waitFor('the contents to go', async () => !(await cluster.exists(inside)));
    expect(actionsOf(await engine.plan(definitions, { validate: true }))).toEqual([
      `create Namespace ${name}`,
      'create ConfigMap inside',
    ]);
    const applied = engine.apply(definitions, {}, long);
    await waitFor('the wait', () => said(`Namespace ${name}`).length > 0);
    await letGo(blocked);
    expect((await applied).outcomes.map(({ result }) => result)).toEqual(['succeeded', 'succeeded']);
    expect(await cluster.exists(inside)).toBe(true);
  });

  it('is not wanted again when it is a Job with a time to live that was done', async () => {
    const definitions = [resource(`${namespace}-web`, job({ ttlSecondsAfterFinished: 3600 }))];
    await engine.apply(definitions);
    await cluster.patch(job({}), 'merge-patch', { metadata: { finalizers: ['example.com/keep'] } });
    await cluster.remove(job({}), { propagationPolicy: 'Background' });
    expect(actionsOf(await engine.plan(definitions))).toEqual([]);
    await cluster.patch(job({}), 'merge-patch', { metadata: { finalizers: null } });
  });
});

it('An abort ends the waiting at once, and what is missing is told', async () => {
  const applied = engine.apply(
    [resource(`${namespace}-web`, service('web'))],
    {},
    { wait: true, timeoutMs: 3_600_000 },
  );
  await waitFor('the wait', () => said(`Service ${namespace}/web`).length > 0);
  stopping.abort();
  expect((await applied).unhealthy).toMatchObject([{ name: `Service ${namespace}/web`, failed: false }]);
});

it('What may not be looked at says so, and the rest is waited for', async () => {
  proxy.inject({ path: /\/services\?labelSelector/, from: 2, fault: { kind: 'status', status: 403 } });
  const two = [service('a'), service('b')];
  const result = await engine.apply([resource(`${namespace}-web`, ...two, job({ suspend: true }))], {}, long);
  expect(result.unhealthy.map(({ name }) => name)).toEqual([`Service ${namespace}/a`, `Service ${namespace}/b`]);
  expect(result.unhealthy[0]?.reason).toMatch(/^it cannot be looked at: list of services/);
});
