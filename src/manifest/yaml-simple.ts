/**
 * Reads everyday YAML many times faster than a full parser: block mappings and lists, values on one line, block scalars, JSON.
 * It knows what it takes and leaves the rest, faults included, to the exact reader (yaml.ts), which it must agree with.
 */

import type { JsonValue } from './manifest.ts';
import type { Path } from './read-document.ts';
import { readBlockScalar } from './yaml-simple-block.ts';
import { readFlow } from './yaml-simple-flow.ts';
import { readJsonDocument } from './yaml-simple-json.ts';
import { finishLine, isLineEnd, lineEnd, notSimple, type Reading, skipSpaces, toContent } from './yaml-simple-line.ts';
import { readQuoted } from './yaml-simple-quoted.ts';
import { assignOnce, isKeyAt, readKey, readPlain } from './yaml-simple-scalar.ts';

export interface SimpleDocument {
  readonly value: JsonValue;
  /** Offset of the value. */
  readonly start: number;
  /** Where the elements stand of lists that are the value or a field of it. */
  readonly items: ReadonlyMap<JsonValue, readonly number[]>;
}

interface Tree extends Reading {
  readonly items: Map<JsonValue, readonly number[]>;
}

/** Deeper documents are for the exact reader. */
const maxDepth = 100;
/** So are longer lines with brackets, in which each text in quotes would look for the end of its line. */
const maxFlow = 10_000;
const marker = /^---(?: *| +#.*)(?:\n|$)/;
/** Tabs and non-ASCII text are looked at where they stand. Whatever a parser may take for a line break is not simple. */
const strange = /[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ufefe\uff00-\uffff]/;

/** The one document of a text, or nothing if it is not simple or holds none. Never throws. */
export function readSimpleYaml(text: string): SimpleDocument | undefined {
  if (strange.test(text)) return undefined;
  const tree: Tree = { text, at: 0, indent: 0, items: new Map() };
  try {
    toContent(tree, marker.exec(text)?.[0].length ?? 0);
    const start = tree.at;
    if (text[start] === '{' || text[start] === '[') return readJsonDocument(text, start, maxDepth);
    if (!isDashAt(text, start) && !isKeyAt(text, start)) return undefined;
    const value = readNode(tree, -1, 0);
    // A line that is indented unlike all above it ends them all, but not the text.
    return tree.indent < 0 ? { value, start, items: tree.items } : undefined;
  } catch (error) {
    if (error === notSimple) return undefined;
    throw error;
  }
}

/** Offsets of the elements of the list at the path, where they are known. */
export function itemStarts({ value, items }: SimpleDocument, path: Path): readonly number[] | undefined {
  const [step] = path;
  if (step === undefined) return items.get(value);
  const field = (value as { readonly [step: string | number]: JsonValue | undefined })[step];
  return path.length === 1 && field !== undefined ? items.get(field) : undefined;
}

/** What starts on a line of its own, indented by more than its parent. */
function readNode(tree: Tree, parent: number, depth: number): JsonValue {
  if (depth > maxDepth) throw notSimple;
  if (isDashAt(tree.text, tree.at)) return readList(tree, tree.indent, depth);
  if (isKeyAt(tree.text, tree.at)) return readMapping(tree, tree.indent, depth);
  if (isBlockScalarAt(tree)) throw notSimple;
  return readInline(tree, parent, depth);
}

function readMapping(tree: Tree, indent: number, depth: number): JsonValue {
  const fields: { [field: string]: JsonValue } = {};
  while (tree.indent === indent) {
    const key = readKey(tree);
    assignOnce(fields, key, readField(tree, indent, depth + 1));
  }
  return fields;
}

function readField(tree: Tree, indent: number, depth: number): JsonValue {
  if (!isLineEnd(tree)) return readInline(tree, indent, depth);
  finishLine(tree);
  if (tree.indent > indent) return readNode(tree, indent, depth);
  return tree.indent === indent && isDashAt(tree.text, tree.at) ? readList(tree, indent, depth) : null;
}

function readList(tree: Tree, indent: number, depth: number): JsonValue {
  const items: JsonValue[] = [];
  const starts: number[] = [];
  while (tree.indent === indent && isDashAt(tree.text, tree.at)) {
    const dash = tree.at;
    tree.at = skipSpaces(tree.text, dash + 1);
    const isBelow = isLineEnd(tree);
    if (isBelow) finishLine(tree);
    starts.push(tree.at);
    if (!isBelow) items.push(readItem(tree, dash, indent, depth + 1));
    else items.push(tree.indent > indent ? readNode(tree, indent, depth + 1) : null);
  }
  // An empty element stands nowhere.
  if (depth <= 1 && !items.includes(null)) tree.items.set(items, starts);
  return items;
}

/** What stands behind the dash: a list or mapping there is indented as if the dash were a space. */
function readItem(tree: Tree, dash: number, indent: number, depth: number): JsonValue {
  const { text, at } = tree;
  if (!isDashAt(text, at) && !isKeyAt(text, at)) return readInline(tree, indent, depth);
  tree.indent = indent + at - dash;
  return readNode(tree, indent, depth);
}

/** A value that starts behind a key or a dash. `parent` is the indentation that its further lines must exceed. */
function readInline(tree: Tree, parent: number, depth: number): JsonValue {
  if (isBlockScalarAt(tree)) return readBlockScalar(tree, parent);
  const first = tree.text[tree.at];
  let value: JsonValue;
  if (first === '"' || first === "'") value = readQuoted(tree, parent);
  else if (first === '[' || first === '{') {
    if (lineEnd(tree.text, tree.at) - tree.at > maxFlow) throw notSimple;
    value = readFlow(tree, maxDepth - depth);
  } else return readPlain(tree, parent);
  finishLine(tree);
  return value;
}

function isBlockScalarAt({ text, at }: Tree): boolean {
  return text[at] === '|' || text[at] === '>';
}

function isDashAt(text: string, at: number): boolean {
  if (text[at] !== '-') return false;
  const next = text[at + 1];
  return next === ' ' || next === '\n' || next === undefined;
}
