/** Rows of columns, and facts of one thing. */
import { printableLine } from './printable.ts';
import type { Style } from './style.ts';

/** Lines without line feeds, under a line of heads; columns as wide as they need to be. */
export function tableLines(heads: readonly string[], rows: readonly (readonly string[])[], style: Style): string[] {
  const [head = '', ...lines] = aligned([heads, ...rows]);
  return [style.colour.dim(head), ...lines];
}

/** A title, and below it a line for each fact that is known. */
export function factLines(title: string, facts: Readonly<Record<string, string | undefined>>, style: Style): string[] {
  const known = Object.entries(facts).filter((fact): fact is [string, string] => fact[1] !== undefined);
  return [style.colour.bold(printableLine(title)), ...aligned(known).map((line) => `  ${line}`)];
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map((row) => row.map((cell) => printableLine(cell)));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
