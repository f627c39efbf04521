/** Bytes of a file or of standard input, up to a limit, as text that is really UTF-8. */

import { createReadStream } from 'node:fs';
import { VidraError } from '../errors.ts';

/** Reads to the end. Throws SOURCE_TOO_LARGE, SOURCE_REFUSED when it is not UTF-8, or the error of the stream. */
export async function readText(
  stream: AsyncIterable<Uint8Array | string>,
  maxBytes: number,
  subject: string,
): Promise<{ readonly text: string; readonly bytes: Uint8Array }> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of stream) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
    size += bytes.length;
    if (size > maxBytes) throw new VidraError('SOURCE_TOO_LARGE', `is larger than ${maxBytes} bytes`, { subject });
    pieces.push(bytes);
  }
  const bytes = Buffer.concat(pieces);
  return { text: utf8(bytes, subject), bytes };
}

/** As `readText`, of a file that errors call `subject`. Throws SOURCE_NOT_FOUND or SOURCE_REFUSED when it cannot be opened. */
export async function readTextFile(
  path: string,
  maxBytes: number,
  subject: string,
): Promise<{ text: string; bytes: Uint8Array }> {
  try {
    return await readText(createReadStream(path), maxBytes, subject);
  } catch (error) {
    throw fileError(error, subject);
  }
}

/** Decodes, without a byte order mark. Throws SOURCE_REFUSED. */
function utf8(bytes: Uint8Array, subject: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new VidraError('SOURCE_REFUSED', 'is not UTF-8 text', { subject, cause });
  }
}

/** What the file system says, as a VidraError that begins with the path. */
export function fileError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (error instanceof VidraError || code === undefined) return error;
  const options = { subject: path, cause: error };
  if (code === 'ENOENT' || code === 'ENOTDIR') return new VidraError('SOURCE_NOT_FOUND', 'does not exist', options);
  if (code === 'EACCES' || code === 'EPERM') return new VidraError('SOURCE_REFUSED', 'may not be read', options);
  if (code === 'ELOOP') return new VidraError('SOURCE_REFUSED', 'is a link that leads to itself', options);
  return new VidraError('SOURCE_REFUSED', `cannot be read (${code})`, options);
}
