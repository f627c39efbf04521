/** The rows of an artifact listing, checked before anything is believed. */

import { VidraError } from '../errors.ts';
import { oneLine, record } from './infrahub-error.ts';

/** One artifact as listed. */
export interface ArtifactRow {
  readonly id: string;
  readonly name: string;
  /** MD5 of the content in hexadecimal; nothing when it was never rendered. */
  readonly checksum: string | undefined;
  /** `Ready`, `Pending`, `Error` or `Processing`; nothing from a stored query, which does not tell. */
  readonly status: string | undefined;
  /** The object that it was rendered for, for people. */
  readonly object: string | undefined;
}

export interface Listing {
  readonly rows: readonly ArtifactRow[];
  /** False when Infrahub counted more than it sent. */
  readonly complete: boolean;
  readonly warnings: readonly string[];
}

/**
 * Reads `data.CoreArtifact` of an answer to raw GraphQL or a stored query, keeps the rows of this name, sorted by id, and says in
 * a warning when there were others. Throws SOURCE_INVALID_ANSWER for rows that do not tell id, name and checksum.
 */
export function readRows(data: unknown, artifactName: string, subject: string): Listing {
  const { edges, count } = record(record(data)['CoreArtifact']);
  if (!Array.isArray(edges)) throw invalid('does not hold CoreArtifact { edges }', subject);
  const all = edges.map((edge) => readRow(record(edge)['node'], subject));
  const rows = new Map<string, ArtifactRow>();
  for (const row of all.filter(({ name }) => name === artifactName)) {
    const twin = rows.get(row.id);
    if (twin && twin.checksum !== row.checksum)
      throw invalid(`lists artifact ${row.id} twice, with two checksums`, subject);
    rows.set(row.id, row);
  }
  const others = all.filter(({ name }) => name !== artifactName);
  return {
    rows: [...rows.values()].sort((left, right) => (left.id < right.id ? -1 : 1)),
    complete: typeof count !== 'number' || count <= edges.length,
    warnings: others.length === 0 ? [] : [otherNames(others, artifactName)],
  };
}

function otherNames(others: readonly ArtifactRow[], artifactName: string): string {
  const names = [...new Set(others.map(({ name }) => oneLine(name, 80)))].sort();
  const shown = names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '');
  return (
    `The query answered with ${others.length} artifacts of other names (${shown}); they are ignored. ` +
    `It does not filter by its variable "artifactname"; asked was ${artifactName}.`
  );
}

function readRow(node: unknown, subject: string): ArtifactRow {
  const { id, name, checksum, status, object } = record(node);
  const nameValue = record(name)['value'];
  const { value: checksumValue } = record(checksum);
  if (typeof id !== 'string' || !/^[\w-]{1,128}$/.test(id))
    throw invalid('lists an artifact without a usable id', subject);
  if (typeof nameValue !== 'string')
    throw invalid(`does not tell the name of artifact ${id}: select name { value }`, subject);
  return {
    id,
    name: nameValue,
    checksum: readChecksum(checksumValue, id, subject),
    status: text(record(status)['value']),
    object: text(record(record(object)['node'])['display_label']),
  };
}

function readChecksum(value: unknown, id: string, subject: string): string | undefined {
  if (value === null) return undefined;
  if (value === undefined)
    throw invalid(`does not tell the checksum of artifact ${id}: select checksum { value }`, subject);
  if (typeof value === 'string' && /^[0-9a-f]{32}$/i.test(value)) return value.toLowerCase();
  throw invalid(`gives artifact ${id} a checksum that is no MD5`, subject);
}

/** For people only, so cut and on one line. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' ? oneLine(value, 80) : undefined;
}

function invalid(message: string, subject: string): VidraError {
  return new VidraError('SOURCE_INVALID_ANSWER', `the answer ${message}`, { subject });
}
