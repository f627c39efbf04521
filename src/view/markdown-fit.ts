/** Writes as much of a report as there is room for: what matters most comes in first, and what is left out is counted. */
import type { Item, Report, Section } from './markdown-report.ts';
import { countOf, grouped } from './quantity.ts';

/**
 * In the order in which they are let in, with the share that each may take of the room that is left: what is wrong leaves some
 * for the changes, and changes leave some for what differs in the first of them. All of it is for deletions.
 */
const passes = [
  { part: 'guard', share: 0.3 },
  { part: 'problem', share: 0.3 },
  { part: 'deletion', share: 1 },
  { part: 'change', share: 0.6 },
  { part: 'note', share: 1 },
  { part: 'difference', share: 1 },
  { part: 'change', share: 1 },
  { part: 'unchanged', share: 1 },
] as const;
type Part = (typeof passes)[number]['part'];

/** Something that is shown in whole or not at all. */
interface Piece {
  readonly part: Part;
  /** Where it is shown: a list, or the section of an owner. */
  readonly place: 'Held back' | 'Problems' | 'Notes' | Section;
  readonly lines: readonly string[];
  /** Shown only with this one. */
  readonly of?: Piece;
}

/** Kept free for the line that tells of what is left out. */
const reserve = 400;
/** Up to so many rows are shown without a click. */
const fewRows = 10;

/** At most `limit` bytes of UTF-8, with a line feed at the end. */
export function fitReport(report: Report, limit: number): string {
  const open = report.sections.reduce((count, { rows }) => count + rows.length, 0) <= fewRows;
  const pieces = piecesOf(report);
  const head = headOf(report);
  const chosen = choose(pieces, limit - reserve - sizeOf(head));
  const body = [...byPlace(pieces.filter((piece) => chosen.has(piece)))].flatMap(([place, shown]) => [
    ...openingOf(place, open),
    ...shown.flatMap(({ lines }) => lines),
    ...closingOf(place),
  ]);
  return `${[...head, ...shortened(pieces, chosen), ...body].join('\n')}\n`;
}

function byPlace(pieces: readonly Piece[]): ReadonlyMap<Piece['place'], readonly Piece[]> {
  const places = new Map<Piece['place'], Piece[]>();
  for (const piece of pieces) {
    const same = places.get(piece.place);
    if (same) same.push(piece);
    else places.set(piece.place, [piece]);
  }
  return places;
}

function headOf({ subject, headline, tally, place }: Report): string[] {
  const table = [
    `| ${tally.map(({ word }) => word).join(' | ')} |`,
    `|${tally.map(() => ' ---: ').join('|')}|`,
    `| ${tally.map(({ count }) => grouped(count)).join(' | ')} |`,
    '',
  ];
  // Whoever posts it can find by this line what they posted before.
  return [`<!-- vidra ${subject} -->`, `### ${headline}`, '', ...(tally.length > 0 ? table : []), place];
}

/** In the order in which they are shown. */
function piecesOf(report: Report): Piece[] {
  const list = (part: Part, place: Piece['place'], items: readonly Item[]) =>
    items.map((item): Piece => ({ part, place, lines: listed(item) }));
  return [
    ...list('guard', 'Held back', report.guards),
    ...list('problem', 'Problems', report.problems),
    ...report.sections.flatMap((section) => [
      ...section.rows.flatMap(({ type, item, difference }): Piece[] => {
        const row = { part: type, place: section, lines: listed(item) };
        if (difference.length === 0) return [row];
        return [row, { part: 'difference', place: section, lines: indented(difference), of: row }];
      }),
      ...list('note', section, section.notes),
    ]),
    ...list('note', 'Notes', report.notes),
  ];
}

/** The first piece that does not fit ends it, but for a share, so that nothing is left out for something that matters less. */
function choose(pieces: readonly Piece[], limit: number): ReadonlySet<Piece> {
  const chosen = new Set<Piece>();
  const opened = new Set<Piece['place']>();
  let left = limit;
  for (const { part, share } of passes) {
    let room = Math.floor(left * share);
    for (const piece of pieces) {
      if (piece.part !== part || chosen.has(piece) || (piece.of && !chosen.has(piece.of))) continue;
      const frame = opened.has(piece.place) ? 0 : sizeOf([...openingOf(piece.place, true), ...closingOf(piece.place)]);
      const size = sizeOf(piece.lines) + frame;
      if (size > room) {
        if (part === 'difference') continue;
        if (share < 1) break;
        return chosen;
      }
      room -= size;
      left -= size;
      opened.add(piece.place);
      chosen.add(piece);
    }
  }
  return chosen;
}

function openingOf(place: Piece['place'], open: boolean): string[] {
  if (typeof place === 'string') return ['', `#### ${place}`, ''];
  return ['', open ? '<details open>' : '<details>', `<summary>${place.summary}</summary>`, ''];
}

function closingOf(place: Piece['place']): string[] {
  return typeof place === 'string' ? [] : ['', '</details>'];
}

/** What is left out, and how to see it. */
function shortened(pieces: readonly Piece[], chosen: ReadonlySet<Piece>): string[] {
  const count = (...wanted: Part[]) =>
    pieces.filter((piece) => wanted.includes(piece.part) && !chosen.has(piece)).length;
  const left = [
    { count: count('guard'), word: 'guard' },
    { count: count('problem'), word: 'problem' },
    { count: count('deletion', 'change'), word: 'change' },
    { count: count('note'), word: 'note' },
    { count: count('difference'), word: 'difference' },
    { count: count('unchanged'), word: 'unchanged object' },
  ].filter((one) => one.count > 0);
  if (left.length === 0) return [];
  const what = left.map((one) => countOf(one.count, one.word)).join(', ');
  return ['', `**Not shown here for its length:** ${what}. The same command with \`-o text\` shows everything.`];
}

function listed([first = '', ...rest]: Item): string[] {
  return [`- ${first}`, ...indented(rest)];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

function sizeOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
}
