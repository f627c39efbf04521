/** `vidra watch` that is told to end while a cluster does not answer a write: it ends, and the next one goes on from there. */

import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { KubeObject } from '../support/cluster.ts';
import { kubeconfigSecret, kubeconfigText, type SecondCluster, startSecondCluster } from '../support/destination.ts';
import type { Fault } from '../support/faults.ts';
import { readKubeconfig } from '../support/kubeconfig.ts';
import { resource, type StoredDefinition, startOperator, untilCondition } from '../support/operator.ts';
import { type FaultyProxy, startProxy } from '../support/proxy.ts';
import { cluster, namespace, useOwnCluster } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

let second: SecondCluster;
let proxy: FaultyProxy;

useOwnCluster({ kinds: true });
beforeAll(async () => {
  second = await startSecondCluster();
});
beforeEach(async () => {
  await second.cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  proxy = await startProxy(second.cluster.kubeconfig);
  const access = kubeconfigText(readKubeconfig(proxy.kubeconfig));
  await cluster.create(kubeconfigSecret(namespace, 'second', access, '127.0.0.1'));
  return () => proxy.close();
});
afterAll(async () => {
  await second.close();
});

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } });
const start = () => startOperator(cluster.kubeconfig, { VIDRA_NAMESPACE: namespace }, ['--leader-elect']);
const there = () =>
  second.cluster.list<KubeObject>('v1', 'ConfigMap', namespace, { labelSelector: 'managed-by=vidra' });
const namesOf = (objects: readonly KubeObject[]) => objects.map(({ metadata }) => metadata.name);
const versionsOf = (objects: readonly KubeObject[]) =>
  objects.map(({ metadata: { name, uid, resourceVersion } }) => `${name} ${uid} ${resourceVersion}`);

it.each<[string, Fault, number]>([
  ['the request is not carried out', { kind: 'delay', milliseconds: 100_000 }, 2],
  ['the answer does not come', { kind: 'freeze', afterBytes: 0 }, 6],
])('when %s', async (_case, fault, written) => {
  const one = resource(`${namespace}-far`, names.map(configMap), { destination: { server: proxy.server } });
  const writes = { method: 'PATCH', path: /\/configmaps\// };
  proxy.inject({ ...writes, from: 3, fault });
  const first = await start();
  await cluster.create(one);
  await waitFor('all to be under way', () => proxy.count(writes) === names.length);
  await waitFor('what is carried out', async () => (await there()).length === written);
  expect(await first.stop()).toMatchObject({ code: 0, stderr: '' });
  expect(first.lines().at(-1)).toMatchObject({ event: 'shard', state: 'released' });
  const before = await there();
  expect(before).toHaveLength(written);

  proxy.heal();
  const next = await start();
  await untilCondition(cluster, one, 'Ready', 'True');
  const after = await there();
  expect(namesOf(after).sort()).toEqual(names);
  expect(versionsOf(after)).toEqual(expect.arrayContaining(versionsOf(before)));
  const { status } = await cluster.get<StoredDefinition>(one);
  expect(status?.managedResources?.map(({ name }) => name).sort()).toEqual(names);
  await cluster.remove(one);
  await waitFor('the definition to be gone', async () => !(await cluster.exists(one)));
  expect(await there()).toEqual([]);
  expect(await next.stop()).toMatchObject({ code: 0, stderr: '' });
});
