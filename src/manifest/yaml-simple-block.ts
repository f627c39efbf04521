/** Block scalars of simple YAML: `|` and `>`, with `-` or `+`. */

import { lineEnd, notSimple, type Reading, restEnd, skipSpaces, toContent } from './yaml-simple-line.ts';

interface Lines {
  /** Without indentation, from the first to the last one that is not empty. */
  readonly written: readonly string[];
  /** How many empty ones follow. */
  readonly trailing: number;
}

/** Reads the text and goes to the next content. `parent` is the indentation that its lines must exceed. */
export function readBlockScalar(reading: Reading, parent: number): string {
  const { text } = reading;
  const folds = text[reading.at] === '>';
  const chomping = text[reading.at + 1];
  reading.at += chomping === '-' || chomping === '+' ? 2 : 1;
  const start = restEnd(reading) + 1;
  const { written, trailing } = readLines(reading, start, indentOf(text, start, parent));
  const body = folds ? fold(written) : written.join('\n');
  if (chomping === '-') return body;
  const end = written.length > 0 ? '\n' : '';
  return chomping === '+' ? body + end + '\n'.repeat(trailing) : body + end;
}

/** What the first line that is not empty is indented by; more than any line when that is not of the scalar. */
function indentOf(text: string, start: number, parent: number): number {
  let at = start;
  while (text[at] === '\n') at++;
  const first = skipSpaces(text, at);
  if (text[first] === '\n' || text[first] === '\t') throw notSimple;
  return first - at > parent ? first - at : Number.POSITIVE_INFINITY;
}

function readLines(reading: Reading, start: number, indent: number): Lines {
  const { text } = reading;
  const written: string[] = [];
  let trailing = 0;
  let at = start;
  while (at < text.length) {
    const end = lineEnd(text, at);
    const first = skipSpaces(text, at);
    if (first < end && first - at < indent) break;
    if (first === end && end - at <= indent) trailing++;
    else {
      for (; trailing > 0; trailing--) written.push('');
      written.push(text.slice(at + indent, end));
    }
    // Without a last line feed, chomping has rules of its own.
    if (end === text.length) throw notSimple;
    at = end + 1;
  }
  toContent(reading, at);
  return { written, trailing };
}

/** Lines that are indented further are not folded: they are for the exact reader. */
function fold(lines: readonly string[]): string {
  let text = '';
  let breaks = 0;
  for (const line of lines) {
    if (line[0] === ' ' || line[0] === '\t') throw notSimple;
    if (line === '') breaks++;
    else {
      text += text !== '' && breaks === 0 ? ' ' : '\n'.repeat(breaks);
      text += line;
      breaks = 0;
    }
  }
  return text;
}
