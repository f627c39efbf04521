/** What differs between two texts of many lines, line by line. */
import { structuredPatch } from 'diff';
import type { Detail } from './detail.ts';

/** `gap` stands for lines that are left out, `end` for a line feed that is missing at the end of what is above it. */
export interface DiffLine {
  readonly type: 'same' | 'old' | 'new' | 'gap' | 'end';
  readonly text: string;
}

/** Beyond this many changed lines a diff tells people nothing, and takes long. */
const mostEdits = 400;
const mostEditsInFull = 2000;

/** Nothing when nearly all of many lines differ, unless all shall be shown. */
export function diffLines(before: string, after: string, { context }: Detail): readonly DiffLine[] | undefined {
  const maxEditLength = context === undefined ? mostEdits : mostEditsInFull;
  const options = { context: Math.min(context ?? 1, Number.MAX_SAFE_INTEGER), maxEditLength };
  const patch = structuredPatch('', '', before, after, undefined, undefined, options);
  if (!patch) return context === undefined ? undefined : [...linesOf(before, 'old'), ...linesOf(after, 'new')];
  // Where neither text ends with a line feed nothing is missing.
  const ends = before.endsWith('\n') !== after.endsWith('\n');
  return patch.hunks.flatMap((hunk, index) => [
    ...(index === 0 ? [] : [{ type: 'gap' as const, text: '' }]),
    ...hunk.lines.filter((line) => ends || !line.startsWith('\\')).map(read),
  ]);
}

const types: Readonly<Record<string, DiffLine['type']>> = { '+': 'new', '-': 'old', '\\': 'end' };

/** A line as patches have it. */
function read(line: string): DiffLine {
  const type = types[line.slice(0, 1)] ?? 'same';
  return { type, text: line.slice(type === 'end' ? 2 : 1) };
}

function linesOf(text: string, type: DiffLine['type']): DiffLine[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => ({ type, text: line }));
}
