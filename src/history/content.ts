/** What a revision wanted as bytes, in chunks that fit into one Secret each. Pure. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { VidraError } from '../errors.ts';
import { parseJson, stringifyJson } from '../manifest/json.ts';
import type { JsonValue } from '../manifest/manifest.ts';
import type { Content } from './history.ts';

/** In base64 a third more: below the 1 MiB that a Secret may hold. */
const chunkBytes = 700_000;
/** Nobody's desired set is larger; what is was made to fill the memory. */
const mostBytes = 512 * 1024 * 1024;

/** At least one chunk. */
export function packContent(content: Content): Buffer[] {
  const packed = gzipSync(stringifyJson(content as unknown as JsonValue));
  const count = Math.max(1, Math.ceil(packed.length / chunkBytes));
  return Array.from({ length: count }, (_, index) => packed.subarray(index * chunkBytes, (index + 1) * chunkBytes));
}

/** Throws HISTORY_INVALID; `subject` names the revision. */
export function unpackContent(chunks: readonly Buffer[], subject: string): Content {
  try {
    const text = gunzipSync(Buffer.concat(chunks), { maxOutputLength: mostBytes }).toString();
    return parseJson(text) as unknown as Content;
  } catch (cause) {
    throw new VidraError('HISTORY_INVALID', 'cannot be read', { subject, cause });
  }
}
