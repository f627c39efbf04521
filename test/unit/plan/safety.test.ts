import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ObjectMetadata } from '../../../src/cluster/metadata.ts';
import type { InventoryRecord } from '../../../src/inventory/inventory.ts';
import { keyOf } from '../../../src/manifest/manifest.ts';
import { isMarkedBy, ownersBut } from '../../../src/manifest/owner.ts';
import type { OwnerObservation, Verdict } from '../../../src/plan/observation.ts';
import { changeId, lacksWanted, type Plan } from '../../../src/plan/plan.ts';
import { withholdGuarded } from '../../../src/plan/withhold.ts';
import { announced, desired, entry, key, live, observed, owner, planFor, record, tried } from '../../support/make.ts';

/** Small, so that owners meet on the same objects all the time. */
const claim = 'PersistentVolumeClaim shop/e';
const texts = [
  'Namespace shop',
  'ConfigMap shop/a',
  'ConfigMap shop/b',
  'Deployment shop/c',
  'ConfigMap other/d',
  claim,
];
const names = ['one', 'two', 'three'];
const owners = names.map((name) => owner(name));
const strangers = [owner('stranger'), owner('one', 'another home')];

const someTexts = fc.uniqueArray(fc.constantFrom(...texts));
const anyLive = (text: string): fc.Arbitrary<ObjectMetadata | undefined> =>
  fc.option(
    fc
      .record({
        marks: fc.uniqueArray(fc.constantFrom(...owners)),
        strange: fc.option(fc.constantFrom(...strangers), { nil: undefined, freq: 6 }),
        deleting: fc.boolean().map((deleting) => deleting && text.endsWith('b')),
        upstream: fc.option(fc.constantFrom('one', 'one,two', 'elsewhere'), { nil: undefined, freq: 8 }),
      })
      .map(({ marks, strange, deleting, upstream }) =>
        live(text, strange ? [...marks, strange] : marks, {
          deleting,
          annotations: upstream ? { 'vidraresource.infrahub.operators.com/owned-by': upstream } : {},
        }),
      ),
    { nil: undefined, freq: 6 },
  );
const anyVerdict: fc.Arbitrary<Verdict | undefined> = fc.constantFrom<(Verdict | undefined)[]>(
  undefined,
  tried(),
  tried({ ownershipChanges: true }),
  { type: 'conflict', conflicts: [{ field: '.spec', manager: 'x' }] },
  { type: 'refused', code: 'CLUSTER_REFUSED', message: 'no' },
);
const anyFacts = fc.record({
  wish: fc.constantFrom('wanted', 'wanted', 'leaving', 'waiting', 'unreadable'),
  wants: someTexts,
  applied: someTexts,
  announced: someTexts,
  verdicts: fc.array(anyVerdict, { minLength: texts.length, maxLength: texts.length }),
});

interface World {
  readonly owners: readonly OwnerObservation[];
  readonly records: readonly InventoryRecord[];
}

const anyWorld: fc.Arbitrary<World> = fc
  .record({
    live: fc.tuple(...texts.map(anyLive)),
    facts: fc.tuple(...owners.map(() => anyFacts)),
    other: fc.option(someTexts, { nil: undefined }),
    unknown: fc.option(fc.constantFrom(...texts), { nil: undefined, freq: 4 }),
    reverse: fc.boolean(),
  })
  .map(({ live: objects, facts, other, unknown, reverse }) => {
    const world = {
      live: objects
        .filter((object) => object !== undefined)
        .filter((object) => keyOf(object.reference) !== key(unknown ?? '')),
      unknown: unknown === undefined ? [] : [unknown],
    };
    const observations = owners.map((who, index) => {
      const { wish, wants, applied, announced: begun, verdicts } = facts[index] as (typeof facts)[number];
      const recorded = [...begun.map((text) => announced(text)), ...applied.map((text) => entry(text))];
      const asked = texts.flatMap((text, place) => (verdicts[place] ? [[text, verdicts[place]] as const] : []));
      const wanted = { wants: wants.map((text) => desired(text)), verdicts: Object.fromEntries(asked) };
      const problems = [{ code: 'MANIFEST_INVALID', message: 'line 3' }] as const;
      if (wish === 'leaving') return observed(who, { leaves: 'gone', recorded }, world);
      if (wish === 'waiting') return observed(who, { waits: 'not now', recorded }, world);
      if (wish === 'unreadable') return observed(who, { ...wanted, recorded, problems }, world);
      return observed(who, { ...wanted, recorded }, world);
    });
    return {
      owners: reverse ? observations.reverse() : observations,
      records: other
        ? [
            record(
              'absent',
              other.map((text) => entry(text)),
            ),
          ]
        : [],
    };
  });

const isSettled = ({ wish, problems }: OwnerObservation) =>
  wish.type === 'leaving' || (wish.type === 'wanted' && problems.length === 0);
const wantedBy = (one: OwnerObservation) =>
  one.wish.type === 'wanted' ? one.wish.desired.objects.map(({ reference }) => keyOf(reference)) : [];
const leaves = (one: OwnerObservation, object: string) =>
  isSettled(one) && one.record?.entries.has(object) === true && !wantedBy(one).includes(object);

/** Owners, in the plan or not, that have an interest in an object, by everything that says so. */
function interested({ owners: all, records }: World, object: string): string[] {
  const liveObject = all[0]?.destination.live.get(object);
  const leaving = all.filter((one) => leaves(one, object)).map((one) => one.owner);
  return [
    ...all.filter((one) => wantedBy(one).includes(object)).map((one) => one.owner.name),
    ...all.filter((one) => !isSettled(one) && one.record?.entries.has(object)).map((one) => one.owner.name),
    ...records.filter(({ entries }) => entries.has(object)).map(({ header }) => header.name),
    ...(liveObject ? ownersBut(leaving, liveObject) : []),
  ];
}

function deletions(plan: Plan): string[] {
  return plan.owners.flatMap(({ changes }) =>
    changes.filter(({ action }) => action === 'delete').map(({ reference }) => keyOf(reference)),
  );
}

const consent = { confirmed: [], maxDeletions: { percent: 100 } } as const;

/** Fails with the world in words, instead of some thousand lines of it. */
function holds(check: (world: World, plan: Plan) => void) {
  const property = fc.property(anyWorld, (world) =>
    check(world, planFor(world.owners, { records: world.records, consent })),
  );
  fc.assert(property, { numRuns: 400 });
}

describe('in whatever world', () => {
  test('nothing is deleted that anybody wants, is recorded with, or has left a mark on', () => {
    holds((world, plan) => {
      for (const object of deletions(plan)) expect(interested(world, object), object).toEqual([]);
    });
  });

  test('no Namespace is deleted that holds what anybody wants or is recorded with', () => {
    holds((world, plan) => {
      if (!deletions(plan).includes(key('Namespace shop'))) return;
      for (const object of texts.filter((text) => text.includes('shop/')).map(key)) {
        expect(interested(world, object), object).toEqual([]);
      }
    });
  });

  test('where nobody can be asked, no volume is deleted, nor the Namespace that it is in', () => {
    const shop = 'Namespace shop';
    const property = fc.property(fc.tuple(someTexts, someTexts, fc.boolean()), ([one, two, free]) => {
      const kept = [one, two].map((chosen) => (free ? chosen : [...new Set([...chosen, shop, claim])]));
      const objects = texts.map((text) =>
        live(
          text,
          owners.filter((_, index) => kept[index]?.includes(text)),
        ),
      );
      const all = kept.map((chosen, index) => {
        const recorded = chosen.map((text) => entry(text));
        return observed(owners[index] as (typeof owners)[number], { leaves: 'gone', recorded }, { live: objects });
      });
      const plan = planFor(all, { consent });
      const [planned, made] = [deletions(plan), deletions(withholdGuarded(plan))];
      expect(made).not.toContain(key(claim));
      if (planned.includes(key(claim))) expect(made).not.toContain(key(shop));
      expect(planned.filter((one) => !made.includes(one) && ![key(claim), key(shop)].includes(one))).toEqual([]);
    });
    fc.assert(property, { numRuns: 200 });
  });

  test('what its owners leave, and nobody else wants, is deleted exactly once, or kept by one that lacks something', () => {
    holds((world, plan) => {
      const isKept = (object: string) =>
        plan.owners.some(
          (one) =>
            lacksWanted(one) &&
            one.changes.some(({ action, reference }) => action === 'skip' && keyOf(reference) === object),
        );
      const found = deletions(plan);
      const { destination } = world.owners[0] as OwnerObservation;
      for (const [object, metadata] of destination.live) {
        const leaving = world.owners.filter((one) => leaves(one, object) && isMarkedBy(one.owner, metadata));
        const isFree = leaving.length > 0 && !metadata.deleting && interested(world, object).length === 0;
        if (metadata.reference.kind === 'Namespace')
          expect(found.filter((one) => one === object).length).toBeLessThan(2);
        else
          expect(
            found.filter((one) => one === object),
            object,
          ).toHaveLength(isFree && !isKept(object) ? 1 : 0);
      }
    });
  });

  test('nobody gives an object up that only somebody wants who cannot have it', () => {
    holds((world, plan) => {
      for (const { owner: who, changes } of plan.owners) {
        for (const { action, reference } of changes) {
          if (action !== 'release') continue;
          const object = keyOf(reference);
          const metadata = world.owners[0]?.destination.live.get(object) as ObjectMetadata;
          const writes = plan.owners.flatMap((one) =>
            one.owner.name === who.name ? [] : one.changes.filter((change) => keyOf(change.reference) === object),
          );
          const taken = writes.some((change) => change.action !== 'skip' && change.action !== 'release');
          const recorded = interested(world, object).some(
            (name) => !names.includes(name) || !isWanting(world, name, object),
          );
          expect(taken || recorded || ownersBut([who], metadata).length > 0, object).toBe(true);
        }
      }
    });
  });

  test('every recorded object stays on record, or is let go of on purpose', () => {
    holds((world, plan) => {
      for (const [index, one] of world.owners.entries()) {
        const { changes, forget } = plan.owners[index] as Plan['owners'][number];
        const decided = new Set([...changes.map(({ reference }) => keyOf(reference)), ...forget]);
        for (const object of one.record?.entries.keys() ?? []) {
          expect(decided.has(object), object).toBe(isSettled(one) || wantedBy(one).includes(object));
          if (forget.includes(object)) {
            const metadata = one.destination.live.get(object);
            expect(metadata !== undefined && isMarkedBy(one.owner, metadata), object).toBe(false);
          }
        }
      }
    });
  });

  test('an owner has one change of an object at most, and it waits for no change of its own', () => {
    holds((_world, plan) => {
      const ids = plan.owners.flatMap(({ owner: who, changes }) =>
        changes.map((change) => ({ id: changeId(who.name, keyOf(change.reference)), after: change.after })),
      );
      expect(new Set(ids.map(({ id }) => id)).size).toBe(ids.length);
      for (const { id, after } of ids) expect(after).not.toContain(id);
    });
  });

  test('the same world gives the same plan', () => {
    holds((world, plan) => {
      expect(planFor(world.owners, { records: world.records })).toEqual(plan);
    });
  });
});

function isWanting({ owners: all }: World, name: string, object: string): boolean {
  return all.some((one) => one.owner.name === name && wantedBy(one).includes(object));
}
