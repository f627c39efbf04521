/** Infrahub as a source: one consistent snapshot of the artifacts of one name on one branch. */

import { VidraError } from '../errors.ts';
import { type ArtifactCache, memoryCache } from './artifact-cache.ts';
import { absoluteDate } from './date.ts';
import { type InfrahubClient, keepsAbandonedArtifacts } from './infrahub-client.ts';
import { type Content, readContent } from './infrahub-content.ts';
import { type ListingRequest, listArtifacts } from './infrahub-listing.ts';
import type { ArtifactRow } from './infrahub-rows.ts';
import { identity, snapshotOf } from './infrahub-snapshot.ts';
import { inParallel } from './parallel.ts';
import { pause } from './retry.ts';
import type { Snapshot, Source } from './source.ts';

/** What to read. */
export interface InfrahubSelection {
  readonly artifactName: string;
  readonly branch: string;
  /** As people write it, see date.ts; the newest state when absent. */
  readonly date?: string;
  /** The stored query's name or id, for when raw GraphQL is not allowed; `ArtifactIDs` when absent. */
  readonly queryName?: string;
}

export interface InfrahubSourceOptions {
  /** Contents by checksum; one for this source alone when absent. */
  readonly cache?: ArtifactCache;
  /** The most bytes that one artifact may have; 64 MiB when absent. */
  readonly maxBytes?: number;
  /** The most bytes that all artifacts may have together; 1 GiB when absent. */
  readonly maxTotalBytes?: number;
  /** How often the artifacts are listed at most until listing and contents agree; 4 when absent. */
  readonly attempts?: number;
  /** The pause before listing again, times the attempt; 500 ms when absent. */
  readonly retryMs?: number;
}

const parallelDownloads = 8;

interface Reading {
  readonly client: InfrahubClient;
  readonly wanted: ListingRequest;
  readonly maxBytes: number;
  readonly maxTotalBytes: number;
  readonly cache: ArtifactCache;
  readonly signal: AbortSignal;
}

/** Reads through a client that others share, so `close` leaves the client open: who made the client closes it. */
export function infrahubSource(
  client: InfrahubClient,
  selection: InfrahubSelection,
  options: InfrahubSourceOptions = {},
): Source {
  const cache = options.cache ?? memoryCache();
  const fetch = async (signal: AbortSignal): Promise<Snapshot> => {
    const { at, warnings } = pointInTime(selection.date, new Date());
    const { artifactName, branch, queryName = 'ArtifactIDs' } = selection;
    const wanted = { artifactName, branch, queryName, at };
    const { maxBytes = 64 * 1024 * 1024, maxTotalBytes = 1024 * 1024 * 1024 } = options;
    const reading = { client, wanted, cache, maxBytes, maxTotalBytes, signal };
    const agreed = await readUntilAgreed(reading, options.attempts ?? 4, options.retryMs ?? 500);
    const version = await client.version(signal);
    return snapshotOf(agreed.listing, agreed.contents, branch, client.address, [
      ...warnings,
      ...versionWarnings(version),
    ]);
  };
  const description = `${client.address}, artifact ${selection.artifactName}, branch ${selection.branch}`;
  return { description, fetch, close: async () => {} };
}

/** Infrahub answers a future date as of now, so that is not a moment to hold on to. */
function pointInTime(date: string | undefined, now: Date): { at: string | undefined; warnings: string[] } {
  if (date === undefined || date.trim() === '') return { at: undefined, warnings: [] };
  const at = absoluteDate(date, now);
  if (Date.parse(at) <= now.getTime()) return { at, warnings: [] };
  return { at: undefined, warnings: [`The date ${at} lies in the future: the newest state is used until then.`] };
}

/**
 * Lists, reads the contents, and lists again when anything was downloaded: only a listing that stands still around the
 * downloads is one point in time. With a date both calls are about the same moment already.
 */
async function readUntilAgreed(reading: Reading, attempts: number, retryMs: number) {
  const { client, wanted, signal } = reading;
  let listing = await listArtifacts(client, wanted, signal);
  for (let attempt = 1; ; attempt++) {
    const contents = await readContents(reading, listing.rows);
    const changed = contents.find((content) => content.kind === 'changed');
    const downloaded = contents.some((content) => content.kind === 'content' && content.downloaded);
    if (!changed && (!downloaded || wanted.at !== undefined)) return { listing, contents };
    if (changed && attempt < attempts) await pause(retryMs * attempt, signal, client.address);
    const again = await listArtifacts(client, wanted, signal);
    if (!changed && identity(again.rows) === identity(listing.rows)) return { listing: again, contents };
    if (attempt >= attempts) return { listing, contents: await lastResort(contents, changed, reading) };
    listing = again;
  }
}

/** Before 1.11 a 500 that stays is how Infrahub says that there is no content; everything else is an error by now. */
async function lastResort(contents: Content[], changed: Content | undefined, reading: Reading): Promise<Content[]> {
  const { client, wanted, signal } = reading;
  if (changed?.kind !== 'changed') {
    const message = `the artifacts ${wanted.artifactName} kept changing while they were read`;
    throw new VidraError('SOURCE_CHANGING', message, { subject: client.address });
  }
  const version = await client.version(signal);
  const failed = contents.filter((content) => content.kind === 'changed');
  const unreadable = failed.every(({ error }) => error.code === 'SOURCE_FAILED');
  if (!unreadable || version === undefined || !keepsAbandonedArtifacts(version)) throw changed.error;
  const reason = 'Infrahub has no content for it (status 500)';
  return contents.map((content) => (content.kind === 'changed' ? { kind: 'pending', reason } : content));
}

function readContents(reading: Reading, rows: readonly ArtifactRow[]): Promise<Content[]> {
  const { client, wanted, cache, maxBytes, maxTotalBytes } = reading;
  let total = 0;
  return inParallel(rows, parallelDownloads, reading.signal, async (row, signal) => {
    const content = await readContent(client, row, { branch: wanted.branch, at: wanted.at, maxBytes }, cache, signal);
    if (content.kind === 'content') total += content.bytes.length;
    if (total <= maxTotalBytes) return content;
    const message = `the artifacts ${wanted.artifactName} are larger than ${maxTotalBytes} bytes together`;
    throw new VidraError('SOURCE_TOO_LARGE', message, { subject: client.address });
  });
}

function versionWarnings(version: string | undefined): string[] {
  if (version === undefined || !keepsAbandonedArtifacts(version)) return [];
  return [
    `Infrahub ${version} keeps artifacts of objects that left their group: such objects are not removed from the cluster.`,
  ];
}
