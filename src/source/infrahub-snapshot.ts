/** A listing and its contents, put together as one snapshot. */

import { createHash } from 'node:crypto';
import { VidraError } from '../errors.ts';
import { type Content, describeRow } from './infrahub-content.ts';
import type { ArtifactRow, Listing } from './infrahub-rows.ts';
import type { Artifact, PendingArtifact, Snapshot } from './source.ts';

/** What the rows say about contents: equal texts mean equal artifacts. */
export function identity(rows: readonly ArtifactRow[]): string {
  return rows.map(({ id, checksum = '' }) => `${id} ${checksum}\n`).join('');
}

/** `contents` are those of the listing's rows, in their order. Throws SOURCE_INVALID_ANSWER for content that is not UTF-8. */
export function snapshotOf(
  listing: Listing,
  contents: readonly Content[],
  branch: string,
  address: string,
  warnings: readonly string[],
): Snapshot {
  const artifacts: Artifact[] = [];
  const pending: PendingArtifact[] = [];
  const stale: string[] = [];
  listing.rows.forEach((row, index) => {
    const content = contents[index];
    if (content?.kind === 'content') artifacts.push(artifactOf(row, content.bytes, address));
    if (content?.kind === 'pending') pending.push({ id: row.id, name: row.name, reason: content.reason });
    if (content?.kind === 'content' && row.status === 'Error') stale.push(staleWarning(row));
  });
  return {
    revision: createHash('sha256')
      .update(`${branch}\n${identity(listing.rows)}`)
      .digest('hex'),
    complete: listing.complete,
    artifacts,
    pending,
    warnings: [...warnings, ...listing.warnings, ...stale, ...silence(listing.rows)],
  };
}

function artifactOf(row: ArtifactRow, bytes: Uint8Array, address: string): Artifact {
  try {
    const content = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { id: row.id, name: row.name, digest: row.checksum ?? '', content };
  } catch (cause) {
    throw new VidraError('SOURCE_INVALID_ANSWER', 'is not UTF-8 text', { subject: describeRow(row, address), cause });
  }
}

/** An artifact whose last rendering failed keeps its older content, and only its status tells. */
function silence(rows: readonly ArtifactRow[]): string[] {
  if (rows.every(({ status }) => status !== undefined)) return [];
  return [
    'The query does not tell whether renderings failed, and their content is older: select status { value }, or allow raw GraphQL.',
  ];
}

function staleWarning(row: ArtifactRow): string {
  return `The last rendering of ${describeRow(row)} failed in Infrahub (status Error): its content is that of the last success.`;
}
