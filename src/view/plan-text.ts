/** A plan for people: by owner, then namespace, one line per object with the reason, and what differs. */

import type { Change, OwnerPlan, Plan } from '../plan/plan.ts';
import { differenceLines } from './difference.ts';
import { compareFields, inReadingOrder, ownerTitle } from './order.ts';
import { printable, printableLine } from './printable.ts';
import { createProblemView, type ProblemView } from './problem.ts';
import { countOf } from './quantity.ts';
import type { Style } from './style.ts';
import { planSummary } from './summary.ts';

const widestName = 48;

/** Lines without line feeds. Unchanged objects are only counted, and owners with nothing else are left out. */
export function planLines(plan: Plan, style: Style): string[] {
  return [...planBodyLines(plan, style), style.colour.bold(planSummary(plan))];
}

/** The same without the summary; nothing when there is nothing to say. */
export function planBodyLines(plan: Plan, style: Style): string[] {
  const problems = createProblemView(style);
  const owners = inReadingOrder(plan.owners).flatMap((owner) => ownerLines(owner, style, problems));
  const general = [
    ...plan.problems.flatMap((problem) => problems.lines(problem)),
    ...plan.notes.map((note) => noteLine(note, style)),
  ];
  if (general.length > 0) general.push('');
  return [...owners, ...general];
}

function ownerLines(owner: OwnerPlan, style: Style, problems: ProblemView): string[] {
  const lines = [
    ...namespacesOf(owner.changes).flatMap(([namespace, changes]) =>
      namespaceLines(namespace, changes, style, problems),
    ),
    ...owner.problems.flatMap((problem) => problems.lines(problem)),
    ...owner.notes.map((note) => noteLine(note, style)),
    ...forgetLines(owner, style),
  ];
  return lines.length === 0 ? [] : [ownerTitle(owner, style), ...indented(lines, 2), ''];
}

function forgetLines(owner: OwnerPlan, style: Style): string[] {
  const count = owner.forget.length;
  if (count === 0) return [];
  return [
    noteLine(
      `${countOf(count, 'recorded object')} ${count === 1 ? 'is' : 'are'} gone or not this owner's any more`,
      style,
    ),
  ];
}

function namespacesOf(changes: readonly Change[]): [string, Change[]][] {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    if (change.action === 'keep') continue;
    const { namespace } = change.reference;
    groups.set(namespace, [...(groups.get(namespace) ?? []), change]);
  }
  return [...groups].sort(([one], [other]) => compareFields([one], [other]));
}

function namespaceLines(namespace: string, changes: readonly Change[], style: Style, problems: ProblemView): string[] {
  const sorted = inReadingOrder(changes);
  // A name that is too long for the column must not make it wide for all others.
  const width = Math.max(0, ...sorted.map((change) => nameOf(change).length).filter((length) => length <= widestName));
  const title = namespace === '' ? 'cluster-wide' : `namespace ${namespace}`;
  return [
    style.colour.cyan(printableLine(title)),
    ...indented(
      sorted.flatMap((change) => changeLines(change, width, style, problems)),
      2,
    ),
  ];
}

function changeLines(change: Change, width: number, style: Style, problems: ProblemView): string[] {
  const lead = `${glyphOf(change, style)} ${nameOf(change).padEnd(width)}  `;
  if (change.action === 'skip' && change.code)
    return problems.lines({ code: change.code, message: change.reason }, lead);
  const reason = style.colour.dim(shortIds(printableLine(change.reason), style) + sureness(change));
  const differences = 'differences' in change && change.action !== 'create' ? change.differences : [];
  return [
    lead + reason,
    ...indented(
      differences.flatMap((difference) => differenceLines(difference, style)),
      4,
    ),
  ];
}

/** Owners are named by ids, and one whole id fills half a line; the title of the owner shows it in full. */
function shortIds(text: string, style: Style): string {
  return text.replace(/\b([0-9a-f]{8})(?:-[0-9a-f]{4}){3}-[0-9a-f]{8}([0-9a-f]{4})\b/g, `$1${style.glyphs.ellipsis}$2`);
}

function sureness(change: Change): string {
  return 'confidence' in change && change.confidence === 'predicted' ? ' (predicted)' : '';
}

function nameOf(change: Change): string {
  return printableLine(`${change.reference.kind} ${change.reference.name}`);
}

function glyphOf(change: Change, style: Style): string {
  const glyph = style.glyphs[change.action];
  const { red, green, yellow, cyan } = style.colour;
  if (change.action === 'delete' || (change.action === 'skip' && change.code)) return red(glyph);
  if (change.action === 'create') return green(glyph);
  return change.action === 'update' || change.action === 'skip' ? yellow(glyph) : cyan(glyph);
}

function noteLine(note: string, style: Style): string {
  return style.colour.dim(`note: ${printable(note)}`);
}

function indented(lines: readonly string[], spaces: number): string[] {
  return lines.map((line) => ' '.repeat(spaces) + line);
}
