/** What there is of a type, again whenever it changes: told by a watch, or looked up now and then where watching is not allowed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, ResourceType, Selection, WatchEvent } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import type { Manifest } from '../manifest/manifest.ts';

const firstPauseMs = 200;
const longestPauseMs = 2000;

/** Begins with all objects. Ends when the signal aborts; throws CLUSTER_FORBIDDEN when they may not even be listed. */
export async function* looks(
  cluster: Cluster,
  type: ResourceType,
  selection: Selection,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<Manifest>> {
  let hasListed = false;
  try {
    for await (const event of cluster.watch(type, selection, signal)) {
      hasListed = true;
      yield event;
    }
    return;
  } catch (error) {
    if (!hasListed || !isRefused(error)) throw error;
  }
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const objects = await listUnlessBusy(cluster, type, selection);
    if (objects) yield { type: 'listed', objects };
  }
}

// A kind that has no `watch` answers 405.
function isRefused(error: unknown): boolean {
  return error instanceof VidraError && (error.code === 'CLUSTER_FORBIDDEN' || error.code === 'CLUSTER_REFUSED');
}

async function listUnlessBusy(cluster: Cluster, type: ResourceType, selection: Selection) {
  try {
    return await cluster.list(type, selection);
  } catch (error) {
    if (error instanceof VidraError && (error.retry || error.code === 'INTERRUPTED')) return undefined;
    throw error;
  }
}
