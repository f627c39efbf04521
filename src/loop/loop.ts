/** Runs one reconcile after the other: never two at once, again when one was asked for meanwhile, and later when one failed. */
import { interrupts, merge, type Trigger } from './trigger.ts';

export interface LoopOptions {
  /** Whether it came to a good end. `signal` aborts when a newer wish supersedes it, or all ends. Never throws. */
  readonly reconcile: (trigger: Trigger, signal: AbortSignal) => Promise<boolean>;
  /** Milliseconds until the next reconcile, after so many in a row that did not come to a good end. */
  readonly pause: (failures: number) => number;
  /** Asked at each interval of a run that takes longer: whether it works on something that is not wanted any more. */
  readonly isOutdated: () => Promise<boolean>;
  readonly signal: AbortSignal;
}

export interface Loop {
  readonly trigger: (trigger: Trigger) => void;
  /** Resolves when the signal has aborted and the run that was under way has ended at a safe point. */
  readonly ended: Promise<void>;
}

export function startLoop({ reconcile, pause, isOutdated, signal }: LoopOptions): Loop {
  let pending: Trigger | undefined;
  let current: AbortController | undefined;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  let wake: () => void = () => undefined;

  const trigger = (next: Trigger) => {
    pending = merge(pending, next);
    if (interrupts(next)) current?.abort();
    wake();
  };
  const set = (milliseconds: number, then: () => void) => {
    clearTimeout(timer);
    timer = setTimeout(then, milliseconds);
  };
  const look = async () => {
    if (await isOutdated()) trigger({ type: 'source' });
    else if (current) set(pause(0), () => void look());
  };
  const next = async (): Promise<Trigger | undefined> => {
    while (!pending && !signal.aborted) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const asked = pending;
    pending = undefined;
    return signal.aborted ? undefined : asked;
  };
  const run = async () => {
    signal.addEventListener('abort', () => wake(), { once: true });
    for (let asked = await next(); asked; asked = await next()) {
      const controller = new AbortController();
      current = controller;
      set(pause(0), () => void look());
      const isGood = await reconcile(asked, AbortSignal.any([signal, controller.signal]));
      current = undefined;
      // A run that was superseded says nothing of the next one.
      if (!controller.signal.aborted) failures = isGood ? 0 : failures + 1;
      set(pause(failures), () => trigger({ type: failures === 0 ? 'interval' : 'retry' }));
    }
    clearTimeout(timer);
  };
  return { trigger, ended: run() };
}
