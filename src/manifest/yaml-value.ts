/** From the nodes of one YAML document to the JSON that kubectl would read from it. */

import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
import type { JsonValue } from './manifest.ts';
import { isPythonNull, resolvePythonText } from './python-list.ts';
import { maxDepth, type Remark, tooDeep } from './read-document.ts';
import { resolvePlain } from './yaml-scalar.ts';
import { resolveTagged, unknownTag } from './yaml-tag.ts';

/** More values than this through aliases are an attack, not a manifest. */
const maxAliased = 250_000;

interface Anchored {
  readonly value: JsonValue;
  /** Values inside, aliases followed. */
  readonly size: number;
}

interface Reading {
  /** In Python's notation (see python-list.ts). */
  readonly python: boolean;
  readonly anchors: Map<string, Anchored | 'open'>;
  readonly warnings: Remark[];
  size: number;
  aliased: number;
}

type Result = { readonly value: JsonValue; readonly warnings: readonly Remark[] } | { readonly refusal: Remark };
type Fields = { [field: string]: JsonValue };

/** Ends the reading of one document at one place. */
class Refusal extends Error {
  readonly offset: number;

  constructor(node: Node | null, message: string) {
    super(message);
    this.offset = node?.range?.[0] ?? 0;
  }
}

/** The value of a composed document, in Python's notation or not, or the first reason against it. Never throws. */
export function readValue(document: Document.Parsed, python: boolean): Result {
  const reading: Reading = { python, anchors: new Map(), warnings: [], size: 0, aliased: 0 };
  try {
    return { value: read(document.contents, reading, 0), warnings: reading.warnings };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: { offset: error.offset, message: error.message } };
    throw error;
  }
}

function read(node: Node | null, reading: Reading, depth: number): JsonValue {
  reading.size++;
  if (!node) return null;
  if (depth > maxDepth) throw new Refusal(node, tooDeep);
  if (isAlias(node)) return readAlias(node.source, node, reading);
  const anchor = (node as Scalar).anchor;
  if (!anchor) return readContent(node, reading, depth);
  const before = reading.size;
  reading.anchors.set(anchor, 'open');
  const value = readContent(node, reading, depth);
  reading.anchors.set(anchor, { value, size: reading.size - before + 1 });
  return value;
}

function readContent(node: Node, reading: Reading, depth: number): JsonValue {
  if (isScalar(node)) return readScalar(node, reading);
  const tag = (node as YAMLMap).tag;
  if (isMap(node)) {
    if (tag && tag !== 'tag:yaml.org,2002:map') throw new Refusal(node, unknownTag);
    return readMap(node, reading, depth);
  }
  if (!isSeq(node)) throw new Refusal(node, 'is neither a mapping, a list nor a value');
  if (tag && tag !== 'tag:yaml.org,2002:seq') throw new Refusal(node, unknownTag);
  return node.items.map((item) => read(item as Node | null, reading, depth + 1));
}

function readScalar(node: Scalar, reading: Reading): JsonValue {
  const source = node.source ?? '';
  const value = node.tag ? resolveTagged(node.tag, source) : resolveScalar(source, node.type, reading.python);
  if (value === undefined) throw new Refusal(node, `${source} is a number that JSON has no form for`);
  if (typeof value === 'object' && value !== null) throw new Refusal(node, value.refusal);
  return value;
}

function resolveScalar(source: string, type: Scalar['type'], python: boolean): ReturnType<typeof resolvePlain> {
  if (python && type === 'QUOTE_SINGLE') return resolvePythonText(source);
  if (type !== 'PLAIN') return source;
  return python && isPythonNull(source) ? null : resolvePlain(source);
}

function readAlias(name: string, node: Node, reading: Reading): JsonValue {
  const anchored = reading.anchors.get(name);
  // Its name is not told: it may be a password that should have been in quotes.
  if (!anchored) {
    throw new Refusal(
      node,
      'an alias for an anchor that is not written before it; put text that begins with * in quotes',
    );
  }
  if (anchored === 'open') throw new Refusal(node, 'an alias inside of what it stands for');
  reading.size += anchored.size - 1;
  reading.aliased += anchored.size;
  if (reading.aliased > maxAliased) throw new Refusal(node, `aliases add more than ${maxAliased} values`);
  return anchored.value;
}

/** Pairs are taken in the order in which they are written, and a merge wins over what stands before it, as with kubectl. */
function readMap(node: YAMLMap, reading: Reading, depth: number): JsonValue {
  const fields: Fields = {};
  const explicit = new Set<string>();
  for (const pair of node.items) {
    const keyNode = pair.key as Node | null;
    if (isMergeKey(keyNode)) {
      merge(fields, explicit, pair.value as Node | null, keyNode, reading, depth);
      continue;
    }
    const key = readKey(keyNode, node, reading, depth);
    if (explicit.has(key)) throw new Refusal(keyNode, `the key ${JSON.stringify(key)} is written twice`);
    explicit.add(key);
    assign(fields, key, read(pair.value as Node | null, reading, depth + 1));
  }
  return fields;
}

function isMergeKey(node: Node | null): node is Scalar {
  if (!isScalar(node) || node.source !== '<<') return false;
  return node.tag ? node.tag === 'tag:yaml.org,2002:merge' : node.type === 'PLAIN';
}

function merge(
  fields: Fields,
  explicit: Set<string>,
  node: Node | null,
  at: Node,
  reading: Reading,
  depth: number,
): void {
  const value = read(node, reading, depth + 1);
  const maps = Array.isArray(value) ? [...value].reverse() : [value];
  for (const map of maps) {
    if (typeof map !== 'object' || map === null || Array.isArray(map)) {
      throw new Refusal(node ?? at, '<< takes a mapping or a list of mappings');
    }
    for (const [key, field] of Object.entries(map)) {
      if (explicit.has(key)) warnOverride(key, at, reading);
      assign(fields, key, field as JsonValue);
    }
  }
}

function warnOverride(key: string, at: Node, reading: Reading): void {
  const message = `<< replaces the key ${JSON.stringify(key)} that is written before it, as with kubectl; write << first`;
  reading.warnings.push({ offset: at.range?.[0] ?? 0, message });
}

function readKey(node: Node | null, map: YAMLMap, reading: Reading, depth: number): string {
  const value = read(node, reading, depth + 1);
  if (typeof value === 'string') return value;
  if (typeof value === 'object') {
    throw new Refusal(node ?? map, value === null ? 'a key is empty' : 'a key must be text, not a mapping or a list');
  }
  const key = String(value);
  if (typeof value === 'boolean' && isScalar(node) && node.source?.toLowerCase() !== key) {
    const message = `the key ${node.source} means ${key}, as with kubectl; put it in quotes if the word is meant`;
    reading.warnings.push({ offset: node.range?.[0] ?? 0, message });
  }
  return key;
}

/** `__proto__` becomes a field like any other. */
function assign(fields: Fields, key: string, value: JsonValue): void {
  if (key !== '__proto__') fields[key] = value;
  else Object.defineProperty(fields, key, { value, enumerable: true, configurable: true, writable: true });
}
