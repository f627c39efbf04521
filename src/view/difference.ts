/** One field that differs, as lines: old and new beside each other, and texts of many lines as a line diff. */
import { stringifyJson } from '../manifest/json.ts';
import type { JsonValue } from '../manifest/manifest.ts';
import type { Difference } from '../plan/plan.ts';
import { type Detail, usualDetail } from './detail.ts';
import { type DiffLine, diffLines } from './line-diff.ts';
import { printable } from './printable.ts';
import { countOf } from './quantity.ts';
import { short, shortPair } from './short.ts';
import type { Style } from './style.ts';

const longestValue = 60;
const longestLine = 100;
const mostLines = 16;

/** Lines without indentation. Secret values come masked and are shown as they come. */
export function differenceLines(difference: Difference, style: Style, detail: Detail = usualDetail): string[] {
  const { path, before, after } = difference;
  const name = style.colour.bold(printable(path));
  if (isManyLines(before) || isManyLines(after)) {
    const diff = diffLines(textOf(before), textOf(after), detail);
    if (diff) return [`${name}:`, ...shownLines(diff, style, detail).map((line) => `  ${line}`)];
    return [`${name}: ${linesOf(before)} ${style.glyphs.arrow} ${linesOf(after)}`];
  }
  const { red, green } = style.colour;
  const cut = detail.context === undefined;
  const whole = (value: JsonValue | undefined) =>
    cut ? short(valueText(value), longestValue, style.glyphs.ellipsis) : valueText(value);
  if (before === undefined) return [`${name}: ${green(`+ ${whole(after)}`)}`];
  if (after === undefined) return [`${name}: ${red(`- ${whole(before)}`)}`];
  const [old, now] = cut
    ? shortPair(valueText(before), valueText(after), longestValue, style.glyphs.ellipsis)
    : [valueText(before), valueText(after)];
  return [`${name}: ${red(old)} ${style.glyphs.arrow} ${green(now)}`];
}

/** Whether a value is shown line by line. */
export function isManyLines(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value.trimEnd().includes('\n');
}

/** A text as it is, anything else as JSON; nothing is the empty text. */
export function textOf(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : stringifyJson(value);
}

/** How long a text is, for people. */
export function linesOf(value: JsonValue | undefined): string {
  return value === undefined ? 'nothing' : countOf(textOf(value).trimEnd().split('\n').length, 'line');
}

/** A value as JSON, safe to print; nothing is the empty text. */
export function valueText(value: JsonValue | undefined): string {
  return printable(value === undefined ? '' : stringifyJson(value));
}

function shownLines(diff: readonly DiffLine[], style: Style, detail: Detail): string[] {
  const most = detail.context === undefined ? mostLines : diff.length;
  const shown = diff.slice(0, most).map((line) => coloured(line, style, detail));
  const left = diff.length - shown.length;
  return left > 0 ? [...shown, style.colour.dim(`${style.glyphs.ellipsis} ${countOf(left, 'more line')}`)] : shown;
}

const signs = { same: ' ', old: '-', new: '+', gap: ' ', end: '\\' } as const;

function coloured({ type, text }: DiffLine, style: Style, detail: Detail): string {
  const { green, red, dim } = style.colour;
  const safe = printable(text);
  const shown = detail.context === undefined ? short(safe, longestLine, style.glyphs.ellipsis) : safe;
  const line = `${signs[type]} ${type === 'gap' ? style.glyphs.ellipsis : shown}`.trimEnd();
  return type === 'new' ? green(line) : type === 'old' ? red(line) : dim(line);
}
