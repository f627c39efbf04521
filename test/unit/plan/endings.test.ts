/** What becomes of objects that are left, by the rules of their owners and by their annotation. */
import { describe, expect, test } from 'vitest';
import type { ObjectMetadata } from '../../../src/cluster/metadata.ts';
import { actions, changeOf, desired, entry, id, live, observed, owner, planFor, tried } from '../../support/make.ts';

const [a, b] = [owner('a'), owner('b')];
const web = 'Deployment shop/web';
const orphan = { deletionPolicy: 'Orphan' } as const;
const never = { annotations: { 'vidra.infrahub.operators.com/prune': 'never' } };
const leaver = (
  who: typeof a,
  objects: readonly ObjectMetadata[],
  more: Partial<Parameters<typeof observed>[1]> = {},
) => observed(who, { leaves: 'gone', recorded: [entry(web)], ...more }, { live: objects });

describe('what an owner leaves that deletes nothing', () => {
  test('stays as nobody’s, and nothing guards that', () => {
    const plan = planFor([leaver(a, [live(web, [a])], { policy: orphan })]);
    expect(changeOf(plan, web)).toEqual({
      action: 'release',
      reference: entry(web).reference,
      reason: "gone; stays as nobody's, by its deletionPolicy",
      after: [],
      uid: `uid of ${web}`,
      leave: true,
      differences: [],
    });
    const claim = 'PersistentVolumeClaim shop/data';
    const volume = planFor([leaver(a, [live(claim, [a])], { policy: orphan, recorded: [entry(claim)] })]);
    expect([actions(volume), volume.guards]).toEqual([[`a: release ${claim}`], []]);
  });

  test('keeps its values where another owner still wants the object, too', () => {
    const world = [live(web, [a, b])];
    const verdicts = { [web]: tried({ differences: [{ path: 'spec.replicas', before: 2 }] }) };
    const plan = planFor([
      leaver(a, world, { policy: orphan, verdicts }),
      observed(b, { wants: [desired(web)], recorded: [entry(web)] }, { live: world }),
    ]);
    expect(changeOf(plan, web, 'a')).toMatchObject({ action: 'release', leave: true, differences: [] });
  });

  test.each([
    ['first', [orphan, {}]],
    ['last', [{}, orphan]],
  ])('is not deleted by another owner that leaves it at the same time, it being the %s', (_case, policies) => {
    const world = [live(web, [a, b])];
    const plan = planFor([
      leaver(a, world, { policy: policies[0] ?? {} }),
      leaver(b, world, { policy: policies[1] ?? {} }),
    ]);
    expect(actions(plan)).toEqual([`a: release ${web}`, `b: release ${web}`]);
    for (const name of ['a', 'b']) expect(changeOf(plan, web, name)).toMatchObject({ leave: true, after: [] });
  });

  test('keeps its Namespace', () => {
    const [shop, config] = ['Namespace shop', 'ConfigMap shop/config'];
    const world = [live(shop, [a]), live(config, [b])];
    const plan = planFor([
      leaver(a, world, { recorded: [entry(shop)] }),
      leaver(b, world, { recorded: [entry(config)], policy: orphan }),
    ]);
    expect(changeOf(plan, shop)).toMatchObject({ action: 'skip', reason: 'still holds ConfigMap shop/config' });
  });
});

describe('an object whose owner does not prune', () => {
  const kept = { prune: false };

  test('stays, and stays recorded, without being guarded', () => {
    const all = [web, 'ConfigMap shop/a', 'PersistentVolumeClaim shop/b'];
    const recorded = all.map((text) => entry(text));
    const world = all.map((text) => live(text, [a]));
    const plan = planFor([observed(a, { wants: [], recorded, policy: kept }, { live: world })]);
    expect(actions(plan)).toEqual(all.map((text) => `a: skip ${text}`));
    expect(changeOf(plan, web)).toEqual({
      action: 'skip',
      reference: entry(web).reference,
      reason: 'left the manifests; stays, by prune: false in its definition',
      after: [],
    });
    expect([plan.owners[0]?.forget, plan.guards]).toEqual([[], []]);
  });

  test.each([
    ['first', [kept, {}], [`a: skip ${web}`, `b: release ${web}`]],
    ['last', [orphan, kept], [`a: release ${web}`, `b: skip ${web}`]],
  ])('is released by others that leave it at the same time, it being the %s', (_case, policies, expected) => {
    const world = [live(web, [a, b])];
    const plan = planFor([
      leaver(a, world, { policy: policies[0] ?? {} }),
      leaver(b, world, { policy: policies[1] ?? {} }),
    ]);
    expect(actions(plan)).toEqual(expected);
  });

  test('is released to another owner as any other', () => {
    const world = [live(web, [a, b])];
    const plan = planFor([
      leaver(a, world, { policy: kept }),
      observed(b, { wants: [desired(web)], recorded: [entry(web)] }, { live: world }),
    ]);
    expect(changeOf(plan, web, 'a').action).toBe('release');
  });

  test('is not renamed: what has the new name is made beside it', () => {
    const [old, renamed] = ['ConfigMap shop/old', 'ConfigMap shop/new'];
    const plan = planFor([
      observed(a, { wants: [desired(renamed)], recorded: [entry(old)], policy: kept }, { live: [live(old, [a])] }),
    ]);
    expect(actions(plan)).toEqual([`a: create ${renamed}`, `a: skip ${old}`]);
  });
});

describe('an object that is protected', () => {
  test('stays, for as long as nobody names it, and the run is no failure', () => {
    const plan = planFor([leaver(a, [live(web, [a], never)])]);
    expect(changeOf(plan, web)).toEqual({
      action: 'skip',
      reference: entry(web).reference,
      reason: `gone; stays, by its annotation vidra.infrahub.operators.com/prune: never, unless you --confirm "${web}"`,
      after: [],
    });
    expect([plan.owners[0]?.forget, plan.guards]).toEqual([[], []]);
  });

  test('is deleted when it is named', () => {
    const plan = planFor([leaver(a, [live(web, [a], never)])], { consent: { confirmed: [web] } });
    expect([actions(plan), plan.guards, plan.notes]).toEqual([[`a: delete ${web}`], [], []]);
  });

  test('is still so when the annotation was taken off by somebody else', () => {
    const plan = planFor([leaver(a, [live(web, [a])], { recorded: [entry(web, { protected: true })] })]);
    expect(actions(plan)).toEqual([`a: skip ${web}`]);
  });

  test('is not when the annotation says something else', () => {
    const other = { annotations: { 'vidra.infrahub.operators.com/prune': 'always' } };
    expect(actions(planFor([leaver(a, [live(web, [a], other)])]))).toEqual([`a: delete ${web}`]);
  });

  test('stays whole for all of its owners that leave it', () => {
    const world = [live(web, [a, b], never)];
    const plan = planFor([leaver(a, world), leaver(b, world)]);
    expect(actions(plan)).toEqual([`a: skip ${web}`, `b: skip ${web}`]);
    const named = planFor([leaver(a, world), leaver(b, world)], { consent: { confirmed: [web] } });
    expect(actions(named)).toEqual([`a: release ${web}`, `b: delete ${web}`]);
    expect(changeOf(named, web, 'b').after).toEqual([id('a', web)]);
  });

  test('is released to another owner as any other', () => {
    const world = [live(web, [a, b], never)];
    const plan = planFor([
      leaver(a, world),
      observed(b, { wants: [desired(web)], recorded: [entry(web)] }, { live: world }),
    ]);
    expect(changeOf(plan, web, 'a').action).toBe('release');
  });

  test('keeps its Namespace, and the definition of its kind', () => {
    const [shop, kind, widget] = ['Namespace shop', 'CustomResourceDefinition widgets.example.org', 'Widget shop/one'];
    const world = [live(shop, [a]), live(kind, [a]), live(widget, [a], never)];
    const recorded = [shop, kind, widget].map((text) => entry(text));
    const plan = planFor([
      observed(a, { leaves: 'gone', recorded }, { live: world, tenants: { [kind]: [live(widget, [a], never)] } }),
    ]);
    expect(actions(plan)).toEqual([shop, kind, widget].map((text) => `a: skip ${text}`));
    expect(changeOf(plan, shop).reason).toBe('still holds Widget shop/one');
    expect(changeOf(plan, kind).reason).toBe('still holds Widget shop/one');
  });
});

test('A deletion says which finalizers it will wait for', () => {
  const plan = planFor([leaver(a, [live(web, [a], { finalizers: ['example.org/a', 'example.org/b'] })])]);
  expect(changeOf(plan, web).reason).toBe('gone; will wait for example.org/a, example.org/b');
});

test('What is confirmed and would not be deleted is told', () => {
  const plan = planFor([leaver(a, [live(web, [a])])], { consent: { confirmed: [web, 'Namespace shpo'] } });
  expect(plan.notes).toEqual(['--confirm "Namespace shpo": nothing of that name would be deleted']);
});
