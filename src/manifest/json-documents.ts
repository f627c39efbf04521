/** Reads JSON text: one document, or several one after the other. */

import { parseJson } from './json.ts';
import { type Child, childrenAt, countKeys, skipSpace, skipValue } from './json-text.ts';
import type { JsonValue } from './manifest.ts';
import { maxDepth, type Path, type Readable, type ReadDocument, type Remark, tooDeep } from './read-document.ts';

/** The documents of a text that is JSON throughout; nothing if it is not, so that the YAML reader may have it. */
export function readJson(text: string): readonly ReadDocument[] | undefined {
  const start = skipSpace(text, 0);
  if (text[start] !== '{' && text[start] !== '[') return undefined;
  const whole = parseOrNothing(text.slice(start));
  if (whole !== undefined) return [toDocument(text, start, 1, whole)];
  return readConcatenated(text, start);
}

function readConcatenated(text: string, first: number): readonly ReadDocument[] | undefined {
  const documents: ReadDocument[] = [];
  for (let start = first; start < text.length; ) {
    const end = skipValue(text, start);
    const value = parseOrNothing(text.slice(start, end));
    if (value === undefined) return undefined;
    documents.push(toDocument(text, start, documents.length + 1, value));
    start = skipSpace(text, end);
  }
  return documents;
}

function parseOrNothing(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function toDocument(text: string, start: number, number: number, value: JsonValue): ReadDocument {
  const written = countKeys(text.slice(start, skipValue(text, start)));
  const kept = countKept(value, 0);
  if (kept === undefined) {
    return { number, problem: { offset: start, message: tooDeep } };
  }
  const problem = written > kept ? findDuplicate(text, start) : undefined;
  if (problem) return { number, problem };
  return {
    number,
    value,
    warnings: [],
    ...locators(text, start),
  };
}

/** Keys of all objects in the value, or nothing when it is nested too deep. */
function countKept(value: JsonValue, depth: number): number | undefined {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > maxDepth) return undefined;
  const fields = Object.values(value) as JsonValue[];
  let keys = Array.isArray(value) ? 0 : fields.length;
  for (const field of fields) {
    const inside = countKept(field, depth + 1);
    if (inside === undefined) return undefined;
    keys += inside;
  }
  return keys;
}

function findDuplicate(text: string, start: number): Remark | undefined {
  const keys = new Set<string>();
  for (const child of childrenAt(text, start)) {
    const { key } = child;
    if (key !== undefined && keys.has(key)) {
      return { offset: child.keyStart, message: `the key ${JSON.stringify(key)} is written twice` };
    }
    if (key !== undefined) keys.add(key);
    const inside = findDuplicate(text, child.start);
    if (inside) return inside;
  }
  return undefined;
}

/** What has been walked once is remembered, so that asking for every element of a list costs one walk. */
function locators(text: string, start: number): Pick<Readable, 'locate' | 'locateItems'> {
  const walked = new Map<number, readonly Child[]>();
  const childrenOf = (offset: number): readonly Child[] => {
    const children = walked.get(offset) ?? [...childrenAt(text, offset)];
    walked.set(offset, children);
    return children;
  };
  const locate = (path: Path): number => {
    let offset = start;
    for (const step of path) {
      const children = childrenOf(offset);
      const child = typeof step === 'number' ? children[step] : children.find(({ key }) => key === step);
      if (!child) break;
      offset = child.start;
    }
    return offset;
  };
  return { locate, locateItems: (path) => childrenOf(locate(path)).map((child) => child.start) };
}
