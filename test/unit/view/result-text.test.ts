/** What people see of a result. */
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/engine/run.ts';
import { usualDetail } from '../../../src/view/detail.ts';
import { resultLines } from '../../../src/view/result-text.ts';
import { createStyle } from '../../../src/view/style.ts';
import { keep, outcome, ownerPlan, planOf, remove, resultOf, skip, write } from '../../support/plan-builder.ts';

const plain = createStyle({ colour: false, unicode: true });
const text = (result: Parameters<typeof resultLines>[0]) =>
  `\n${resultLines(result, { verb: 'Applied', milliseconds: 2140 }, plain).join('\n')}\n`;

describe('a result as text', () => {
  it('is one line when all went well', () => {
    const changes = [write('create', 'ConfigMap shop/a'), remove('ConfigMap shop/b'), keep('ConfigMap shop/c')];
    const plan = planOf([ownerPlan('web', changes)]);
    const outcomes = changes.slice(0, 2).map((change) => outcome('web', change));
    expect(text(resultOf(plan, outcomes))).toMatchInlineSnapshot(`
      "
      Applied: 1 created, 1 deleted, 1 unchanged in 2.1s.
      "
    `);
  });

  it('has a line with the reason for each object that did not go well, and counts what was not reached', () => {
    const [failing, blocked, stopped, deleted] = [
      write('create', 'Namespace shop'),
      write('create', 'Service shop/web'),
      write('update', 'ConfigMap shop/web'),
      remove('PersistentVolumeClaim shop/data'),
    ];
    const refused = skip('Secret shop/x', { code: 'KIND_UNKNOWN', reason: 'is of no known kind' });
    const plan = planOf([ownerPlan('web', [failing, blocked, stopped, deleted, refused])]);
    const result = resultOf(
      plan,
      [
        outcome('web', stopped, { result: 'stopped' }),
        outcome('web', failing, {
          result: 'failed',
          problem: { code: 'CLUSTER_FORBIDDEN', message: 'may not create' },
        }),
        outcome('web', blocked, {
          result: 'blocked',
          problem: { code: 'CLUSTER_FORBIDDEN', message: 'Namespace shop failed' },
        }),
        outcome('web', deleted, { gone: false }),
      ],
      [{ owner: 'web', name: 'Deployment shop/web', reason: '1 of 2 Pods are ready', failed: false }],
    );
    expect(text(result)).toMatchInlineSnapshot(`
      "
      ! Namespace shop failed: may not create (CLUSTER_FORBIDDEN)
          hint: Ask for the permission, or mend what else the message names.
      - PersistentVolumeClaim shop/data is marked for deletion and waits for its finalizers
      ! Service shop/web was not tried: Namespace shop failed (CLUSTER_FORBIDDEN)
      ! Deployment shop/web is not healthy yet: 1 of 2 Pods are ready

      Applied: 1 deleted, 1 failed, 1 blocked, 1 not reached, 1 not healthy, 1 problem in 2.1s.
      "
    `);
  });

  it('says what a deletion waits for that did not end in time', () => {
    const change = remove('ConfigMap shop/a');
    const problem = { code: 'TIMEOUT', message: 'waits for\nexample.com/keep' } as const;
    const result = resultOf(planOf([ownerPlan('web', [change])]), [outcome('web', change, { gone: false, problem })]);
    expect(text(result)).toContain(
      '\n- ConfigMap shop/a is marked for deletion and is not gone yet: waits for example.com/keep\n',
    );
  });

  it('counts a rename once, and what was done where only one half of it was', () => {
    const [comes, goes] = [write('create', 'ConfigMap shop/new'), remove('ConfigMap shop/old')];
    const changes = [
      { ...comes, renamedFrom: { reference: goes.reference, first: 'new' as const } },
      { ...goes, renamedTo: { reference: comes.reference, first: 'new' as const } },
    ];
    const [created, deleted] = changes as [(typeof changes)[0], (typeof changes)[1]];
    const plan = planOf([ownerPlan('web', changes)]);
    const summary = (...outcomes: Outcome[]) =>
      resultLines(resultOf(plan, outcomes), { verb: 'Applied', milliseconds: 1 }, plain).at(-1);
    expect(summary(outcome('web', created), outcome('web', deleted))).toBe('Applied: 1 renamed in 1ms.');
    expect(summary(outcome('web', created), outcome('web', deleted, { result: 'failed' }))).toBe(
      'Applied: 1 created, 1 failed in 1ms.',
    );
  });

  it('says so when there was nothing to do', () => {
    expect(text(resultOf(planOf([ownerPlan('web', [keep('ConfigMap shop/a')])]), []))).toMatchInlineSnapshot(`
      "
      Applied: nothing to do, 1 unchanged in 2.1s.
      "
    `);
  });

  it('when quiet says nothing of what went well', () => {
    const [made, deleted, failing] = [
      write('create', 'ConfigMap shop/a'),
      remove('ConfigMap shop/b'),
      write('update', 'ConfigMap shop/c'),
    ];
    const quiet = (result: Parameters<typeof resultLines>[0]) =>
      resultLines(result, { verb: 'Applied', milliseconds: 10 }, plain, { ...usualDetail, quiet: true });
    const plan = planOf([ownerPlan('web', [made, deleted, failing])]);
    const well = [outcome('web', made), outcome('web', deleted, { gone: false }), outcome('web', failing)];
    expect(quiet(resultOf(plan, well))).toEqual([]);

    const problem = { code: 'CLUSTER_REFUSED', message: 'no' } as const;
    const failed = [...well.slice(0, 2), outcome('web', failing, { result: 'failed', problem })];
    expect(quiet(resultOf(plan, failed))).toEqual([
      '! ConfigMap shop/c failed: no (CLUSTER_REFUSED)',
      expect.stringContaining('hint: '),
      '',
      'Applied: 1 created, 1 deleted, 1 failed in 10ms.',
    ]);
    const stopped = [...well.slice(0, 2), outcome('web', failing, { result: 'stopped' })];
    expect(quiet(resultOf(plan, stopped))).toEqual(['Applied: 1 created, 1 deleted, 1 not reached in 10ms.']);
    const refused = planOf([ownerPlan('web', [skip('ConfigMap shop/d', { code: 'CONFLICT', reason: 'is taken' })])]);
    expect(quiet(resultOf(refused, []))).toEqual(['Applied: 1 problem in 10ms.']);
  });
});
