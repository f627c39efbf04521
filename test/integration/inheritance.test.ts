/** Objects of Vidra's owners, of which managedFields says too little: who takes over what is held by nobody in particular. */
import { describe, expect, it } from 'vitest';
import { adopting, adoptionWorld, lastApplied, type Made } from '../support/adoption.ts';
import { actionsOf, resource } from '../support/engine.ts';

const world = adoptionWorld();
const {
  applyExactly,
  configMap,
  create,
  edit,
  expectSettled,
  holders,
  kubectlApply,
  nameOf,
  ours,
  rowOf,
  wanted,
  wipe,
} = world;
describe('an object whose managedFields somebody wiped', () => {
  const both = { color: 'red', gone: '1' };
  const left = { color: 'red' };

  it('loses what left the manifest since, and nothing of others', async () => {
    await world.engine.apply([wanted(configMap(both))]);
    await edit(configMap({}), { data: { controlled: '1' } }, 'controller');
    await wipe(configMap({}));
    const { after } = await applyExactly(configMap({}), [wanted(configMap(left))]);
    expect(after.data).toEqual({ color: 'red', controlled: '1' });
    expect(await holders(configMap({}))).toEqual([ours(), 'before-first-apply Update']);
    await expectSettled([wanted(configMap(left))]);
  });

  it('keeps a value that somebody changed since', async () => {
    await world.engine.apply([wanted(configMap(both))]);
    await edit(configMap({}), { data: { gone: '2' } }, 'controller');
    await wipe(configMap({}));
    const { after } = await applyExactly(configMap({}), [wanted(configMap(left))]);
    expect(after.data).toEqual({ color: 'red', gone: '2' });
  });

  it('loses what leaves the manifest later', async () => {
    await world.engine.apply([wanted(configMap(both))]);
    await wipe(configMap({}));
    await applyExactly(configMap({}), [wanted(configMap(both))]);
    expect(await holders(configMap({}))).toEqual([ours(), 'before-first-apply Update']);
    const { after } = await applyExactly(configMap({}), [wanted(configMap(left))]);
    expect(after.data).toEqual(left);
  });

  it('loses what left the manifest when a run died in between', async () => {
    await world.engine.apply([wanted(configMap(both))]);
    await wipe(configMap({}));
    world.proxy.inject({
      method: 'PATCH',
      path: /settings/,
      writes: true,
      from: 2,
      fault: { kind: 'status', status: 500 },
    });
    const failed = await world.engine.apply([wanted(configMap(left))]);
    expect(failed.outcomes).toMatchObject([{ result: 'failed' }]);
    expect((await world.cluster.get(configMap({}))).data).toEqual(both);
    world.proxy.heal();
    const { after } = await applyExactly(configMap({}), [wanted(configMap(left))]);
    expect(after.data).toEqual(left);
  });

  it('is taken over by what kubectl apply wrote', async () => {
    await kubectlApply(configMap(both));
    await edit(configMap({}), { data: { controlled: '1' } }, 'controller');
    await wipe(configMap({}));
    const { after } = await applyExactly(configMap({}), [wanted(configMap(left))], 'IfUnowned');
    expect(after.data).toEqual({ color: 'red', controlled: '1' });
    expect(after.metadata.annotations).not.toHaveProperty([lastApplied]);
  });

  it('or restored from a backup loses what left the manifest, too', async () => {
    await world.engine.apply([wanted(configMap(both))]);
    const { metadata, ...rest } = await world.cluster.get(configMap({}));
    await world.cluster.remove(configMap({}));
    const { labels, annotations, name } = metadata;
    await create(
      { ...rest, metadata: { name, namespace: world.namespace, labels, annotations } } as Made,
      'velero-server',
    );
    const { after } = await applyExactly(configMap({}), [wanted(configMap(left))]);
    expect(after.data).toEqual(left);
    const { after: empty } = await applyExactly(configMap({}), [wanted(configMap({ other: '1' }))]);
    expect(empty.data).toEqual({ other: '1' });
  });
});

describe('an object of several owners', () => {
  it('is taken over by the last of them, and nobody loses what he wants', async () => {
    const made = configMap({ color: 'red', one: '1', two: '2', gone: 'x' });
    await kubectlApply(made);
    world.proxy.inject({ path: /settings/, writes: true, fault: { kind: 'delay', milliseconds: 100 } });
    const definitions = [
      wanted(configMap({ color: 'blue', one: '1' }), 'one'),
      wanted(configMap({ color: 'blue', two: '3' }), 'two'),
    ];
    const { plan, after } = await applyExactly(made, definitions, 'IfUnowned');
    expect(rowOf(plan, 'one')).not.toHaveProperty('migrate');
    expect(rowOf(plan, 'two')).toMatchObject({
      action: 'adopt',
      after: [expect.stringContaining(nameOf('one'))],
      migrate: { from: [{ manager: 'kubectl-client-side-apply' }] },
    });
    expect(after.data).toEqual({ color: 'blue', one: '1', two: '3' });
    expect(await holders(made)).toEqual([ours('one'), ours('two')]);
    await expectSettled(definitions);
    const { after: later } = await applyExactly(made, [
      wanted(configMap({ color: 'blue' }), 'one'),
      definitions[1] as never,
    ]);
    expect(later.data).toEqual({ color: 'blue', two: '3' });
  });

  it('is taken over by the last of them in a later run, where the first one did not get there', async () => {
    const made = configMap({ color: 'red', gone: 'x' });
    await kubectlApply(made);
    const definitions = [wanted(configMap({ color: 'red' }), 'one'), wanted(configMap({ two: '2' }), 'two')];
    world.proxy.inject({ path: /settings/, writes: true, from: 2, fault: { kind: 'status', status: 500 } });
    const { outcomes } = await world.engine.apply(definitions, adopting());
    expect(outcomes.map(({ result }) => result)).toEqual(['succeeded', 'failed']);
    world.proxy.heal();
    const { after } = await applyExactly(made, definitions, 'IfUnowned');
    expect(after.data).toEqual({ color: 'red', two: '2' });
    expect(await holders(made)).toEqual([ours('one'), ours('two')]);
  });

  it('keeps what the others of them hold, whatever was wiped', async () => {
    const definitions = (...keys: string[]) => [
      wanted(configMap(Object.fromEntries(keys.map((key) => [key, '1']))), 'one'),
      wanted(configMap({ shared: '1', two: '2' }), 'two'),
    ];
    await world.engine.apply(definitions('shared', 'one'));
    await wipe(configMap({}));
    const { after } = await applyExactly(configMap({}), definitions('other'));
    expect(after.data).toEqual({ shared: '1', two: '2', other: '1' });
    expect(actionsOf(await world.engine.plan(definitions('other')))).toEqual([]);
  });
});

describe("an object of upstream's operator", () => {
  const ownedBy = 'vidraresource.infrahub.operators.com/owned-by';
  const upstream = async (owners: string[], data: Record<string, string>) => {
    const annotations = { 'managed-by': 'vidra', [ownedBy]: owners.join() };
    // As on the home cluster, where the VidraResource is the controller; any object will do.
    const { apiVersion, kind, metadata } = await world.cluster.get({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: world.namespace },
    });
    const reference = { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true };
    const marks = { labels: { 'managed-by': 'vidra' }, annotations, ownerReferences: [reference] };
    return create(configMap(data, marks), 'manager');
  };

  it('loses what left the manifest, and the marks of the operator', async () => {
    await upstream([nameOf()], { color: 'red', gone: '1' });
    const { plan, after } = await applyExactly(configMap({}), [wanted(configMap({ color: 'red' }))]);
    expect(rowOf(plan)).toMatchObject({ action: 'update', reason: expect.stringContaining('"manager"') });
    expect(after.data).toEqual({ color: 'red' });
    expect(Object.keys(after.metadata.annotations ?? {})).toEqual([expect.stringMatching(/^owner\.vidra/)]);
    expect(after.metadata).not.toHaveProperty('ownerReferences');
    expect(await holders(configMap({}))).toEqual([ours()]);
    await expectSettled([wanted(configMap({ color: 'red' }))]);
  });

  it('waits until all its owners are here', async () => {
    await upstream([nameOf('one'), nameOf('two')], { one: '1', two: '2', gone: '3' });
    const first = [wanted(configMap({ one: '1' }), 'one')];
    const { after } = await applyExactly(configMap({}), first);
    expect(after.data).toEqual({ one: '1', two: '2', gone: '3' });
    await expectSettled(first);

    const both = [...first, wanted(configMap({ two: '2' }), 'two')];
    const { after: now } = await applyExactly(configMap({}), both);
    expect(now.data).toEqual({ one: '1', two: '2' });
    expect(now.metadata.annotations).not.toHaveProperty([ownedBy]);
    await expectSettled(both);
  });

  it('is left by one of them before the others are here', async () => {
    await upstream([nameOf('one'), nameOf('two')], { one: '1', two: '2', gone: '3' });
    await world.engine.apply([wanted(configMap({ one: '1' }), 'one')]);
    await world.engine.apply([resource(nameOf('one'))]);
    const left = await world.cluster.get(configMap({}));
    expect(left.data).toEqual({ one: '1', two: '2', gone: '3' });
    expect(left.metadata.annotations).toEqual({ 'managed-by': 'vidra', [ownedBy]: nameOf('two') });
    expect(await holders(configMap({}))).toEqual(['manager Update']);

    const { after } = await applyExactly(configMap({}), [wanted(configMap({ two: '2' }), 'two')]);
    expect(after.data).toEqual({ two: '2' });
    expect(actionsOf((await world.engine.apply([resource(nameOf('two'))])).plan)).toEqual([
      'delete ConfigMap settings',
    ]);
  });

  it('that refers to the VidraResource of one who leaves does not go with it', async () => {
    const home = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: world.namespace } };
    const { uid } = (await world.cluster.get(home)).metadata;
    const api = 'infrahub.operators.com/v1alpha1';
    const refer = { apiVersion: api, kind: 'VidraResource', name: nameOf('one'), uid, controller: true };
    const marks = {
      labels: { 'managed-by': 'vidra' },
      annotations: { 'managed-by': 'vidra', [ownedBy]: nameOf('two') },
      ownerReferences: [refer, { ...refer, name: 'other', controller: false }],
    };
    await create(configMap({ one: '1', two: '2' }, marks), 'manager');
    await world.engine.apply([wanted(configMap({ one: '1' }), 'one')]);
    const { plan } = await world.engine.apply([resource(nameOf('one'))]);
    expect(actionsOf(plan)).toEqual(['release ConfigMap settings']);
    const left = await world.cluster.get(configMap({}));
    expect(left.metadata).toMatchObject({ ownerReferences: [{ name: 'other' }] });
    expect(left.data).toEqual({ one: '1', two: '2' });
  });

  it('is taken over by all of them at once', async () => {
    await upstream([nameOf('two'), nameOf('one')], { one: '1', two: '2', gone: '3' });
    const both = [wanted(configMap({ one: '1' }), 'one'), wanted(configMap({ two: '2' }), 'two')];
    const { after } = await applyExactly(configMap({}), both);
    expect(after.data).toEqual({ one: '1', two: '2' });
    expect(await holders(configMap({}))).toEqual([ours('one'), ours('two')]);
  });
});
