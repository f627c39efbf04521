/** A cluster behind a fence: once that is lost nothing is written in any way, and everything can still be read. */
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { ResourceType, Cluster as VidraCluster } from '../../src/cluster/cluster.ts';
import { connectCluster } from '../../src/cluster/connect.ts';
import { type Cluster, connect, type KubeObject } from '../support/cluster.ts';
import { type FaultyProxy, startProxy } from '../support/proxy.ts';

let cluster: Cluster;
let proxy: FaultyProxy;
let vidra: VidraCluster;

beforeAll(async () => {
  cluster = connect(inject('kubeconfig'));
  proxy = await startProxy(inject('kubeconfig'));
  vidra = await connectCluster({ file: proxy.kubeconfig, environment: {}, signal: new AbortController().signal });
});
afterAll(async () => {
  await vidra?.close();
  await proxy?.close();
  await cluster?.close();
});

test('It writes in every way while the fence is held, and in none afterwards', async () => {
  const namespace = await cluster.createNamespace();
  const type = vidra.typeOf({ group: '', version: 'v1', kind: 'ConfigMap' }) as ResourceType;
  const configMap = (name: string, value: string) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace },
    data: { value },
  });
  let held = true;
  const fenced = vidra.fenced({ isHeld: () => held });
  const reference = { ...type, namespace, name: 'one' };
  const read = () => cluster.get<KubeObject>(configMap('one', ''));

  await fenced.apply(type, configMap('one', '1'), { manager: 'test' });
  const { uid, resourceVersion } = (await read()).metadata;
  const changes: Record<string, () => Promise<unknown>> = {
    apply: () => fenced.apply(type, configMap('one', '2'), { manager: 'test' }),
    patch: () =>
      fenced.patch(type, reference, [{ op: 'replace', path: '/data/value', value: '2' }], {
        uid,
        resourceVersion,
        manager: 'test',
      }),
    replace: async () =>
      fenced.replace(type, { ...configMap('one', '2'), metadata: { ...(await read()).metadata } } as never),
    create: () => fenced.create(type, configMap('two', '2')),
    remove: () => fenced.remove(type, reference, { uid }),
  };
  held = false;
  proxy.forget();
  for (const [name, change] of Object.entries(changes)) {
    await expect(change(), name).rejects.toMatchObject({ code: 'INTERRUPTED' });
  }
  expect(proxy.count()).toBe(0);

  const trial = await fenced.apply(type, configMap('one', '2'), { manager: 'test', dryRun: true });
  expect(trial).toMatchObject({ type: 'applied', object: { data: { value: '2' } } });
  expect(await fenced.get(type, reference)).toMatchObject({ data: { value: '1' } });
  expect((await read()).metadata.resourceVersion).toBe(resourceVersion);
  // The cluster itself is not behind it.
  await vidra.apply(type, configMap('one', '3'), { manager: 'test' });

  held = true;
  for (const name of ['apply', 'replace', 'create', 'remove']) await changes[name]?.();
  expect(await cluster.exists(configMap('one', ''))).toBe(false);
  expect(await cluster.exists(configMap('two', ''))).toBe(true);
});
