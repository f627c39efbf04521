/** What a saved plan and a new one have to do with each other beyond one row: owners, guards, shared objects, what was refused then. */
import { describe, expect, test } from 'vitest';
import { bindPlan } from '../../../src/plan/binding.ts';
import type { Change, Guard, Plan } from '../../../src/plan/plan.ts';
import { sealPlan } from '../../../src/plan/seal.ts';
import { changeOf, desired, id } from '../../support/make.ts';
import { keep, ownerPlan, planOf, remove, skip, write } from '../../support/plan-builder.ts';

const salt = 'salt of the test';
const bind = (saved: Plan, fresh: Plan, confirmed: readonly Guard[] = []) =>
  bindPlan({ saved: sealPlan(saved, salt), fresh, salt, confirmed });
const of = (...changes: Change[]) => planOf([ownerPlan('one', changes)]);
const config = (name: string) => `ConfigMap shop/${name}`;
const update = (name: string, more: object = {}) => ({
  ...write('update', config(name)),
  desired: desired(config(name)),
  expect: { uid: 'uid' },
  ...more,
});
const codeOf = (change: Change) => ('code' in change ? change.code : undefined);

test('What was refused then stays refused, with the reason of then', () => {
  const saved = of(skip(config('a'), { reason: 'is held by "x"', code: 'CONFLICT' }));
  const change = changeOf(bind(saved, of(update('a'))), config('a'));
  expect(change).toMatchObject({
    action: 'skip',
    code: 'CONFLICT',
    reason: 'is held by "x"; the saved plan leaves it alone',
  });
});

test('A row may come after one that is only left as it is, and not after one that would be made', () => {
  const before = of(keep(config('a')), update('b', { after: [] }));
  const bound = (first: Change) => bind(before, of(first, update('b', { after: [id('one', config('a'))] })));
  expect(changeOf(bound(update('a')), config('b')).action).toBe('update');
  expect(codeOf(changeOf(bound(update('a')), config('a')))).toBeUndefined();
  const unknown = bind(
    of(update('b')),
    of(write('create', config('a')), update('b', { after: [id('one', config('a'))] })),
  );
  expect(changeOf(unknown, config('b'))).toMatchObject({
    code: 'PLAN_STALE',
    reason: 'ConfigMap shop/a would have to be created before',
  });
});

test('The order in which the server names fields is no difference', () => {
  const [a, b] = [
    { field: '.spec.a', manager: 'x' },
    { field: '.spec.b', manager: 'x' },
  ];
  const fresh = of(update('a', { take: [b, a] }));
  expect(bind(of(update('a', { take: [a, b] })), fresh)).toEqual(fresh);
});

test('A field that goes with the last of two owners may go with the other one when the last has gone first', () => {
  const release = (name: string, differences: readonly object[]) =>
    ownerPlan(name, [{ ...remove(config('a')), action: 'release', leave: false, differences } as unknown as Change]);
  const goes = { path: 'data.x', before: '1' };
  const saved = planOf([release('one', []), release('two', [goes])]);
  const fresh = planOf([release('one', [goes]), ownerPlan('two', [])]);
  expect(bind(saved, fresh)).toEqual(fresh);
  const more = planOf([release('one', [goes, { path: 'data.y', before: '1' }]), ownerPlan('two', [])]);
  expect(changeOf(bind(saved, more), config('a'), 'one')).toMatchObject({ code: 'PLAN_STALE' });
});

describe('An owner of the saved plan that is not planned any more', () => {
  const saved = (leaving: boolean) => planOf([ownerPlan('one', [update('a')], { leaving })]);

  test('is a problem, unless it was leaving, and so has left', () => {
    expect(bind(saved(false), planOf([])).problems).toEqual([
      { code: 'PLAN_STALE', message: 'one: is not planned any more; nothing of it is carried out' },
    ]);
    expect(bind(saved(true), planOf([])).problems).toEqual([]);
    expect(bind(planOf([ownerPlan('one', [keep(config('a'))])]), planOf([])).problems).toEqual([]);
  });
});

describe('Guards', () => {
  const [a, b] = [id('one', config('a')), id('one', config('b'))];
  const guard = (...changes: string[]): Guard => ({ type: 'volume', subject: 'x', changes, message: 'it goes' });
  const saved = of(remove(config('a')), remove(config('b')));
  const withGuards = (plan: Plan, ...guards: Guard[]): Plan => ({ ...plan, guards });

  test('hold what is carried out, and nothing else', () => {
    const moved = of(remove(config('a')), { ...remove(config('b')), uid: 'another' } as Change);
    expect(bind(saved, withGuards(moved, guard(a, b))).guards).toEqual([guard(a)]);
    expect(bind(saved, withGuards(moved, guard(b))).guards).toEqual([]);
  });

  test('that were confirmed for as much or more are confirmed', () => {
    const fresh = withGuards(saved, guard(a));
    expect(bind(saved, fresh, [guard(a, b)]).guards).toEqual([]);
    expect(bind(saved, fresh, [guard(b)]).guards).toEqual([guard(a)]);
    expect(bind(saved, fresh, [{ ...guard(a), type: 'namespace' }]).guards).toEqual([guard(a)]);
  });
});
