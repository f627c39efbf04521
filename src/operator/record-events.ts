/** Writes Kubernetes Events beside the work: what happens again is counted, and what cannot be written is lost. */
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, ResourceType } from '../cluster/cluster.ts';
import { definitionApiVersion } from '../definition/definition.ts';
import { errorTable, VidraError } from '../errors.ts';
import { apiVersionOf, type JsonObject, type Manifest, type ObjectReference } from '../manifest/manifest.ts';
import type { Followed } from './followed.ts';
import type { Happening } from './happening.ts';

export interface Recorder {
  /** Returns at once. `home` may be fenced. */
  readonly record: (
    home: Cluster,
    about: Pick<Followed, 'kind' | 'name' | 'stored'>,
    happenings: readonly Happening[],
  ) => void;
  /** Resolves when all is written, or after a moment. */
  readonly finish: () => Promise<void>;
}

export interface RecorderOptions {
  /** Told once of what keeps all events from being written, such as a missing right. */
  readonly onLoss: (error: VidraError) => void;
}

const eventKind = { group: 'events.k8s.io', version: 'v1', kind: 'Event' };
/** Where events of what has no namespace are looked for. */
const namespace = 'default';
const manager = 'vidra';

/** Bytes that the API server lets a note have. */
const longestNote = 1024;
/** Events that are remembered, to be counted when they happen again. */
const mostRemembered = 5_000;
/** Events that wait to be written. */
const mostWaiting = 1_000;
const finishMs = 2_000;

/** An event that was written, and how often it happened. */
interface Written {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly count: number;
}

export function recordEvents({ onLoss }: RecorderOptions): Recorder {
  const remembered = new Map<string, Written>();
  let waiting = 0;
  let isToldOf = false;
  let last = Promise.resolve();

  const write = async (home: Cluster, content: JsonObject) => {
    const type = home.typeOf(eventKind);
    if (!type) return;
    const key = JSON.stringify(content);
    const before = remembered.get(key);
    const written = (before && (await countAgain(home, type, before))) ?? (await create(home, type, content));
    remembered.delete(key);
    if (written) remembered.set(key, written);
    const [oldest] = remembered.keys();
    if (remembered.size > mostRemembered && oldest !== undefined) remembered.delete(oldest);
  };
  const lose = (error: unknown) => {
    if (!(error instanceof VidraError)) throw error;
    if (isToldOf || errorTable[error.code].retry || error.code === 'INTERRUPTED') return;
    isToldOf = true;
    onLoss(error);
  };
  return {
    record: (home, about, happenings) => {
      for (const happening of happenings) {
        if (waiting >= mostWaiting) return;
        waiting++;
        const content = contentOf(about, happening);
        last = last
          .then(() => write(home, content))
          .catch(lose)
          .finally(() => {
            waiting--;
          });
      }
    },
    finish: () => Promise.race([last, sleep(finishMs, undefined, { ref: false })]),
  };
}

/** Nothing when it is not there any more: events go after an hour. */
async function countAgain(home: Cluster, type: ResourceType, before: Written): Promise<Written | undefined> {
  const { name, uid, resourceVersion } = before;
  const count = before.count + 1;
  const series = { op: 'add' as const, path: '/series', value: { count, lastObservedTime: now() } };
  const metadata = await home.patch(type, { ...eventKind, namespace, name }, [series], {
    uid,
    resourceVersion,
    manager,
  });
  return metadata && { name, uid, resourceVersion: metadata.resourceVersion, count };
}

async function create(home: Cluster, type: ResourceType, content: JsonObject): Promise<Written | undefined> {
  const { name: of } = content['regarding'] as unknown as { readonly name: string };
  const name = nameAfter(of);
  const event: Manifest = {
    apiVersion: apiVersionOf(eventKind),
    kind: eventKind.kind,
    metadata: { name, namespace },
    eventTime: now(),
    reportingController: 'vidra',
    reportingInstance: hostname().slice(0, 128),
    ...content,
  };
  const created = await home.create(type, event);
  if (!created) return undefined;
  const { uid, resourceVersion } = created.metadata as unknown as Written;
  return { name, uid, resourceVersion, count: 1 };
}

let made = 0;

/** In the order of time, in which kubectl shows them then. At most 253 characters, no part of which ends with a dash. */
function nameAfter(name: string): string {
  const moment = BigInt(Date.now()) * 1_000_000n + BigInt(made++ % 1_000_000);
  return `${name.slice(0, 230).replace(/[-.]+$/, '')}.${moment.toString(16)}`;
}

/** All of an event that says whether it is the same once more. */
function contentOf(
  { kind, name, stored }: Pick<Followed, 'kind' | 'name' | 'stored'>,
  { related, note, ...happening }: Happening,
): JsonObject {
  return {
    regarding: { apiVersion: definitionApiVersion, kind, name, uid: stored.uid },
    ...happening,
    note: cut(note),
    ...(related && { related: relatedOf(related) }),
  };
}

function relatedOf({ kind, namespace, name, ...version }: ObjectReference): JsonObject {
  return { apiVersion: apiVersionOf(version), kind, name, ...(namespace && { namespace }) };
}

function cut(note: string): string {
  const bytes = Buffer.from(note);
  if (bytes.length <= longestNote) return note;
  // Half a character at the end is left out.
  return `${bytes
    .subarray(0, longestNote - 3)
    .toString('utf8')
    .replace(/\uFFFD+$/, '')}…`;
}

/** With microseconds, as these times have to be. */
function now(): string {
  return new Date().toISOString().replace('Z', '000Z');
}
