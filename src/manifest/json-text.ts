/** Walks JSON text without reading it: where values start, and which keys are written. Expects valid JSON. */

/** One field or element of the object or list that starts at an offset. */
export interface Child {
  /** The field's name, or nothing for an element of a list. */
  readonly key: string | undefined;
  /** Where the key stands, or the element. */
  readonly keyStart: number;
  readonly start: number;
}

/** Offset of the first character from `from` on that is no white space. */
export function skipSpace(text: string, from: number): number {
  let at = from;
  while (' \t\r\n\ufeff'.includes(text[at] ?? 'x')) at++;
  return at;
}

/** Offset after the string that starts at `start`; the text's length if it does not end. */
export function skipString(text: string, start: number): number {
  let quote = start;
  do {
    quote = text.indexOf('"', quote + 1);
    if (quote < 0) return text.length;
  } while (isEscaped(text, quote));
  return quote + 1;
}

/** Offset after the value that starts at `start`; the text's length if it does not end. */
export function skipValue(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return skipString(text, start);
  if (first !== '{' && first !== '[') return skipWord(text, start);
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = skipString(text, at) - 1;
    else if (character === '{' || character === '[') depth++;
    else if ((character === '}' || character === ']') && --depth === 0) return at + 1;
  }
  return text.length;
}

/** The fields or elements of the object or list that starts at `start`; none for any other value. */
export function* childrenAt(text: string, start: number): Generator<Child> {
  const keyed = text[start] === '{';
  if (!keyed && text[start] !== '[') return;
  let at = skipSpace(text, start + 1);
  while (at < text.length && text[at] !== '}' && text[at] !== ']') {
    const keyStart = at;
    let key: string | undefined;
    if (keyed) {
      const end = skipString(text, at);
      key = JSON.parse(text.slice(at, end)) as string;
      at = skipSpace(text, skipSpace(text, end) + 1);
    }
    yield { key, keyStart, start: at };
    at = skipSpace(text, skipValue(text, at));
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
}

/** How many keys are written in all objects of the text, duplicates included. */
export function countKeys(text: string): number {
  let keys = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at)) {
    at = skipString(text, at);
    if (text[skipSpace(text, at)] === ':') keys++;
  }
  return keys;
}

function skipWord(text: string, start: number): number {
  let at = start;
  while (at < text.length && !' \t\r\n,]}'.includes(text[at] ?? ' ')) at++;
  return at;
}

function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0;
  while (text[quote - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}
