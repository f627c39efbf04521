/** One watch request, from a resourceVersion on until the server or the network ends it. */
import { VidraError } from '../errors.ts';
import type { JsonObject } from '../manifest/manifest.ts';
import type { ResourceType, Selection, WatchEvent } from './cluster.ts';
import { type Form, selectors } from './collection.ts';
import { linesOf } from './lines.ts';
import { collectionPath, query } from './path.ts';
import { parseStatus, statusError } from './status-error.ts';
import type { ClusterStream, Streams } from './stream.ts';

/** What is watched, and in which form. */
export interface Watched<T> {
  readonly type: ResourceType;
  readonly selection: Selection;
  readonly form: Form<T>;
}

export type WatchStep<T> =
  /** The server accepted the request. */
  | { readonly type: 'open' }
  /** Without an event: nothing happened up to this version. */
  | { readonly type: 'moved'; readonly version: string; readonly event?: WatchEvent<T> }
  /** The server does not know any more what happened since then; list anew. */
  | { readonly type: 'expired' }
  /** The server wants to be asked later. */
  | { readonly type: 'busy'; readonly waitMs: number };

/** Nothing that fits into etcd comes near this. */
const longestLine = 64 * 1024 * 1024;
const longestWaitSeconds = 60;

/** Throws a VidraError, with `retry` when the same request may do better later. */
export async function* watchOnce<T>(
  streams: Streams,
  { type, selection, form }: Watched<T>,
  resourceVersion: string,
  signal: AbortSignal,
): AsyncGenerator<WatchStep<T>> {
  const parameters = {
    watch: 'true',
    resourceVersion,
    allowWatchBookmarks: 'true',
    // All watches of a server that restarted would otherwise end together, again and again.
    timeoutSeconds: `${300 + Math.floor(Math.random() * 301)}`,
    ...selectors(selection),
  };
  const stream = await streams.open(collectionPath(type, selection.namespace) + query(parameters), form.one, signal);
  if (stream.status !== 200) return yield await refused(stream, type);
  yield { type: 'open' };
  for await (const line of linesOf(stream.body, longestLine)) {
    const step = stepOf(line, type, form);
    yield step;
    if (step.type === 'expired') return;
  }
}

async function refused(stream: ClusterStream, type: ResourceType): Promise<WatchStep<never>> {
  const text = await stream.text();
  if (stream.status === 410) return { type: 'expired' };
  if (stream.status === 429 || stream.status >= 500) {
    const seconds = Number.isFinite(stream.retryAfterSeconds) ? Math.max(0, stream.retryAfterSeconds) : 0;
    return { type: 'busy', waitMs: Math.min(seconds, longestWaitSeconds) * 1000 };
  }
  throw statusError(stream.status, parseStatus(text), `watch of ${type.resource}`);
}

function stepOf<T>(line: string, type: ResourceType, form: Form<T>): WatchStep<T> {
  const { type: word, object } = parseEvent(line, form.parse);
  if (word === 'ERROR') {
    if (object['code'] === 410) return { type: 'expired' };
    throw new VidraError('CLUSTER_FAILED', `the watch of ${type.resource} failed: ${object['message']}`);
  }
  const { resourceVersion: version } = object['metadata'] as { resourceVersion: string };
  if (word === 'BOOKMARK') return { type: 'moved', version };
  const event = { type: word === 'DELETED' ? 'removed' : 'changed', object: form.read(object, type) } as const;
  return { type: 'moved', version, event };
}

function parseEvent(line: string, parse: (text: string) => unknown): { type: string; object: JsonObject } {
  try {
    const event = parse(line) as Partial<ReturnType<typeof parseEvent>> | null;
    if (event?.type && event.object) return { type: event.type, object: event.object };
  } catch {
    // Said below, without the line: it may hold a secret.
  }
  throw new VidraError('CLUSTER_FAILED', 'sent something else than events on a watch');
}
