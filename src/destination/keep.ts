/** Keeps connections by name: each is opened once, however many ask for it, and once more when it is not valid any more. */
import type { Cluster } from '../cluster/cluster.ts';

interface Connected {
  readonly cluster: Cluster;
}

interface Kept<T> {
  readonly version: string;
  readonly opened: Promise<T>;
  /** On the clock of `performance.now()`. */
  failedAt?: number;
}

export interface Connections<T extends Connected> {
  /** `open` gets the one before, and may return it. A failure is the answer for a moment. */
  of(key: string, version: string, open: (before: T | undefined) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** All that ask for a server that is down get one answer. */
const failureMs = 5_000;

/** Runs under way may end on a connection that is not given out any more. */
const graceMs = 600_000;

export function keepConnections<T extends Connected>(): Connections<T> {
  const kept = new Map<string, Kept<T>>();
  const retired = new Map<Cluster, NodeJS.Timeout>();

  const isGood = ({ version, failedAt }: Kept<T>, wanted: string) =>
    version === wanted && (failedAt === undefined || performance.now() - failedAt < failureMs);
  const retire = ({ cluster }: T) => {
    const end = () => {
      retired.delete(cluster);
      void cluster.close().catch(() => undefined);
    };
    retired.set(cluster, setTimeout(end, graceMs).unref());
  };
  const reopen = async (last: Kept<T> | undefined, open: (before: T | undefined) => Promise<T>): Promise<T> => {
    const before = await last?.opened.catch(() => undefined);
    let next: T | undefined;
    try {
      next = await open(before);
      return next;
    } finally {
      if (before && before !== next) retire(before);
    }
  };
  return {
    of(key, version, open) {
      const last = kept.get(key);
      if (last && isGood(last, version)) return last.opened;
      const next: Kept<T> = { version, opened: reopen(last, open) };
      kept.set(key, next);
      next.opened.catch(() => {
        next.failedAt = performance.now();
      });
      return next.opened;
    },
    async close() {
      const settled = await Promise.allSettled([...kept.values()].map(({ opened }) => opened));
      const current = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value.cluster] : []));
      for (const timer of retired.values()) clearTimeout(timer);
      await Promise.allSettled([...new Set([...current, ...retired.keys()])].map((cluster) => cluster.close()));
    },
  };
}
