/** What `vidra prune -f` does: the owners that leave, and nothing of the others. */
import { describe, expect, test } from 'vitest';
import {
  actions,
  changeOf,
  desired,
  entry,
  live,
  observed,
  owner,
  planFor,
  record,
  tried,
} from '../../support/make.ts';

const [a, b, c] = [owner('a'), owner('b'), owner('c')];
const [web, shop] = ['Deployment shop/web', 'Namespace shop'];
const onlyLeavers = { onlyLeavers: true };
const leaver = (who: typeof a, text: string, world: Parameters<typeof observed>[2]) =>
  observed(who, { leaves: 'gone', recorded: [entry(text)] }, world);

describe('a plan of those that leave', () => {
  test('has what they leave, and no change of those that stay', () => {
    const world = { live: [live(web, [a])] };
    const stays = observed(b, { wants: [desired('ConfigMap shop/new')] }, world);
    const plan = planFor([leaver(a, web, world), stays], onlyLeavers);
    expect([actions(plan), plan.owners.length]).toEqual([[`a: delete ${web}`], 1]);
  });

  test('keeps what another owner wants and has not applied yet', () => {
    const world = { live: [live(web, [a])] };
    const wants = observed(b, { wants: [desired(web)], verdicts: { [web]: tried({ ownershipChanges: true }) } }, world);
    const plan = planFor([leaver(a, web, world), wants], onlyLeavers);
    expect(changeOf(plan, web)).toMatchObject({
      action: 'skip',
      reason: 'still wanted by b, which has to be applied first',
    });
  });

  test('keeps what another owner has, and would leave only with its next apply', () => {
    const world = { live: [live(web, [a, b])] };
    const leaves = observed(b, { wants: [], recorded: [entry(web)] }, world);
    expect(actions(planFor([leaves, leaver(a, web, world)]))).toEqual([`b: release ${web}`, `a: delete ${web}`]);
    const plan = planFor([leaves, leaver(a, web, world)], onlyLeavers);
    expect(changeOf(plan, web)).toMatchObject({
      action: 'skip',
      reason: 'is recorded with b, which has to be applied first',
    });
  });

  test('keeps what another owner is only recorded with, though that one has nothing on it', () => {
    const world = { live: [live(web, [a])] };
    const leaves = observed(b, { wants: [], recorded: [entry(web)] }, world);
    const plan = planFor([leaver(a, web, world), leaves], onlyLeavers);
    expect(changeOf(plan, web)).toMatchObject({
      action: 'skip',
      reason: 'is recorded with b, which has to be applied first',
    });
  });

  test('keeps a Namespace while another owner would still have to leave something in it', () => {
    const config = 'ConfigMap shop/config';
    const world = { live: [live(shop, [a]), live(config, [b]), live('Secret shop/x', [c])] };
    const leaves = observed(b, { wants: [], recorded: [entry(config)] }, world);
    const plan = planFor([leaver(a, shop, world), leaver(c, 'Secret shop/x', world), leaves], onlyLeavers);
    expect(actions(plan)).toEqual([`a: skip ${shop}`, 'c: delete Secret shop/x']);
  });

  test('is guarded by what is in it, and by nothing else', () => {
    const claim = (name: string) => `PersistentVolumeClaim shop/${name}`;
    const world = { live: [live(claim('a'), [a]), live(claim('b'), [b])] };
    const leaves = observed(b, { wants: [], recorded: [entry(claim('b'))] }, world);
    const plan = planFor([leaver(a, claim('a'), world), leaves], onlyLeavers);
    expect(plan.guards.map(({ subject }) => subject)).toEqual([claim('a')]);
  });
});

describe('an announcement', () => {
  const world = { live: [live(web, [a])] };
  const announcement = record('b', [entry(web, { state: 'pending' })]);
  const overdue = { ...announcement, overdue: new Set(announcement.entries.keys()) };

  test('of a run that may go on holds the object', () => {
    const plan = planFor([leaver(a, web, world)], { records: [announcement] });
    expect(changeOf(plan, web)).toMatchObject({ action: 'skip', reason: expect.stringContaining('is kept for b') });
  });

  test('of a run that has died does not, when it has come to nothing', () => {
    expect(actions(planFor([leaver(a, web, world)], { records: [overdue] }))).toEqual([`a: delete ${web}`]);
  });

  test('of a run that has died does, when that run has written the object', () => {
    const both = { live: [live(web, [a, b])] };
    const plan = planFor([leaver(a, web, both)], { records: [overdue] });
    expect(changeOf(plan, web)).toMatchObject({ action: 'release', reason: 'still wanted by b' });
  });

  test('of a run that has died holds nothing of a Namespace that it has not written', () => {
    const inShop = record('b', [entry('ConfigMap shop/config', { state: 'pending' })]);
    const space = { live: [live(shop, [a])], tenants: { [shop]: [] } };
    const decide = (records: (typeof inShop)[]) => actions(planFor([leaver(a, shop, space)], { records }));
    expect(decide([inShop])).toEqual([`a: skip ${shop}`]);
    expect(decide([{ ...inShop, overdue: new Set(inShop.entries.keys()) }])).toEqual([`a: delete ${shop}`]);
  });
});
