/** Reads the text of a list item by item: all of them at once, as they came, would take many times the memory of what is kept. */
import { skipSpace, skipString, skipValue } from '../manifest/json-text.ts';

/** The fields of the list; of `items`, what `read` makes of each. Throws a SyntaxError. */
export interface ListText<T> {
  readonly items: T[];
  readonly [field: string]: unknown;
}

export function readListText<T>(
  text: string,
  parse: (text: string) => unknown,
  read: (item: unknown) => T,
): ListText<T> {
  const items: T[] = [];
  const fields: [string, unknown][] = [];
  let at = skipSpace(text, skipSpace(text, 0) + 1);
  while (at < text.length && text[at] !== '}') {
    const end = skipString(text, at);
    const key = JSON.parse(text.slice(at, end)) as string;
    at = skipSpace(text, skipSpace(text, end) + 1);
    // A PartialObjectMetadataList without items has null.
    if (key === 'items' && text[at] === '[') at = eachElement(text, at, (item) => items.push(read(parse(item))));
    else {
      const start = at;
      at = skipValue(text, start);
      fields.push([key, parse(text.slice(start, at))]);
    }
    at = skipComma(text, at);
  }
  return { ...Object.fromEntries(fields), items };
}

/** Returns where the list ends. */
function eachElement(text: string, start: number, take: (element: string) => void): number {
  let at = skipSpace(text, start + 1);
  while (at < text.length && text[at] !== ']') {
    const end = skipValue(text, at);
    take(text.slice(at, end));
    at = skipComma(text, end);
  }
  return at + 1;
}

function skipComma(text: string, from: number): number {
  const at = skipSpace(text, from);
  return text[at] === ',' ? skipSpace(text, at + 1) : at;
}
