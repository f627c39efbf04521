/** What differs in one object, as the lines of a diff. */
import type { JsonValue } from '../manifest/manifest.ts';
import type { Difference } from '../plan/plan.ts';
import type { Detail } from './detail.ts';
import { isManyLines, textOf, valueText } from './difference.ts';
import { type DiffLine, diffLines } from './line-diff.ts';
import { printable, printableLine } from './printable.ts';
import { countOf } from './quantity.ts';
import { short, shortPair } from './short.ts';

const longestLine = 200;
const mostLines = 60;

/** Cut when it is long, unless `detail` asks for differences in full; the last line says how much is left. */
export function differencesAsDiff(differences: readonly Difference[], detail: Detail): string[] {
  const lines = differences.flatMap((difference) => [
    `@@ ${printableLine(difference.path)} @@`,
    ...valueLines(difference, detail),
  ]);
  if (detail.context !== undefined || lines.length <= mostLines) return lines;
  return [...lines.slice(0, mostLines), `… ${countOf(lines.length - mostLines, 'more line')}`];
}

function valueLines({ before, after }: Difference, detail: Detail): string[] {
  const isCut = detail.context === undefined;
  if (isManyLines(before) || isManyLines(after)) {
    const diff = diffLines(textOf(before), textOf(after), detail);
    if (diff) return diff.map((line) => signed(line, isCut));
  }
  const [old, now] = isCut
    ? shortPair(valueText(before), valueText(after), longestLine, '…')
    : [valueText(before), valueText(after)];
  return [...valueLine('-', before, old), ...valueLine('+', after, now)];
}

function valueLine(sign: string, value: JsonValue | undefined, text: string): string[] {
  return value === undefined ? [] : [`${sign}${text}`];
}

const signs = { same: ' ', old: '-', new: '+', end: '\\ ' } as const;

function signed({ type, text }: DiffLine, isCut: boolean): string {
  if (type === 'gap') return ' …';
  const safe = printable(text);
  return signs[type] + (isCut ? short(safe, longestLine, '…') : safe);
}
