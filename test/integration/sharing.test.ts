/** Objects that have several owners, and those that change owner. */
import { describe, expect, it } from 'vitest';
import { actionsOf, resource } from '../support/engine.ts';
import { engine, useEngine } from '../support/engine-stage.ts';
import { cluster, namespace } from '../support/stage.ts';

useEngine();

const configMap = (name: string, data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
});

describe('an object with two owners', () => {
  it('changes when both change it alike, and loses what both drop', async () => {
    const [one, two] = [`${namespace}-one`, `${namespace}-two`];
    const both = (data: Record<string, string>) => [
      resource(one, configMap('shared', { ...data, one: '1' })),
      resource(two, configMap('shared', { ...data, two: '2' })),
    ];
    await engine.apply(both({ color: 'blue', size: 'small' }));
    const changed = await engine.apply(both({ color: 'red' }));
    expect(changed.outcomes.map(({ result }) => result)).toEqual(['succeeded', 'succeeded']);
    expect(changed.plan.owners[0]?.changes[0]?.reason).toBe('the manifest changed');
    expect((await cluster.get(configMap('shared', {}))).data).toEqual({ color: 'red', one: '1', two: '2' });
    expect(actionsOf(await engine.plan(both({ color: 'red' })))).toEqual([]);
  });

  it.each([
    ['amounts', 'ResourceQuota', (text: string) => ({ spec: { hard: { 'limits.cpu': text, pods: '10' } } })],
    [
      'keys',
      'Secret',
      (text: string) => ({ data: { key: Buffer.from(text).toString('base64').replace(/^../, '$&\n') } }),
    ],
  ] as const)(
    'is shared whatever its owners make of what the server spells in its own way: %s',
    async (_, kind, body) => {
      const [one, two] = [`${namespace}-one`, `${namespace}-two`];
      const shared = (text: string) => ({
        apiVersion: 'v1',
        kind,
        metadata: { name: 'shared', namespace },
        ...body(text),
      });
      const settles = async (text: string) => {
        const wanted = [resource(one, shared(text)), resource(two, shared(text))];
        const { outcomes } = await engine.apply(wanted);
        expect(outcomes.map(({ result, problem }) => problem?.message ?? result)).toEqual(['succeeded', 'succeeded']);
        return wanted;
      };
      // In one plan, where neither has it yet; then both change it, and what follows is nothing.
      expect(actionsOf(await engine.plan(await settles('1000m')))).toEqual([]);
      const wanted = await settles('3000m');
      for (let times = 0; times < 2; times++) expect(actionsOf((await engine.apply(wanted)).plan)).toEqual([]);
      // Each for itself, and one of them alone.
      await engine.apply([resource(one), wanted[1] as (typeof wanted)[number]]);
      const joined = await engine.apply(wanted.slice(0, 1));
      expect(joined.plan.owners[0]?.changes).toMatchObject([{ action: 'update', reason: `shared with ${two}` }]);
      for (const each of wanted) expect(actionsOf(await engine.plan([each]))).toEqual([]);
      await engine.apply([resource(one), resource(two)]);
      expect(await cluster.exists(shared(''))).toBe(false);
    },
  );

  it('is wanted in two spellings of one amount, and not of two', async () => {
    const [one, two] = [`${namespace}-one`, `${namespace}-two`];
    const quota = (cpu: unknown) => ({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'shared', namespace },
      spec: { hard: { 'limits.cpu': cpu } },
    });
    const both = (cpu: unknown) => [resource(one, quota('1000m')), resource(two, quota(cpu))];
    const { outcomes } = await engine.apply(both(1));
    expect(outcomes.map(({ result }) => result)).toEqual(['succeeded', 'succeeded']);
    expect(actionsOf(await engine.plan(both(1)))).toEqual([]);
    expect((await engine.plan(both(2))).owners[1]?.changes).toMatchObject([{ action: 'skip', code: 'CONFLICT' }]);
  });

  it('is kept whole while the other one has only announced it', async () => {
    const [one, two] = [`${namespace}-one`, `${namespace}-two`];
    await engine.apply([resource(one, configMap('announced', { color: 'blue' }))]);
    const { inventory } = await engine.target([]);
    const run = new Date().toISOString();
    const reference = { group: '', version: 'v1', kind: 'ConfigMap', namespace, name: 'announced' };
    const header = { name: two, set: 'another', server: '' };
    await inventory.write({ header, run, put: [{ reference, state: 'pending', run }], drop: [] });

    await engine.apply([resource(one)]);
    expect((await cluster.get(configMap('announced', {}))).data).toEqual({ color: 'blue' });
    await inventory.write({ header, run, put: [], drop: [`/ConfigMap/${namespace}/announced`] }, { gone: true });
    await engine.apply([resource(one)]);
    expect(await cluster.exists(configMap('announced', {}))).toBe(false);
  });

  it('is left by both, and goes, though somebody has wiped who holds what', async () => {
    const [one, two] = [`${namespace}-one`, `${namespace}-two`];
    const shared = configMap('shared', { color: 'blue' });
    await engine.apply([resource(one, shared), resource(two, shared)]);
    const wipe = () =>
      cluster.patch(shared, 'json-patch', [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }]);
    await wipe();
    const released = await engine.apply([resource(one), resource(two, shared)]);
    expect(actionsOf(released.plan)).toEqual(['release ConfigMap shared', 'update ConfigMap shared']);
    const marks = Object.values((await cluster.get(shared)).metadata.annotations ?? {});
    expect(marks.map((mark) => mark.split('/').at(-1))).toEqual([two]);
    await wipe();
    expect(actionsOf((await engine.apply([resource(one), resource(two)])).plan)).toEqual(['delete ConfigMap shared']);
    expect(await cluster.exists(shared)).toBe(false);
  });

  it('is left by one of them also while the other one lacks what it wants', async () => {
    const [one, two, three] = [`${namespace}-one`, `${namespace}-two`, `${namespace}-three`];
    const shared = configMap('shared', { color: 'blue' });
    const theirs = resource(three, configMap('theirs', { size: 'small' }));
    await engine.apply([resource(one, shared), resource(two, shared), theirs]);
    const lacking = [resource(one, configMap('theirs', { size: 'large' })), resource(two), theirs];
    const { plan, outcomes } = await engine.apply(lacking);
    expect(actionsOf(plan)).toEqual(['skip ConfigMap theirs', 'skip ConfigMap shared', 'release ConfigMap shared']);
    expect(outcomes.map(({ change, result }) => [change.action, result])).toEqual([['release', 'succeeded']]);
    const again = await engine.plan(lacking);
    expect(again.owners.map(({ owner }) => owner.name)).not.toContain(two);
    await engine.apply([resource(one), resource(two), theirs]);
    expect(await cluster.exists(shared)).toBe(false);
  });
});
