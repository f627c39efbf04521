/** Objects that stay when their owner leaves them: by its deletionPolicy, and by their annotation. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Definition } from '../../src/definition/definition.ts';
import type { Policy } from '../../src/definition/policy.ts';
import type { KubeObject } from '../support/cluster.ts';
import { actionsOf, resource } from '../support/engine.ts';
import { engine, useEngine } from '../support/engine-stage.ts';
import { cluster, namespace } from '../support/stage.ts';

let a: string;
let b: string;

useEngine();
beforeEach(() => {
  [a, b] = [`${namespace}-a`, `${namespace}-b`];
});

const configMap = (name: string, data: Record<string, string>, annotations: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, annotations },
  data,
});
const withPolicy = (definition: Definition, policy: Partial<Policy>): Definition => ({
  ...definition,
  policy: { ...definition.policy, ...policy },
});
const orphan = { deletionPolicy: 'Orphan' } as const;
const managersOf = ({ metadata }: KubeObject) => metadata.managedFields?.map(({ manager }) => manager);
const recordOf = async (owner: string) => {
  const records = await (await engine.target([])).inventory.list();
  const record = records.find(({ header }) => header.name === owner);
  return record && [...record.entries.values()].map(({ reference }) => reference.name);
};

describe('prune: false', () => {
  it('keeps what left the manifests, recorded and ours, until the definition prunes again', async () => {
    const [config, other] = [configMap('config', { color: 'blue' }), configMap('other', { color: 'red' })];
    const [keeps, prunes] = [false, true].map((prune) => withPolicy(resource(a, other), { prune }));
    await engine.apply([resource(a, config, other)]);
    const before = await cluster.get(config);

    const left = await engine.apply([keeps as Definition]);
    expect(actionsOf(left.plan)).toEqual(['skip ConfigMap config']);
    expect(left.outcomes).toEqual([]);
    expect((await cluster.get(config)).metadata).toEqual(before.metadata);
    expect((await recordOf(a))?.sort()).toEqual(['config', 'other']);

    expect(actionsOf((await engine.apply([prunes as Definition])).plan)).toEqual(['delete ConfigMap config']);
    await expect(cluster.get(config)).rejects.toThrow('not found');
    expect(await recordOf(a)).toEqual(['other']);
  });
});

describe('deletionPolicy Orphan', () => {
  const labels = { 'managed-by': 'vidra' };

  it('leaves an object as nobody’s: its values stay, and nothing says that it was ours', async () => {
    const config = configMap('config', { color: 'blue' }, { theirs: 'x' });
    const written = await engine.apply([withPolicy(resource(a, config), orphan)]);
    const before = await cluster.get(config);
    expect(written.outcomes).toMatchObject([{ result: 'succeeded' }]);

    const left = await engine.apply([withPolicy(resource(a), orphan)]);
    expect(actionsOf(left.plan)).toEqual(['release ConfigMap config']);
    const after = await cluster.get(config);
    expect(after.metadata.uid).toBe(before.metadata.uid);
    expect([after.data, after.metadata.annotations, after.metadata.labels]).toEqual([
      { color: 'blue' },
      { theirs: 'x' },
      undefined,
    ]);
    expect(managersOf(after)).toBeUndefined();
    expect(await recordOf(a)).toBeUndefined();
  });

  it('is remembered of a definition that is not there any more', async () => {
    const config = configMap('config', { color: 'blue' });
    await engine.apply([withPolicy(resource(a, config), orphan)]);
    const left = await engine.apply([], { prune: true });
    expect(actionsOf(left.plan)).toEqual(['release ConfigMap config']);
    expect((await cluster.get(config)).data).toEqual({ color: 'blue' });
    expect(await recordOf(a)).toBeUndefined();
  });

  it('leaves the marks and fields of other owners, and of other tools', async () => {
    const shared = (data: Record<string, string>) => configMap('shared', data);
    await engine.apply([withPolicy(resource(a, shared({ one: '1' })), orphan), resource(b, shared({ two: '2' }))]);
    await cluster.apply({ ...shared({ three: '3' }) }, 'kubectl');
    await engine.apply([withPolicy(resource(a), orphan), resource(b, shared({ two: '2' }))]);
    const after = await cluster.get(shared({}));
    expect(after.data).toEqual({ one: '1', two: '2', three: '3' });
    expect(after.metadata.labels).toEqual(labels);
    expect(Object.values(after.metadata.annotations ?? {})).toEqual([expect.stringMatching(new RegExp(`/${b}$`))]);
    expect(managersOf(after)?.sort()).toEqual(['kubectl', expect.stringMatching(`^vidra:${b}@`)]);
    expect(actionsOf(await engine.plan([resource(b, shared({ two: '2' }))]))).toEqual([]);
  });

  it('is done by both owners that leave an object at once, and the label goes with the last', async () => {
    const shared = (data: Record<string, string>) => configMap('shared', data);
    await engine.apply([withPolicy(resource(a, shared({ one: '1' })), orphan), resource(b, shared({ two: '2' }))]);
    const left = await engine.apply([withPolicy(resource(a), orphan), resource(b)]);
    expect(left.outcomes.flatMap(({ problem }) => problem ?? [])).toEqual([]);
    const after = await cluster.get(shared({}));
    expect([after.data, after.metadata.labels, after.metadata.annotations]).toEqual([
      { one: '1', two: '2' },
      undefined,
      undefined,
    ]);
  });

  it('forgets an object that somebody has deleted, or made anew, meanwhile', async () => {
    const config = configMap('config', { color: 'blue' });
    await engine.apply([withPolicy(resource(a, config), orphan)]);
    await cluster.remove(config);
    await cluster.create(config);
    await engine.apply([withPolicy(resource(a), orphan)]);
    expect((await cluster.get(config)).data).toEqual({ color: 'blue' });
    expect(await recordOf(a)).toBeUndefined();
  });
});

describe('the annotation prune: never', () => {
  const never = { 'vidra.infrahub.operators.com/prune': 'never' };
  const annotated = () => configMap('config', { color: 'blue' }, never);
  const subject = () => `ConfigMap ${namespace}/config`;

  it('keeps an object and its record, run after run, and lets it go when it is named', async () => {
    await engine.apply([resource(a, annotated())]);
    for (let run = 0; run < 2; run++) {
      const { plan } = await engine.apply([resource(a)]);
      expect(plan.owners[0]?.changes).toMatchObject([
        { action: 'skip', reason: expect.stringContaining('prune: never') },
      ]);
      expect(plan.owners[0]?.changes[0]).not.toHaveProperty('code');
    }
    expect((await cluster.get(annotated())).data).toEqual({ color: 'blue' });
    expect(await recordOf(a)).toEqual(['config']);
    await engine.apply([resource(a)], { consent: { confirmed: [subject()] } });
    expect(await cluster.exists(annotated())).toBe(false);
    expect(await recordOf(a)).toBeUndefined();
  });

  it('counts also when a person has written it on the object', async () => {
    await engine.apply([resource(a, configMap('config', { color: 'blue' }))]);
    await cluster.patch(annotated(), 'merge-patch', { metadata: { annotations: never } });
    expect(actionsOf((await engine.apply([resource(a)])).plan)).toEqual(['skip ConfigMap config']);
    await cluster.patch(annotated(), 'merge-patch', {
      metadata: { annotations: { [Object.keys(never)[0] ?? '']: null } },
    });
    expect(actionsOf((await engine.apply([resource(a)])).plan)).toEqual(['delete ConfigMap config']);
  });

  it('still counts when somebody has taken it off the object', async () => {
    await engine.apply([resource(a, annotated())]);
    await cluster.patch(annotated(), 'merge-patch', {
      metadata: { annotations: { [Object.keys(never)[0] ?? '']: null } },
    });
    expect(actionsOf((await engine.apply([resource(a)])).plan)).toEqual(['skip ConfigMap config']);
    expect(await cluster.exists(annotated())).toBe(true);
  });

  it('counts no more when the manifest itself has dropped it', async () => {
    await engine.apply([resource(a, annotated())]);
    await engine.apply([resource(a, configMap('config', { color: 'blue' }))]);
    expect(actionsOf((await engine.apply([resource(a)])).plan)).toEqual(['delete ConfigMap config']);
  });
});
