/** Finds where in a YAML text a value stands. */

import { type Document, isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import type { Path } from './read-document.ts';
import { resolvePlain } from './yaml-scalar.ts';

/** Offset of the value at the path, or of the nearest parent that is written there. */
export function locateInYaml(document: Document.Parsed, path: Path): number {
  return startOf(nodeAt(document, path));
}

/** Offsets of the elements of the list at the path. */
export function locateItemsInYaml(document: Document.Parsed, path: Path): readonly number[] {
  const node = nodeAt(document, path);
  return isSeq(node) ? node.items.map((item) => startOf(item as Node | null)) : [];
}

function nodeAt(document: Document.Parsed, path: Path): Node | null {
  let node: Node | null = document.contents;
  for (const step of path) {
    const child = childOf(resolved(node, document), step);
    if (!child) break;
    node = child;
  }
  return node;
}

/** Aliases lead to what they stand for only when a step inside is asked for. */
function resolved(node: Node | null, document: Document.Parsed): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? null) : node;
}

function childOf(node: Node | null, step: string | number): Node | undefined {
  if (isSeq(node) && typeof step === 'number') return (node.items[step] ?? undefined) as Node | undefined;
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && keyText(key.source ?? '', key.type) === step);
  const value = pair?.value as Node | null | undefined;
  return value ?? (pair?.key as Node | undefined);
}

function keyText(source: string, type: string | null | undefined): string {
  return type === 'PLAIN' ? String(resolvePlain(source)) : source;
}

function startOf(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}
