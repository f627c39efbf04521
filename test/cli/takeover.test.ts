/** A cluster that upstream's operator has left is taken over: nothing is deleted or made anew, and owners are respected. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Reference } from '../support/cluster.ts';
import { resource, type StoredDefinition, sync, textOf, untilCondition, type Written } from '../support/operator.ts';
import { infrahub, runOperator, useInfrahub, useOperators } from '../support/operator-stage.ts';
import { cluster, configMap, environment, namespace, useOwnCluster } from '../support/stage.ts';
import { ownedBy, upstreamObject, upstreamResource, upstreamSync } from '../support/upstream.ts';
import { vidra } from '../support/vidra.ts';
import { waitFor } from '../support/wait-for.ts';

const key = '06438eb2-8019-4776-878c-0941b1f1d1ec';
useOwnCluster({ kinds: true });
useInfrahub({ apiKeys: [key] });
afterEach(async () => {
  for (const one of await cluster.list<StoredDefinition>(sync('', {}).apiVersion, 'InfrahubSync')) {
    await cluster.patch(one, 'merge-patch', { metadata: { finalizers: null } });
    await cluster.remove(one);
  }
  await run('prune', '--set', 'default', '--yes');
});
useOperators();

const login = { INFRAHUB_API_TOKEN: key };
const run = (...words: string[]) => vidra(words, { environment: { ...environment, ...login } });
const named = (name: string) => resource(name, []);
const syncOf = (name: string, artifact: string, more: object = {}): Written =>
  sync(`${namespace}-${name}`, {
    source: { infrahubAPIURL: infrahub.address, artefactName: `${artifact} ${namespace}`, ...more },
    destination: { namespace },
  });
const artifact = (name: string, ...manifests: object[]) =>
  infrahub.setArtifact({ name: `${name} ${namespace}`, content: textOf(...manifests) });

/** Two syncs of one namespace that share an object, and an artifact that left while nobody looked. */
async function leaveBehind() {
  const shared = configMap('shared', { one: '1' });
  const oneId = artifact('one', configMap('a', { color: 'red' }), shared);
  const twoId = artifact('two', configMap('b'), shared);
  const syncs = [syncOf('one', 'one'), syncOf('two', 'two')] as const;
  const [one, two] = [await upstreamSync(cluster, syncs[0]), await upstreamSync(cluster, syncs[1])];
  const goneId = `gone-${namespace}`;
  const first = await upstreamResource(cluster, { name: oneId, sync: one, objects: [configMap('a'), shared] });
  const second = await upstreamResource(cluster, { name: twoId, sync: two, objects: [configMap('b'), shared] });
  const gone = await upstreamResource(cluster, {
    name: goneId,
    sync: one,
    objects: [configMap('left'), configMap('b')],
  });
  const objects = [
    // Artifacts have changed since upstream's last run.
    await upstreamObject(cluster, configMap('a', { color: 'blue', old: '1' }), [first]),
    await upstreamObject(cluster, configMap('shared', { one: '0', old: '1' }), [first, second]),
    // Its controller is the one that leaves.
    await upstreamObject(cluster, configMap('b', { old: '1' }), [gone, second]),
  ];
  await upstreamObject(cluster, configMap('left'), [gone]);
  return { syncs, oneId, twoId, goneId, objects };
}

type Left = Awaited<ReturnType<typeof leaveBehind>>;

async function expectTakenOver({ oneId, twoId, goneId, objects }: Left) {
  const now = await Promise.all(objects.map((object) => cluster.get(object)));
  expect(now.map(({ metadata }) => metadata.uid)).toEqual(objects.map(({ metadata }) => metadata.uid));
  expect(now.map(({ data = {} }) => data)).toEqual([{ color: 'red' }, { one: '1' }, {}]);
  for (const { metadata } of now) {
    expect(metadata).not.toHaveProperty('ownerReferences');
    expect(metadata.annotations).not.toHaveProperty([ownedBy]);
    expect(metadata.annotations).not.toHaveProperty(['managed-by']);
    expect(metadata.managedFields?.filter(({ operation }) => operation !== 'Apply')).toEqual([]);
  }
  expect(await cluster.exists(configMap('left'))).toBe(false);
  expect(await cluster.exists(named(goneId))).toBe(false);
  expect(await Promise.all([oneId, twoId].map((id) => cluster.exists(named(id))))).toEqual([true, true]);
  return now;
}

describe('vidra watch', () => {
  it('takes over two syncs that share an object, and lets go what left meanwhile', async () => {
    const left = await leaveBehind();
    const operator = await runOperator({ environment: login });
    for (const one of left.syncs) await untilCondition(cluster, one, 'Ready', 'True');
    await waitFor('what left to be gone', async () => !(await cluster.exists(named(left.goneId))));
    const now = await expectTakenOver(left);

    // One of them goes, and what the other one has stays.
    await cluster.remove(left.syncs[0]);
    await waitFor('the sync to be gone', async () => !(await cluster.exists(left.syncs[0])));
    expect(await cluster.exists(configMap('a'))).toBe(false);
    expect((await cluster.get(configMap('shared'))).metadata.uid).toBe(now[1]?.metadata.uid);
    expect((await operator.stop()).code).toBe(0);
  });

  it('takes over an artifact that two branches have, each for its own sync', async () => {
    infrahub.addBranch('next');
    const id = artifact('web', configMap('a', { color: 'red' }));
    infrahub.setArtifact({ id, name: `web ${namespace}`, branch: 'next', content: textOf(configMap('c')) });
    const syncs = [syncOf('main', 'web'), syncOf('next', 'web', { targetBranch: 'next' })] as const;
    const [main] = [await upstreamSync(cluster, syncs[0]), await upstreamSync(cluster, syncs[1])];
    const left = await upstreamResource(cluster, { name: id, sync: main, objects: [configMap('a')] });
    const before = await upstreamObject(cluster, configMap('a', { color: 'red' }), [left]);

    const operator = await runOperator({ environment: login });
    for (const one of syncs) await untilCondition(cluster, one, 'Ready', 'True');
    expect((await operator.stop()).code).toBe(0);
    const after = await cluster.get(configMap('a'));
    expect([after.metadata.uid, after.data]).toEqual([before.metadata.uid, { color: 'red' }]);
    expect(await cluster.exists(configMap('c'))).toBe(true);
    const records = await Promise.all([id, `${namespace}-next-${id}`].map((name) => cluster.exists(named(name))));
    expect(records).toEqual([true, true]);
  });

  it('goes on with deleting a sync that was being deleted', async () => {
    const id = artifact('web', configMap('a'));
    const one = syncOf('web', 'web');
    const finalizers = ['infrahubsync.infrahub.operators.com/finalizer'];
    const made = await upstreamSync(cluster, { ...one, metadata: { ...one.metadata, finalizers } } as Reference);
    const left = await upstreamResource(cluster, { name: id, sync: made, objects: [configMap('a')] });
    await upstreamObject(cluster, configMap('a'), [left]);
    await cluster.remove(one);
    const operator = await runOperator({ environment: login });
    await waitFor('the sync to be gone', async () => !(await cluster.exists(one)));
    expect((await operator.stop()).code).toBe(0);
    expect([await cluster.exists(named(id)), await cluster.exists(configMap('a'))]).toEqual([false, false]);
  });
});

describe('vidra takeover', () => {
  it('tells beforehand what it does, and does it', async () => {
    const left = await leaveBehind();
    const stateOf = async () =>
      JSON.stringify(await Promise.all([...left.objects, named(left.goneId)].map((one) => cluster.get(one))));
    const before = await stateOf();
    const told = await run('takeover', '--dry-run');
    expect(told).toMatchObject({ code: 0, stderr: '' });
    expect(told.stdout).toContain('3 VidraResources and the marks on 4 objects');
    expect(told.stdout).toContain(`VidraResource ${left.oneId}: 2 objects, of the InfrahubSync ${namespace}-one`);
    for (const row of ['~ ConfigMap a', '~ ConfigMap shared', '~ ConfigMap b', '- ConfigMap left'])
      expect(told.stdout).toContain(row);
    expect(told.stdout).toContain('ownerReferences');
    expect(await stateOf()).toBe(before);

    expect(await run('takeover', '--yes')).toMatchObject({ code: 0, stderr: '' });
    const now = await expectTakenOver(left);
    const again = await run('takeover', '--dry-run');
    expect(again).toMatchObject({ code: 0, stdout: "Nothing of upstream's operator is left here.\n" });

    const operator = await runOperator({ environment: login });
    for (const one of left.syncs) await untilCondition(cluster, one, 'Ready', 'True');
    expect((await operator.stop()).code).toBe(0);
    const then = await Promise.all(now.map((object) => cluster.get(object)));
    expect(then.map(({ metadata }) => metadata.resourceVersion)).toEqual(
      now.map(({ metadata }) => metadata.resourceVersion),
    );
  });

  it('guards what an artifact that left takes along', async () => {
    artifact('web', configMap('a'));
    const made = await upstreamSync(cluster, syncOf('web', 'web'));
    const objects = Array.from({ length: 6 }, (_, index) => configMap(`left-${index}`));
    const name = `gone-${namespace}`;
    const left = await upstreamResource(cluster, { name, sync: made, objects });
    for (const object of objects) await upstreamObject(cluster, object, [left]);
    const remaining = async () => (await Promise.all(objects.map((one) => cluster.exists(one)))).filter(Boolean).length;

    const operator = await runOperator({ environment: login });
    const ready = await untilCondition(cluster, syncOf('web', 'web'), 'Ready', 'False');
    expect((await operator.stop()).code).toBe(0);
    expect([ready.reason, await remaining()]).toEqual(['Guarded', 6]);

    const refused = await run('takeover', '--yes');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('(GUARDED)') });
    expect(await remaining()).toBe(6);
    expect(await run('takeover', '--yes', '--max-deletions', '6')).toMatchObject({ code: 0 });
    expect([await remaining(), await cluster.exists(named(name))]).toEqual([0, false]);
  });

  it('says of what a deleted sync has left that prune removes it', async () => {
    const sync = syncOf('gone', 'gone');
    const made = await upstreamSync(cluster, sync);
    const name = `gone-${namespace}`;
    const left = await upstreamResource(cluster, { name, sync: made, objects: [configMap('a')] });
    await upstreamObject(cluster, configMap('a'), [left]);
    await cluster.remove(sync);
    const { stdout } = await run('takeover', '--dry-run');
    expect(stdout).toContain(`VidraResource ${name}: 1 object, of the InfrahubSync ${namespace}-gone, which is gone`);
    expect(await cluster.exists(configMap('a'))).toBe(true);
    expect(await run('prune', '--yes')).toMatchObject({ code: 0 });
    expect([await cluster.exists(named(name)), await cluster.exists(configMap('a'))]).toEqual([false, false]);
  });
});
