/** Lists in brackets and mappings in braces of simple YAML: on one line, without comments and empty values. */

import type { JsonValue } from './manifest.ts';
import { resolvePlain } from './yaml-scalar.ts';
import { notSimple, type Reading, skipSpaces } from './yaml-simple-line.ts';
import { readQuoted } from './yaml-simple-quoted.ts';
import { assignOnce, textOf } from './yaml-simple-scalar.ts';

const word = /(?:-(?=[\w.-]))?[\w.$/][\w.$/+-]*(?: +[\w.$/][\w.$/+-]*)*/y;
const maxKey = 400;

/** Reads the list or mapping that starts there, nested up to `depth` levels. */
export function readFlow(reading: Reading, depth: number): JsonValue {
  if (depth < 0) throw notSimple;
  const isList = reading.text[reading.at] === '[';
  const end = isList ? ']' : '}';
  const items: JsonValue[] = [];
  const fields: { [field: string]: JsonValue } = {};
  reading.at = skipSpaces(reading.text, reading.at + 1);
  while (reading.text[reading.at] !== end) {
    if (isList) items.push(readValue(reading, depth));
    else assignOnce(fields, readFlowKey(reading), readValue(reading, depth));
    reading.at = skipSpaces(reading.text, reading.at);
    if (reading.text[reading.at] !== ',') break;
    reading.at = skipSpaces(reading.text, reading.at + 1);
    // A comma at the end is for the exact reader.
    if (reading.text[reading.at] === end) throw notSimple;
  }
  if (reading.text[reading.at] !== end) throw notSimple;
  reading.at++;
  return isList ? items : fields;
}

function readFlowKey(reading: Reading): string {
  const start = reading.at;
  const key = isQuoteAt(reading) ? readQuoted(reading) : textOf(readWord(reading));
  const { text, at } = reading;
  if (at - start > maxKey || text[at] !== ':' || text[at + 1] !== ' ') throw notSimple;
  reading.at = skipSpaces(text, at + 1);
  return key;
}

function readValue(reading: Reading, depth: number): JsonValue {
  const first = reading.text[reading.at];
  if (first === '[' || first === '{') return readFlow(reading, depth - 1);
  if (isQuoteAt(reading)) return readQuoted(reading);
  const value = resolvePlain(readWord(reading));
  if (value === undefined) throw notSimple;
  return value;
}

function readWord(reading: Reading): string {
  word.lastIndex = reading.at;
  const match = word.exec(reading.text);
  if (!match) throw notSimple;
  reading.at = word.lastIndex;
  return match[0];
}

function isQuoteAt({ text, at }: Reading): boolean {
  return text[at] === '"' || text[at] === "'";
}
