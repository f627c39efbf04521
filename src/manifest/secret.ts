/** The texts of ConfigMaps and Secrets. Messages never hold a value. */

import { isCore } from './built-in.ts';
import type { JsonObject, JsonValue, Manifest } from './manifest.ts';
import { describePath, type Path } from './read-document.ts';
import { type Finding, isObject } from './shape.ts';

/** Fields whose values are text, and whether that text is base64. */
const fields: readonly { readonly kind: string; readonly field: string; readonly base64: boolean }[] = [
  { kind: 'ConfigMap', field: 'data', base64: false },
  { kind: 'ConfigMap', field: 'binaryData', base64: true },
  { kind: 'Secret', field: 'data', base64: true },
  { kind: 'Secret', field: 'stringData', base64: false },
];

/** What the server would refuse in a ConfigMap or Secret. */
export function checkTexts(manifest: Manifest): readonly Finding[] {
  return fields
    .filter(({ kind }) => isCore(manifest, kind))
    .flatMap(({ field, base64 }) => checkField(manifest[field], [field], base64));
}

/** A Secret with everything in `data`: a key taken out of an applied `stringData` would stay in the cluster. */
export function withoutStringData(manifest: Manifest): Manifest {
  if (!isCore(manifest, 'Secret') || !isObject(manifest['stringData'])) return manifest;
  const { stringData, data, ...rest } = manifest;
  const encoded = Object.entries(stringData as JsonObject).map(([key, text]) => [key, encode(text)]);
  return { ...rest, data: { ...(isObject(data) ? data : {}), ...Object.fromEntries(encoded) } } as Manifest;
}

function checkField(texts: JsonValue | undefined, path: Path, base64: boolean): Finding[] {
  if (texts === undefined || texts === null) return [];
  if (!isObject(texts)) return [{ path, message: `${describePath(path)} must be a mapping of texts` }];
  return Object.entries(texts).flatMap(([key, text]) => checkText(text, [...path, key], base64));
}

function checkText(text: JsonValue | undefined, path: Path, base64: boolean): Finding[] {
  if (typeof text === 'string' && (!base64 || isBase64(text))) return [];
  const field = describePath(path);
  if (typeof text !== 'string') {
    const advice = typeof text === 'object' ? '; for a whole file, write | after the key' : '; put it in quotes';
    return [{ path, message: `${field} must be text, not ${typeName(text)}${advice}` }];
  }
  return [{ path, message: `${field} is not base64${path[0] === 'data' ? '; plain text goes into stringData' : ''}` }];
}

function typeName(value: JsonValue | undefined): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : `a ${typeof value === 'boolean' ? 'boolean' : 'number'}`;
}

function isBase64(text: string): boolean {
  const digits = text.replace(/[\r\n]/g, '');
  return digits.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(digits);
}

function encode(text: JsonValue | undefined): string {
  return Buffer.from(String(text ?? ''), 'utf8').toString('base64');
}
