/** What a sync's source gave at last, as the records and histories of its owners have it: for while the source gives nothing. */
import { isDeepStrictEqual } from 'node:util';
import type { InfrahubSync } from '../definition/definition.ts';
import { sourceDigest } from '../definition/source-digest.ts';
import { VidraError } from '../errors.ts';
import type { Revision } from '../history/history.ts';
import { type InventoryRecord, isOfSet } from '../inventory/inventory.ts';
import { digestOf, stringifyJson } from '../manifest/json.ts';
import type { Artifact, Snapshot } from '../source/source.ts';
import { readArtifactLabel } from './artifact-label.ts';
import { contentDigest } from './record-history.ts';
import type { Target } from './target.ts';

/** What a sync's status says of the revision that was applied whole at last. */
export interface AppliedRevision {
  readonly lastAppliedRevision?: string;
  readonly checksums?: readonly string[];
}

type Records = Pick<Target, 'inventory' | 'history' | 'set'>;

/**
 * Of the owners that have what the sync asks for now, and whose history tells all of it; nothing when there are none, or that
 * may not be read. Never complete.
 */
export async function lastSnapshot(
  records: Records,
  sync: InfrahubSync,
  { lastAppliedRevision, checksums }: AppliedRevision,
): Promise<Snapshot | undefined> {
  const artifacts = await orNothing(lastArtifacts(records, sync));
  if (!artifacts || artifacts.length === 0) return undefined;
  const digests = artifacts.map(({ digest }) => digest).sort();
  const revision =
    lastAppliedRevision !== undefined && isDeepStrictEqual(digests, checksums)
      ? lastAppliedRevision
      : digestOf(digests);
  return { revision, complete: false, artifacts, pending: [], warnings: [] };
}

async function lastArtifacts({ inventory, history, set }: Records, sync: InfrahubSync): Promise<Artifact[]> {
  const [all, revisions] = await Promise.all([inventory.list(), history.list()]);
  const newest = new Map(revisions.map((revision) => [revision.owner, revision]));
  const own = all.filter(
    ({ header, elsewhere }) => header.sync === sync.name && isOfSet(header, set) && elsewhere === undefined,
  );
  const asked = sourceDigest(sync);
  const found = own.map(async (record) => {
    const revision = newest.get(record.header.name);
    return revision && orNothing(lastArtifact(history, record, revision, asked));
  });
  return (await Promise.all(found)).filter((artifact) => artifact !== undefined);
}

/** Without a checksum, what is applied is not what an artifact said. */
async function lastArtifact(
  history: Records['history'],
  { header, entries }: InventoryRecord,
  revision: Revision,
  asked: string,
): Promise<Artifact | undefined> {
  const named = readArtifactLabel(header.artifact ?? '');
  if (!named || header.checksum === undefined || revision.digest !== contentDigest(entries.values())) return undefined;
  const content = await history.read(revision);
  if (content?.source !== asked) return undefined;
  return { ...named, digest: header.checksum, content: content.manifests.map(stringifyJson).join('\n---\n') };
}

async function orNothing<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (!(error instanceof VidraError) || error.code === 'INTERRUPTED') throw error;
    return undefined;
  }
}
