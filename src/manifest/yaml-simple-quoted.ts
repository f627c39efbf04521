/** Texts in quotes of simple YAML. */

import { lineAt, nextContent, notSimple, type Reading } from './yaml-simple-line.ts';

/** Reads a text in quotes. Its further lines, if it may have any, are indented by more than `parent`. */
export function readQuoted(reading: Reading, parent = Number.POSITIVE_INFINITY): string {
  const isDouble = reading.text[reading.at] === '"';
  const endIn = isDouble ? endOfDouble : endOfSingle;
  reading.at++;
  let line = lineAt(reading);
  let end = endIn(line);
  let source = '';
  while (end < 0) {
    // White space at line breaks is folded, tabs too.
    if (line.includes('\t')) throw notSimple;
    source += `${withoutSpaces(line)} `;
    toNextLine(reading, parent);
    line = lineAt(reading);
    end = endIn(line);
  }
  source += line.slice(0, end);
  reading.at += end + 1;
  return isDouble ? withEscapes(source) : withQuotes(source);
}

/** Empty lines are for the exact reader. */
function toNextLine(reading: Reading, parent: number): void {
  const next = nextContent(reading.text, reading.at + lineAt(reading).length);
  if (next.breaks !== 1 || next.indent <= parent) throw notSimple;
  reading.at = next.at;
}

function withoutSpaces(line: string): string {
  let end = line.length;
  while (line.charCodeAt(end - 1) === 0x20) end--;
  return line.slice(0, end);
}

function endOfDouble(line: string): number {
  for (let at = 0; at < line.length; at++) {
    const character = line.charCodeAt(at);
    if (character === 0x5c) at++;
    else if (character === 0x22) return at;
  }
  return -1;
}

function endOfSingle(line: string): number {
  let end = line.indexOf("'");
  while (end >= 0 && line[end + 1] === "'") end = line.indexOf("'", end + 2);
  return end;
}

function withQuotes(source: string): string {
  return source.includes("'") ? source.replaceAll("''", "'") : source;
}

/** Escapes that JSON knows mean the same there. */
function withEscapes(source: string): string {
  if (!source.includes('\\')) return source;
  try {
    return JSON.parse(`"${source}"`) as string;
  } catch {
    throw notSimple;
  }
}
