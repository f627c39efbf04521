/** Wherever a run dies, the next one finds its way, also when something else is wanted by then. */
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type Cluster, connect, type KubeObject } from '../support/cluster.ts';
import { type Engine, resource, startEngine } from '../support/engine.ts';
import { startProxy } from '../support/proxy.ts';

let cluster: Cluster;

beforeAll(() => {
  cluster = connect(inject('kubeconfig'));
});
afterAll(() => cluster.close());

/** Three states of one set: what was there, what the run that dies makes of it, and what is wanted afterwards. */
function states(namespace: string) {
  const place = `${namespace}-place`;
  const config = (name: string, value = '1', inNamespace = namespace) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: inNamespace },
    data: { value },
  });
  const [a, b, gone] = [`${namespace}-a`, `${namespace}-b`, `${namespace}-gone`];
  const madePlace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: place } };
  return {
    place,
    before: [
      resource(a, config('kept'), config('dropped'), config('moved'), config('shared')),
      resource(b, config('shared'), config('left')),
      resource(gone, config('gone')),
    ],
    during: [
      resource(a, config('kept', '2'), config('new'), madePlace, config('inside', '1', place), config('shared')),
      resource(b, config('moved', '2'), config('other')),
    ],
    after: [
      resource(a, config('kept', '3'), config('new', '3'), config('third')),
      resource(b, config('other'), config('shared', '3')),
    ],
    wanted: { kept: '3', new: '3', other: '1', shared: '3', third: '1' },
  };
}

/** Whether there was an `n`-th write to die at: just before the server carries it out, or just after. */
async function dieAt(n: number, moment: 'before' | 'after'): Promise<boolean> {
  const namespace = await cluster.createNamespace();
  const { place, before, during, after, wanted } = states(namespace);
  const engine = await startEngine(inject('kubeconfig'), namespace);
  await engine.apply(before, { prune: true });

  const proxy = await startProxy(inject('kubeconfig'));
  const dying = await startEngine(proxy.kubeconfig, namespace);
  proxy.forget();
  if (moment === 'after') proxy.inject({ writes: true, from: n, times: 1, fault: { kind: 'lose-answer' } });
  proxy.inject({ writes: true, from: n, fault: { kind: 'status', status: 403 } });
  await dying
    .apply(during, { prune: true })
    .catch((error) => expect(error).toMatchObject({ code: 'CLUSTER_FORBIDDEN' }));
  const died = proxy.count({ writes: true }) >= n;
  await dying.close();
  await proxy.close();

  const result = await engine.apply(after, { prune: true });
  expect(result.outcomes.filter(({ result }) => result !== 'succeeded')).toEqual([]);
  const left = await managedIn([namespace, place]);
  expect(Object.fromEntries(left.map((object) => [object.metadata.name, object.data?.['value']]))).toEqual(wanted);
  expect(await recordedIn(engine, namespace)).toEqual(expect.arrayContaining(Object.keys(wanted)));
  await engine.close();
  return died;
}

async function managedIn(namespaces: readonly string[]): Promise<KubeObject[]> {
  const all = await cluster.list('v1', 'ConfigMap', undefined, { labelSelector: 'managed-by=vidra' });
  return all.filter(({ metadata }) => namespaces.includes(metadata.namespace ?? '') && !metadata.deletionTimestamp);
}

async function recordedIn(engine: Engine, set: string): Promise<string[]> {
  const records = (await (await engine.target([])).inventory.list()).filter(({ header }) => header.set === set);
  return records.flatMap(({ entries }) => [...entries.values()].map(({ reference }) => reference.name));
}

it('A run that dies at any write leaves no object that nobody knows, and nothing wanted is missing after the next', async () => {
  const most = 40;
  const died = async (n: number) => {
    const each = await Promise.all([
      dieAt(n, 'before'),
      dieAt(n, 'after'),
      dieAt(n + 1, 'before'),
      dieAt(n + 1, 'after'),
    ]);
    return each.every(Boolean);
  };
  let n = 1;
  while (n < most && (await died(n))) n += 2;
  // The plan has five writes, five removals and three records, so it has come this far, and to its end.
  expect(n).toBeGreaterThan(10);
  expect(n).toBeLessThan(most);
});
