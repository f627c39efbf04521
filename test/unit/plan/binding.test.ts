import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyOf } from '../../../src/manifest/manifest.ts';
import { bindPlan } from '../../../src/plan/binding.ts';
import type { OwnerObservation } from '../../../src/plan/observation.ts';
import { type Change, changeId, type Difference, type OwnerPlan, type Plan } from '../../../src/plan/plan.ts';
import { planDigest } from '../../../src/plan/plan-digest.ts';
import { isAction } from '../../../src/plan/row.ts';
import { sealPlan } from '../../../src/plan/seal.ts';
import {
  changeOf,
  desired,
  entry,
  id,
  live,
  type OwnerFacts,
  observed,
  owner,
  planFor,
  tried,
  type World,
} from '../../support/make.ts';
import { keep, ownerPlan, planOf, remove, skip, write } from '../../support/plan-builder.ts';

const salt = 'salt of the test';
const bind = (saved: Plan, fresh: Plan) => bindPlan({ saved: sealPlan(saved, salt), fresh, salt });
const uid = (text: string) => ({ uid: text });

const anyDifference = (path: string): fc.Arbitrary<Difference> =>
  fc.record(
    { path: fc.constant(path), before: fc.nat(3), after: fc.constant('wanted'), digests: fc.constant({ before: 'x' }) },
    { requiredKeys: ['path', 'after'] },
  );
const anyWrite = (text: string): fc.Arbitrary<Change> =>
  fc
    .record({
      action: fc.constantFrom('create' as const, 'update' as const, 'adopt' as const, 'replace' as const),
      differences: fc.tuple(anyDifference('spec.a'), anyDifference('spec.b')),
      take: fc.constantFrom([], [{ field: '.spec.a', manager: 'kubectl-edit' }]),
    })
    .map(({ action, differences, take }) => ({
      ...write(action, text),
      take,
      desired: desired(text),
      ...(action === 'create' ? { expect: 'absent' as const } : { expect: uid(`uid of ${text}`), differences }),
    }));
const anyChange = (text: string): fc.Arbitrary<Change> =>
  fc.oneof(
    anyWrite(text),
    fc.constantFrom<Change>(
      remove(text),
      { ...remove(text), action: 'release', leave: false, differences: [] } as Change,
      keep(text),
      skip(text, { reason: 'somebody else has it', code: 'CONFLICT' }),
      skip(text, { reason: 'is kept' } as { reason: string; code: 'CONFLICT' }),
    ),
  );
const objects = ['a', 'b', 'c', 'd'].map((name) => `ConfigMap shop/${name}`);
const anyOwner = (name: string): fc.Arbitrary<OwnerPlan> =>
  fc.tuple(...objects.map(anyChange)).map((changes) => ownerPlan(name, changes));
const anyPlan: fc.Arbitrary<Plan> = fc.tuple(anyOwner('one'), anyOwner('two')).map((owners) => planOf(owners));

const rowsOf = (plan: Plan) =>
  new Map(
    plan.owners.flatMap(({ owner, changes }) =>
      changes.map((change): [string, Change] => [changeId(owner.name, keyOf(change.reference)), change]),
    ),
  );
const withRows = (plan: Plan, replace: (id: string, change: Change) => Change): Plan => ({
  ...plan,
  owners: plan.owners.map((one) => ({
    ...one,
    changes: one.changes.map((change) => replace(changeId(one.owner.name, keyOf(change.reference)), change)),
  })),
});

/** Each changes one thing that a row does, where the row has such a thing. */
const mutations: readonly ((change: Change) => Change)[] = [
  (change) => ('expect' in change && change.expect !== 'absent' ? { ...change, expect: uid('another') } : change),
  (change) => ('uid' in change ? { ...change, uid: 'another' } : change),
  (change) => ('take' in change ? { ...change, take: [{ field: '.spec.b', manager: 'kubectl-set' }] } : change),
  (change) => ('yield' in change ? { ...change, yield: [{ field: '.spec.replicas', manager: 'hpa' }] } : change),
  (change) => ('propagation' in change ? { ...change, propagation: 'Orphan' } : change),
  (change) => ('leave' in change ? { ...change, leave: true } : change),
  (change) => ('desired' in change ? { ...change, desired: { ...change.desired, digest: 'another' } } : change),
  (change) => ({ ...change, reference: { ...change.reference, version: 'v2' } }),
  (change) => ({ ...change, factOfTheFuture: { deep: true } }) as unknown as Change,
  (change) =>
    'differences' in change && change.action !== 'create'
      ? { ...change, differences: [{ path: 'spec.c', before: 1, after: 2 }, ...change.differences] }
      : change,
  (change) =>
    'differences' in change && change.differences.length > 0
      ? { ...change, differences: change.differences.map((each) => ({ ...each, before: 9 })) }
      : change,
  (change) => ({
    action: 'skip',
    reference: change.reference,
    reason: 'is held by another',
    after: [],
    code: 'CONFLICT',
  }),
];

describe('A saved plan', () => {
  test('is carried out whole when everything comes out the same, whatever the circumstances', () => {
    fc.assert(
      fc.property(anyPlan, fc.boolean(), (plan, recorded) => {
        const fresh = withRows(plan, (_, change) => ({
          ...change,
          reason: 'another',
          ...('resourceVersion' in change && { resourceVersion: '9' }),
          ...('recorded' in change && { recorded }),
        }));
        expect(bind(plan, fresh)).toEqual(fresh);
      }),
    );
  });

  test('loses exactly the row that comes out different', () => {
    fc.assert(
      fc.property(anyPlan, fc.constantFrom(...mutations), fc.nat(), (plan, mutate, seed) => {
        const actions = [...rowsOf(plan)].filter(([, change]) => isAction(change));
        fc.pre(actions.length > 0);
        const [chosen, before] = actions[seed % actions.length] as [string, Change];
        const fresh = withRows(plan, (each, change) => (each === chosen ? mutate(change) : change));
        fc.pre(rowsOf(fresh).get(chosen) !== before);
        const bound = rowsOf(bind(plan, fresh));
        expect(bound.get(chosen)).toMatchObject({ action: 'skip', code: 'PLAN_STALE' });
        for (const [each, change] of rowsOf(fresh)) if (each !== chosen) expect(bound.get(each)).toEqual(change);
      }),
      { numRuns: 500 },
    );
  });

  test('does nothing that it does not say, whatever is planned now', () => {
    fc.assert(
      fc.property(anyPlan, anyPlan, (saved, fresh) => {
        const before = rowsOf(saved);
        for (const [each, { action }] of [...rowsOf(bind(saved, fresh))].filter(([, change]) => isAction(change))) {
          const said = before.get(each)?.action;
          // A replacement that ended half way is gone on with by its second half.
          expect(said === 'replace' && action === 'create' ? 'create' : said).toBe(action);
        }
      }),
    );
  });

  test('counts what is done already as unchanged', () => {
    fc.assert(
      fc.property(anyPlan, fc.infiniteStream(fc.boolean()), (plan, done) => {
        const isDone = new Map([...rowsOf(plan).keys()].map((each) => [each, done.next().value as boolean]));
        const owners = plan.owners.map((one) => ({
          ...one,
          changes: one.changes.flatMap((change): Change[] => {
            if (!isAction(change) || !isDone.get(changeId(one.owner.name, keyOf(change.reference)))) return [change];
            return 'desired' in change ? [{ action: 'keep', reference: change.reference, reason: '', after: [] }] : [];
          }),
        }));
        expect(bind(plan, { ...plan, owners })).toEqual({ ...plan, owners });
      }),
    );
  });
});

const one = owner('one');
const other = owner('other');
const config = 'ConfigMap shop/a';
/** What one owner plans in a world. */
const plan = (facts: OwnerFacts, world: World, ...others: OwnerObservation[]) =>
  planFor([observed(one, facts, world), ...others]);
const reasonOf = (bound: Plan, text = config, name = 'one') => {
  const change = changeOf(bound, text, name);
  return `${change.action}${'code' in change ? ` ${change.code}` : ''}: ${change.reason}`;
};
const update = (before: number, more: object = {}) =>
  plan(
    {
      wants: [desired(config)],
      verdicts: { [config]: tried({ differences: [{ path: 'spec.replicas', before, after: 5 }], ...more }) },
    },
    { live: [live(config, [one])] },
  );

describe('A reason says what moved', () => {
  const wants = [desired(config)];
  const created = plan({ wants }, {});
  const deleted = plan({ recorded: [entry(config)] }, { live: [live(config, [one])] });

  test.each<[string, Plan, Plan, string]>([
    ['a field', update(2), update(3), 'skip PLAN_STALE: spec.replicas is 3 now, was 2'],
    [
      'another field',
      update(2),
      update(2, { differences: [{ path: 'spec.paused', before: true }] }),
      'skip PLAN_STALE: spec.paused is true now, was as wanted',
    ],
    ['a deletion', update(2), created, 'skip PLAN_STALE: was deleted since'],
    [
      'another object of the name',
      update(2),
      plan(
        { wants, verdicts: { [config]: tried({ differences: [{ path: 'spec.replicas', before: 2, after: 5 }] }) } },
        { live: [live(config, [one], { uid: 'another' })] },
      ),
      'skip PLAN_STALE: was recreated since',
    ],
    ['somebody who made it', created, update(2), 'skip PLAN_STALE: exists since'],
    ['a stranger who made it', created, plan({ wants }, { live: [live(config, [])] }), 'skip PLAN_STALE: exists since'],
    [
      'an object that lost its marks',
      update(2),
      plan({ wants }, { live: [live(config, [])] }),
      'skip PLAN_STALE: is not managed by Vidra any more',
    ],
    [
      'an owner who came',
      deleted,
      plan({ recorded: [entry(config)] }, { live: [live(config, [one, other])] }),
      'skip PLAN_STALE: would be released now: still wanted by other',
    ],
    [
      'a hand that holds it',
      update(2),
      update(2, { take: [{ field: '.spec.replicas', manager: 'kubectl' }] }),
      'skip PLAN_STALE: is held by others in another way now: changed by kubectl',
    ],
    [
      'what cannot be compared',
      update(2),
      plan(
        { wants, verdicts: { [config]: { type: 'predicted', reason: 'it changes at this moment' } } },
        { live: [live(config, [one])] },
      ),
      'skip PLAN_STALE: cannot be compared now: was not recorded as applied; it changes at this moment',
    ],
    ['what is not wanted', update(2), plan({}, {}), 'skip PLAN_STALE: is not planned any more'],
  ])('%s', (_case, saved, fresh, reason) => {
    expect(reasonOf(bind(saved, fresh))).toBe(reason);
  });

  test('a value of a Secret, without telling it', () => {
    const secret = (before: string) =>
      withRows(update(2), (_, change) => ({
        ...change,
        differences: [{ path: 'data.a', before: '*** (before)', digests: { before } }],
      }));
    expect(reasonOf(bind(secret('x'), secret('y')))).toBe('skip PLAN_STALE: data.a has another value now');
    expect(bind(secret('x'), secret('x'))).toEqual(secret('x'));
  });
});

test('A value that the server makes is not bound, and one that the manifest names is', () => {
  const becoming = (path: string, after: string) =>
    plan(
      {
        wants: [desired(config, { data: { 'a.b': 'x' } })],
        verdicts: { [config]: tried({ differences: [{ path, before: 'old', after }] }) },
      },
      { live: [live(config, [one])] },
    );
  const [stamp, named] = ['metadata.annotations["example.org/stamp"]', 'data["a.b"]'];
  expect(bind(becoming(stamp, '1'), becoming(stamp, '2'))).toEqual(becoming(stamp, '2'));
  expect(planDigest(becoming(stamp, '1'), salt)).toBe(planDigest(becoming(stamp, '2'), salt));
  expect(reasonOf(bind(becoming(named, 'x'), becoming(named, 'rewritten')))).toBe(
    'skip PLAN_STALE: data["a.b"] would become "rewritten" now, and "x" in the saved plan',
  );
});

describe('What the saved plan does not have', () => {
  const kept = plan({ wants: [desired(config)], recorded: [entry(config)] }, { live: [live(config, [one])] });

  test('is left alone, and is no fault', () => {
    expect(reasonOf(bind(kept, update(3)))).toBe(
      'skip: is not in the saved plan: would be updated now (was not recorded as applied)',
    );
  });

  test('is a fault when something that is wanted has gone', () => {
    expect(reasonOf(bind(kept, plan({ wants: [desired(config)] }, {})))).toBe('skip PLAN_STALE: was deleted since');
  });

  test('holds back what needs it', () => {
    const namespace = 'Namespace shop';
    const world = { live: [live(namespace, [one]), live(config, [one])] };
    const saved = plan({ recorded: [entry(namespace), entry(config)] }, world);
    const alone = withRows(saved, (_, change) => change);
    const without = { ...alone, owners: alone.owners.map((each) => ({ ...each, changes: each.changes.slice(0, 1) })) };
    expect(changeOf(without, namespace).action).toBe('delete');
    const bound = bind(without, saved);
    expect(reasonOf(bound, config)).toMatch(/^skip: is not in the saved plan: would be deleted now/);
    expect(reasonOf(bound, namespace)).toBe('skip PLAN_STALE: ConfigMap shop/a would have to be deleted before');
  });

  test('is told of an owner that it does not know', () => {
    const fresh = planFor([
      observed(one, { wants: [] }),
      observed(other, { leaves: 'gone', recorded: [entry(config)] }, { live: [live(config, [other])] }),
    ]);
    const bound = bind(plan({ wants: [] }, {}), fresh);
    expect(bound.owners.map((each) => each.owner.name)).toEqual(['one']);
    expect(bound.notes).toEqual(['other: is not in the saved plan, and is left alone']);
  });
});

describe('A run that ended early is gone on with', () => {
  test('by the owner who joins what the first one has made', () => {
    const wants = [desired(config)];
    const saved = planFor([observed(one, { wants }), observed(other, { wants })]);
    const world = { live: [live(config, [one])] };
    const verdict = { [config]: tried({ ownershipChanges: true }) };
    const fresh = planFor([
      observed(one, { wants, recorded: [entry(config)] }, world),
      observed(other, { wants, verdicts: verdict }, world),
    ]);
    expect(bind(saved, fresh)).toEqual(fresh);
    const strange = planFor([
      observed(one, { wants, verdicts: { [config]: tried({ ownershipChanges: true }) } }, world),
      observed(other, { wants, verdicts: verdict }, world),
    ]);
    expect(reasonOf(bind(saved, strange), config, 'other')).toBe('skip PLAN_STALE: exists since');
  });

  test('by the owner who has taken over, and has not applied yet', () => {
    const kubectl = { manager: 'kubectl', operation: 'Update', subresource: '', apiVersion: 'v1', fields: {} };
    const taken = [
      { field: '.data.a', manager: 'kubectl' },
      { field: '.data.b', manager: 'other' },
    ];
    const differences = [{ path: 'data.a', before: '1', after: '2' }];
    const row = (action: 'adopt' | 'update', more: object) =>
      planOf([
        ownerPlan('one', [
          { ...write(action, config, { differences }), expect: uid('uid'), desired: desired(config), ...more },
        ]),
      ]);
    const saved = row('adopt', { take: taken, migrate: { gain: {}, from: [kubectl] } });
    const fresh = row('update', { take: taken.slice(1) });
    expect(bind(saved, fresh)).toEqual(fresh);
    const other = row('update', { take: [{ field: '.data.c', manager: 'other' }] });
    expect(reasonOf(bind(saved, other), config)).toMatch(/PLAN_STALE: is held by others/);
    const more = row('adopt', { take: taken, migrate: { gain: { 'f:data': {} }, from: [kubectl] } });
    expect(reasonOf(bind(saved, more), config)).toMatch(/PLAN_STALE: would take other things over/);
  });

  test('by the second half of a replacement and of a rename', () => {
    const replace = { ...write('replace', config), expect: uid('old'), desired: desired(config) };
    const create = { ...write('create', config), expect: 'absent' as const, desired: desired(config) };
    const all = (...changes: Change[]) => planOf([ownerPlan('one', changes)]);
    expect(changeOf(bind(all(replace), all(create)), config)).toBe(create);

    const [from, to] = [remove('ConfigMap shop/old').reference, create.reference];
    const halves = all(
      { ...create, renamedFrom: { reference: from, first: 'old' } },
      { ...remove('ConfigMap shop/old'), renamedTo: { reference: to, first: 'old' } },
    );
    const rest = all(keep(config), remove('ConfigMap shop/old'));
    expect(bind(halves, rest)).toEqual(rest);
    const apart = all(create, remove('ConfigMap shop/old'));
    expect(reasonOf(bind(halves, apart))).toContain('its renamedFrom is nothing now');
  });

  test('by a rename that is seen or not, where its halves would be done in the same order', () => {
    const create = { ...write('create', config), expect: 'absent' as const, desired: desired(config) };
    const goes = remove('ConfigMap shop/old');
    const all = (...changes: Change[]) => planOf([ownerPlan('one', changes)]);
    const differences = [{ path: 'data.a', before: '1', after: '2' }];
    const halves = all(
      { ...create, differences, renamedFrom: { reference: goes.reference, first: 'new' } },
      { ...goes, renamedTo: { reference: create.reference, first: 'new' } },
    );
    const apart = all(create, goes);
    expect(bind(halves, apart)).toEqual(apart);
    expect(bind(apart, halves)).toEqual(halves);
    expect(planDigest(halves, 'salt')).toBe(planDigest(apart, 'salt'));
  });

  test('by deletions that wait', () => {
    const facts = { recorded: [entry(config)] };
    const saved = plan(facts, { live: [live(config, [one])] });
    const fresh = plan(facts, { live: [live(config, [one], { deleting: true, finalizers: ['x/y'] })] });
    expect(bind(saved, fresh)).toEqual(fresh);
  });
});

test('Rows that are refused from outside are refused', () => {
  const saved = sealPlan(update(2), salt);
  const refused = new Map([[id('one', config), { code: 'PLAN_OUTDATED' as const, message: 'no values' }]]);
  expect(reasonOf(bindPlan({ saved, fresh: update(2), salt, refused }))).toBe('skip PLAN_OUTDATED: no values');
});
