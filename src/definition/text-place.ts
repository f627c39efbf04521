/** Where text that a definition holds stands in its file, so that people are told the file's own lines. */
import type { TextPlace } from '../manifest/decode.ts';
import type { Origin } from '../manifest/manifest.ts';

/**
 * `lines` are those of the file, and `holder` is in it. Nothing where the text is not written line by line, as in quotes: then
 * only the text itself has lines.
 */
export function placeOf(text: string, lines: readonly string[], holder: Origin): TextPlace | undefined {
  const wanted = text.split('\n');
  const rest = wanted.map((line) => line.trim());
  while (rest.at(-1) === '') rest.pop();
  if (rest.length === 0) return undefined;
  const isHere = (start: number) => rest.every((line, index) => lines[start + index]?.trim() === line);
  let start = holder.line - 1;
  while (!isHere(start)) if (++start >= lines.length || isNextDocument(lines[start])) return undefined;
  const first = rest.findIndex((line) => line !== '');
  const column = indentation(lines[start + first]) - indentation(wanted[first]);
  return { document: holder.document, line: start, column };
}

function isNextDocument(line = ''): boolean {
  return /^---(\s|$)/.test(line);
}

function indentation(line = ''): number {
  return line.length - line.trimStart().length;
}
