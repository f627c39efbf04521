import { describe, expect, test } from 'vitest';
import type { Contest } from '../../../src/inventory/inventory.ts';
import { contestDelay, describeContest, isContested } from '../../../src/plan/contest.ts';
import type { WriteChange } from '../../../src/plan/plan.ts';
import { changeOf, desired, entry, live, observed, owner, planFor, tried } from '../../support/make.ts';

const web = 'Deployment shop/web';
const a = owner('a');
const since = '2026-01-01T00:00:00.000Z';
const difference = { path: 'spec.replicas', before: 5, after: 3 };
const by = (...managers: string[]) => ({
  differences: [difference],
  take: managers.map((manager) => ({ field: '.spec.replicas', manager })),
});
const lost = live(web, [a], { managers: [] });
const drifted = { ...lost, managers: lost.managers.map((one) => ({ ...one, fields: 'less' })) };

/** The row of an object that was changed, after `contest` so far. */
function row(contest: Contest | undefined, verdict: Parameters<typeof tried>[0], more = {}): WriteChange {
  const recorded = [entry(web, { ...(contest && { contest }), ...more })];
  const facts = { wants: [desired(web)], recorded, verdicts: { [web]: tried(verdict) } };
  return changeOf(planFor([observed(a, facts, { live: [drifted] })]), web) as WriteChange;
}

describe('a fight', () => {
  test('begins with the first change, which is not called one', () => {
    expect(row(undefined, by('argo'))).toMatchObject({
      reason: 'changed by argo',
      contest: { manager: 'argo', times: 1 },
    });
  });

  test('goes on with the same writer, and is named from the third time on', () => {
    const second = row({ manager: 'argo', times: 1, since }, by('argo', 'other'));
    expect(second).toMatchObject({ reason: 'changed by argo, other', contest: { manager: 'argo', times: 2, since } });
    const third = row({ manager: 'argo', times: 2, since }, by('other', 'argo'));
    expect(third.contest).toEqual({ manager: 'argo', times: 3, since });
    expect(third.reason).toBe(`contested with argo, which changed it 3 times in a row since ${since}`);
  });

  test('begins anew with another writer', () => {
    expect(row({ manager: 'argo', times: 7, since }, by('other')).contest).toEqual({ manager: 'other', times: 1 });
  });

  test('is one with somebody unknown where a value is taken away', () => {
    expect(row(undefined, by()).contest).toEqual({ times: 1 });
    const third = row({ times: 2, since }, by());
    expect(third.reason).toContain('contested with somebody who leaves no field manager');
  });

  test.each<[what: string, verdict: Parameters<typeof tried>[0], more: object]>([
    ['the manifest changed', by(), { digest: 'older' }],
    ['the object was made anew', by(), { uid: 'another' }],
    ['no value differs', { ownershipChanges: true }, {}],
    ['another owner of Vidra gave way', by(owner('b').manager), { digest: 'older' }],
  ])('is not one when %s', (_, verdict, more) => {
    expect(row(undefined, verdict, more)).not.toHaveProperty('contest');
  });

  test('is over, and no more recorded, when the object is found as it was left', () => {
    const recorded = [entry(web, { contest: { manager: 'argo', times: 7, since } })];
    const plan = planFor([observed(a, { wants: [desired(web)], recorded }, { live: [live(web, [a])] })]);
    const proof = { uid: `uid of ${web}`, fields: 'as applied', digest: desired(web).digest };
    expect(changeOf(plan, web)).toMatchObject({ action: 'keep', reason: 'unchanged', proof });
    expect(changeOf(plan, web)).not.toHaveProperty('proof.contest');
  });
});

test('describeContest names who and how often', () => {
  expect(describeContest({ manager: 'argo', times: 4 })).toBe('contested with argo, which changed it 4 times in a row');
});

test('contestDelay grows from the third change on, up to the longest', () => {
  const delays = [1, 2, 3, 4, 5, 6, 60, 6000].map((times) => contestDelay({ times }, 10, 60));
  expect(delays).toEqual([0, 0, 10, 20, 40, 60, 60, 60]);
  expect([2, 3].map((times) => isContested({ times }))).toEqual([false, true]);
});
