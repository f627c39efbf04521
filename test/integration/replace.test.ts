/** Objects whose immutable fields change: left alone, or deleted and made anew where that is allowed. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { VidraResource } from '../../src/definition/definition.ts';
import { groupVersion, keyOf } from '../../src/manifest/manifest.ts';
import type { Change, Plan } from '../../src/plan/plan.ts';
import { resource, startEngine } from '../support/engine.ts';
import { engine, useEngine } from '../support/engine-stage.ts';
import { startProxy } from '../support/proxy.ts';
import { cluster, namespace } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

let owner: string;

useEngine();
beforeEach(() => {
  owner = `${namespace}-web`;
});

interface Written {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly annotations?: object };
}
const pod = (image: string) => ({ restartPolicy: 'Never', containers: [{ name: 'c', image }] });
const job = (image: string, more: object = {}): Written => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'migrate', namespace, ...more },
  ...{ spec: { template: { spec: pod(image) } } },
});
const allowing = (...manifests: readonly object[]) => {
  const definition = resource(owner, ...manifests) as VidraResource;
  return [{ ...definition, policy: { ...definition.policy, replace: 'WhenImmutable' as const } }];
};
const changes = (plan: Plan): Change[] => plan.owners.flatMap((each) => each.changes);
const uidOf = async (manifest: Written) => (await cluster.get(manifest)).metadata.uid;
const entryOf = async ({ apiVersion, kind, metadata }: Written) => {
  const { group } = groupVersion(apiVersion);
  const key = keyOf({ group, kind, namespace: metadata.namespace ?? '', name: metadata.name });
  const records = await (await engine.target([])).inventory.list();
  return records.find(({ header }) => header.name === owner)?.entries.get(key);
};

describe('a Job with another template', () => {
  it('is left alone unless the definition allows to replace it, and then made anew', async () => {
    await engine.apply([resource(owner, job('a:1'))]);
    const before = await uidOf(job('a:1'));
    const refused = await engine.apply([resource(owner, job('a:2'))]);
    expect(changes(refused.plan)).toMatchObject([
      { action: 'skip', code: 'IMMUTABLE', reason: 'spec.template is immutable' },
    ]);
    expect(await uidOf(job('a:1'))).toBe(before);

    const plan = await engine.plan(allowing(job('a:2')));
    expect(changes(plan)).toMatchObject([
      {
        action: 'replace',
        reason: 'replaced because spec.template is immutable',
        confidence: 'server',
        differences: [{ path: 'spec.template.spec.containers[name=c].image', before: 'a:1', after: 'a:2' }],
      },
    ]);
    expect(changes(plan)[0]).toHaveProperty('differences.length', 1);
    const result = await engine.apply(allowing(job('a:2')));
    expect(result.outcomes.map((outcome) => outcome.result)).toEqual(['succeeded']);
    const after = await cluster.get(job('a:2'));
    expect(after.metadata.uid).not.toBe(before);
    expect(after['spec']).toMatchObject({ template: { spec: { containers: [{ image: 'a:2' }] } } });
    expect(await entryOf(job('a:2'))).toMatchObject({ state: 'applied', uid: after.metadata.uid });
    expect(changes(await engine.plan(allowing(job('a:2')))).map(({ action }) => action)).toEqual(['keep']);
  });

  it('is made anew where its own annotation allows it, and left alone where that forbids it', async () => {
    const annotated = (image: string, value: string) =>
      job(image, { annotations: { 'vidra.infrahub.operators.com/replace': value } });
    await engine.apply([resource(owner, annotated('a:1', 'WhenImmutable'))]);
    const before = await uidOf(job('a:1'));
    const forbidden = await engine.plan(allowing(annotated('a:2', 'Never')));
    expect(changes(forbidden)).toMatchObject([{ action: 'skip', code: 'IMMUTABLE' }]);
    await engine.apply([resource(owner, annotated('a:2', 'WhenImmutable'))]);
    expect(await uidOf(job('a:2'))).not.toBe(before);
  });

  it('is left alone when it would not be accepted anew, or when something else is wrong with it', async () => {
    await engine.apply([resource(owner, job('a:1'))]);
    const before = await uidOf(job('a:1'));
    const spec = (more: object, template: object) => ({ ...job('a:2'), spec: { ...more, template } });
    const wrongBesides = spec({ backoffLimit: -1 }, { spec: pod('a:2') });
    const wrongWithin = spec({}, { spec: { ...pod('a:2'), restartPolicy: 'Always' } });
    for (const wrong of [wrongBesides, wrongWithin]) {
      const { plan } = await engine.apply(allowing(wrong));
      expect(changes(plan)).toMatchObject([{ action: 'skip', code: 'CLUSTER_REFUSED' }]);
    }
    expect(await uidOf(job('a:1'))).toBe(before);
  });

  it('is left alone when nothing is wrong with the change but that the server would not make the object anew', async () => {
    const bare = (more: object): Written => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'once', namespace },
      ...{ spec: { ...pod('a:1'), nodeSelector: { no: 'where' }, ...more } },
    });
    await engine.apply([resource(owner, bare({}))]);
    const before = await uidOf(bare({}));
    const { plan } = await engine.apply(allowing(bare({ priorityClassName: 'missing' })));
    expect(changes(plan)).toMatchObject([{ action: 'skip', code: 'CLUSTER_FORBIDDEN' }]);
    expect(changes(plan)[0]?.reason).toMatch(
      /^spec is immutable, and could not be made anew: Pod \S+\/once: .*no PriorityClass with name missing was found/,
    );
    expect(await uidOf(bare({}))).toBe(before);
  });

  it('is left alone while another owner wants it, too, or has it on record', async () => {
    const other = `${namespace}-other`;
    const both = (image: string) => [...allowing(job(image)), resource(other, job(image))];
    await engine.apply(both('a:1'));
    const before = await uidOf(job('a:1'));
    const { plan } = await engine.apply(both('a:2'));
    expect(changes(plan)).toMatchObject([
      { action: 'skip', code: 'IMMUTABLE', reason: `spec.template is immutable, and ${other} wants the object, too` },
      { action: 'skip', code: 'IMMUTABLE' },
    ]);
    expect(await uidOf(job('a:1'))).toBe(before);
    // Nothing of the other owner is on the object, but its record says that it is about to be.
    await engine.apply([...allowing(job('a:1')), resource(other)]);
    const { inventory } = await engine.target([]);
    const run = new Date().toISOString();
    const reference = { group: 'batch', version: 'v1', kind: 'Job', namespace, name: 'migrate' };
    const header = { name: other, set: namespace, server: '' };
    await inventory.write({ header, run, put: [{ reference, state: 'pending', run }], drop: [] });
    expect(changes(await engine.plan(allowing(job('a:2'))))).toMatchObject([{ action: 'skip', code: 'IMMUTABLE' }]);
    await inventory.write({ header, run, put: [], drop: [`batch/Job/${namespace}/migrate`] }, { gone: true });
    expect(changes(await engine.plan(allowing(job('a:2'))))).toMatchObject([{ action: 'replace' }]);
  });
});

describe('an object that is replaced', () => {
  const held = { finalizers: ['example.org/hold'] };
  const letGo = async (manifest: Written) =>
    cluster.patch(manifest, 'json-patch', [{ op: 'remove', path: '/metadata/finalizers' }]);

  it('is made anew when its finalizers are gone', async () => {
    await engine.apply([resource(owner, job('a:1'))]);
    const before = await uidOf(job('a:1'));
    await cluster.patch(job('a:1'), 'merge-patch', { metadata: held });
    const applying = engine.apply(allowing(job('a:2')));
    await waitFor('the deletion', async () => (await cluster.get(job('a:1'))).metadata.deletionTimestamp);
    await letGo(job('a:1'));
    expect((await applying).outcomes).toMatchObject([{ result: 'succeeded' }]);
    expect(await uidOf(job('a:2'))).not.toBe(before);
  });

  it('stays on record while its finalizers hold it longer than the run waits, and is made by the next run', async () => {
    await engine.apply([resource(owner, job('a:1'))]);
    const before = await uidOf(job('a:1'));
    await cluster.patch(job('a:1'), 'merge-patch', { metadata: held });
    const result = await engine.apply(allowing(job('a:2')), {}, { wait: false, timeoutMs: 300 });
    expect(result.outcomes).toMatchObject([
      { result: 'failed', problem: { code: 'TIMEOUT', message: 'is being deleted: waits for example.org/hold' } },
    ]);
    expect(await entryOf(job('a:1'))).toMatchObject({ uid: before });
    const reason = 'it was deleted; waits until the old one is gone, which waits for example.org/hold';
    expect(changes(await engine.plan(allowing(job('a:2'))))).toMatchObject([{ action: 'create', reason }]);
    await letGo(job('a:1'));
    const next = await engine.apply(allowing(job('a:2')));
    expect(changes(next.plan)).toMatchObject([{ action: 'create', reason: 'it was deleted' }]);
    expect(await uidOf(job('a:2'))).not.toBe(before);
  });

  it.each(['before', 'after'] as const)(
    'is made by the next run when the run dies just %s it is made',
    async (moment) => {
      await engine.apply([resource(owner, job('a:1'))]);
      const proxy = await startProxy(cluster.kubeconfig);
      const dying = await startEngine(proxy.kubeconfig, namespace);
      const dies = { method: 'PATCH', path: /jobs\/migrate\?(?!.*dryRun)/ };
      if (moment === 'after') proxy.inject({ ...dies, times: 1, fault: { kind: 'lose-answer' } });
      proxy.inject({ ...dies, fault: { kind: 'status', status: 403 } });
      const died = await dying.apply(allowing(job('a:2')));
      expect(died.outcomes).toMatchObject([{ change: { action: 'replace' }, result: 'failed' }]);
      await dying.close();
      await proxy.close();
      expect(await cluster.exists(job('a:2'))).toBe(moment === 'after');

      const next = await engine.apply(allowing(job('a:2')));
      expect(next.outcomes.every(({ result }) => result === 'succeeded')).toBe(true);
      const uid = await uidOf(job('a:2'));
      expect(await entryOf(job('a:2'))).toMatchObject({ state: 'applied', uid });
      expect(changes(await engine.plan(allowing(job('a:2'))))).toMatchObject([{ action: 'keep' }]);
      await engine.apply([resource(owner)]);
      expect(await cluster.exists(job('a:2'))).toBe(false);
    },
  );

  it('is left to whoever took its place since the plan', async () => {
    await engine.apply([resource(owner, job('a:1'))]);
    const proxy = await startProxy(cluster.kubeconfig);
    const slow = await startEngine(proxy.kubeconfig, namespace);
    await cluster.patch(job('a:1'), 'merge-patch', { metadata: held });
    const applying = slow.apply(allowing(job('a:2')));
    await waitFor('the deletion', async () => (await cluster.get(job('a:1'))).metadata.deletionTimestamp);
    proxy.inject({ method: 'PATCH', path: /jobs\/migrate/, fault: { kind: 'delay', milliseconds: 300 } });
    await letGo(job('a:1'));
    await waitFor('the end', async () => !(await cluster.exists(job('a:1'))));
    await cluster.create(job('a:2') as never);
    const uid = await uidOf(job('a:2'));
    expect((await applying).outcomes).toMatchObject([{ result: 'failed', problem: { code: 'PLAN_STALE' } }]);
    expect(await uidOf(job('a:2'))).toBe(uid);
    await slow.close();
    await proxy.close();
  });
});
