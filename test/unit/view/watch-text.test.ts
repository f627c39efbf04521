/** What people see of a loop: news, once. */
import { describe, expect, it } from 'vitest';
import type { Result } from '../../../src/engine/run.ts';
import { VidraError } from '../../../src/errors.ts';
import type { Trigger } from '../../../src/loop/trigger.ts';
import { createStyle } from '../../../src/view/style.ts';
import { createWatchText } from '../../../src/view/watch-text.ts';
import { keep, outcome, ownerPlan, planOf, resultOf, skip, write } from '../../support/plan-builder.ts';

const now = new Date(2026, 0, 1, 12, 30, 0);

function watched(verbose = false) {
  const linesOf = createWatchText(createStyle({ colour: false, unicode: true }), verbose);
  return {
    runs: (type: 'start' | 'interval' | 'retry' | 'definitions', result: Result) => {
      const trigger: Trigger = { type };
      return linesOf({ type: 'reconciled', trigger, result, milliseconds: 100 }, now).filter((line) => line !== '');
    },
    fails: (message: string) =>
      linesOf({ type: 'failed', trigger: { type: 'retry' }, error: new VidraError('CLUSTER_FAILED', message) }, now),
  };
}

const leftNote = 'old: its definition is not in the set "default" any more';
const idle = (notes: readonly string[] = []) =>
  resultOf(planOf([ownerPlan('web', [keep('ConfigMap shop/a')])], { notes }), []);
function busy(notes: readonly string[] = []): Result {
  const change = write('update', 'ConfigMap shop/a');
  return resultOf(planOf([ownerPlan('web', [change])], { notes }), [outcome('web', change)]);
}
const refused = (reason: string) =>
  resultOf(planOf([ownerPlan('web', [skip('ConfigMap shop/a', { code: 'CONFLICT', reason })])]), []);
const unwell = (reason: string) =>
  resultOf(
    planOf([ownerPlan('web', [keep('Deployment shop/web')])]),
    [],
    [{ owner: 'web', name: 'Deployment shop/web', reason, failed: false }],
  );

describe('a loop as text', () => {
  it('tells of the first look, of new definitions, and of what was done, and not of looks that found nothing', () => {
    const { runs } = watched();
    expect(runs('start', idle())).toEqual(['12:30:00 First look', 'Reconciled: nothing to do, 1 unchanged in 100ms.']);
    expect(runs('interval', idle())).toEqual([]);
    expect(runs('definitions', idle())[0]).toBe('12:30:00 As the definitions say now');
    expect(runs('interval', busy()).at(-1)).toBe('Reconciled: 1 updated in 100ms.');
    expect(runs('interval', busy()).at(-1)).toBe('Reconciled: 1 updated in 100ms.');
    expect(runs('interval', idle())).toEqual([]);
  });

  it('says a note once, and again when it was not true in between', () => {
    const { runs } = watched();
    const note = `note: ${leftNote}`;
    expect(runs('start', idle([leftNote]))).toContain(note);
    expect(runs('interval', busy([leftNote]))).not.toContain(note);
    expect(runs('interval', idle())).toEqual([]);
    expect(runs('interval', idle([leftNote]))).toContain(note);
    expect(runs('interval', idle([leftNote]))).toEqual([]);
  });

  it('says what is wrong once, when it changes, and when it is over', () => {
    const { runs } = watched();
    runs('start', idle());
    expect(runs('interval', refused('somebody holds .data.a')).join('\n')).toContain(
      'somebody holds .data.a (CONFLICT)',
    );
    expect(runs('retry', refused('somebody holds .data.a'))).toEqual([]);
    expect(runs('retry', refused('somebody holds .data.b')).join('\n')).toContain('somebody holds .data.b (CONFLICT)');
    expect(runs('retry', idle())).toEqual(['12:30:00 Another try', 'Reconciled: nothing to do, 1 unchanged in 100ms.']);
    expect(runs('retry', unwell('0 of 2 replicas available')).join('\n')).toContain('0 of 2');
    expect(runs('retry', unwell('0 of 2 replicas available'))).toEqual([]);
    expect(runs('retry', unwell('1 of 2 replicas available')).join('\n')).toContain('1 of 2');
  });

  it('says once that nothing can be done, and that it can be again', () => {
    const { runs, fails } = watched();
    runs('start', idle([leftNote]));
    expect(fails('it is down')).toEqual(['12:30:00 error: it is down (CLUSTER_FAILED)']);
    expect(fails('it is down')).toEqual([]);
    expect(fails('it is ill')).toHaveLength(1);
    expect(runs('retry', idle([leftNote]))).toEqual([
      '12:30:00 Another try',
      'Reconciled: nothing to do, 1 unchanged in 100ms.',
    ]);
  });

  it('tells what a run had done that was ended early, if anything', () => {
    const linesOf = createWatchText(createStyle({ colour: false, unicode: true }), false);
    const [first, second] = [write('create', 'ConfigMap shop/a'), write('create', 'ConfigMap shop/b')];
    const ended = (result: 'succeeded' | 'stopped') => {
      const outcomes = [outcome('web', first, { result }), outcome('web', second, { result: 'stopped' })];
      const trigger: Trigger = { type: 'start' };
      const whole = resultOf(planOf([ownerPlan('web', [first, second])]), outcomes);
      return linesOf({ type: 'superseded', trigger, result: whole, milliseconds: 100 }, now);
    };
    expect(ended('stopped')).toEqual([]);
    expect(ended('succeeded')[0]).toBe('12:30:00 First look; ended early');
    expect(ended('succeeded')).toContain('Reconciled: 1 created, 1 not reached in 100ms.');
  });

  it('tells which settings hold, and what is wrong with them', () => {
    const linesOf = createWatchText(createStyle({ colour: false, unicode: true }), false);
    const settings = { syncIntervalMs: 0, resourceIntervalMs: 420_000, queryName: 'Mine', reconcileOnEvents: true };
    expect(linesOf({ type: 'settings', ...settings }, now)).toEqual([
      '12:30:00 The settings: syncs never by the query Mine, resources every 7m, and at every change in a cluster',
    ]);
    const error = new VidraError('DEFINITION_INVALID', 'requeueSyncAfter must be a duration', {
      subject: 'ConfigMap a/b',
    });
    expect(linesOf({ type: 'warned', error }, now)).toEqual([
      '12:30:00 warning: ConfigMap a/b: requeueSyncAfter must be a duration',
    ]);
  });

  it('says everything each time when it is verbose', () => {
    const { runs, fails } = watched(true);
    for (let times = 1; times <= 2; times++) {
      expect(runs('interval', idle([leftNote]))).toContain(`note: ${leftNote}`);
      expect(fails('it is down')).toHaveLength(1);
    }
  });
});
