/** Where records are kept, how large ones are cut, and how they move, on a control plane of its own that gets the CRDs. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Cluster as VidraCluster } from '../../src/cluster/cluster.ts';
import { connectCluster } from '../../src/cluster/connect.ts';
import { connectInventory } from '../../src/inventory/connect.ts';
import type { InventoryEntry } from '../../src/inventory/inventory.ts';
import { keyOf } from '../../src/manifest/manifest.ts';
import { type ControlPlane, startControlPlane } from '../../src/sandbox/control-plane.ts';
import { type Cluster, connect, type Reference } from '../support/cluster.ts';
import { actionsOf, resource, startEngine } from '../support/engine.ts';
import { startProxy } from '../support/proxy.ts';
import { waitFor } from '../support/wait-for.ts';

let controlPlane: ControlPlane;
let cluster: Cluster;
let home: VidraCluster;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  cluster = connect(controlPlane.kubeconfig);
  home = await connectCluster({ file: controlPlane.kubeconfig, environment: {}, signal: new AbortController().signal });
});
afterAll(async () => {
  await home.close();
  await cluster.close();
  await controlPlane.stop();
});

const entry = (index: number): InventoryEntry => ({
  reference: { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'default', name: `settings-${index}` },
  state: 'applied',
  uid: `00000000-0000-0000-0000-${String(index).padStart(12, '0')}`,
  digest: `digest-${index}`,
  fields: `fields-${index}`,
});
const entries = (count: number) => Array.from({ length: count }, (_, index) => entry(index));
const header = (name: string) => ({ name, set: 'default', server: '' });
const run = '2026-01-01T00:00:00.000Z-test';
const pieces = (namespace: string) =>
  cluster.list('v1', 'Secret', namespace, { labelSelector: 'vidra.infrahub.operators.com/inventory' });

describe('records in Secrets', () => {
  it('of 10 000 objects are cut into pieces, read whole, and changed in the pieces concerned', async () => {
    const namespace = 'records-large';
    const inventory = await connectInventory(home, namespace);
    await inventory.write({ header: header('large'), run, put: entries(10_000), drop: [] });
    const stored = await pieces(namespace);
    expect(stored.length).toBeGreaterThan(4);

    const versions = new Map(stored.map(({ metadata }) => [metadata.name, metadata.resourceVersion]));
    await inventory.write({ header: header('large'), run, put: [], drop: [keyOf(entry(77).reference)] });
    const changed = (await pieces(namespace)).filter(
      ({ metadata }) => versions.get(metadata.name) !== metadata.resourceVersion,
    );
    expect(changed).toHaveLength(1);

    const [record] = await (await connectInventory(home, namespace)).list();
    expect(record?.entries.size).toBe(9_999);
    expect(record?.entries.get(keyOf(entry(78).reference))).toEqual(entry(78));
    expect(record?.entries.has(keyOf(entry(77).reference))).toBe(false);
  });

  it('grow from one piece to several without losing an entry', async () => {
    const namespace = 'records-growing';
    const inventory = await connectInventory(home, namespace);
    await inventory.write({ header: header('growing'), run, put: entries(1_500), drop: [] });
    expect(await pieces(namespace)).toHaveLength(1);
    await (await connectInventory(home, namespace)).write({
      header: header('growing'),
      run,
      put: entries(5_000),
      drop: [],
    });
    const [record] = await (await connectInventory(home, namespace)).list();
    expect(record?.entries.size).toBe(5_000);
  });

  it('take the changes of processes that write at the same time', async () => {
    const namespace = 'records-contested';
    const writers = await Promise.all(Array.from({ length: 5 }, () => connectInventory(home, namespace)));
    await Promise.all(
      writers.map((inventory, index) =>
        inventory.write({ header: header('contested'), run, put: [entry(index)], drop: [] }),
      ),
    );
    const [record] = await (await connectInventory(home, namespace)).list();
    expect([...(record?.entries.values() ?? [])].map(({ uid }) => uid).sort()).toEqual(
      entries(5).map(({ uid }) => uid),
    );
  });

  it('are deleted with the last object of an owner that is gone', async () => {
    const namespace = 'records-gone';
    const inventory = await connectInventory(home, namespace);
    await inventory.write({ header: header('gone'), run, put: entries(2), drop: [] });
    await inventory.write({ header: header('gone'), run, put: [], drop: [keyOf(entry(0).reference)] }, { gone: true });
    expect(await pieces(namespace)).toHaveLength(1);
    await inventory.write({ header: header('gone'), run, put: [], drop: [keyOf(entry(1).reference)] }, { gone: true });
    expect(await pieces(namespace)).toHaveLength(0);
  });
});

describe('records in VidraResources', () => {
  it('take over from Secrets when the CRDs arrive, and nothing is applied again', async () => {
    const namespace = await cluster.createNamespace();
    const engine = await startEngine(controlPlane.kubeconfig, namespace);
    const configMap = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace },
      data: { color: 'blue' },
    };
    const wanted = resource('web', configMap);
    await engine.apply([wanted]);
    expect(await pieces(namespace)).toHaveLength(1);
    const before = (await cluster.get(configMap)).metadata;

    await installCrds();
    const changed = resource('web', configMap, { ...configMap, metadata: { name: 'more', namespace } });
    expect(actionsOf((await engine.apply([changed])).plan)).toEqual(['create ConfigMap more']);
    expect(await pieces(namespace)).toHaveLength(0);
    const record = await cluster.get({
      apiVersion: 'infrahub.operators.com/v1alpha1',
      kind: 'VidraResource',
      metadata: { name: 'web' },
    });
    expect(record['status']).toMatchObject({
      inventory: { set: namespace, shards: 1 },
      managedResources: [
        { apiVersion: 'v1', kind: 'ConfigMap', name: 'settings', namespace, uid: before.uid, state: 'applied' },
        { apiVersion: 'v1', kind: 'ConfigMap', name: 'more', namespace, state: 'applied' },
      ],
    });
    expect((await cluster.get(configMap)).metadata.resourceVersion).toBe(before.resourceVersion);
    expect(actionsOf((await engine.apply([changed])).plan)).toEqual([]);

    await engine.apply([], { prune: true });
    expect(await cluster.exists(configMap)).toBe(false);
    expect(await cluster.list('infrahub.operators.com/v1alpha1', 'VidraResource')).toEqual([]);
    await engine.close();
  });

  it('outlive what they are kept in when somebody deletes that', async () => {
    const namespace = await cluster.createNamespace();
    await home.discover();
    const name = 'deleted-by-hand';
    const kept = { apiVersion: 'infrahub.operators.com/v1alpha1', kind: 'VidraResource', metadata: { name } };
    const known = async () => {
      const records = await (await connectInventory(home, namespace)).list();
      return records.filter((record) => record.header.name === name).flatMap(({ entries: all }) => [...all.values()]);
    };
    const touch = async () =>
      (await connectInventory(home, namespace)).write({ header: header(name), run, put: [], drop: [] });
    await (await connectInventory(home, namespace)).write({ header: header(name), run, put: entries(2), drop: [] });
    const first = await cluster.get(kept);
    await cluster.remove(kept);
    expect((await cluster.get(kept)).metadata['deletionTimestamp']).toBeDefined();
    expect(await known()).toEqual(entries(2));

    await touch();
    expect(await cluster.exists(kept)).toBe(false);
    expect(await pieces(namespace)).toHaveLength(1);
    expect(await known()).toEqual(entries(2));

    await touch();
    expect((await cluster.get(kept)).metadata.uid).not.toBe(first.metadata.uid);
    expect(await pieces(namespace)).toHaveLength(0);
    expect(await known()).toEqual(entries(2));
  });

  it('are recalled as they were written, also when a list that was begun before comes later', async () => {
    const proxy = await startProxy(controlPlane.kubeconfig);
    const signal = new AbortController().signal;
    const slow = await connectCluster({ file: proxy.kubeconfig, environment: {}, signal });
    const inventory = await connectInventory(slow, 'records-recalled');
    const all = entries(2_000);
    await inventory.write({ header: header('recalled'), run, put: all, drop: [] });
    const ours = () => inventory.recall(({ name }) => name === 'recalled')?.flatMap((record) => [...record.entries]);
    expect(ours()).toHaveLength(2_000);
    // The Secrets are read at once, and say what is not true any more when the VidraResources are.
    const path = /\/vidraresources(\?|$)/;
    proxy.inject({ method: 'GET', path, times: 1, fault: { kind: 'delay', milliseconds: 1_500 } });
    proxy.forget();
    const listing = inventory.list();
    await waitFor('the list', () => proxy.count({ method: 'GET', path }) === 1);
    await waitFor('the Secrets to be read', () => proxy.count({ path: /\/secrets/ }) > 0 && proxy.openNow() === 1);
    await inventory.write({ header: header('recalled'), run, put: [], drop: all.map((one) => keyOf(one.reference)) });
    const listed = (await listing).filter((record) => record.header.name === 'recalled');
    expect(listed.flatMap((record) => [...record.entries])).toEqual([]);
    expect(ours()).toEqual([]);
    await slow.close();
    await proxy.close();
  });

  it('hold everything that a Secret holds', async () => {
    const held = { field: '.spec.replicas', manager: 'hpa', subresource: 'scale', autoscaler: 'web', held: 'digest' };
    const contest = { manager: 'kubectl-edit', times: 3, since: '2026-01-01T00:00:00.000Z' };
    const full: InventoryEntry = { ...entry(1), content: 'content', yielded: [held], contest, protected: true, run };
    const end = { deletionPolicy: 'Orphan', propagationPolicy: 'Foreground' } as const;
    await home.discover();
    const inventory = await connectInventory(home, 'records-full');
    await inventory.write({ header: { ...header('full'), ...end }, run, put: [full], drop: [] });
    expect(await pieces('records-full')).toEqual([]);
    const records = await (await connectInventory(home, 'records-full')).list();
    const record = records.find(({ header: { name } }) => name === 'full');
    expect([...(record?.entries.values() ?? [])]).toEqual([full]);
    expect(record?.header).toMatchObject(end);
  });
});

async function installCrds(): Promise<void> {
  for (const file of ['infrahubsyncs', 'vidraresources']) {
    const path = new URL(`../../crds/${file}.yaml`, import.meta.url);
    const crd = parse(readFileSync(path, 'utf8')) as Reference;
    await cluster.create(crd);
    await waitFor(`${crd.metadata.name} to be served`, async () => {
      const answer = await cluster.request('GET', `/apis/infrahub.operators.com/v1alpha1/${file}`);
      return answer.status === 200;
    });
  }
}
