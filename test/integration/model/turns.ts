/** Two processes whose requests are made one at a time, in an order that is given, so that a race can be replayed. */
import type { Cluster } from '../../../src/cluster/cluster.ts';

export interface Turns {
  /** Waits for a turn of a process, 0 or 1, and holds it until `work` is done. */
  take<T>(process: number, work: () => Promise<T>): Promise<T>;
  /** The port to a cluster of one process, of which each request takes a turn. */
  wrap(process: number, cluster: Cluster): Cluster;
  /** It takes no turns any more. */
  leave(process: number): void;
}

/** The processes take turns of so many requests as `bursts` says, and of one each after that. */
export function createTurns(bursts: readonly number[]): Turns {
  const order = orderOf(bursts);
  const waiting: [(() => void)[], (() => void)[]] = [[], []];
  const gone = new Set<number>();
  let whose = order.next().value;
  let isBusy = false;
  const next = () => {
    if (isBusy || gone.size === waiting.length) return;
    while (gone.has(whose)) whose = order.next().value;
    const start = waiting[whose]?.shift();
    if (!start) return;
    isBusy = true;
    whose = order.next().value;
    start();
  };
  const take = async <T>(process: number, work: () => Promise<T>): Promise<T> => {
    if (gone.has(process)) return work();
    await new Promise<void>((resolve) => {
      waiting[process]?.push(resolve);
      next();
    });
    try {
      return await work();
    } finally {
      isBusy = false;
      next();
    }
  };
  return {
    take,
    leave(process) {
      gone.add(process);
      for (const start of waiting[process]?.splice(0) ?? []) start();
      next();
    },
    wrap(process, cluster) {
      const gate =
        <Given extends readonly unknown[], T>(request: (...given: Given) => Promise<T>) =>
        (...given: Given): Promise<T> =>
          take(process, () => request(...given));
      return {
        ...cluster,
        get: gate(cluster.get),
        getMetadata: gate(cluster.getMetadata),
        list: gate(cluster.list),
        listMetadata: gate(cluster.listMetadata),
        apply: gate(cluster.apply),
        remove: gate(cluster.remove),
        patch: gate(cluster.patch),
        create: gate(cluster.create),
        replace: gate(cluster.replace),
      };
    },
  };
}

function* orderOf(bursts: readonly number[]): Generator<number, never> {
  for (const [index, length] of bursts.entries()) for (let turn = 0; turn < length; turn++) yield index % 2;
  for (let turn = bursts.length; ; turn++) yield turn % 2;
}
