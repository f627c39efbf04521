/** What is told of a run by events: so much that people read it, and the same of what stays the same. */
import { describe, expect, it } from 'vitest';
import type { Result } from '../../../src/engine/run.ts';
import { happeningsOf } from '../../../src/operator/events.ts';
import type { Guard } from '../../../src/plan/plan.ts';
import { outcome, ownerPlan, planOf, remove, resultOf, skip, write } from '../../support/plan-builder.ts';

const changed = { path: 'data.color', before: 'blue', after: 'red' };
const fought = (times: number) => ({
  ...write('update', 'ConfigMap shop/a', { reason: 'changed by kubectl-edit', differences: [changed] }),
  contest: { manager: 'kubectl-edit', times },
});
const ended = (result: Result, waited?: Result) =>
  happeningsOf({ type: 'ended', result, ...(waited && { waited }) }, false);
const doing = (...changes: (ReturnType<typeof write> | ReturnType<typeof remove>)[]) =>
  resultOf(
    planOf([ownerPlan('web', changes)]),
    changes.map((change) => outcome('web', change)),
  );

describe('events', () => {
  it('are few, however much happens', () => {
    const removals = Array.from({ length: 300 }, (_, index) => remove(`ConfigMap shop/c${index}`));
    const refused = Array.from({ length: 300 }, (_, index) =>
      skip(`ConfigMap shop/d${index}`, { code: 'CONFLICT', reason: 'somebody holds it' }),
    );
    const plan = planOf([ownerPlan('web', [...removals, ...refused])]);
    const told = ended(
      resultOf(
        plan,
        removals.map((change) => outcome('web', change)),
      ),
    );
    expect(told).toHaveLength(20);
    expect(told[9]?.note).toBe(
      '291 more: ConfigMap shop/c9: is not in the manifests any more, ConfigMap shop/c10: is not in the manifests any more, ConfigMap shop/c11: is not in the manifests any more and 288 more',
    );
    expect(told.filter(({ reason }) => reason === 'Conflict')).toHaveLength(10);
  });

  it('are the same, however often somebody fights', () => {
    expect(ended(doing(fought(1)))).toMatchObject([
      { type: 'Normal', reason: 'Drifted', note: 'ConfigMap shop/a: changed by kubectl-edit; put back data.color' },
    ]);
    expect(ended(doing(fought(3)))).toMatchObject([{ type: 'Warning', reason: 'Contested' }]);
    expect(ended(doing(fought(3)))).toEqual(ended(doing(fought(30))));
  });

  it('tell of each change once, and of a deletion when the object is gone', () => {
    const [made, gone] = [write('create', 'ConfigMap shop/a'), remove('ConfigMap shop/b')];
    const plan = planOf([ownerPlan('web', [made, gone])]);
    const first = outcome('web', made);
    const waited = resultOf(plan, [first, outcome('web', gone, { gone: false })]);
    const reasonsOf = (told: ReturnType<typeof ended>) => told.map(({ reason }) => reason);
    expect(reasonsOf(happeningsOf({ type: 'waiting', result: waited }, false))).toEqual(['Applied']);
    expect(reasonsOf(ended(resultOf(plan, [first, outcome('web', gone, { gone: true })]), waited))).toEqual([
      'Deleted',
    ]);
  });

  it('name the cluster of objects elsewhere, and refer to none there', () => {
    const change = write('create', 'ConfigMap shop/a');
    const header = { name: 'web', set: 'default', server: 'https://there' };
    const plan = planOf([ownerPlan('web', [change], { header })]);
    expect(ended(resultOf(plan, [outcome('web', change)]))).toEqual([
      { type: 'Normal', reason: 'Applied', action: 'Apply', note: '1 created: ConfigMap shop/a on https://there' },
    ]);
  });

  it('tell of guards to those whose deletions they hold back', () => {
    const guard: Guard = {
      type: 'volume',
      subject: 'PersistentVolumeClaim shop/data',
      changes: ['web|/PersistentVolumeClaim/shop/data'],
      message: 'PersistentVolumeClaim shop/data would be deleted, and what is stored in it',
    };
    const held = skip('PersistentVolumeClaim shop/data', { code: 'GUARDED', reason: guard.message });
    const told = (owner: string) => ended(resultOf(planOf([ownerPlan(owner, [held])], { guards: [guard] }), []));
    expect(told('web')).toMatchObject([
      { reason: 'Guarded', note: expect.stringContaining('confirm: "PersistentVolumeClaim shop/data"') },
    ]);
    expect(told('other')).toEqual([]);
  });

  it('tell of the turn when a definition is suspended, and when it goes on', () => {
    const reasons = (standing: Parameters<typeof happeningsOf>[0], was: boolean) =>
      happeningsOf(standing, was).map(({ reason }) => reason);
    expect(reasons({ type: 'suspended' }, false)).toEqual(['Suspended']);
    expect(reasons({ type: 'suspended' }, true)).toEqual([]);
    expect(reasons({ type: 'running', reason: '' }, true)).toEqual(['Resumed']);
  });
});
