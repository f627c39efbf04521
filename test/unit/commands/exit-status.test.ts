/** What a process ends with. */
import { describe, expect, it } from 'vitest';
import { statusOfPlan, statusOfResult } from '../../../src/commands/exit-status.ts';
import { keep, outcome, ownerPlan, planOf, resultOf, skip, write } from '../../support/plan-builder.ts';

const create = write('create', 'ConfigMap shop/a');
const changing = planOf([ownerPlan('web', [create])]);
const quiet = planOf([ownerPlan('web', [keep('ConfigMap shop/a')])]);
const wrong = planOf([ownerPlan('web', [create, skip('Secret shop/b', { code: 'CONFLICT', reason: 'is held' })])]);
const running = new AbortController().signal;
const aborted = AbortSignal.abort();

describe('the exit status', () => {
  it('of a plan is 2 for changes only when that was asked for', () => {
    expect([statusOfPlan(changing, false), statusOfPlan(changing, true), statusOfPlan(quiet, true)]).toEqual([0, 2, 0]);
  });

  it('of a plan with problems is 1, whatever was asked for', () => {
    expect([statusOfPlan(wrong, false), statusOfPlan(wrong, true)]).toEqual([1, 1]);
    const noSource = planOf([], { problems: [{ code: 'SOURCE_UNREACHABLE', message: 'no' }] });
    expect(statusOfPlan(noSource, true)).toBe(1);
  });

  it('of a result is 0 only when everything went well', () => {
    expect(statusOfResult(resultOf(changing, [outcome('web', create)]), running)).toBe(0);
    expect(statusOfResult(resultOf(quiet, []), running)).toBe(0);
    expect(statusOfResult(resultOf(changing, [outcome('web', create, { result: 'failed' })]), running)).toBe(1);
    expect(statusOfResult(resultOf(wrong, [outcome('web', create)]), running)).toBe(1);
    const unhealthy = [{ owner: 'web', name: 'Deployment shop/a', reason: 'x', failed: true }];
    expect(statusOfResult(resultOf(changing, [outcome('web', create)], unhealthy), running)).toBe(1);
  });

  it('of a result is 130 when an interruption left something undone', () => {
    expect(statusOfResult(resultOf(changing, [outcome('web', create, { result: 'stopped' })]), aborted)).toBe(130);
    expect(statusOfResult(resultOf(changing, [outcome('web', create)]), aborted)).toBe(0);
  });
});
