/** The revisions of owners for people: one line each, the newest last. */
import type { Revision } from '../history/history.ts';
import { printableLine } from './printable.ts';
import { countOf } from './quantity.ts';
import type { Style } from './style.ts';

/** Lines without line feeds. */
export function historyLines(revisions: readonly Revision[], style: Style): string[] {
  if (revisions.length === 0) return ['No history yet: it begins with the first apply.'];
  const owners = [...new Set(revisions.map(({ owner }) => owner))];
  return owners.flatMap((owner) => {
    const own = revisions.filter((revision) => revision.owner === owner);
    return [titleOf(owner, own.at(-1), style), ...aligned(own.map(cells)).map((line) => `  ${line}`)];
  });
}

function titleOf(owner: string, newest: Revision | undefined, { colour }: Style): string {
  const title = colour.bold(printableLine(owner));
  return newest?.keptUntil === undefined
    ? title
    : `${title}  ${colour.dim(`gone; kept until ${timeText(newest.keptUntil)}`)}`;
}

function timeText(time: string): string {
  return `${time.slice(0, 19).replace('T', ' ')}Z`;
}

function cells({ number, applied, objects, summary, artifact, restored }: Revision): string[] {
  const done = restored === undefined ? summary : `back to revision ${restored}: ${summary}`;
  return [String(number), timeText(applied), countOf(objects, 'object'), done, artifact ?? ''];
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padStart(widths[0] ?? 0) : cell.padEnd(widths[column] ?? 0);
  return rows.map((row) => printableLine(row.map(pad).join('  ').trimEnd()));
}
