/** Splits what arrives in pieces into lines, as JSON documents come on a watch. */
import { VidraError } from '../errors.ts';

const newline = 0x0a;

/**
 * The lines of a text in UTF-8, each as soon as it is complete; what follows the last line end is dropped. Keeps no more than
 * one line, and throws CLUSTER_FAILED when that has more than `longest` bytes.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, longest: number): AsyncGenerator<string> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      pieces.push(chunk.subarray(start, end));
      // A character of several bytes has none that is a line end, so whole lines are whole characters.
      yield Buffer.concat(pieces).toString('utf8');
      pieces = [];
      size = 0;
      start = end + 1;
    }
    if (start === chunk.length) continue;
    pieces.push(chunk.subarray(start));
    size += chunk.length - start;
    if (size > longest) throw new VidraError('CLUSTER_FAILED', `sent a line of more than ${longest} bytes`);
  }
}
