/** Follows the objects of a type for as long as anybody wants to know: lists, watches, and goes on after whatever ends a watch. */
import { setTimeout as sleep } from 'node:timers/promises';
import { VidraError } from '../errors.ts';
import { apiVersionOf } from '../manifest/manifest.ts';
import type { ResourceType, WatchEvent } from './cluster.ts';
import { listObjects } from './collection.ts';
import type { Streams } from './stream.ts';
import type { Transport } from './transport.ts';
import { type Watched, watchOnce } from './watch-once.ts';

const shortestPauseMs = 100;
const longestPauseMs = 30_000;
/** A watch that lasted so long was not ended by what ended the one before. */
const steadyMs = 10_000;
/** After so many failures in a row the server may be another one, so nothing of what it said is held for true. */
const failuresUntilList = 5;
/** A server that starts refuses what it allows a moment later. */
const believedRefusals = 4;

/** Ends when a signal aborts. Throws CLUSTER_UNAUTHORIZED, CLUSTER_FORBIDDEN, KIND_UNKNOWN and CLUSTER_REFUSED. */
export async function* watch<T>(
  transport: Transport,
  streams: Streams,
  watched: Watched<T>,
  wanted: AbortSignal,
): AsyncGenerator<WatchEvent<T>> {
  const signal = AbortSignal.any([wanted, streams.signal]);
  let version: string | undefined;
  let hasWatched = false;
  let failures = 0;
  let refusals = 0;
  while (!signal.aborted) {
    let pauseMs = 0;
    const start = performance.now();
    try {
      if (version === undefined) {
        const listing = await listObjects(transport, watched.type, watched.selection, watched.form, signal);
        version = listing.resourceVersion;
        yield { type: 'listed', objects: listing.objects };
      }
      for await (const step of watchOnce(streams, watched, version, signal)) {
        if (step.type === 'busy') pauseMs = step.waitMs;
        else if (step.type === 'expired') version = undefined;
        else if (step.type === 'open') {
          hasWatched = true;
          refusals = 0;
        } else {
          version = step.version;
          if (step.event) yield step.event;
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof VidraError)) throw error;
      if (!error.retry && (!hasWatched || ++refusals >= believedRefusals)) throw refusal(error, watched.type);
    }
    failures = performance.now() - start > steadyMs ? 0 : failures + 1;
    if (failures >= failuresUntilList) version = undefined;
    await sleep(Math.max(pauseMs, backoffMs(failures)), undefined, { signal }).catch(() => undefined);
  }
}

function backoffMs(failures: number): number {
  return Math.min(longestPauseMs, shortestPauseMs * 2 ** failures) * (0.5 + Math.random());
}

function refusal(error: VidraError, type: ResourceType): VidraError {
  if (error.code !== 'NOT_FOUND') return error;
  const { resource } = type;
  return new VidraError('KIND_UNKNOWN', `the cluster does not serve ${resource} of ${apiVersionOf(type)}`, {
    cause: error,
  });
}
