/** The content of one artifact, proved by its checksum. */

import { VidraError } from '../errors.ts';
import { type ArtifactCache, checksumOf } from './artifact-cache.ts';
import type { HttpAnswer } from './http-message.ts';
import type { InfrahubClient } from './infrahub-client.ts';
import { answerError, isHtml, isPermanent, messageOf } from './infrahub-error.ts';
import type { ArtifactRow } from './infrahub-rows.ts';

/** What came of reading one row: `changed` means that the listing is no longer true. */
export type Content =
  | { readonly kind: 'content'; readonly bytes: Uint8Array; readonly downloaded: boolean }
  | { readonly kind: 'pending'; readonly reason: string }
  | { readonly kind: 'changed'; readonly error: VidraError };

export interface ContentRequest {
  readonly branch: string;
  readonly at: string | undefined;
  readonly maxBytes: number;
}

/** From the cache, else by download. Throws SOURCE_* when neither content nor its absence can be told. */
export async function readContent(
  client: InfrahubClient,
  row: ArtifactRow,
  wanted: ContentRequest,
  cache: ArtifactCache,
  signal: AbortSignal,
): Promise<Content> {
  if (row.checksum === undefined) return { kind: 'pending', reason: neverRendered(row) };
  const cached = await cache.get(row.checksum);
  if (cached) return { kind: 'content', bytes: cached, downloaded: false };
  const answer = await client.send({
    method: 'GET',
    path: `/api/artifact/${row.id}`,
    query: { branch: wanted.branch, ...(wanted.at !== undefined && { at: wanted.at }) },
    maxBytes: wanted.maxBytes,
    permanent: (failed) => isPermanent(failed) || isUnhandled(failed),
    signal,
  });
  if (answer.status !== 200) return withoutContent(answer, row, client.address);
  return checked(answer.body, answer, row, cache, client.address);
}

async function checked(
  bytes: Uint8Array,
  answer: HttpAnswer,
  row: ArtifactRow,
  cache: ArtifactCache,
  address: string,
): Promise<Content> {
  const subject = describeRow(row, address);
  if (isHtml(answer)) {
    throw new VidraError('SOURCE_INVALID_ANSWER', 'is a web page (HTML) and holds no manifests', { subject });
  }
  if (checksumOf(bytes) !== row.checksum) {
    const message = `the content has the checksum ${checksumOf(bytes)}, listed is ${row.checksum}: it changed while it was read, or was changed behind Infrahub`;
    return { kind: 'changed', error: new VidraError('SOURCE_CHANGING', message, { subject }) };
  }
  await cache.put(row.checksum, bytes);
  return { kind: 'content', bytes, downloaded: true };
}

/** 404 alone does not mean deleted: Infrahub says it of an artifact without content too, in other words. */
function withoutContent(answer: HttpAnswer, row: ArtifactRow, address: string): Content {
  const said = messageOf(answer);
  const subject = describeRow(row, address);
  if (answer.status === 404 && /\/ StorageObject in the database/.test(said)) {
    return { kind: 'pending', reason: `Infrahub has no content for it: ${said}` };
  }
  if (answer.status === 409) return { kind: 'pending', reason: said };
  if (answer.status === 404 && /\/ CoreArtifact in the database/.test(said)) {
    const error = new VidraError('SOURCE_CHANGING', 'was deleted while it was read', { subject });
    return { kind: 'changed', error };
  }
  if (isUnhandled(answer)) return { kind: 'changed', error: answerError(answer, subject, 'Its content') };
  throw answerError(answer, subject, 'Its content');
}

/** What 1.2 answers for an artifact without content, and every version for a defect of its own. */
function isUnhandled(answer: HttpAnswer): boolean {
  return answer.status === 500 && answer.contentType === 'text/plain';
}

function neverRendered(row: ArtifactRow): string {
  if (row.status === 'Error') return 'rendering failed in Infrahub (status Error), and there is no earlier content';
  return `not rendered yet${row.status ? ` (status ${row.status})` : ''}`;
}

/** For people: `artifact Webserver_Manifest (shop, 18ea…)`. */
export function describeRow(row: ArtifactRow, address?: string): string {
  const artifact = `artifact ${row.name} (${row.object ? `${row.object}, ` : ''}${row.id})`;
  return address ? `${address}, ${artifact}` : artifact;
}
