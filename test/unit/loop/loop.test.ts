import { describe, expect, test } from 'vitest';
import { startLoop } from '../../../src/loop/loop.ts';
import { retryMs, withJitter } from '../../../src/loop/pace.ts';
import { merge, type Trigger } from '../../../src/loop/trigger.ts';

const never = 2 ** 30;

/** A loop whose runs end when the test says so. */
function observed() {
  const runs: { trigger: Trigger; signal: AbortSignal; end: (isGood: boolean) => void }[] = [];
  const pauses: number[] = [];
  let told: (() => void) | undefined;
  const ended = new AbortController();
  const loop = startLoop({
    reconcile: (trigger, signal) =>
      new Promise((end) => {
        runs.push({ trigger, signal, end });
        told?.();
      }),
    pause: (failures) => {
      pauses.push(failures);
      return never;
    },
    isOutdated: () => Promise.resolve(false),
    signal: ended.signal,
  });
  const started = async (count: number) => {
    while (runs.length < count) {
      await new Promise<void>((resolve) => {
        told = resolve;
      });
    }
    return runs[count - 1] as (typeof runs)[number];
  };
  return { loop, runs, pauses, started, end: () => ended.abort() };
}

describe('a loop', () => {
  test('runs one at a time, and once more for all that was asked meanwhile', async () => {
    const { loop, runs, started, end } = observed();
    loop.trigger({ type: 'start' });
    const first = await started(1);
    loop.trigger({ type: 'drift', objects: ['ConfigMap a'] });
    loop.trigger({ type: 'drift', objects: ['ConfigMap b', 'ConfigMap a'] });
    expect(runs).toHaveLength(1);
    // Drift is told of while a run only waits: what changed goes before that.
    expect(first.signal.aborted).toBe(true);
    first.end(true);
    const second = await started(2);
    expect(second.trigger).toEqual({ type: 'drift', objects: ['ConfigMap a', 'ConfigMap b'] });
    end();
    expect(second.signal.aborted).toBe(true);
    second.end(true);
    await loop.ended;
    expect(runs).toHaveLength(2);
  });

  test('ends a run for something newer, and does not count it as a failure', async () => {
    const { loop, pauses, started, end } = observed();
    loop.trigger({ type: 'start' });
    const first = await started(1);
    loop.trigger({ type: 'definitions' });
    expect(first.signal.aborted).toBe(true);
    first.end(false);
    const second = await started(2);
    expect(second.trigger).toEqual({ type: 'definitions' });
    expect(pauses).not.toContain(1);
    second.end(false);
    end();
    await loop.ended;
  });

  test('counts failures in a row', async () => {
    const { loop, pauses, started, end } = observed();
    for (const [index, isGood] of [false, false, true].entries()) {
      loop.trigger({ type: 'interval' });
      (await started(index + 1)).end(isGood);
      await Promise.resolve();
    }
    loop.trigger({ type: 'interval' });
    (await started(4)).end(true);
    end();
    await loop.ended;
    // Of each run: when to look whether it is outdated, and when to run again.
    expect(pauses).toEqual([0, 1, 0, 2, 0, 0, 0, 0]);
  });
});

test('a trigger that supersedes a run is not lost among others', () => {
  expect(merge({ type: 'definitions' }, { type: 'drift', objects: ['a'] })).toEqual({ type: 'definitions' });
  expect(merge({ type: 'drift', objects: ['a'] }, { type: 'source' })).toEqual({ type: 'source' });
  expect(merge(undefined, { type: 'interval' })).toEqual({ type: 'interval' });
});

test('pauses vary by a tenth, and grow with failures up to the interval', () => {
  expect([withJitter(1000, 0), withJitter(1000, 0.5), withJitter(1000, 1)]).toEqual([900, 1000, 1100]);
  expect([1, 2, 3, 4, 20].map((failures) => retryMs(failures, 3_600_000, 0.5))).toEqual([
    5_000, 10_000, 20_000, 40_000, 300_000,
  ]);
  expect(retryMs(9, 1_000, 0.5)).toBe(1_000);
});
