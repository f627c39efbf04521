/** Decides what runs when: one run per key, keys of one group that are due at once in one run, and later what failed. */
import { interrupts, merge, type Trigger } from '../loop/trigger.ts';

/** What comes within this time runs together. */
const gatherMs = 100;
/** A longer timer would end at once. */
const longestTimerMs = 2 ** 31 - 1;

/** One key in one run. */
export interface Task {
  readonly key: string;
  readonly trigger: Trigger;
  /** Aborts when a newer wish supersedes the run of this key, or all ends. */
  readonly signal: AbortSignal;
  /** The run of this key has ended; whether it came to a good end. The next one is due after `pause`. */
  readonly end: (isGood: boolean) => void;
}

export interface QueueOptions {
  /** Names what is run together when it is due at once. */
  readonly groupOf: (key: string) => string;
  /** Milliseconds until the next run of a key, after so many in a row that did not come to a good end. Infinite: not by itself. */
  readonly pause: (key: string, failures: number) => number;
  /** Ends each of the tasks, the sooner the better. Never throws. */
  readonly run: (tasks: readonly Task[]) => Promise<void>;
  readonly signal: AbortSignal;
}

export interface Queue {
  readonly add: (key: string, trigger: Trigger) => void;
  /** The key is not wanted any more: a run of it that is under way ends at a safe point. */
  readonly remove: (key: string) => void;
  /** Pauses may be others than when they began. */
  readonly reschedule: () => void;
  /** Resolves when the signal has aborted and nothing runs any more. */
  readonly ended: Promise<void>;
}

interface Item {
  pending?: Trigger | undefined;
  running?: AbortController | undefined;
  timer?: NodeJS.Timeout | undefined;
  /** When the last run ended, on the clock of `performance.now()`. */
  endedAt?: number;
  failures: number;
}

export function startQueue({ groupOf, pause, run, signal }: QueueOptions): Queue {
  const items = new Map<string, Item>();
  const runs = new Set<Promise<void>>();
  let gathering: NodeJS.Timeout | undefined;
  let finish: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    finish = resolve;
  });

  const schedule = () => {
    if (!signal.aborted) gathering ??= setTimeout(dispatch, gatherMs);
  };
  const dispatch = () => {
    gathering = undefined;
    const groups = new Map<string, Task[]>();
    for (const [key, item] of items) {
      if (!item.pending || item.running) continue;
      const group = groups.get(groupOf(key)) ?? [];
      groups.set(groupOf(key), group);
      group.push(start(key, item, item.pending));
    }
    for (const tasks of groups.values()) {
      const running = run(tasks).finally(() => runs.delete(running));
      runs.add(running);
    }
  };
  const start = (key: string, item: Item, trigger: Trigger): Task => {
    const controller = new AbortController();
    clearTimeout(item.timer);
    item.pending = undefined;
    item.running = controller;
    const end = (isGood: boolean) => {
      if (item.running !== controller) return;
      item.running = undefined;
      item.endedAt = performance.now();
      // A run that was superseded says nothing of the next one.
      if (!controller.signal.aborted) item.failures = isGood ? 0 : item.failures + 1;
      wake(key, item);
      schedule();
    };
    return { key, trigger, signal: AbortSignal.any([signal, controller.signal]), end };
  };
  const wake = (key: string, item: Item) => {
    clearTimeout(item.timer);
    const pauseMs = pause(key, item.failures);
    if (signal.aborted || items.get(key) !== item || pauseMs === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.max(0, pauseMs - (performance.now() - (item.endedAt ?? 0)));
    item.timer = setTimeout(
      () => add(key, { type: item.failures === 0 ? 'interval' : 'retry' }),
      Math.min(waitMs, longestTimerMs),
    );
  };
  const add = (key: string, trigger: Trigger) => {
    const item = items.get(key) ?? { failures: 0 };
    items.set(key, item);
    item.pending = merge(item.pending, trigger);
    if (interrupts(trigger)) item.running?.abort();
    schedule();
  };
  signal.addEventListener('abort', async () => {
    clearTimeout(gathering);
    for (const { timer } of items.values()) clearTimeout(timer);
    await Promise.all(runs);
    finish();
  });

  return {
    add,
    remove: (key) => {
      const item = items.get(key);
      clearTimeout(item?.timer);
      item?.running?.abort();
      items.delete(key);
    },
    reschedule: () => {
      for (const [key, item] of items)
        if (item.endedAt !== undefined && !item.running && !item.pending) wake(key, item);
    },
    ended,
  };
}
