/** One field that differs, as lines: old and new beside each other, and texts of many lines as a line diff. */
import { structuredPatch } from 'diff';
import { stringifyJson } from '../manifest/json.ts';
import type { JsonValue } from '../manifest/manifest.ts';
import type { Difference } from '../plan/plan.ts';
import { printable } from './printable.ts';
import { countOf } from './quantity.ts';
import type { Style } from './style.ts';

const longestValue = 60;
const mostLines = 16;
/** Beyond this many changed lines a diff tells people nothing, and takes long. */
const mostEdits = 400;

/** Lines without indentation. Secret values come masked and are shown as they come. */
export function differenceLines(difference: Difference, style: Style): string[] {
  const { path, before, after } = difference;
  const name = style.colour.bold(printable(path));
  if (isManyLines(before) || isManyLines(after)) {
    const diff = lineDiff(textOf(before), textOf(after), style);
    if (diff) return [`${name}:`, ...diff.map((line) => `  ${line}`)];
    return [`${name}: ${linesOf(before)} ${style.glyphs.arrow} ${linesOf(after)}`];
  }
  const { red, green } = style.colour;
  if (before === undefined) return [`${name}: ${green(`+ ${short(valueText(after), style)}`)}`];
  if (after === undefined) return [`${name}: ${red(`- ${short(valueText(before), style)}`)}`];
  const [old, now] = shortPair(valueText(before), valueText(after), style);
  return [`${name}: ${red(old)} ${style.glyphs.arrow} ${green(now)}`];
}

function isManyLines(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value.trimEnd().includes('\n');
}

function textOf(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : stringifyJson(value);
}

function linesOf(value: JsonValue | undefined): string {
  return value === undefined ? 'nothing' : countOf(textOf(value).trimEnd().split('\n').length, 'line');
}

function valueText(value: JsonValue | undefined): string {
  return printable(value === undefined ? '' : stringifyJson(value));
}

function lineDiff(before: string, after: string, style: Style): string[] | undefined {
  const options = { context: 1, maxEditLength: mostEdits };
  const patch = structuredPatch('', '', before, after, undefined, undefined, options);
  if (!patch) return undefined;
  const lines = patch.hunks.flatMap((hunk, index) => {
    const changed = hunk.lines.filter((line) => !line.startsWith('\\'));
    return index === 0 ? changed : [` ${style.glyphs.ellipsis}`, ...changed];
  });
  const shown = lines.slice(0, mostLines).map((line) => coloured(line, style));
  const left = lines.length - shown.length;
  return left > 0 ? [...shown, style.colour.dim(`${style.glyphs.ellipsis} ${countOf(left, 'more line')}`)] : shown;
}

function coloured(line: string, style: Style): string {
  const text = `${line.slice(0, 1)} ${short(printable(line.slice(1)), style, 100)}`.trimEnd();
  if (line.startsWith('+')) return style.colour.green(text);
  return line.startsWith('-') ? style.colour.red(text) : style.colour.dim(text);
}

/** Takes out the middle of what is too long. */
function short(text: string, style: Style, longest = longestValue): string {
  if (text.length <= longest) return text;
  const half = Math.floor((longest - style.glyphs.ellipsis.length) / 2);
  return text.slice(0, half) + style.glyphs.ellipsis + text.slice(-half);
}

/** Takes out what both have in common before it takes out the middle, so that the two never look the same. */
function shortPair(before: string, after: string, style: Style): [string, string] {
  if (before.length <= longestValue && after.length <= longestValue) return [before, after];
  let same = 0;
  while (same < Math.min(before.length, after.length) && before[same] === after[same]) same++;
  const cut = same - 12;
  if (cut < 12) return [short(before, style), short(after, style)];
  const rest = (text: string) => shortEnd(style.glyphs.ellipsis + text.slice(cut), style);
  return [rest(before), rest(after)];
}

function shortEnd(text: string, style: Style): string {
  return text.length <= longestValue ? text : text.slice(0, longestValue - 1) + style.glyphs.ellipsis;
}
