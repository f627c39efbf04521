/** Objects that are wanted under another name: recognised, made in the right order, and finished after a crash in either order. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Definition } from '../../src/definition/definition.ts';
import type { Change, Plan } from '../../src/plan/plan.ts';
import { planLines } from '../../src/view/plan-text.ts';
import { createStyle } from '../../src/view/style.ts';
import type { Reference } from '../support/cluster.ts';
import { actionsOf, resource, startEngine } from '../support/engine.ts';
import { engine, useEngine } from '../support/engine-stage.ts';
import { startProxy } from '../support/proxy.ts';
import { cluster, namespace } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

let owner: string;

useEngine();
beforeEach(() => {
  owner = `${namespace}-web`;
});

// Ports of the nodes are one range for all tests of a run.
let nextPort = 31_100 + Number(process.env['VITEST_POOL_ID'] ?? 0) * 40;
const freePort = () => nextPort++;

const configMap = (
  name: string,
  data: object = { color: 'blue' },
  inNamespace = namespace,
): Reference & { readonly [field: string]: unknown } => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: inNamespace },
  data,
});
const service = (
  name: string,
  spec: object,
  inNamespace = namespace,
): Reference & { readonly [field: string]: unknown } => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: inNamespace },
  spec: { selector: { app: 'shop' }, ports: [{ port: 80 }], ...spec },
});
const nodePort = (port: number) => ({ type: 'NodePort', ports: [{ port: 80, nodePort: port }] });
const wants = (...manifests: readonly object[]): Definition[] => [resource(owner, ...manifests)];
const changes = (plan: Plan): Change[] => plan.owners.flatMap((each) => each.changes);
const linesOf = (plan: Plan) =>
  planLines(plan, createStyle({ colour: false, unicode: true })).map((line) => line.trim());
const recorded = async () => {
  const records = await (await engine.target([])).inventory.list();
  const record = records.find(({ header }) => header.name === owner);
  return [...(record?.entries.values() ?? [])].map(({ reference, state }) => `${reference.name} ${state}`).sort();
};

describe('an object with another name', () => {
  it('is made under the new one before the old one goes, and is one line and one count', async () => {
    await engine.apply(wants(configMap('old'), configMap('other', { size: 'small' })));
    const proxy = await startProxy(cluster.kubeconfig);
    const observed = await startEngine(proxy.kubeconfig, namespace);
    const wanted = wants(configMap('new'), configMap('other', { size: 'small' }));
    const plan = await observed.plan(wanted);
    expect(linesOf(plan)).toEqual([
      owner,
      `namespace ${namespace}`,
      '→ ConfigMap old → new  renamed',
      '',
      'Plan: 1 to rename, 1 unchanged.',
    ]);
    // The record tells that they are the same: nothing is looked up.
    expect(proxy.count({ method: 'GET', path: /configmaps\/old/ })).toBe(0);
    proxy.forget();
    const result = await observed.apply(wanted);
    expect(result.outcomes.map((outcome) => outcome.result)).toEqual(['succeeded', 'succeeded']);
    const writes = proxy.requests.filter(({ method, path }) => method !== 'GET' && path.includes('/configmaps/'));
    expect(writes.map(({ method, path }) => `${method} ${path.split('/').at(-1)}`)).toEqual([
      'PATCH new',
      'DELETE old',
    ]);
    expect(await recorded()).toEqual(['new applied', 'other applied']);
    expect(actionsOf(await engine.plan(wanted))).toEqual([]);
    await observed.close();
    await proxy.close();
  });

  it('moves to another namespace, which the same plan makes', async () => {
    const store = `${namespace}-store`;
    const place = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: store } };
    await engine.apply(wants(configMap('settings')));
    const wanted = wants(place, configMap('settings', { color: 'blue' }, store));
    const result = await engine.apply(wanted);
    expect(changes(result.plan)).toMatchObject([
      { action: 'create', reference: { kind: 'Namespace' } },
      {
        action: 'create',
        renamedFrom: { first: 'new' },
        reason: `moved from ${namespace}; this plan makes its Namespace`,
      },
      { action: 'delete', renamedTo: { first: 'new' }, reason: `moved to ${store}/settings` },
    ]);
    expect(result.outcomes.every((outcome) => outcome.result === 'succeeded')).toBe(true);
    expect(await cluster.exists(configMap('settings'))).toBe(false);
    expect((await cluster.get(configMap('settings', {}, store))).data).toEqual({ color: 'blue' });
    expect(linesOf(result.plan)).toContain(
      `→ ConfigMap ${namespace}/settings → settings  moved from ${namespace}; this plan makes its Namespace (predicted)`,
    );
  });

  it('is recognised when a part of it changes with its name, and shows what', async () => {
    const deployment = (name: string, image: string) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'shop' } },
        template: {
          metadata: { labels: { app: 'shop' } },
          spec: {
            containers: [{ name: 'web', image, ports: [{ containerPort: 80 }], env: [{ name: 'A', value: 'b' }] }],
          },
        },
      },
    });
    await engine.apply(wants(deployment('web', 'shop:1')));
    const proxy = await startProxy(cluster.kubeconfig);
    const observed = await startEngine(proxy.kubeconfig, namespace);
    const plan = await observed.plan(wants(deployment('frontend', 'shop:2')));
    expect(changes(plan)[0]).toMatchObject({
      action: 'create',
      renamedFrom: { reference: { name: 'web' } },
      differences: [{ path: 'spec.template.spec.containers[name=web].image', before: 'shop:1', after: 'shop:2' }],
    });
    expect(proxy.count({ method: 'GET', path: /deployments\/web/ })).toBe(1);
    const other = await observed.plan(
      wants({
        ...deployment('frontend', 'shop:2'),
        spec: {
          ...deployment('x', 'y').spec,
          template: { metadata: { labels: { app: 'shop' } }, spec: { containers: [{ name: 'other', image: 'z' }] } },
        },
      }),
    );
    expect(changes(other)[0]).not.toHaveProperty('renamedFrom');
    await observed.close();
    await proxy.close();
  });

  it('is recognised without anything on record but its name', async () => {
    await engine.apply(wants(configMap('old')));
    const { inventory } = await engine.target([]);
    const [record] = (await inventory.list()).filter(({ header }) => header.name === owner);
    const put = [...(record?.entries.values() ?? [])].map(({ content: _, ...entry }) => entry);
    await inventory.write({
      header: record?.header ?? { name: owner, set: namespace, server: '' },
      run: '',
      put,
      drop: [],
    });
    const plan = await engine.plan(wants(configMap('new')));
    expect(changes(plan)[0]).toMatchObject({ renamedFrom: { reference: { name: 'old' } }, differences: [] });
  });

  it('is two lines when it is a claim to a volume: the new one holds nothing of the old one', async () => {
    const claim = (name: string) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    });
    await engine.apply(wants(claim('old')));
    const plan = await engine.plan(wants(claim('new')));
    expect(actionsOf(plan)).toEqual(['create PersistentVolumeClaim new', 'delete PersistentVolumeClaim old']);
    expect(changes(plan)[0]).not.toHaveProperty('renamedFrom');
  });

  it('is no rename while another owner wants the old one, which is released', async () => {
    const other = `${namespace}-other`;
    await engine.apply([...wants(configMap('old')), resource(other, configMap('old'))]);
    const result = await engine.apply([...wants(configMap('new')), resource(other, configMap('old'))]);
    expect(actionsOf(result.plan)).toEqual(['create ConfigMap new', 'release ConfigMap old']);
    expect(changes(result.plan)[0]).not.toHaveProperty('renamedFrom');
    expect(await cluster.exists(configMap('old'))).toBe(true);
  });

  it('keeps the old one when the new one is refused', async () => {
    await engine.apply(wants(configMap('old')));
    const result = await engine.apply(wants({ ...configMap('new'), metadata: { name: 'New!', namespace } }));
    expect(result.outcomes.map((outcome) => outcome.result).sort()).toEqual(['blocked', 'failed']);
    expect(await cluster.exists(configMap('old'))).toBe(true);
    expect(await recorded()).toEqual(['old applied']);
  });
});

describe('two that cannot stand side by side', () => {
  it('take turns at a port of the nodes: the old one goes first, and the plan says so', async () => {
    const port = freePort();
    await engine.apply(wants(service('old', nodePort(port))));
    const wanted = wants(service('new', nodePort(port)));
    const plan = await engine.plan(wanted, { validate: true });
    expect(linesOf(plan)).toContain(
      `→ Service old → new  renamed; old one first: both want nodePort ${port} (predicted)`,
    );
    expect(changes(plan)).toMatchObject([
      { action: 'create', renamedFrom: { first: 'old' } },
      { action: 'delete', renamedTo: { first: 'old' } },
    ]);
    const result = await engine.apply(wanted);
    expect(result.outcomes.map(({ change, result }) => `${change.action} ${result}`)).toEqual([
      'delete succeeded',
      'create succeeded',
    ]);
    expect((await cluster.get(service('new', {})))['spec']).toMatchObject({ ports: [{ nodePort: port }] });
    expect(await cluster.exists(service('old', {}))).toBe(false);
    expect(await recorded()).toEqual(['new applied']);
  });

  it('take turns although nothing else of them is alike, also when the server chose the port', async () => {
    const kept = freePort();
    await engine.apply(wants(service('kept', nodePort(kept)), service('old', { type: 'NodePort' })));
    const [{ nodePort: chosen = 0 } = {}] = (
      (await cluster.get(service('old', {}))) as unknown as { spec: { ports: { nodePort: number }[] } }
    ).spec.ports;
    const other = { type: 'NodePort', selector: { tier: 'x' }, ports: [{ name: 'tls', port: 443, nodePort: chosen }] };
    const result = await engine.apply(wants(service('kept', nodePort(kept)), service('new', other)));
    expect(result.outcomes.map(({ change, result }) => `${change.action} ${result}`)).toEqual([
      'delete succeeded',
      'create succeeded',
    ]);
    expect((await cluster.get(service('new', {})))['spec']).toMatchObject({ ports: [{ nodePort: chosen }] });
  });

  it('take turns when one of them moves to a namespace that the plan makes', async () => {
    const port = freePort();
    const store = `${namespace}-store`;
    const place = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: store } };
    await engine.apply(wants(service('shop', nodePort(port))));
    const wanted = wants(place, service('shop', nodePort(port), store));
    expect(changes(await engine.plan(wanted, { validate: true }))[1]).toMatchObject({ renamedFrom: { first: 'old' } });
    const result = await engine.apply(wanted);
    expect(result.outcomes.map(({ change, result }) => `${change.action} ${change.reference.kind} ${result}`)).toEqual([
      'create Namespace succeeded',
      'delete Service succeeded',
      'create Service succeeded',
    ]);
  });

  it('take turns at an address, and at a host with its path', async () => {
    const ingress = (name: string) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name, namespace },
      spec: {
        rules: [
          {
            host: `${namespace}.example.org`,
            http: {
              paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 's', port: { number: 80 } } } }],
            },
          },
        ],
      },
    });
    await engine.apply(wants(service('probe', {})));
    const { clusterIP } = (await cluster.get(service('probe', {})))['spec'] as { clusterIP: string };
    await engine.apply(wants());
    await engine.apply(wants(service('old', { clusterIP }), ingress('old')));
    const result = await engine.apply(wants(service('new', { clusterIP }), ingress('new')));
    expect(changes(result.plan)).toMatchObject([
      { reason: `renamed; old one first: both want clusterIP ${clusterIP}` },
      { reason: `renamed; old one first: both want ${namespace}.example.org/` },
      { renamedTo: { first: 'old' } },
      { renamedTo: { first: 'old' } },
    ]);
    expect(result.outcomes.every((outcome) => outcome.result === 'succeeded')).toBe(true);
    expect((await cluster.get(service('new', {})))['spec']).toMatchObject({ clusterIP });
  });

  it('leave the old one when the server would not take the new one anyway, or another one has the port, too', async () => {
    const [port, other] = [freePort(), freePort()];
    await cluster.create(service('foreign', nodePort(other)));
    await engine.apply(wants(service('old', nodePort(port))));
    const uid = (await cluster.get(service('old', {}))).metadata.uid;
    const wrong = service('new', { ...nodePort(port), sessionAffinity: 'Never' });
    const ports = [port, other].map((each, index) => ({ name: `p${index}`, port: 80 + index, nodePort: each }));
    const both = service('new', { type: 'NodePort', ports });
    for (const manifest of [wrong, both]) {
      const result = await engine.apply(wants(manifest));
      expect(changes(result.plan)[0]).toMatchObject({ action: 'skip', code: 'CLUSTER_REFUSED' });
    }
    expect((await cluster.get(service('old', {}))).metadata.uid).toBe(uid);
  });

  const held = { finalizers: ['example.org/hold'] };

  it('wait for finalizers of the old one, as long as the run waits; the next run goes on', async () => {
    const port = freePort();
    await engine.apply(wants(service('old', nodePort(port))));
    await cluster.patch(service('old', {}), 'merge-patch', { metadata: held });
    const wanted = wants(service('new', nodePort(port)));
    const result = await engine.apply(wanted, {}, { wait: false, timeoutMs: 300 });
    expect(result.outcomes).toMatchObject([
      {
        change: { action: 'delete' },
        result: 'failed',
        problem: { code: 'TIMEOUT', message: 'is being deleted: waits for example.org/hold' },
      },
      {
        change: { action: 'create' },
        result: 'blocked',
        problem: {
          message: `takes the place of Service ${namespace}/old of ${owner}, which is being deleted: waits for example.org/hold`,
        },
      },
    ]);
    expect(await recorded()).toEqual(['old applied']);
    const reason = `waits for Service ${namespace}/old, which is being deleted, and waits for example.org/hold: both want nodePort ${port}`;
    expect(changes(await engine.plan(wanted))).toMatchObject([
      { action: 'skip', code: 'PLAN_STALE', reason },
      { action: 'skip', deleting: true },
    ]);

    await cluster.patch(service('old', {}), 'json-patch', [{ op: 'remove', path: '/metadata/finalizers' }]);
    const next = await engine.apply(wanted);
    expect(next.outcomes.map((outcome) => outcome.result)).toEqual(['succeeded']);
    expect((await cluster.get(service('new', {})))['spec']).toMatchObject({ ports: [{ nodePort: port }] });
    expect(await recorded()).toEqual(['new applied']);
  });

  it('go on as soon as the finalizers are gone', async () => {
    const port = freePort();
    await engine.apply(wants(service('old', nodePort(port))));
    await cluster.patch(service('old', {}), 'merge-patch', { metadata: held });
    const applying = engine.apply(wants(service('new', nodePort(port))));
    await waitFor('the deletion', async () => (await cluster.get(service('old', {}))).metadata.deletionTimestamp);
    await cluster.patch(service('old', {}), 'json-patch', [{ op: 'remove', path: '/metadata/finalizers' }]);
    expect((await applying).outcomes.map((outcome) => outcome.result)).toEqual(['succeeded', 'succeeded']);
  });
});

describe('a rename that a crash cuts in two', () => {
  /** Whether there was an `n`-th write to die at: just before the server carries it out, or just after. */
  const dieAt = async (n: number, moment: 'before' | 'after', before: object, after: object): Promise<boolean> => {
    await engine.apply(wants(before));
    const proxy = await startProxy(cluster.kubeconfig);
    const dying = await startEngine(proxy.kubeconfig, namespace);
    proxy.forget();
    if (moment === 'after') proxy.inject({ writes: true, from: n, times: 1, fault: { kind: 'lose-answer' } });
    proxy.inject({ writes: true, from: n, fault: { kind: 'status', status: 403 } });
    await dying.apply(wants(after)).catch((error) => expect(error).toMatchObject({ code: 'CLUSTER_FORBIDDEN' }));
    const died = proxy.count({ writes: true }) >= n;
    await dying.close();
    await proxy.close();

    const plan = await engine.plan(wants(after), { validate: true });
    expect(changes(plan).filter((change) => 'code' in change && change.code)).toEqual([]);
    const result = await engine.apply(wants(after));
    expect(result.outcomes.filter((outcome) => outcome.result !== 'succeeded')).toEqual([]);
    expect(await cluster.exists(before as Reference)).toBe(false);
    expect(await cluster.exists(after as Reference)).toBe(true);
    expect(await recorded()).toEqual(['new applied']);
    expect(actionsOf(await engine.plan(wants(after)))).toEqual([]);
    await engine.apply(wants());
    expect(await cluster.exists(after as Reference)).toBe(false);
    return died;
  };

  it.each(['new one first', 'old one first'])('is finished by the next run, wherever it died: %s', async (order) => {
    const port = freePort();
    const [before, after] =
      order === 'new one first'
        ? [configMap('old'), configMap('new')]
        : [service('old', nodePort(port)), service('new', nodePort(port))];
    let died = 0;
    for (let n = 1; n < 10; n++) {
      const each = [await dieAt(n, 'before', before, after), await dieAt(n, 'after', before, after)];
      if (!each.some(Boolean)) break;
      died = n;
    }
    // The intent, the two halves, and the outcome.
    expect(died).toBeGreaterThanOrEqual(4);
  });
});
