/**
 * Text from elsewhere, made safe for Markdown. GitHub and GitLab look for markup, names of people, references and addresses
 * everywhere but in code: so whatever is not a plain word becomes code, and nothing has to be known of what they look for.
 */
import { printable, printableLine } from './printable.ts';
import { shortEnd } from './short.ts';

const longestText = 1000;

/** A code span on one line. */
export function code(text: string): string {
  const safe = shortEnd(printableLine(text).trim(), longestText, '…') || '(empty)';
  const fence = '`'.repeat(longestRun(safe) + 1);
  const pad = safe.startsWith('`') || safe.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${safe}${pad}${fence}`;
}

// Letters alone can be the start of a commit's name.
const plainWord = /^["'(]?(?![a-f]{7,}\b)[a-z]+(?:'[a-z]+)?["')]?[,;:.]?$/i;
/** What stands in quotes is one: it may be for a shell. */
const terms = /"[^"]*"[,;:.)]?(?!\S)|\S+/g;
// A full stop would make it the start of a list.
const plainNumber = /^[0-9]{1,6}[,;:]?$/;

/** A sentence: plain words stay as they are, anything else is code. Never starts or ends a block of Markdown. */
export function prose(text: string): string {
  const parts: string[] = [];
  let special: string[] = [];
  const flush = () => {
    if (special.length > 0) parts.push(codeAndStop(special.join(' ')));
    special = [];
  };
  for (const term of shortEnd(printableLine(text), longestText, '…').match(terms) ?? []) {
    if (term.split(/\s+/).every((word) => plainWord.test(word) || plainNumber.test(word))) {
      flush();
      parts.push(term);
    } else special.push(term);
  }
  flush();
  return parts.join(' ');
}

/** What ends a clause reads better outside. */
function codeAndStop(text: string): string {
  const stop = /[^,;:.…]([,;:.])$/.exec(text)?.[1] ?? '';
  return code(stop ? text.slice(0, -1) : text) + stop;
}

/** A fenced block that nothing in it can end. */
export function fenced(lines: readonly string[], language: string): string[] {
  const safe = lines.flatMap((line) => printable(line).split('\n'));
  const fence = '`'.repeat(Math.max(3, longestRun(safe.join('\n')) + 1));
  return [`${fence}${language}`, ...safe, fence];
}

/** The same as `code` in HTML, on one line. */
export function htmlCode(text: string): string {
  const safe = shortEnd(printableLine(text), longestText, '…').replace(/[&<>"']/g, (character) => {
    return `&#${character.charCodeAt(0)};`;
  });
  return `<code>${safe}</code>`;
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
