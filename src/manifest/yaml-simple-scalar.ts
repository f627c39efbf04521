/** Keys, and values without quotes, of simple YAML. */

import type { JsonValue } from './manifest.ts';
import { resolvePlain } from './yaml-scalar.ts';
import { finishLine, lineAt, nextContent, notSimple, type Reading, skipSpaces } from './yaml-simple-line.ts';

/** A key with its colon and the spaces behind it. Far below the 1024 characters that YAML allows. */
const key = /(?:([A-Za-z0-9_$.][\w$./-]{0,400})|"([\w$./ -]{1,400})"|'([\w$./ -]{1,400})'):(?: +|(?=\n)|$)/y;
const plainStart = /^(?:[A-Za-z0-9_.$/~+(=\\^;<\xa0-\uffff]|[-:](?=[\w.$/-]))/;
/** What makes a mapping of a line, and tabs. */
const notPlain = /\t|:(?: |$)/;

/** Whether a simple key stands there. */
export function isKeyAt(text: string, at: number): boolean {
  key.lastIndex = at;
  return key.test(text);
}

/** Reads the key, its colon and the spaces behind it. */
export function readKey(reading: Reading): string {
  key.lastIndex = reading.at;
  const match = key.exec(reading.text);
  if (!match) throw notSimple;
  reading.at = key.lastIndex;
  return match[1] === undefined ? (match[2] ?? match[3] ?? '') : textOf(match[1]);
}

/** A word without quotes that is a key: numbers, booleans and the like are for the exact reader. */
export function textOf(word: string): string {
  const value = resolvePlain(word);
  if (typeof value !== 'string') throw notSimple;
  return value;
}

/** Sets a field that must not be there yet. */
export function assignOnce(fields: { [field: string]: JsonValue }, name: string, value: JsonValue): void {
  if (name === '__proto__' || Object.hasOwn(fields, name)) throw notSimple;
  fields[name] = value;
}

/** Reads a value without quotes and its further lines, up to the next content. */
export function readPlain(reading: Reading, parent: number): JsonValue {
  const { text } = reading;
  let line = lineAt(reading);
  if (!plainStart.test(line)) throw notSimple;
  let source = takePlain(reading, line);
  while (isWhole(reading)) {
    const next = nextContent(text, reading.at);
    if (next.at >= text.length || text[next.at] === '#' || next.indent <= parent) break;
    reading.at = next.at;
    line = lineAt(reading);
    source += next.breaks > 1 ? '\n'.repeat(next.breaks - 1) : ' ';
    source += takePlain(reading, line);
  }
  finishLine(reading);
  const value = resolvePlain(source);
  if (value === undefined) throw notSimple;
  return value;
}

/** The line without comment and without spaces at its end. */
function takePlain(reading: Reading, line: string): string {
  const comment = line.indexOf(' #');
  let end = comment < 0 ? line.length : comment;
  while (line.charCodeAt(end - 1) === 0x20) end--;
  const source = line.slice(0, end);
  if (notPlain.test(source)) throw notSimple;
  reading.at += end;
  return source;
}

/** Whether no comment ends the value on this line. */
function isWhole({ text, at }: Reading): boolean {
  return text[skipSpaces(text, at)] !== '#';
}
