/** JSON in and out, to the digit, and digests of what it says. */

import { createHash } from 'node:crypto';
import { parse as parseExactly, stringify as stringifyExactly } from 'lossless-json';
import type { JsonValue } from './manifest.ts';

/** Reads JSON; integers beyond 2^53 become `bigint`. Throws a SyntaxError. */
export function parseJson(text: string): JsonValue {
  return needsExactNumbers(text) ? readExactly(text) : (JSON.parse(text) as JsonValue);
}

/** Writes JSON on one line, `bigint` with all its digits. Fields that are undefined are left out. */
export function stringifyJson(value: JsonValue): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof TypeError) return stringifyExactly(value) ?? 'null';
    throw error;
  }
}

/** JSON with the keys of every object sorted, so that equal values have equal texts. */
export function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const object = value as { readonly [field: string]: JsonValue | undefined };
  const fields: string[] = [];
  for (const key of Object.keys(object).sort()) {
    const field = object[key];
    if (field !== undefined) fields.push(`${JSON.stringify(key)}:${canonicalJson(field)}`);
  }
  return `{${fields.join(',')}}`;
}

/** 22 characters (132 bits, base64url) that are the same for values that say the same. */
export function digestOf(value: JsonValue): string {
  return createHash('sha256').update(canonicalJson(value)).digest('base64url').slice(0, 22);
}

/** 2^53 has 16 digits. Digits inside strings only cost time. */
function needsExactNumbers(text: string): boolean {
  return /\d{16}/.test(text);
}

function readExactly(text: string): JsonValue {
  return parseExactly(text, undefined, {
    parseNumber: exactNumber,
    onDuplicateKey: ({ newValue }) => newValue,
  }) as JsonValue;
}

function exactNumber(digits: string): number | bigint {
  const number = Number(digits);
  return Number.isSafeInteger(number) || !/^-?\d+$/.test(digits) ? number : BigInt(digits);
}
