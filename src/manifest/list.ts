/** Takes lists apart: a top-level list of objects, and the kinds List, ConfigMapList and the like, to any depth. */

import type { JsonValue } from './manifest.ts';
import type { Path } from './read-document.ts';
import { isObject } from './shape.ts';

/** One object of a document, and where in the document it stands. */
export interface ListedObject {
  readonly path: Path;
  readonly value: JsonValue;
}

/** The objects of a document in the order in which they are written. An empty document has none. */
export function* flatten(value: JsonValue, path: Path = []): Generator<ListedObject> {
  if (value === null && path.length === 0) return;
  const items = itemsOf(value);
  if (!items) {
    yield { path, value };
    return;
  }
  for (const [index, item] of items.values.entries()) yield* flatten(item, [...path, ...items.path, index]);
}

function itemsOf(value: JsonValue): { path: Path; values: readonly JsonValue[] } | undefined {
  if (Array.isArray(value)) return { path: [], values: value };
  if (!isObject(value) || typeof value['kind'] !== 'string' || !value['kind'].endsWith('List')) return undefined;
  const items = value['items'];
  // A custom kind may be called …List and have a name: only a list without one is a list of objects.
  if (isObject(value['metadata']) && value['metadata']['name']) return undefined;
  if (items === null) return { path: ['items'], values: [] };
  return Array.isArray(items) ? { path: ['items'], values: items as readonly JsonValue[] } : undefined;
}
