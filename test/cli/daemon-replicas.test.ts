/** `vidra watch --leader-elect` as several processes: whatever happens to one, no write is lost and none is made twice. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KubeObject, Reference } from '../support/cluster.ts';
import {
  type Line,
  type Operator,
  resource,
  type StoredDefinition,
  startOperator,
  untilCondition,
} from '../support/operator.ts';
import { type FaultyProxy, startProxy } from '../support/proxy.ts';
import { cluster, configMap, namespace, useOwnCluster } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };
/** Writes of definitions, records and objects, not of Leases. */
const work = { writes: true, path: /^(?!\/apis\/coordination)/ };

let replicas: Replica[];

useOwnCluster({ kinds: true });
beforeEach(() => {
  replicas = [];
});
afterEach(async () => {
  for (const { operator, proxy } of replicas) {
    operator.child.kill('SIGKILL');
    await operator.ended;
    await proxy.close();
  }
  // The next ones need not wait until these have run out.
  for (const { metadata } of await cluster.list(lease.apiVersion, lease.kind, 'vidra-system')) {
    await cluster.remove({ ...lease, metadata });
  }
});

/** A process and what it asks the API server. */
interface Replica {
  readonly operator: Operator;
  readonly proxy: FaultyProxy;
}

async function start(...flags: string[]): Promise<Replica> {
  const proxy = await startProxy(cluster.kubeconfig);
  const operator = await startOperator(proxy.kubeconfig, {}, ['--leader-elect', ...flags]);
  const replica = { operator, proxy };
  replicas.push(replica);
  await says(replica, 'watching');
  return replica;
}

async function says({ operator }: Replica, event: string, state?: string): Promise<Line> {
  const isIt = (line: Line) => line.event === event && (state === undefined || line.state === state);
  return waitFor(`a line ${event} ${state ?? ''}`, () => operator.lines().find(isIt));
}

/** One that works, and one that is ready to. */
async function startPair(): Promise<[leader: Replica, standby: Replica]> {
  const leader = await start();
  await says(leader, 'shard', 'acquired');
  return [leader, await start()];
}

const many = (color = 'red') => Array.from({ length: 300 }, (_, index) => configMap(`one-${index}`, { color }));
const applied = () => cluster.list<KubeObject>('v1', 'ConfigMap', namespace, { labelSelector: 'managed-by=vidra' });
const versions = (objects: readonly KubeObject[]) =>
  new Map(objects.map(({ metadata: { name, uid, resourceVersion } }) => [name, `${uid} ${resourceVersion}`]));

/** The leader is in the middle of writing many objects. */
async function halfDone(leader: Replica): Promise<Reference> {
  leader.proxy.inject({ method: 'PATCH', path: /\/configmaps\//, fault: { kind: 'delay', milliseconds: 300 } });
  const definition = resource(`${namespace}-many`, many());
  await cluster.create(definition);
  await waitFor('half of the objects', async () => (await applied()).length > 100);
  return definition;
}

async function expectExact(definition: Reference, color: string): Promise<void> {
  const objects = await applied();
  expect(objects.map(({ metadata, data }) => `${metadata.name} ${data?.['color']}`).sort()).toEqual(
    many(color)
      .map(({ metadata, data }) => `${metadata.name} ${data.color}`)
      .sort(),
  );
  const managers = objects.map(({ metadata }) =>
    metadata.managedFields?.map(({ manager, operation }) => `${operation} ${manager?.split(':')[0]}`).join(),
  );
  expect(new Set(managers).size).toBe(1);
  expect(managers[0]).toMatch(/^Apply vidra[^,]*$/);
  const { status } = await cluster.get<StoredDefinition>(definition);
  const recorded = status?.managedResources?.map(({ name }) => name).sort();
  expect(recorded).toEqual(objects.map(({ metadata }) => metadata.name).sort());
  expect(status).toMatchObject({ objects: 300, DeployState: 'Succeeded' });
}

test('The leader is killed in the middle of an apply; the other one goes on, and writes nothing twice', async () => {
  const [leader, standby] = await startPair();
  const definition = await halfDone(leader);
  expect(standby.proxy.count(work)).toBe(0);
  leader.operator.child.kill('SIGKILL');
  await leader.operator.ended;
  const before = versions(await applied());
  expect(before.size).toBeLessThan(300);
  expect(standby.proxy.count(work)).toBe(0);

  await untilCondition(cluster, definition, 'Ready', 'True');
  await expectExact(definition, 'red');
  const after = versions(await applied());
  for (const [name, version] of before) expect(after.get(name), name).toBe(version);
});

test('A leader that is stopped for a while writes nothing when it goes on', async () => {
  const [leader, other] = await startPair();
  const definition = await halfDone(leader);
  leader.operator.child.kill('SIGSTOP');
  await untilCondition(cluster, definition, 'Ready', 'True');
  await cluster.patch(definition, 'merge-patch', { spec: resource('', many('blue')).spec });
  await untilCondition(cluster, definition, 'Ready', 'True');
  const before = versions(await applied());

  leader.proxy.heal();
  leader.proxy.forget();
  leader.operator.child.kill('SIGCONT');
  await says(leader, 'shard', 'lost');
  await waitFor('it to ask for the Lease again', () => leader.proxy.count({ path: /\/leases/ }) > 0);
  // It goes on as the one that waits.
  await other.operator.stop();
  await waitFor('it to lead again', () => {
    const acquired = leader.operator.lines().filter(({ state }) => state === 'acquired');
    return acquired.length === 2;
  });
  await waitFor('its look at the definition', () =>
    leader.operator.lines().find(({ event, definition: name }) => event === 'reconciled' && name?.includes(namespace)),
  );
  await expectExact(definition, 'blue');
  expect(versions(await applied())).toEqual(before);
  expect(leader.proxy.count({ ...work, method: 'PATCH', path: /\/configmaps\// })).toBe(0);
});

test('A leader that is cut off from the API server gives up, and writes nothing when it is back', async () => {
  const [leader] = await startPair();
  const definition = await halfDone(leader);
  await leader.proxy.down();
  await says(leader, 'shard', 'lost');
  await untilCondition(cluster, definition, 'Ready', 'True');
  const before = versions(await applied());
  leader.proxy.heal();
  leader.proxy.forget();
  await leader.proxy.up();
  await waitFor('it to see the Lease again', () => leader.proxy.count({ path: /\/leases.*watch=/ }) > 0);
  expect(leader.proxy.count(work)).toBe(0);
  await expectExact(definition, 'red');
  expect(versions(await applied())).toEqual(before);
});

test('A leader that is told to end in the middle of an apply ends at a safe point, and hands over at once', async () => {
  const [leader, other] = await startPair();
  const definition = await halfDone(leader);
  const { code, stderr } = await leader.operator.stop();
  expect([code, stderr]).toEqual([0, '']);
  const before = versions(await applied());
  expect(before.size).toBeLessThan(300);
  const released = await says(leader, 'shard', 'released');
  const acquired = await says(other, 'shard', 'acquired');
  // Long before the Lease would have run out.
  expect(Date.parse(acquired.time) - Date.parse(released.time)).toBeLessThan(5_000);

  await untilCondition(cluster, definition, 'Ready', 'True');
  await expectExact(definition, 'red');
  const after = versions(await applied());
  for (const [name, version] of before) expect(after.get(name), name).toBe(version);
});

test('Two processes share the definitions in four shards, each works on its own, and one takes all when the other ends', async () => {
  const resources = (color: string) =>
    Array.from({ length: 20 }, (_, index) => resource(`${namespace}-${index}`, [configMap(`of-${index}`, { color })]));
  const change = async (color: string) => {
    for (const definition of resources(color))
      await cluster.patch(definition, 'merge-patch', { spec: definition.spec });
    for (const definition of resources(color)) await untilCondition(cluster, definition, 'Ready', 'True');
    expect(new Set((await applied()).map(({ data }) => data?.['color']))).toEqual(new Set([color]));
  };
  const held = ({ operator }: Replica) => {
    const shards = new Set<number | undefined>();
    for (const { state, shard } of operator.lines()) {
      if (state === 'acquired') shards.add(shard);
      else if (state === 'released' || state === 'lost') shards.delete(shard);
    }
    return shards.size;
  };
  const first = await start('--shards=4');
  await waitFor('it to have all shards', () => held(first) === 4);
  for (const definition of resources('red')) await cluster.create(definition);
  for (const definition of resources('red')) await untilCondition(cluster, definition, 'Ready', 'True');
  expect(await applied()).toHaveLength(20);

  const second = await start('--shards=4');
  await waitFor('each to have two shards', () => held(first) === 2 && held(second) === 2);
  await change('blue');
  const changedBy = ({ operator }: Replica) =>
    operator.lines().flatMap(({ event, trigger, definition = '' }) => {
      return event === 'reconciled' && trigger?.type === 'definitions' ? [definition] : [];
    });
  expect(changedBy(first).length).toBeGreaterThan(0);
  expect(changedBy(second).length).toBeGreaterThan(0);
  const changed = [...new Set(changedBy(first)), ...new Set(changedBy(second))];
  expect(changed.sort()).toEqual(
    resources('blue')
      .map(({ kind, metadata }) => `${kind} ${metadata.name}`)
      .sort(),
  );

  expect(await first.operator.stop()).toMatchObject({ code: 0, stderr: '' });
  await change('green');
});
