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
  /** As it was when it happened first. */
  readonly event: Manifest;
  readonly uid: string;
  readonly count: number;
}

export function recordEvents({ onLoss }: RecorderOptions): Recorder {
  const remembered = new Map<string, Written>();
  let waiting = 0;
  let isToldOf = false;
  let last = Promise.resolve();

  const writeOne = async (home: Cluster, content: JsonObject) => {
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
          .then(() => writeOne(home, content))
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
function countAgain(home: Cluster, type: ResourceType, { event, uid, count }: Written): Promise<Written | undefined> {
  return write(home, type, event, { uid, count: count + 1 });
}

function create(home: Cluster, type: ResourceType, content: JsonObject): Promise<Written | undefined> {
  const { name: of } = content['regarding'] as unknown as { readonly name: string };
  const event: Manifest = {
    apiVersion: apiVersionOf(eventKind),
    kind: eventKind.kind,
    metadata: { name: nameAfter(of), namespace },
    eventTime: now(),
    reportingController: 'vidra',
    reportingInstance: hostname().slice(0, 128),
    ...content,
  };
  return write(home, type, event, { count: 1 });
}

/** By server-side apply: where an answer is lost and it is sent again, it is still one event, and counted once. */
async function write(
  home: Cluster,
  type: ResourceType,
  event: Manifest,
  { uid, count }: Pick<Written, 'count'> & Partial<Written>,
): Promise<Written | undefined> {
  const series = count > 1 && { series: { count, lastObservedTime: now() } };
  const answer = await home.apply(
    type,
    { ...event, ...series },
    { manager, force: true, ...(uid !== undefined && { expect: { uid } }) },
  );
  return answer.type === 'applied' ? { event, uid: answer.metadata.uid, count } : undefined;
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
