/** What owners wanted before: kept as Secrets, bounded, and brought back by a plan. */
import { setMaxListeners } from 'node:events';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Definition } from '../../src/definition/definition.ts';
import { carryOut } from '../../src/engine/carry-out.ts';
import { findRevision, prepareRollback } from '../../src/engine/rollback.ts';
import type { KubeObject } from '../support/cluster.ts';
import { actionsOf, resource } from '../support/engine.ts';
import { engine, useEngine } from '../support/engine-stage.ts';
import { cluster, namespace } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

let owner: string;
const signal = new AbortController().signal;
setMaxListeners(0, signal);
const run = { signal, emit: () => undefined };

useEngine();
beforeEach(() => {
  owner = `${namespace}-web`;
});

const configMap = (name: string, data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
});

async function revisions() {
  return (await engine.target([])).history.list(owner);
}

async function rollBack(number?: number) {
  const target = await engine.target([]);
  const found = await findRevision(target, owner, number);
  const plan = await prepareRollback(target, run, found);
  return carryOut(plan, target, run, { wait: false, timeoutMs: 60_000, restored: found.revision.number });
}

async function secretsOfHistory(): Promise<KubeObject[]> {
  const query = { labelSelector: 'vidra.infrahub.operators.com/history' };
  const { text } = await cluster.request('GET', `/api/v1/namespaces/${namespace}/secrets`, { query });
  return (JSON.parse(text) as { items: KubeObject[] }).items;
}

/** As if the owner had left long ago. */
async function letTimePass() {
  const key = 'vidra.infrahub.operators.com/revision';
  for (const secret of await secretsOfHistory()) {
    const facts = JSON.parse(secret.metadata.annotations?.[key] ?? '{}');
    if (facts.keptUntil === undefined) continue;
    facts.keptUntil = '2020-01-01T00:00:00.000Z';
    const metadata = { annotations: { [key]: JSON.stringify(facts) } };
    await cluster.patch({ ...secret, apiVersion: 'v1', kind: 'Secret' }, 'merge-patch', { metadata });
  }
}

/** A quota that counts at once; there is no controller that would. */
async function allowSecrets(count: number) {
  const hard = { 'count/secrets': String(count) };
  const path = `/api/v1/namespaces/${namespace}/resourcequotas`;
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'secrets', namespace }, spec: { hard } };
  await cluster.request('POST', path, { body: quota });
  const body = { ...quota, status: { hard, used: { 'count/secrets': '0' } } };
  const { status } = await cluster.request('PUT', `${path}/secrets/status`, { body });
  expect(status).toBe(200);
}

describe('the history of an owner', () => {
  it('gets a revision for each change, and none for nothing', async () => {
    await engine.apply([resource(owner, configMap('a', { color: 'red' }))]);
    await engine.apply([resource(owner, configMap('a', { color: 'red' }))]);
    await engine.apply([resource(owner, configMap('a', { color: 'blue' }), configMap('b', {}))]);
    expect(await revisions()).toMatchObject([
      { owner, number: 1, objects: 1, summary: '1 created' },
      { owner, number: 2, objects: 2, summary: '1 created, 1 updated' },
    ]);
  });

  it('gets none for what failed, and none when it is not wanted', async () => {
    await engine.apply([resource(owner, configMap('a', {}), { ...configMap('Not_A_Name', {}) })]);
    expect(await revisions()).toEqual([]);
    await engine.apply([resource(owner, configMap('a', { color: 'red' }))], { overrides: { historyLimit: 0 } });
    expect(await revisions()).toEqual([]);
  });

  it('forgets the oldest', async () => {
    for (const color of ['red', 'blue', 'green', 'black'])
      await engine.apply([resource(owner, configMap('a', { color }))], { overrides: { historyLimit: 2 } });
    expect((await revisions()).map(({ number }) => number)).toEqual([3, 4]);
    expect(await secretsOfHistory()).toHaveLength(2);
  });

  it('keeps what is larger than one Secret', async () => {
    const chance = (seed: number) =>
      Array.from({ length: 60_000 }, (_, index) => ((index * 7919 * seed) ^ (index << 7)).toString(36)).join('');
    const large = Array.from({ length: 8 }, (_, index) => configMap(`large-${index}`, { text: chance(index + 1) }));
    await engine.apply([resource(owner, ...large)]);
    expect((await secretsOfHistory()).length).toBeGreaterThan(1);
    await engine.apply([resource(owner, configMap('small', {}))]);
    await rollBack(1);
    expect((await cluster.get(configMap('large-7', {})))['data']).toEqual(large[7]?.data);
    expect(await cluster.exists(configMap('small', {}))).toBe(false);
  });

  it('is kept for a while when the owner is gone, and then goes with the next change', async () => {
    const other = (color: string) => resource(`${namespace}-other`, configMap('b', { color }));
    const mine = resource(owner, configMap('a', { color: 'red' }));
    await engine.apply([mine, other('red')]);
    await engine.apply([other('red')], { prune: true });
    expect(await revisions()).toMatchObject([{ number: 1, keptUntil: expect.any(String) }]);
    await engine.apply([other('blue')]);
    expect(await revisions()).toHaveLength(1);
    await letTimePass();
    await engine.apply([other('blue')]);
    expect(await revisions()).toHaveLength(1);
    await engine.apply([other('green')]);
    expect(await revisions()).toEqual([]);
    expect(await secretsOfHistory()).toHaveLength(3);
  });

  it('goes on when the owner comes back, however late', async () => {
    const definition = resource(owner, configMap('a', { color: 'red' }));
    await engine.apply([definition]);
    await engine.apply([], { prune: true });
    await letTimePass();
    await engine.apply([definition]);
    expect((await revisions()).map(({ number, keptUntil }) => [number, keptUntil !== undefined])).toEqual([
      [1, true],
      [2, false],
    ]);
    await engine.apply([resource(owner, configMap('a', { color: 'blue' }))]);
    expect((await revisions()).map(({ number }) => number)).toEqual([1, 2, 3]);
  });

  it('has no end when only a part of the owner could go', async () => {
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    };
    await engine.apply([resource(owner, configMap('b', {}), claim)]);
    await engine.apply([], { prune: true });
    expect(await cluster.exists(claim)).toBe(true);
    expect((await revisions()).map(({ keptUntil }) => keptUntil)).toEqual([undefined]);
  });

  it('is a note and no failure where it may not be written', async () => {
    await allowSecrets(1);
    const { outcomes, notes } = await engine.apply([resource(owner, configMap('a', {}))]);
    expect(outcomes.map(({ result }) => result)).toEqual(['succeeded']);
    expect(notes).toEqual([expect.stringMatching(/^the history was not kept: .*exceeded quota/)]);
    expect(await cluster.exists(configMap('a', {}))).toBe(true);
  });
});

describe('a rollback', () => {
  const first = (): Definition => resource(owner, configMap('a', { color: 'red' }), configMap('b', {}));

  it('brings back what the owner had before, and deletes what came since', async () => {
    await engine.apply([first()]);
    const { metadata } = await cluster.get(configMap('a', {}));
    await engine.apply([resource(owner, configMap('a', { color: 'blue' }), configMap('c', {}))]);
    const result = await rollBack();
    expect(actionsOf(result.plan).sort()).toEqual(['create ConfigMap b', 'delete ConfigMap c', 'update ConfigMap a']);
    const after = await cluster.get(configMap('a', {}));
    expect(after['data']).toEqual({ color: 'red' });
    expect(after.metadata['uid']).toBe(metadata['uid']);
    expect(await cluster.exists(configMap('c', {}))).toBe(false);
    expect(await revisions()).toMatchObject([{ number: 1 }, { number: 2 }, { number: 3, restored: 1 }]);
    expect(actionsOf(await engine.plan([first()]))).toEqual([]);
  });

  it('goes to the last good state after an apply that failed', async () => {
    await engine.apply([first()]);
    await engine.apply([resource(owner, configMap('a', { color: 'blue' }), configMap('Not_A_Name', {}))]);
    await rollBack();
    expect((await cluster.get(configMap('a', {})))['data']).toEqual({ color: 'red' });
  });

  it('keeps what took the place of an object whose Namespace is gone, and the plan says so', async () => {
    const former = await cluster.createNamespace();
    const config = (where: string) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'moved', namespace: where },
      data: { color: 'blue', size: 'small' },
    });
    await engine.apply([resource(owner, config(former))]);
    await engine.apply([resource(owner, config(namespace))]);
    await cluster.remove({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: former } });
    await waitFor('the Namespace to go', async () => {
      return !(await cluster.exists({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: former } }));
    });
    const target = await engine.target([], { validate: true });
    const plan = await prepareRollback(target, run, await findRevision(target, owner, 1));
    const rows = plan.owners.flatMap(({ changes }) => changes);
    expect(rows.map(({ action, reference, reason }) => [action, reference.namespace, reason])).toEqual([
      ['skip', former, expect.stringContaining('not found')],
      ['skip', namespace, 'left the manifests; is kept until everything that its owner wants is there'],
    ]);
    expect((await carryOut(plan, target, run, { wait: false, timeoutMs: 60_000 })).outcomes).toEqual([]);
    expect(await cluster.exists(config(namespace))).toBe(true);
  });

  it('brings back an owner that was pruned', async () => {
    await engine.apply([first()]);
    await engine.apply([], { prune: true });
    expect(await cluster.exists(configMap('a', {}))).toBe(false);
    await rollBack();
    expect((await cluster.get(configMap('a', {})))['data']).toEqual({ color: 'red' });
  });

  it('says what there is when there is nothing to go to', async () => {
    await expect(rollBack()).rejects.toMatchObject({ code: 'HISTORY_UNKNOWN', message: `${owner}: has no history` });
    await engine.apply([first()]);
    await expect(rollBack()).rejects.toMatchObject({ message: `${owner}: has no earlier revision` });
    await expect(rollBack(7)).rejects.toMatchObject({ message: `${owner}: has no revision 7; it has 1` });
  });
});
