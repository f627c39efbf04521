/** A process that dies in the middle: the port to a cluster that fails for good at one of its writes. */
import type { Cluster } from '../../../src/cluster/cluster.ts';
import type { Crashing } from './step.ts';

export class Crash extends Error {}

export interface Fuse {
  /** Wraps each cluster of a run; they share one count of writes. */
  readonly wrap: (cluster: Cluster) => Cluster;
}

/** Nothing gets through after the `at`-th write; that one is done on the server, or it is not. */
export function fuse({ at, done }: Crashing): Fuse {
  let writes = 0;
  let blown = false;
  const guard =
    <Given extends readonly unknown[], T>(write: (...given: Given) => Promise<T>, isWrite = (..._: Given) => true) =>
    async (...given: Given): Promise<T> => {
      if (blown) throw new Crash();
      if (!isWrite(...given)) return write(...given);
      if (++writes < at) return write(...given);
      blown = true;
      if (done) await write(...given);
      throw new Crash();
    };
  return {
    wrap: (cluster) => ({
      ...cluster,
      apply: guard(cluster.apply, (_type, _manifest, { dryRun }) => !dryRun),
      remove: guard(cluster.remove),
      patch: guard(cluster.patch),
      create: guard(cluster.create),
      replace: guard(cluster.replace),
      get: guard(cluster.get, () => false),
      getMetadata: guard(cluster.getMetadata, () => false),
    }),
  };
}
