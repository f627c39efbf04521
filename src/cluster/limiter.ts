/** How many requests are under way at once: the limit falls when the server says 429 and grows back while it does not. */

export interface Limiter {
  /** Runs `work` as soon as there is room. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** The server is overloaded: halve the limit, once for all requests that were under way together. */
  slowDown(): void;
}

/** A limit between 1 and `most`; each `most` successes in a row after a slow-down raise it by one. */
export function createLimiter(most: number): Limiter {
  const waiting: (() => void)[] = [];
  let limit = most;
  let running = 0;
  let streak = 0;
  // Requests that were sent before the last slow-down, and may still come back with a 429 of the same overload.
  let stale = 0;

  const start = () => {
    while (running < limit && waiting.length > 0) {
      running++;
      waiting.shift()?.();
    }
  };
  const done = () => {
    running--;
    if (stale > 0) stale--;
    else if (limit < most && ++streak >= most) {
      limit++;
      streak = 0;
    }
    start();
  };
  return {
    async run(work) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        start();
      });
      try {
        return await work();
      } finally {
        done();
      }
    },
    slowDown() {
      if (stale > 0) return;
      stale = running;
      limit = Math.max(1, Math.floor(limit / 2));
      streak = 0;
    },
  };
}
