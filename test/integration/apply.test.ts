/** What an apply makes of a cluster: create, update, drift, removal, release. */
import { describe, expect, it } from 'vitest';
import type { Cluster, KubeObject } from '../support/cluster.ts';
import { actionsOf, resource } from '../support/engine.ts';
import { engine, useEngine } from '../support/engine-stage.ts';
import { cluster, namespace } from '../support/stage.ts';

useEngine();

const configMap = (name: string, data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
});
const secret = (name: string, stringData: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace },
  stringData,
});
const live = (manifest: Parameters<Cluster['get']>[0]): Promise<KubeObject> => cluster.get(manifest);

describe('apply', () => {
  it('creates what is wanted, then has nothing to do', async () => {
    const wanted = resource(
      `${namespace}-web`,
      configMap('settings', { color: 'blue' }),
      secret('token', { key: 'abc' }),
    );
    const first = await engine.apply([wanted]);
    expect(actionsOf(first.plan)).toEqual(['create ConfigMap settings', 'create Secret token']);
    expect(first.outcomes.map(({ result }) => result)).toEqual(['succeeded', 'succeeded']);
    expect((await live(configMap('settings', {}))).data).toEqual({ color: 'blue' });
    expect((await live(secret('token', {}))).data).toEqual({ key: 'YWJj' });

    const second = await engine.apply([wanted]);
    expect(actionsOf(second.plan)).toEqual([]);
  });

  it('updates a changed field, removes a key that left the manifest, and keeps a foreign one', async () => {
    const before = configMap('settings', { color: 'blue', size: 'small' });
    await engine.apply([resource(`${namespace}-web`, before)]);
    await cluster.patch(before, 'merge-patch', { data: { foreign: 'stays' } }, { query: { fieldManager: 'someone' } });

    const plan = await engine.apply([resource(`${namespace}-web`, configMap('settings', { color: 'red' }))]);
    expect(actionsOf(plan.plan)).toEqual(['update ConfigMap settings']);
    expect((await live(before)).data).toEqual({ color: 'red', foreign: 'stays' });
  });

  it('deletes what left the manifests, and forgets it', async () => {
    await engine.apply([resource(`${namespace}-web`, configMap('a', {}), configMap('b', {}))]);
    const result = await engine.apply([resource(`${namespace}-web`, configMap('a', {}))]);
    expect(actionsOf(result.plan)).toEqual(['delete ConfigMap b']);
    expect(await cluster.exists(configMap('b', {}))).toBe(false);
    expect(await cluster.exists(configMap('a', {}))).toBe(true);
    expect(actionsOf((await engine.apply([resource(`${namespace}-web`, configMap('a', {}))])).plan)).toEqual([]);
  });

  it.each([
    ['ConfigMap data', configMap, { data: { color: 'green' } }],
    ['a Secret', secret, { data: { color: 'Z3JlZW4=' } }],
  ])('puts %s back that somebody edited with kubectl', async (_what, make, patch) => {
    const wanted = make('drifting', { color: 'blue' });
    await engine.apply([resource(`${namespace}-web`, wanted)]);
    const before = await live(wanted);
    await cluster.patch(wanted, 'merge-patch', patch, { query: { fieldManager: 'kubectl-edit' } });

    const result = await engine.apply([resource(`${namespace}-web`, wanted)]);
    expect(actionsOf(result.plan)).toEqual([`update ${wanted.kind} drifting`]);
    expect(result.plan.owners[0]?.changes[0]?.reason).toBe('changed by kubectl-edit');
    const after = await live(wanted);
    expect(after.data).toEqual(before.data);
    expect(after.metadata.uid).toBe(before.metadata.uid);
  });

  it('knows at once that a Service is gone, and that an object with a finalizer is not', async () => {
    const spec = { ports: [{ port: 80 }] };
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace }, spec };
    const held = { ...configMap('held', {}), metadata: { name: 'held', namespace, finalizers: ['example.com/hold'] } };
    await engine.apply([resource(`${namespace}-web`, service, held)]);
    const { outcomes } = await engine.apply([resource(`${namespace}-web`)]);
    const gone = outcomes.map(({ change, gone }) => [change.reference.kind, gone]);
    expect(new Map(gone as [string, boolean][])).toEqual(
      new Map([
        ['Service', true],
        ['ConfigMap', false],
      ]),
    );
    await cluster.patch(held, 'merge-patch', { metadata: { finalizers: null } });
  });

  it('puts the label back that says who manages an object', async () => {
    const wanted = configMap('labelled', { color: 'blue' });
    await engine.apply([resource(`${namespace}-web`, wanted)]);
    await cluster.patch(
      wanted,
      'merge-patch',
      { metadata: { labels: { 'managed-by': null } } },
      { query: { fieldManager: 'kubectl-label' } },
    );
    await engine.apply([resource(`${namespace}-web`, wanted)]);
    expect((await live(wanted)).metadata.labels).toEqual({ 'managed-by': 'vidra' });
  });

  it('makes again what somebody deleted', async () => {
    const wanted = configMap('deleted', { color: 'blue' });
    await engine.apply([resource(`${namespace}-web`, wanted)]);
    await cluster.remove(wanted);
    const result = await engine.apply([resource(`${namespace}-web`, wanted)]);
    expect(result.plan.owners[0]?.changes[0]?.reason).toBe('it was deleted');
    expect(await cluster.exists(wanted)).toBe(true);
  });

  it('refuses to touch an object that is not managed by Vidra, and says how to adopt it', async () => {
    const foreign = configMap('foreign', { color: 'blue' });
    await cluster.create(foreign);
    const result = await engine.apply([resource(`${namespace}-web`, configMap('foreign', { color: 'red' }))]);
    expect(result.plan.owners[0]?.changes).toMatchObject([{ action: 'skip', code: 'NOT_ADOPTED' }]);
    expect((await live(foreign)).data).toEqual({ color: 'blue' });

    const adopted = await engine.apply([resource(`${namespace}-web`, configMap('foreign', { color: 'red' }))], {
      overrides: { adopt: 'IfUnowned' },
    });
    expect(actionsOf(adopted.plan)).toEqual(['adopt ConfigMap foreign']);
    expect((await live(foreign)).data).toEqual({ color: 'red' });
  });

  it('lets two owners share an object, and deletes it when the last one leaves', async () => {
    const shared = configMap('shared', { color: 'blue' });
    const [one, two] = [`${namespace}-one`, `${namespace}-two`];
    const first = await engine.apply([resource(one, shared), resource(two, shared)]);
    expect(first.outcomes.map(({ result }) => result)).toEqual(['succeeded', 'succeeded']);
    const { uid } = (await live(shared)).metadata;

    const released = await engine.apply([resource(one, shared), resource(two)]);
    expect(actionsOf(released.plan)).toEqual(['release ConfigMap shared']);
    expect((await live(shared)).metadata.uid).toBe(uid);
    expect((await live(shared)).data).toEqual({ color: 'blue' });

    await engine.apply([resource(one), resource(two)]);
    expect(await cluster.exists(shared)).toBe(false);
  });

  it('deletes a shared object that all its owners leave at once', async () => {
    const shared = configMap('shared', { color: 'blue' });
    const [one, two] = [`${namespace}-one`, `${namespace}-two`];
    await engine.apply([resource(one, shared), resource(two, shared)]);
    const result = await engine.apply([resource(one), resource(two)]);
    expect(actionsOf(result.plan)).toEqual(['release ConfigMap shared', 'delete ConfigMap shared']);
    expect(await cluster.exists(shared)).toBe(false);
  });

  it('hands an object over to another owner that wants other values, in one plan', async () => {
    const [one, two] = [`${namespace}-one`, `${namespace}-two`];
    await engine.apply([resource(one, configMap('moved', { color: 'blue' })), resource(two)]);
    const { uid } = (await live(configMap('moved', {}))).metadata;
    const moved = await engine.apply([resource(one), resource(two, configMap('moved', { color: 'red' }))]);
    expect(actionsOf(moved.plan)).toEqual(['release ConfigMap moved', 'update ConfigMap moved']);
    expect(moved.outcomes.map(({ result }) => result)).toEqual(['succeeded', 'succeeded']);
    const after = await live(configMap('moved', {}));
    expect([after.data, after.metadata.uid]).toEqual([{ color: 'red' }, uid]);
    expect(actionsOf(await engine.plan([resource(one), resource(two, configMap('moved', { color: 'red' }))]))).toEqual(
      [],
    );
  });

  it('reports two owners that want different values, and lets neither overwrite the other', async () => {
    const [one, two] = [`${namespace}-one`, `${namespace}-two`];
    await engine.apply([resource(one, configMap('both', { color: 'blue' }))]);
    const result = await engine.apply([
      resource(one, configMap('both', { color: 'blue' })),
      resource(two, configMap('both', { color: 'red' })),
    ]);
    const reason = expect.stringContaining(one);
    expect(result.plan.owners[1]?.changes).toMatchObject([{ action: 'skip', code: 'CONFLICT', reason }]);
    expect((await live(configMap('both', {}))).data).toEqual({ color: 'blue' });
  });

  it('waits for what is wanted also when it was found unchanged, and says what is missing', async () => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace },
      spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80 }] },
    };
    const wanted = resource(`${namespace}-web`, service);
    await engine.apply([wanted]);
    const again = () => engine.apply([wanted], {}, { wait: true, timeoutMs: 300 });
    expect((await again()).unhealthy).toMatchObject([{ name: `Service ${namespace}/web`, failed: false }]);

    // Nothing here gives addresses out, so the status is written as a load balancer would.
    const status = { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } };
    await cluster.patch(service, 'merge-patch', { status }, { subresource: 'status' });
    const result = await again();
    expect([result.unhealthy, actionsOf(result.plan)]).toEqual([[], []]);
  });
});
