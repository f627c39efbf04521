/** Globs: `**`, `*`, `?` and `{a,b}` over paths with slashes. */

import { VidraError } from '../errors.ts';

/** Whether a text is a pattern and not the plain name of a file or folder. */
export function isPattern(text: string): boolean {
  return /[*?{]/.test(text);
}

export interface Pattern {
  /** The folder above the first wildcard, `.` when there is none. */
  readonly base: string;
  matches(path: string): boolean;
}

/** Reads a glob. Hidden names match only where the pattern writes their dot. Throws USAGE for an open brace. */
export function parsePattern(text: string): Pattern {
  const segments = text.replace(/^(\.\/)+/, '').split('/');
  const first = segments.findIndex((segment) => isPattern(segment));
  const base = segments.slice(0, first).join('/');
  const expression = new RegExp(`^${source(segments.join('/'))}$`, 'u');
  return { base: base === '' ? (text.startsWith('/') ? '/' : '.') : base, matches: (path) => expression.test(path) };
}

function source(text: string): string {
  let result = '';
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const start = at === 0 || text[at - 1] === '/';
    const rest = text.slice(at);
    if (start && rest.startsWith('**/')) {
      result += '(?:[^./][^/]*/)*';
      at += 2;
    } else if (start && rest === '**') {
      result += '(?:[^./][^/]*/)*[^./][^/]*';
      at += 1;
    } else {
      const piece = character(text[at] ?? '', start, depth);
      depth += piece.depth;
      result += piece.source;
    }
  }
  if (depth !== 0) throw new VidraError('USAGE', 'has a brace without its other half', { subject: `Pattern ${text}` });
  return result;
}

/** A wildcard at the start of a name never stands for the dot of a hidden file. */
function character(letter: string, start: boolean, depth: number): { source: string; depth: number } {
  const visible = start ? '(?!\\.)' : '';
  if (letter === '*') return { source: `${visible}[^/]*`, depth: 0 };
  if (letter === '?') return { source: `${visible}[^/]`, depth: 0 };
  if (letter === '{') return { source: '(?:', depth: 1 };
  if (letter === '}' && depth > 0) return { source: ')', depth: -1 };
  if (letter === ',' && depth > 0) return { source: '|', depth: 0 };
  return { source: letter.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&'), depth: 0 };
}
