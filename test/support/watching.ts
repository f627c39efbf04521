/** Follows a watch in a test and remembers what it said. */
import type { WatchEvent } from '../../src/cluster/cluster.ts';
import { waitFor } from './wait-for.ts';

export interface Watching<T> {
  readonly events: readonly WatchEvent<T>[];
  /** Resolves when the watch ends, with what it threw, if anything. */
  readonly ended: Promise<unknown>;
  /** Waits until there are so many events that say `listed`. */
  listed(times: number): Promise<void>;
  /** Waits until an event of a type is about an object of whom `test` holds. */
  seen(type: 'changed' | 'removed', test: (object: T) => boolean): Promise<T>;
  stop(): Promise<unknown>;
}

/** Starts to follow. */
export function follow<T>(start: (signal: AbortSignal) => AsyncIterable<WatchEvent<T>>): Watching<T> {
  const events: WatchEvent<T>[] = [];
  const stopping = new AbortController();
  const run = async () => {
    for await (const event of start(stopping.signal)) events.push(event);
  };
  const ended = run().then(
    () => undefined,
    (error: unknown) => error,
  );
  return {
    events,
    ended,
    listed: async (times) => {
      await waitFor(`${times} lists`, () => events.filter(({ type }) => type === 'listed').length >= times);
    },
    seen: async (type, test) => {
      const found = await waitFor(`an object ${type}`, () =>
        events.find((event) => event.type === type && test(event.object)),
      );
      if (found.type === 'listed') throw new Error('unreachable');
      return found.object;
    },
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}
