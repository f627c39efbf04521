/** The right to write for as long as a lease is surely held: it ends by itself, by this machine's own clocks. */
import { setMaxListeners } from 'node:events';
import type { WriteFence } from '../cluster/cluster.ts';

export interface Fence extends WriteFence {
  /** Aborts when the lease is not held any more. */
  readonly signal: AbortSignal;
  /** Asks the clocks, so that it is right also in a process that was stopped for a while. */
  isHeld(): boolean;
  /** The lease is not given up before the work has ended. It may be lost all the same. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

/** A fence as its keeper has it. */
export interface Tenure extends Fence {
  /** Whether it shall be given up as soon as nothing runs. */
  leaving: boolean;
  readonly isIdle: () => boolean;
  /** A renewal was sent at that moment, and has succeeded. */
  renew(sent: Moment): void;
  end(): void;
}

/**
 * By two clocks. The steady one does not run while the machine sleeps, and the other one may be set: whichever says first that
 * the time is over is believed.
 */
export interface Moment {
  readonly steady: number;
  readonly wall: number;
}

export function present(): Moment {
  return { steady: performance.now(), wall: Date.now() };
}

/** Ends `validMs` after the last renewal was sent. */
export function createTenure(sent: Moment, validMs: number, onIdle: () => void): Tenure {
  const controller = new AbortController();
  // Whatever runs listens for it.
  setMaxListeners(0, controller.signal);
  let last = sent;
  let running = 0;
  const isValid = () => {
    const { steady, wall } = present();
    return steady - last.steady < validMs && wall - last.wall < validMs;
  };
  return {
    leaving: false,
    signal: controller.signal,
    isHeld() {
      if (!controller.signal.aborted && !isValid()) controller.abort();
      return !controller.signal.aborted;
    },
    async during(work) {
      running++;
      try {
        return await work();
      } finally {
        running--;
        if (running === 0) onIdle();
      }
    },
    isIdle: () => running === 0,
    renew: (moment) => {
      last = moment;
    },
    end: () => controller.abort(),
  };
}
