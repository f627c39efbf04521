/** Which deletions are held back, for what reason, and what lets them pass. */
import { describe, expect, test } from 'vitest';
import type { Limit } from '../../../src/definition/policy.ts';
import { hasProblems, type Plan } from '../../../src/plan/plan.ts';
import { withholdGuarded } from '../../../src/plan/withhold.ts';
import { actions, changeOf, desired, entry, id, live, observed, owner, planFor } from '../../support/make.ts';

const [a, b] = [owner('a'), owner('b')];
const shop = 'Namespace shop';
const kind = 'CustomResourceDefinition widgets.example.org';
const claim = 'PersistentVolumeClaim shop/data';
const foreign = (text: string) => live(text, [], { labels: {} });
const subjects = (plan: Plan) => plan.guards.map(({ type, subject }) => `${type}: ${subject}`);

/** The plan of an owner that leaves all of these, of which each is there. */
function leaving(
  texts: readonly string[],
  world: Parameters<typeof observed>[2] = {},
  confirmed: readonly string[] = [],
) {
  const own = texts.map((text) => live(text, [a]));
  const recorded = texts.map((text) => entry(text));
  const facts = { leaves: 'gone', recorded };
  const all = { ...world, live: [...own, ...(world.live ?? [])] };
  return planFor([observed(a, facts, all)], { consent: { confirmed } });
}

describe('a Namespace', () => {
  const tenants = (...texts: string[]) => ({ tenants: { [shop]: texts.map(foreign) } });

  test('is guarded while it holds what Vidra does not manage', () => {
    const plan = leaving([shop], tenants('ConfigMap shop/a', 'Secret shop/b', 'Pod shop/c', 'Pod shop/d'));
    expect(actions(plan)).toEqual([`a: delete ${shop}`]);
    expect(plan.guards).toEqual([
      {
        type: 'namespace',
        subject: shop,
        changes: [id('a', shop)],
        message:
          'Namespace shop holds 4 objects that Vidra does not manage: ConfigMap shop/a, Secret shop/b, Pod shop/c and 1 more',
      },
    ]);
  });

  test('is not guarded when it holds only what goes anyway', () => {
    const dying = live('Pod shop/dying', [], { deleting: true });
    const config = live('ConfigMap shop/a', [a]);
    const plan = leaving([shop, 'ConfigMap shop/a'], { tenants: { [shop]: [config, dying] } });
    expect(actions(plan)).toEqual([`a: delete ${shop}`, 'a: delete ConfigMap shop/a']);
    expect(plan.guards).toEqual([]);
  });

  test('is guarded when it cannot be told what it holds', () => {
    const world = { tenants: { [shop]: [] }, unlisted: { [shop]: ['Secret'] } };
    expect(leaving([shop], world).guards).toMatchObject([
      { subject: shop, message: 'Namespace shop may hold Secret, which could not be listed' },
    ]);
  });

  test('passes when it is named', () => {
    const plan = leaving([shop], tenants('ConfigMap shop/a'), [shop]);
    expect([actions(plan), plan.guards]).toEqual([[`a: delete ${shop}`], []]);
  });

  test('does not pass when another one is named', () => {
    expect(subjects(leaving([shop], tenants('ConfigMap shop/a'), ['Namespace shops', 'namespace shop']))).toEqual([
      `namespace: ${shop}`,
    ]);
  });

  test('knows which objects go with it', () => {
    expect(changeOf(leaving([shop], tenants('ConfigMap shop/a')), shop)).toMatchObject({
      holds: ['uid of ConfigMap shop/a'],
    });
  });

  test('of another cluster is named with its server', () => {
    const world = { ...tenants('ConfigMap shop/a'), server: 'https://edge:6443' };
    expect(subjects(leaving([shop], world))).toEqual([`namespace: ${shop} on https://edge:6443`]);
  });
});

describe('a CustomResourceDefinition', () => {
  test('is guarded while it has instances of nobody in Vidra, and passes when it is named', () => {
    const world = { tenants: { [kind]: [foreign('Widget shop/one')] } };
    expect(leaving([kind], world).guards).toMatchObject([
      {
        type: 'definition',
        subject: kind,
        message: `${kind} holds 1 instance that Vidra does not manage: Widget shop/one`,
      },
    ]);
    expect(leaving([kind], world, [kind]).guards).toEqual([]);
  });

  test('is skipped, named or not, while it has one that somebody in Vidra wants', () => {
    const world = { tenants: { [kind]: [foreign('Widget shop/one'), live('Widget shop/two', [b])] } };
    const plan = leaving([kind], world, [kind]);
    expect([actions(plan), plan.guards]).toEqual([[`a: skip ${kind}`], []]);
  });
});

describe('a volume', () => {
  test.each([claim, 'PersistentVolume disk'])('%s is guarded always', (text) => {
    expect(leaving([text]).guards).toMatchObject([{ type: 'volume', subject: text, changes: [id('a', text)] }]);
    expect(leaving([text], {}, [text]).guards).toEqual([]);
  });

  test('is not guarded while it is only released', () => {
    const world = { live: [live(claim, [a, b])] };
    const plan = planFor([
      observed(a, { leaves: 'gone', recorded: [entry(claim)] }, world),
      observed(b, { wants: [desired(claim)], recorded: [entry(claim)] }, world),
    ]);
    expect([actions(plan), plan.guards]).toEqual([[`a: release ${claim}`, `b: keep ${claim}`], []]);
  });
});

/** The plan of an owner that wants to keep `kept` of `kept + left` ConfigMaps. */
function losing(left: number, kept: number, more: { policy?: Limit; flag?: Limit; sync?: string } = {}) {
  const names = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => `ConfigMap shop/${prefix}${index}`);
  const [stay, go] = [names('kept', kept), names('left', left)];
  const policy = more.policy ? { maxDeletions: more.policy } : {};
  const facts = {
    wants: stay.map((text) => desired(text)),
    recorded: [...stay, ...go].map((text) => entry(text)),
    policy,
  };
  const world = { live: [...stay, ...go].map((text) => live(text, [a])) };
  const consent = { confirmed: [], ...(more.flag && { maxDeletions: more.flag }) };
  return planFor([observed(a, facts, world)], { consent });
}

describe('many deletions', () => {
  test.each<[string, number, number, Parameters<typeof losing>[2], boolean]>([
    ['more than half', 6, 5, {}, true],
    ['half', 6, 6, {}, false],
    ['all, of a few', 4, 0, {}, false],
    ['all, of some more', 5, 0, {}, true],
    ['as many as the definition allows', 3, 20, { policy: { count: 3 } }, false],
    ['more than the definition allows', 4, 20, { policy: { count: 3 } }, true],
    ['one where the definition allows none', 1, 20, { policy: { count: 0 } }, true],
    ['as large a share as the definition allows', 2, 8, { policy: { percent: 20 } }, false],
    ['a larger share than the definition allows', 3, 8, { policy: { percent: 20 } }, true],
    [
      'more than the definition allows, and as many as the flag',
      4,
      20,
      { policy: { count: 3 }, flag: { count: 4 } },
      false,
    ],
    [
      'as many as the definition allows, and more than the flag',
      3,
      20,
      { policy: { count: 9 }, flag: { count: 2 } },
      true,
    ],
    ['all, where the flag allows all', 9, 0, { flag: { percent: 100 } }, false],
  ])('are guarded: %s', (_case, left, kept, more, guarded) => {
    expect(losing(left, kept, more).guards).toHaveLength(guarded ? 1 : 0);
  });

  test('are told with what allows them', () => {
    expect(losing(6, 5).guards).toMatchObject([
      {
        type: 'maxDeletions',
        subject: '6 deletions of a',
        message: '6 of the 11 objects of a would be deleted, which is more than half of them',
        deletions: 6,
        changes: Array.from({ length: 6 }, (_, index) => id('a', `ConfigMap shop/left${index}`)),
      },
    ]);
    expect(losing(2, 1, { flag: { count: 1 } }).guards).toMatchObject([
      { subject: '2 deletions', message: '2 of the 3 objects would be deleted, and the limit is 1' },
    ]);
  });

  test('of one sync are counted together', () => {
    const names = (prefix: string) => [1, 2, 3].map((index) => `ConfigMap shop/${prefix}${index}`);
    const world = {
      live: [...names('a').map((text) => live(text, [a])), ...names('b').map((text) => live(text, [b]))],
    };
    const inSync = (one: ReturnType<typeof observed>) => ({ ...one, header: { ...one.header, sync: 'shop' } });
    const leaver = (who: typeof a) =>
      observed(who, { leaves: 'gone', recorded: names(who.name).map((text) => entry(text)) }, world);
    expect(subjects(planFor([leaver(a), leaver(b)]))).toEqual([]);
    expect(subjects(planFor([leaver(a), leaver(b)].map(inSync)))).toEqual(['maxDeletions: 6 deletions of shop']);
  });

  test('are not counted when there is nothing to delete any more', () => {
    const recorded = [...'12345'].map((name) => entry(`ConfigMap shop/${name}`));
    const plan = planFor([observed(a, { leaves: 'gone', recorded }, { live: [live('ConfigMap shop/1', [a])] })]);
    expect([actions(plan), plan.guards]).toEqual([['a: delete ConfigMap shop/1'], []]);
  });
});

describe('withholdGuarded', () => {
  const world = { tenants: { [shop]: [live(claim, [a])] } };

  test('leaves alone what is guarded and what would take it along, and nothing else', () => {
    const plan = leaving([shop, claim, 'ConfigMap shop/a'], world);
    const withheld = withholdGuarded(plan);
    expect(actions(withheld)).toEqual([`a: skip ${shop}`, `a: skip ${claim}`, 'a: delete ConfigMap shop/a']);
    expect(changeOf(withheld, claim)).toMatchObject({ code: 'GUARDED', reason: plan.guards[0]?.message });
    expect(changeOf(withheld, shop)).toMatchObject({
      code: 'GUARDED',
      reason: 'comes after PersistentVolumeClaim shop/data, which is held back',
    });
    expect(withheld.guards).toEqual(plan.guards);
    expect(hasProblems(withheld)).toBe(true);
  });

  test('keeps an object whole whose last owner may not delete it', () => {
    const world = { live: [live(claim, [a, b])] };
    const leaver = (who: typeof a) => observed(who, { leaves: 'gone', recorded: [entry(claim)] }, world);
    const plan = planFor([leaver(a), leaver(b)]);
    expect(actions(plan)).toEqual([`a: release ${claim}`, `b: delete ${claim}`]);
    expect(actions(withholdGuarded(plan))).toEqual([`a: skip ${claim}`, `b: skip ${claim}`]);
  });

  test('leaves the plan as it is when all is confirmed', () => {
    const plan = leaving([shop, claim], world);
    expect(withholdGuarded(plan, [claim]).owners).toEqual(plan.owners);
  });
});
