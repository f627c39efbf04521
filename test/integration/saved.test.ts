/** Saved plans against the real server: what comes out the same is carried out, what moved is refused, and nothing else is done. */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Definition, VidraResource } from '../../src/definition/definition.ts';
import { carryOut } from '../../src/engine/carry-out.ts';
import type { Result, Run } from '../../src/engine/run.ts';
import type { Target } from '../../src/engine/target.ts';
import { VidraError } from '../../src/errors.ts';
import { planDigest } from '../../src/plan/plan-digest.ts';
import { parseSavedPlan, savedPlanText } from '../../src/saved/document.ts';
import { type PrepareSavedOptions, prepareSaved } from '../../src/saved/prepare-saved.ts';
import { prepareToSave } from '../../src/saved/save.ts';
import type { Reference } from '../support/cluster.ts';
import { actionsOf, type Engine, resource, startEngine } from '../support/engine.ts';
import { engine, useEngine } from '../support/engine-stage.ts';
import { startProxy } from '../support/proxy.ts';
import { cluster, configMap, namespace } from '../support/stage.ts';
import { type Review, startWebhook } from '../support/webhook.ts';

const signal = new AbortController().signal;
setMaxListeners(0, signal);
const run: Run = { signal, emit: () => undefined };

useEngine();

const web = () => `${namespace}-web`;
const secret = (password: string, name = 'login') => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace },
  stringData: { password },
});
const deployment = (name: string, replicas: number, more: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { ...more, containers: [{ name: 'web', image: 'caddy:2.8' }] },
    },
  },
});

/** As the file has it: what is saved goes through its text. */
async function save(definitions: readonly Definition[], options: Partial<Target> = {}, through = engine) {
  await through.cluster.discover();
  const target = await through.target(definitions, { validate: true, ...options });
  const text = savedPlanText(await prepareToSave(target, run, []));
  return { text, plan: parseSavedPlan(text) };
}

interface Applying extends Partial<Pick<Target, 'consent'>> {
  readonly allowOutdated?: boolean;
  readonly through?: Engine;
}

async function applySaved(
  text: string,
  definitions: PrepareSavedOptions['definitions'],
  { allowOutdated = false, through = engine, ...more }: Applying = {},
): Promise<Result> {
  await through.cluster.discover();
  const target = await through.target([], more);
  const plan = await prepareSaved(target, run, parseSavedPlan(text), { definitions, allowOutdated });
  return carryOut(plan, target, run, { wait: false, timeoutMs: 60_000 });
}

const applyAs = (manager: string, manifest: object) => cluster.apply(manifest as Reference, manager);
const writeStatus = (live: object, status: object) =>
  cluster.replace({ ...live, status } as unknown as Reference, { subresource: 'status' });

/** What was refused, with the reason; and what was done. */
const refusedIn = ({ plan }: Result) =>
  plan.owners.flatMap(({ changes }) =>
    changes.flatMap((change) =>
      change.action === 'skip' && change.code ? [`${change.reference.name}: ${change.reason} (${change.code})`] : [],
    ),
  );
const doneIn = ({ outcomes }: Result) =>
  outcomes.map(({ change, result }) => `${change.action} ${change.reference.name} ${result}`).sort();

describe('A saved plan', () => {
  it('is carried out although statuses, defaults and the fields of others have changed', async () => {
    const before = [resource(web(), deployment('shop', 1), configMap('site', { color: 'blue' }), configMap('old'))];
    const after = [resource(web(), deployment('shop', 2), configMap('site', { color: 'red' }), configMap('new'))];
    await engine.apply(before);
    const { text, plan } = await save(after);
    expect(plan.plan.digest).toMatch(/^[\w-]{43}$/);

    const live = await cluster.get(deployment('shop', 1));
    await writeStatus(live, { observedGeneration: 7, replicas: 1 });
    const strange = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'site', namespace, labels: { team: 'a' } },
    };
    await applyAs('somebody', strange);
    await applyAs('somebody', { ...strange, metadata: { name: 'old', namespace, annotations: { seen: 'yes' } } });

    const result = await applySaved(text, after);
    expect(refusedIn(result)).toEqual([]);
    expect(doneIn(result)).toEqual([
      'create new succeeded',
      'delete old succeeded',
      'update shop succeeded',
      'update site succeeded',
    ]);
    expect((await cluster.get(deployment('shop', 1)))['spec']).toMatchObject({ replicas: 2 });
    expect(await cluster.get(configMap('site'))).toMatchObject({
      data: { color: 'red' },
      metadata: { labels: { team: 'a' } },
    });
    expect(await cluster.exists(configMap('old'))).toBe(false);
    expect(actionsOf(await engine.plan(after))).toEqual([]);
  });

  it('is carried out although a webhook stamps every object anew', async () => {
    let stamp = 0;
    const add = { op: 'add', path: '/metadata/annotations/stamp' };
    // The records of the test lie in this namespace, too.
    const patch = ({ name }: Review) => (name === 'site' ? [{ ...add, value: `${++stamp}` }] : []);
    await engine.apply([resource(web(), configMap('site', { color: 'blue' }))]);
    const hook = await startWebhook(cluster, namespace, { sideEffects: 'None', patch });
    const after = [resource(web(), configMap('site', { color: 'red' }))];
    const { text, plan } = await save(after);
    const change = plan.plan.owners[0]?.changes[0];
    expect(change && 'differences' in change && change.differences.map(({ path }) => path)).toEqual([
      'data.color',
      'metadata.annotations.stamp',
    ]);
    const result = await applySaved(text, after);
    await hook.close();
    expect(refusedIn(result)).toEqual([]);
    expect((await cluster.get(configMap('site'))).data).toEqual({ color: 'red' });
  });

  it('makes what waits for an old one to go, whether that is gone by then or not', async () => {
    const held = (name: string) => ({
      ...configMap(name),
      metadata: { name, namespace, finalizers: ['example.org/hold'] },
    });
    const letGo = (name: string) => cluster.patch(held(name), 'merge-patch', { metadata: { finalizers: null } });
    const definitions = [resource(web(), configMap('gone'), configMap('going'))];
    await engine.apply([resource(web(), held('gone'), held('going'))]);
    await engine.apply([resource(web())]);
    const { text, plan } = await save(definitions);
    expect(actionsOf(plan.plan)).toEqual(['create ConfigMap gone', 'create ConfigMap going']);
    await letGo('gone');
    const result = await applySaved(text, definitions);
    expect(doneIn(result)).toEqual(['create going failed', 'create gone succeeded']);
    await letGo('going');
    expect(doneIn(await applySaved(text, definitions))).toEqual(['create going succeeded']);
  });

  it('does not do the work of a Job with a time to live again, once that is done', async () => {
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'once', namespace },
      spec: {
        ttlSecondsAfterFinished: 3600,
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'main:1' }] } },
      },
    };
    const definitions = [resource(web(), job, configMap('site'))];
    const { text } = await save(definitions);
    expect(doneIn(await applySaved(text, definitions))).toEqual(['create once succeeded', 'create site succeeded']);
    await cluster.remove(job, { propagationPolicy: 'Background' });
    await cluster.remove(configMap('site'));
    const again = await applySaved(text, definitions);
    expect(doneIn(again)).toEqual(['create site succeeded']);
    expect(await cluster.exists(job)).toBe(false);
  });

  it('loses a row that could not be tried, once its owner has applied something else', async () => {
    const apart = await startEngine(cluster.kubeconfig, await cluster.createNamespace());
    const site = (color: string) => [resource(web(), configMap('site', { color }))];
    await apart.apply(site('blue'));
    const hook = await startWebhook(cluster, namespace, { sideEffects: 'Some' });
    const { text } = await save(site('red'), {}, apart);
    const change = parseSavedPlan(text).plan.owners[0]?.changes[0];
    expect(change).toMatchObject({ action: 'update', confidence: 'predicted' });
    // The server writes down whole seconds.
    await sleep(1_100);
    await apart.apply(site('green'));
    const result = await applySaved(text, site('red'), { through: apart });
    expect(refusedIn(result)).toEqual([
      'site: was changed since, and could not be tried when the plan was saved (PLAN_STALE)',
    ]);
    expect((await cluster.get(configMap('site'))).data).toEqual({ color: 'green' });

    const { text: again } = await save(site('red'), {}, apart);
    expect(refusedIn(await applySaved(again, site('red'), { through: apart }))).toEqual([]);
    expect((await cluster.get(configMap('site'))).data).toEqual({ color: 'red' });
    await hook.close();
    await apart.close();
  });

  it('loses the row whose object changed in a field that matters, and no other', async () => {
    await engine.apply([resource(web(), deployment('shop', 2), configMap('site', { color: 'blue' }))]);
    const after = [resource(web(), deployment('shop', 5), configMap('site', { color: 'red' }))];
    const { text } = await save(after);
    const { apiVersion, kind, metadata } = deployment('shop', 3);
    await applyAs('kubectl', { apiVersion, kind, metadata, spec: { replicas: 3 } });

    const result = await applySaved(text, after);
    expect(refusedIn(result)).toEqual(['shop: spec.replicas is 3 now, was 2 (PLAN_STALE)']);
    expect(doneIn(result)).toEqual(['update site succeeded']);
    expect((await cluster.get(deployment('shop', 0)))['spec']).toMatchObject({ replicas: 3 });
    expect((await cluster.get(configMap('site'))).data).toEqual({ color: 'red' });
  });

  it('never deletes what another owner wants by then', async () => {
    const data = { a: '1' };
    await engine.apply([resource(web(), configMap('shared', data), configMap('own'))]);
    const after = [resource(web())];
    const { text } = await save(after);
    await engine.apply([resource(`${namespace}-other`, configMap('shared', data))], { set: `${namespace}-other` });

    const result = await applySaved(text, after);
    expect(refusedIn(result)).toEqual([
      `shared: would be released now: still wanted by ${namespace}-other (PLAN_STALE)`,
    ]);
    expect(doneIn(result)).toEqual(['delete own succeeded']);
    expect(await cluster.exists(configMap('shared'))).toBe(true);
  });

  it('is for the very objects that it saw', async () => {
    const before = [resource(web(), configMap('gone', { a: '1' }), configMap('again', { a: '1' }))];
    const after = [resource(web(), configMap('gone', { a: '2' }), configMap('again', { a: '2' }), configMap('new'))];
    await engine.apply(before);
    const { text } = await save(after);
    await cluster.remove(configMap('again'));
    await engine.apply(before);
    await cluster.remove(configMap('gone'));
    await cluster.create(configMap('new', { by: 'hand' }));

    const result = await applySaved(text, after);
    expect(refusedIn(result).sort()).toEqual([
      'again: was recreated since (PLAN_STALE)',
      'gone: was deleted since (PLAN_STALE)',
      'new: exists since (PLAN_STALE)',
    ]);
    expect(doneIn(result)).toEqual([]);
    expect((await cluster.get(configMap('again'))).data).toEqual({ a: '1' });
    expect((await cluster.get(configMap('new'))).data).toEqual({ by: 'hand' });
  });

  it('does not mend what went astray since, and deletes no other orphan', async () => {
    const [other, after] = [
      resource(`${namespace}-other`, configMap('orphan')),
      [resource(web(), configMap('site'), configMap('new'))],
    ];
    await engine.apply([resource(web(), configMap('site'))]);
    const { text } = await save(after, { prune: true });
    await engine.apply([resource(web(), configMap('site')), other]);
    const metadata = { name: 'site', namespace, labels: { 'managed-by': 'me' } };
    await applyAs('kubectl', { ...configMap('site'), metadata });

    const result = await applySaved(text, after);
    expect(refusedIn(result)).toEqual([]);
    expect(doneIn(result)).toEqual(['create new succeeded']);
    expect(result.plan.notes).toContain(`${namespace}-other: is not in the saved plan, and is left alone`);
    expect(await cluster.exists(configMap('orphan'))).toBe(true);
    expect((await cluster.get(configMap('site'))).metadata.labels).toEqual({ 'managed-by': 'me' });
  });
});

describe('Guards', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const before = () => [resource(web(), configMap('kept'), ...names.map((name) => configMap(name)))];
  const after = () => [resource(web(), configMap('kept'))];
  const subject = () => `6 deletions of ${web()}`;
  const deleted = (...which: readonly string[]) => which.map((name) => `delete ${name} succeeded`);

  it('hold back what nobody has confirmed, when it was planned or now', async () => {
    await engine.apply(before());
    const { text, plan } = await save(after());
    expect(plan.plan.guards).toMatchObject([{ subject: subject() }]);
    expect(doneIn(await applySaved(text, after()))).toEqual([]);
    const confirmed = await applySaved(text, after(), { consent: { confirmed: [subject()] } });
    expect(doneIn(confirmed)).toEqual(deleted(...names));
  });

  it('that were confirmed when it was planned count, also for what is left of it', async () => {
    await engine.apply(before());
    const { text, plan } = await save(after(), { consent: { confirmed: [subject()] } });
    expect(plan).toMatchObject({ confirmed: [{ subject: subject() }], plan: { guards: [] } });
    await cluster.remove(configMap('a'));
    expect(doneIn(await applySaved(text, after()))).toEqual(deleted(...names.slice(1)));
  });

  it('that rise since are no part of the decision', async () => {
    const place = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${namespace}-place` } };
    await engine.apply([resource(web(), place)]);
    const { text, plan } = await save([resource(web())]);
    expect(plan.plan.guards).toEqual([]);
    await cluster.create({ ...configMap('foreign'), metadata: { name: 'foreign', namespace: place.metadata.name } });
    const result = await applySaved(text, [resource(web())]);
    expect(refusedIn(result)).toEqual([expect.stringContaining(`ConfigMap ${place.metadata.name}/foreign (GUARDED)`)]);
    expect(await cluster.exists(place)).toBe(true);
  });
});

describe('Secrets', () => {
  const hidden = ['old horse battery', 'new horse battery', 'kept horse battery'];
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const state = (password: string, color: string) => [
    resource(web(), secret(password), secret('kept horse battery', 'kept'), configMap('site', { color })),
  ];

  it('stand in the file as digests, and are applied with their values', async () => {
    await engine.apply(state('old horse battery', 'blue'));
    const after = state('new horse battery', 'red');
    const { text } = await save(after);
    for (const value of hidden.flatMap((one) => [one, base64(one)])) expect(text).not.toContain(value);
    expect(refusedIn(await applySaved(text, after))).toEqual([]);
    expect((await cluster.get(secret(''))).data).toEqual({ password: base64('new horse battery') });
  });

  it('that somebody changed in the cluster are refused', async () => {
    await engine.apply(state('old horse battery', 'blue'));
    const after = state('new horse battery', 'red');
    const { text } = await save(after);
    await applyAs('kubectl', { ...secret(''), stringData: undefined, data: { password: base64('another') } });
    const result = await applySaved(text, after);
    expect(refusedIn(result)).toEqual(['login: data.password has another value now (PLAN_STALE)']);
    expect(doneIn(result)).toEqual(['update site succeeded']);
    expect((await cluster.get(secret(''))).data).toEqual({ password: base64('another') });
  });

  it('that changed at their source make the plan outdated, and are not taken from there', async () => {
    await engine.apply(state('old horse battery', 'blue'));
    const { text } = await save(state('new horse battery', 'red'));
    const moved = state('newest horse battery', 'green');
    await expect(applySaved(text, moved)).rejects.toMatchObject({
      code: 'PLAN_OUTDATED',
      message: expect.stringMatching(new RegExp(`VidraResource ${web()} was changed \\(\\S{8} → \\S{8}\\)$`)),
    });
    expect((await cluster.get(configMap('site'))).data).toEqual({ color: 'blue' });

    const result = await applySaved(text, moved, { allowOutdated: true });
    expect(refusedIn(result)).toEqual([
      'login: its values are others now, and the saved plan holds only digests of them (PLAN_OUTDATED)',
    ]);
    expect(doneIn(result)).toEqual(['update site succeeded']);
    expect((await cluster.get(configMap('site'))).data).toEqual({ color: 'red' });
    expect((await cluster.get(secret(''))).data).toEqual({ password: base64('old horse battery') });
  });
});

describe('A plan of an older state, where that is allowed', () => {
  const missing = new VidraError('SOURCE_NOT_FOUND', 'does not exist', { subject: 'web.yaml' });
  /** A Deployment with a number that JavaScript cannot hold. */
  const exact = () => {
    const definition = resource(web(), deployment('shop', 1, { terminationGracePeriodSeconds: 42 })) as VidraResource;
    return { ...definition, manifest: definition.manifest.replace('42', '9007199254740993') };
  };

  it('is carried out as it was saved, to the digit, also without its definitions', async () => {
    await engine.apply([resource(web(), configMap('old'))]);
    const after = [exact()];
    const { text } = await save(after);
    await expect(applySaved(text, missing)).rejects.toMatchObject({
      code: 'PLAN_OUTDATED',
      message: expect.stringContaining('its definitions cannot be read: web.yaml: does not exist'),
    });
    const result = await applySaved(text, missing, { allowOutdated: true });
    expect(refusedIn(result)).toEqual([]);
    expect(doneIn(result)).toEqual(['create shop succeeded', 'delete old succeeded']);
    expect(result.plan.notes.join()).toContain('carried out as it was saved, although its definitions cannot be read');
    const type = engine.cluster.typeOf({ group: 'apps', version: 'v1', kind: 'Deployment' });
    const live = type && (await engine.cluster.get(type, { ...type, namespace, name: 'shop' }));
    expect(live?.['spec']).toMatchObject({ template: { spec: { terminationGracePeriodSeconds: 9007199254740993n } } });
    expect(actionsOf(await engine.plan(after))).toEqual([]);
  });

  it('gives up only those who left then', async () => {
    const [gone, stays] = [`${namespace}-gone`, `${namespace}-stays`];
    await engine.apply([resource(gone, configMap('gone')), resource(stays, configMap('stays'))]);
    const { text } = await save([resource(stays, configMap('stays', { a: '1' }))], { prune: true });
    const result = await applySaved(text, [], { allowOutdated: true });
    expect(doneIn(result)).toEqual(['delete gone succeeded', 'update stays succeeded']);
    expect(await cluster.exists(configMap('stays'))).toBe(true);
  });
});

it('The digest of a plan is the same when it is planned again', async () => {
  await engine.apply([resource(web(), deployment('shop', 2), configMap('old'))]);
  const after = [resource(web(), deployment('shop', 5), secret('x'))];
  const first = planDigest(await engine.plan(after, { salt: 'salt' }), 'salt');
  const live = await cluster.get(deployment('shop', 1));
  await writeStatus(live, { observedGeneration: 7, replicas: 1 });
  await applyAs('somebody', { ...configMap('old'), metadata: { name: 'old', namespace, labels: { team: 'a' } } });
  expect(planDigest(await engine.plan(after, { salt: 'salt', validate: true }), 'salt')).toBe(first);
  await cluster.remove(configMap('old'));
  expect(planDigest(await engine.plan(after, { salt: 'salt' }), 'salt')).not.toBe(first);
});

describe('A run of a saved plan that dies at any write', () => {
  /** Whether there was an `n`-th write to die at. */
  async function dieAt(n: number, moment: 'before' | 'after'): Promise<boolean> {
    const namespace = await cluster.createNamespace();
    const own = await startEngine(cluster.kubeconfig, namespace);
    const config = (name: string, value = '1', place = namespace) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: place },
      data: { value },
    });
    const place = `${namespace}-place`;
    const [a, b, gone] = [`${namespace}-a`, `${namespace}-b`, `${namespace}-gone`];
    await own.apply([
      resource(a, config('kept'), config('dropped'), config('moved'), config('shared')),
      resource(b, config('shared'), config('left')),
      resource(gone, config('gone')),
    ]);
    const namespaceOf = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: place } };
    const after = [
      resource(a, config('kept', '2'), config('new'), namespaceOf, config('inside', '1', place), config('both')),
      resource(b, config('both'), config('moved', '2'), config('shared'), {
        ...secret('x'),
        metadata: { name: 'login', namespace },
      }),
    ];
    const { text } = await save(after, { prune: true }, own);

    const proxy = await startProxy(cluster.kubeconfig);
    const dying = await startEngine(proxy.kubeconfig, namespace);
    proxy.forget();
    if (moment === 'after') proxy.inject({ writes: true, from: n, times: 1, fault: { kind: 'lose-answer' } });
    proxy.inject({ writes: true, from: n, fault: { kind: 'status', status: 403 } });
    await applySaved(text, after, { through: dying }).catch((error) =>
      expect(error).toMatchObject({ code: 'CLUSTER_FORBIDDEN' }),
    );
    const died = proxy.count({ writes: true }) >= n;
    await dying.close();
    await proxy.close();

    const result = await applySaved(text, after, { through: own });
    expect([n, moment, refusedIn(result), result.plan.problems]).toEqual([n, moment, [], []]);
    expect(result.outcomes.filter((outcome) => outcome.result !== 'succeeded')).toEqual([]);
    expect([n, moment, actionsOf(await own.plan(after, { prune: true }))]).toEqual([n, moment, []]);
    await own.close();
    return died;
  }

  it('is gone on with by the same file', async () => {
    const died = async (first: number) => {
      const each = [first, first + 1].flatMap((n) => [dieAt(n, 'before'), dieAt(n, 'after')]);
      return (await Promise.all(each)).every(Boolean);
    };
    let n = 1;
    while (await died(n)) n += 2;
    expect(n).toBeGreaterThan(10);
  });
});
