/** Processes that hold work by Leases: whatever happens to one, another goes on, and no two ever work on the same. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { createAccount } from '../support/account.ts';
import { type Cluster, connect, type KubeObject } from '../support/cluster.ts';
import { startProxy } from '../support/proxy.ts';
import { waitFor } from '../support/wait-for.ts';

let cluster: Cluster;
let bundles: string;
let namespace: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  cluster = connect(inject('kubeconfig'));
  const cache = join(import.meta.dirname, '../../node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  bundles = mkdtempSync(join(cache, 'vidra-test-'));
  const entry = join(import.meta.dirname, '../support/lease-holder.ts');
  await build({
    entryPoints: [entry],
    outfile: join(bundles, 'holder.mjs'),
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
  });
});
beforeEach(async () => {
  namespace = await cluster.createNamespace();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  rmSync(bundles, { recursive: true, force: true });
  await cluster.close();
});

interface Line {
  readonly type: string;
  readonly shard?: number;
  readonly key?: string;
  readonly number?: number;
  readonly code?: string;
}

interface Replica {
  readonly identity: string;
  readonly lines: readonly Line[];
  readonly errors: () => string;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<number | null>;
  said(what: string, matches: (line: Line) => boolean): Promise<Line>;
}

interface ReplicaOptions {
  readonly shards?: number;
  readonly keys?: readonly string[];
  readonly kubeconfig?: string;
}

function start(identity: string, { shards = 1, keys = ['key'], kubeconfig }: ReplicaOptions = {}): Replica {
  const given = [kubeconfig ?? cluster.kubeconfig, namespace, identity, `${shards}`, keys.join(',')];
  const child = spawn(process.execPath, [join(bundles, 'holder.mjs'), ...given], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  const lines: Line[] = [];
  let errors = '';
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)));
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  return {
    identity,
    lines,
    errors: () => errors,
    kill: (signal) => void child.kill(signal),
    ended: new Promise((resolve) => child.once('close', resolve)),
    said: (what, matches) =>
      waitFor(`${identity} to say ${what}`, () => lines.find(matches)).catch((error) => {
        throw new Error(`${error.message}; at last it said ${JSON.stringify(lines.slice(-3))} ${errors}`);
      }),
  };
}

const says = (replica: Replica, type: string) => replica.said(type, (line) => line.type === type);
/** Waits for writes that come after now. */
async function writesOn(replica: Replica, times = 3): Promise<void> {
  const before = writesOf(replica);
  await waitFor(`${replica.identity} to write (${replica.errors()})`, () => writesOf(replica) >= before + times);
}
const writesOf = ({ lines }: Replica) => lines.filter(({ type }) => type === 'wrote').length;

/** Who has written a key's ConfigMaps, in the order of their numbers; no number is missing. */
async function writersOf(key = 'key'): Promise<string[]> {
  const made = await cluster.list<KubeObject>('v1', 'ConfigMap', namespace, { labelSelector: `key=${key}` });
  const numbered = made.map(
    ({ metadata, data }) => [Number(metadata.name.slice(key.length + 1)), data?.['writer'] ?? ''] as const,
  );
  numbered.sort(([a], [b]) => a - b);
  expect(numbered.map(([number]) => number)).toEqual(numbered.map((_, index) => index + 1));
  return numbered.map(([, writer]) => writer);
}

/** The same with each that follows itself left out. */
async function turnsOf(key?: string): Promise<string[]> {
  return (await writersOf(key)).filter((writer, index, all) => writer !== all[index - 1]);
}

function expectNoCollision(...replicas: readonly Replica[]): void {
  expect(replicas.flatMap(({ lines }) => lines).filter(({ type }) => type === 'collided')).toEqual([]);
}

interface Lease extends KubeObject {
  readonly spec: {
    readonly holderIdentity?: string;
    readonly leaseTransitions?: number;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
  };
}

const leases = () => cluster.list<Lease>('coordination.k8s.io/v1', 'Lease', namespace);

async function pairOfReplicas(): Promise<[Replica, Replica]> {
  const first = start('first');
  await writesOn(first);
  const second = start('second');
  await says(second, 'following');
  await writesOn(first);
  expect(writesOf(second)).toBe(0);
  return [first, second];
}

test('One of two writes; when it is killed, the other one goes on', async () => {
  const [first, second] = await pairOfReplicas();
  const [before] = await leases();
  expect(before?.spec).toMatchObject({ holderIdentity: 'first', leaseDurationSeconds: 3, leaseTransitions: 0 });
  first.kill('SIGKILL');
  await writesOn(second);

  expect(await turnsOf()).toEqual(['first', 'second']);
  const [after] = await leases();
  expect(after?.spec).toMatchObject({ holderIdentity: 'second', leaseTransitions: 1 });
  expect(after?.spec.acquireTime).toMatch(/\.\d{6}Z$/);
  expectNoCollision(first, second);
});

test('Who ends cleanly leaves a lease that nobody holds, and the next one takes it without waiting for it to expire', async () => {
  const [first, second] = await pairOfReplicas();
  first.kill('SIGTERM');
  expect(await first.ended).toBe(0);
  expect(first.errors()).toBe('');
  await writesOn(second);
  second.kill('SIGTERM');
  expect(await second.ended).toBe(0);

  expect(await turnsOf()).toEqual(['first', 'second']);
  const all = await leases();
  expect(all.map(({ spec }) => spec.holderIdentity ?? '')).toEqual(['']);
  const third = start('third');
  await writesOn(third);
  expectNoCollision(first, second, third);
});

test('Who was stopped for longer than its lease writes nothing more when it goes on', async () => {
  const [first, second] = await pairOfReplicas();
  first.kill('SIGSTOP');
  await writesOn(second);
  first.kill('SIGCONT');
  await says(first, 'lost');
  await says(first, 'stopped');
  await writesOn(second, 20);

  expect(await turnsOf()).toEqual(['first', 'second']);
  expectNoCollision(first, second);
  // It is as good as new.
  second.kill('SIGKILL');
  await writesOn(first);
  expect(await turnsOf()).toEqual(['first', 'second', 'first']);
});

test('Who cannot renew its lease stops by itself, also when all other requests come through', async () => {
  const proxy = await startProxy(cluster.kubeconfig);
  try {
    const first = start('first', { kubeconfig: proxy.kubeconfig });
    await writesOn(first);
    proxy.inject({ path: /\/leases/, fault: { kind: 'delay', milliseconds: 60_000 } });
    await says(first, 'lost');
    await says(first, 'stopped');
    const before = await writersOf();

    const second = start('second');
    await writesOn(second);
    expect((await writersOf()).slice(before.length)).not.toContain('first');
    proxy.heal();
    second.kill('SIGTERM');
    await second.ended;
    await writesOn(first);
    expect(await turnsOf()).toEqual(['first', 'second', 'first']);
    expectNoCollision(first, second);
  } finally {
    await proxy.close();
  }
});

test('Who loses its API server stops by itself, and goes on when it is back', async () => {
  const proxy = await startProxy(cluster.kubeconfig);
  try {
    const first = start('first', { kubeconfig: proxy.kubeconfig });
    await writesOn(first);
    await proxy.down();
    await says(first, 'lost');
    await proxy.up();
    await writesOn(first);
    expect(await turnsOf()).toEqual(['first']);
    expectNoCollision(first);
  } finally {
    await proxy.close();
  }
});

test('A lease that somebody deletes is lost, and had again', async () => {
  const [first, second] = await pairOfReplicas();
  await cluster.remove({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'writers', namespace },
  });
  await says(first, 'lost');
  await waitFor('somebody to hold it', async () => (await leases()).some(({ spec }) => spec.holderIdentity));
  const before = (await writersOf()).length;
  await waitFor('somebody to write', async () => (await writersOf()).length > before);
  expectNoCollision(first, second);
});

test('A lease that exists already, of another program, is waited for and taken over', async () => {
  const now = new Date().toISOString().replace('Z', '000Z');
  const spec = {
    holderIdentity: 'stranger',
    leaseDurationSeconds: 2,
    acquireTime: now,
    renewTime: now,
    leaseTransitions: 7,
  };
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'writers', namespace }, spec };
  await cluster.create(lease);
  const first = start('first');
  await writesOn(first);
  expect((await cluster.get<Lease>(lease)).spec).toMatchObject({ holderIdentity: 'first', leaseTransitions: 8 });
});

test('Rights on Leases in the namespace are enough, and whoever lacks them is told', async () => {
  const make = { apiGroups: [''], resources: ['configmaps'], verbs: ['create', 'list'] };
  const hold = { apiGroups: ['coordination.k8s.io'], resources: ['leases'] };
  const verbs = ['get', 'list', 'watch', 'create', 'update', 'delete'];
  const kubeconfig = await createAccount(cluster, { [namespace]: [make, { ...hold, verbs: ['get'] }] });
  const first = start('first', { kubeconfig });
  const failure = await says(first, 'failed');
  expect(failure).toMatchObject({ lease: 'writers*', error: 'CLUSTER_FORBIDDEN' });
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: namespace, namespace } };
  await cluster.patch(role, 'merge-patch', { rules: [make, { ...hold, verbs }] });
  await writesOn(first);
  expect(first.lines.filter(({ type }) => type === 'failed')).toEqual([failure]);
});

test('A namespace that does not exist yet is made', async () => {
  namespace = `${namespace}-new`;
  const first = start('first', { shards: 2 });
  await writesOn(first);
  first.kill('SIGTERM');
  expect(await first.ended).toBe(0);
});

const keys = Array.from({ length: 12 }, (_, number) => `key${number}`);

/** How many shards each replica holds, the dead left out. */
async function balance(shards: number): Promise<Record<string, number>> {
  const held: Record<string, number> = {};
  for (const { metadata, spec } of await leases()) {
    if (!new RegExp(`^writers-\\d+-of-${shards}$`).test(metadata.name) || !spec.holderIdentity) continue;
    held[spec.holderIdentity] = (held[spec.holderIdentity] ?? 0) + 1;
  }
  return held;
}

async function balanced(wanted: Record<string, number>): Promise<void> {
  const shards = Object.values(wanted).reduce((sum, share) => sum + share, 0);
  const isSame = (held: Record<string, number>) =>
    JSON.stringify(Object.entries(held).sort()) === JSON.stringify(Object.entries(wanted).sort());
  let last: Record<string, number> = {};
  await waitFor(`a balance of ${JSON.stringify(wanted)}`, async () => {
    last = await balance(shards);
    return isSame(last);
  }).catch((error) => {
    throw new Error(`${error.message}, and not ${JSON.stringify(last)}`);
  });
}

test('Shards are divided fairly, also after one replica dies, one joins and one ends, and no key is ever held by two', async () => {
  const options = { shards: 6, keys };
  const [a, b, c] = [start('a', options), start('b', options), start('c', options)];
  await balanced({ a: 2, b: 2, c: 2 });
  b.kill('SIGKILL');
  await balanced({ a: 3, c: 3 });
  const d = start('d', options);
  await balanced({ a: 2, c: 2, d: 2 });
  const e = start('e', options);
  const count = async () =>
    Object.values(await balance(6))
      .sort()
      .join();
  await waitFor('a balance of four', async () => (await balance(6))['e'] === 1 && (await count()) === '1,1,2,2');
  c.kill('SIGTERM');
  expect(await c.ended).toBe(0);
  await balanced({ a: 2, d: 2, e: 2 });

  const before = await Promise.all(keys.map(async (key) => (await writersOf(key)).length));
  await waitFor('every key to be written', async () => {
    const now = await Promise.all(keys.map(async (key) => (await writersOf(key)).length));
    return now.every((number, index) => number > (before[index] ?? 0));
  });
  expectNoCollision(a, b, c, d, e);
  expect([a, c, d, e].map(({ errors }) => errors())).toEqual(['', '', '', '']);
  // What the dead have left is cleared away.
  await waitFor('the leases of the dead to go', async () => (await leases()).length === 6 + 3);
}, 300_000);

test('Replicas that divide the work into another number of shards wait until the others are gone', async () => {
  const old = start('old', { shards: 2, keys });
  await balanced({ old: 2 });
  const young = start('young', { shards: 3, keys });
  await says(young, 'following');
  await writesOn(old, 40);
  expect(young.lines.filter(({ type }) => type === 'acquired')).toEqual([]);
  old.kill('SIGTERM');
  await balanced({ young: 3 });
  expectNoCollision(old, young);
});
