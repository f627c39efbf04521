/** A plan for people: by owner, then namespace, one line per object with the reason, and what differs. */
import { type Change, hasChanges, isWrong, type OwnerPlan, type Plan } from '../plan/plan.ts';
import { type Detail, isShown, notesOf, usualDetail } from './detail.ts';
import { differenceLines } from './difference.ts';
import { guardLines } from './guard-text.ts';
import { compareFields, inReadingOrder, ownerTitle } from './order.ts';
import { printable, printableLine } from './printable.ts';
import { createProblemView, type ProblemView, withoutName } from './problem.ts';
import { oldName, rowsOf } from './rename.ts';
import type { Style } from './style.ts';
import { planSummary } from './summary.ts';

const widestName = 48;

/** Lines without line feeds. Owners of whom there is nothing to show are left out. Quiet, nothing to do is nothing to say. */
export function planLines(plan: Plan, style: Style, detail: Detail = usualDetail): string[] {
  const body = planBodyLines(plan, style, detail);
  if (detail.quiet && body.length === 0 && !hasChanges(plan)) return [];
  return [...body, style.colour.bold(planSummary(plan))];
}

/** The same without the summary; nothing when there is nothing to say. */
export function planBodyLines(plan: Plan, style: Style, detail: Detail = usualDetail): string[] {
  const view: View = { style, detail, problems: createProblemView(style) };
  const owners = inReadingOrder(plan.owners).flatMap((owner) => ownerLines(owner, view));
  const general = [
    ...plan.problems.flatMap((problem) => view.problems.lines(problem)),
    ...guardLines(plan.guards, style),
    ...noteLines(detail.quiet ? [] : plan.notes, view),
  ];
  if (general.length > 0) general.push('');
  return [...owners, ...general];
}

interface View {
  readonly style: Style;
  readonly detail: Detail;
  readonly problems: ProblemView;
}

function ownerLines(owner: OwnerPlan, view: View): string[] {
  const { style, detail, problems } = view;
  const shown = rowsOf(owner).filter((change) => isShown(change, detail));
  const lines = [
    ...namespacesOf(shown).flatMap(([namespace, changes]) => namespaceLines(namespace, changes, view)),
    ...owner.problems.flatMap((problem) => problems.lines(problem)),
    ...noteLines(notesOf(owner, detail), view),
  ];
  return lines.length === 0 ? [] : [ownerTitle(owner, style), ...indented(lines, 2), ''];
}

function namespacesOf(changes: readonly Change[]): [string, Change[]][] {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const { namespace } = change.reference;
    groups.set(namespace, [...(groups.get(namespace) ?? []), change]);
  }
  return [...groups].sort(([one], [other]) => compareFields([one], [other]));
}

function namespaceLines(namespace: string, changes: readonly Change[], view: View): string[] {
  const sorted = inReadingOrder(changes);
  // A name that is too long for the column must not make it wide for all others.
  const lengths = sorted.map((change) => nameOf(change, view.style).length);
  const width = Math.max(0, ...lengths.filter((length) => length <= widestName));
  const title = namespace === '' ? 'cluster-wide' : `namespace ${namespace}`;
  return [
    view.style.colour.cyan(printableLine(title)),
    ...indented(
      sorted.flatMap((change) => changeLines(change, width, view)),
      2,
    ),
  ];
}

function changeLines(change: Change, width: number, { style, detail, problems }: View): string[] {
  const lead = `${glyphOf(change, style)} ${nameOf(change, style).padEnd(width)}  `;
  if (change.action === 'skip' && change.code)
    return problems.lines({ code: change.code, message: withoutName(change.reason, change) }, lead);
  const reason = style.colour.dim(shortIds(printableLine(change.reason), style) + sureness(change));
  const isShown = 'differences' in change && (change.action !== 'create' || change.renamedFrom);
  const differences = isShown ? change.differences : [];
  return [
    lead + reason,
    ...indented(
      differences.flatMap((difference) => differenceLines(difference, style, detail)),
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

function nameOf(change: Change, { glyphs }: Style): string {
  const { kind, name } = change.reference;
  const old = oldName(change);
  return printableLine(old === undefined ? `${kind} ${name}` : `${kind} ${old} ${glyphs.arrow} ${name}`);
}

function glyphOf(change: Change, style: Style): string {
  const glyph = style.glyphs[oldName(change) === undefined ? change.action : 'rename'];
  const { red, green, yellow, cyan } = style.colour;
  if (change.action === 'delete' || isWrong(change)) return red(glyph);
  if (change.action === 'create' && oldName(change) === undefined) return green(glyph);
  return change.action === 'update' || change.action === 'skip' ? yellow(glyph) : cyan(glyph);
}

function noteLines(notes: readonly string[], { style }: View): string[] {
  return notes.map((note) => style.colour.dim(`note: ${printable(note)}`));
}

function indented(lines: readonly string[], spaces: number): string[] {
  return lines.map((line) => ' '.repeat(spaces) + line);
}
