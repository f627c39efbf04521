/** Lines of simple YAML: how they are walked, and how reading ends when something is not simple. */

/** A place in a text. */
export interface Reading {
  readonly text: string;
  at: number;
  /** Column, from 0, at which the current line's content starts; -1 behind the last line. */
  indent: number;
}

/** Thrown by all of the simple reader. It says nothing: the exact reader will say what it is. */
export const notSimple = new Error('not simple YAML');

/** Goes to the next content from the start of a line on, over empty lines and comments. */
export function toContent(reading: Reading, lineStart: number): void {
  const { text } = reading;
  let start = lineStart;
  while (start < text.length) {
    const at = skipSpaces(text, start);
    const first = text[at];
    if (first === '\t') throw notSimple;
    if (first !== undefined && first !== '\n' && first !== '#') {
      reading.at = at;
      reading.indent = at - start;
      return;
    }
    start = lineEnd(text, at) + 1;
  }
  reading.at = text.length;
  reading.indent = -1;
}

/** Goes on to the next content when nothing but a comment is left on the line. */
export function finishLine(reading: Reading): void {
  toContent(reading, restEnd(reading) + 1);
}

/** Offset of the line's end, on which nothing but a comment may be left. */
export function restEnd({ text, at }: Reading): number {
  const rest = skipSpaces(text, at);
  const isComment = text[rest] === '#' && text[rest - 1] === ' ';
  if (!isComment && rest < text.length && text[rest] !== '\n') throw notSimple;
  return lineEnd(text, rest);
}

/** Whether nothing but a comment stands there, behind a space. */
export function isLineEnd({ text, at }: Reading): boolean {
  const first = text[at];
  return first === undefined || first === '\n' || (first === '#' && text[at - 1] === ' ');
}

/** Offset of the first character from `from` on that is no space. */
export function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === 0x20) at++;
  return at;
}

/** Offset of the line's LF, or the text's length. */
export function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** The rest of the line. */
export function lineAt({ text, at }: Reading): string {
  return text.slice(at, lineEnd(text, at));
}

/** The first character after white space, its column, and how many line breaks lie between. */
export function nextContent(text: string, from: number): { at: number; indent: number; breaks: number } {
  let breaks = 0;
  let at = skipSpaces(text, from);
  let start = at;
  while (text[at] === '\n') {
    breaks++;
    start = at + 1;
    at = skipSpaces(text, start);
  }
  if (text[at] === '\t') throw notSimple;
  return { at, indent: at - start, breaks };
}
