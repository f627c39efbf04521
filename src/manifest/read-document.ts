/** What both readers, YAML and JSON, make of a text: one thing after the other, documents and problems. */

import type { JsonValue } from './manifest.ts';

/** Fields and indexes from a document's root to one value. */
export type Path = readonly (string | number)[];

/** A sentence on one place of a text. `offset` counts UTF-16 units from 0. */
export interface Remark {
  readonly offset: number;
  readonly message: string;
}

/** One document of a text. `number` counts from 1. */
export type ReadDocument = Readable | { readonly number: number; readonly problem: Remark };

export interface Readable {
  readonly number: number;
  readonly value: JsonValue;
  readonly warnings: readonly Remark[];
  /** Offset of the value at the path, or of its nearest parent that is written there. */
  locate(path: Path): number;
  /** Offsets of all elements of the list at the path. */
  locateItems(path: Path): readonly number[];
}

/** Values deeper than this are refused, so that nothing that walks them can run out of stack. */
export const maxDepth = 300;

/** The sentence on them. */
export const tooDeep = `is nested deeper than ${maxDepth} levels`;

/** For people: `spec.containers[0].ports`, `metadata.labels["a.b/c"]`. */
export function describePath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\w-]+$/.test(step)) text += text ? `.${step}` : step;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}
