/** What a Markdown report of a plan or a result consists of, before it is known how much of it there is room for. */
import type { Outcome, Result } from '../engine/run.ts';
import { describe, keyOf, type ObjectReference } from '../manifest/manifest.ts';
import { type Change, changeId, isWrong, type OwnerPlan, type Plan } from '../plan/plan.ts';
import { done } from '../plan/tally.ts';
import { type Detail, isShown, notesOf } from './detail.ts';
import { flagFor } from './guard-text.ts';
import { differencesAsDiff } from './markdown-diff.ts';
import { type Trouble, troubleItems } from './markdown-problem.ts';
import { code, fenced, htmlCode, prose } from './markdown-text.ts';
import { compareFields, inReadingOrder, ownerName } from './order.ts';
import { withoutName } from './problem.ts';
import { grouped } from './quantity.ts';
import { rowsOf } from './rename.ts';
import { countChanges, doneTally, standingTally, type Tally, todoTally } from './summary.ts';

/** An item of a list, as lines without the dash. */
export type Item = readonly string[];

export interface Row {
  /** Deletions come first, and are left out last. */
  readonly type: 'deletion' | 'change' | 'unchanged';
  readonly item: Item;
  /** What differs; nothing for an object that is new or goes. */
  readonly difference: readonly string[];
}

export interface Section {
  /** HTML, on one line. */
  readonly summary: string;
  readonly rows: readonly Row[];
  readonly notes: readonly Item[];
}

export interface Report {
  /** Names what it is a report of. */
  readonly subject: string;
  readonly headline: string;
  readonly tally: Tally;
  readonly place: string;
  readonly guards: readonly Item[];
  readonly problems: readonly Item[];
  readonly sections: readonly Section[];
  readonly notes: readonly Item[];
}

export function planReport(plan: Plan, headline: string, detail: Detail): Report {
  const counts = countChanges(plan);
  return {
    ...common(plan, new Map(), detail),
    problems: troubleItems(planTroubles(plan)),
    subject: `plan ${plan.set}`,
    headline,
    tally: [...todoTally(counts), ...standingTally(counts)],
  };
}

export function resultReport(result: Result, headline: string, detail: Detail): Report {
  const { plan, outcomes, unhealthy, notes } = result;
  const byId = new Map(outcomes.map((outcome) => [changeId(outcome.owner, keyOf(outcome.change.reference)), outcome]));
  const report = common(plan, byId, detail);
  return {
    ...report,
    subject: `result ${plan.set}`,
    headline,
    tally: [...doneTally(outcomes, unhealthy.length), ...standingTally(countChanges(plan))],
    problems: troubleItems([...planTroubles(plan), ...failures(outcomes), ...unhealthy.map(unhealthyTrouble)]),
    notes: [...report.notes, ...notes.map(noteItem)],
  };
}

function common(plan: Plan, outcomes: ReadonlyMap<string, Outcome>, detail: Detail) {
  const owners = inReadingOrder(plan.owners);
  const sections = detail.quiet ? [] : owners.map((owner) => sectionOf(owner, outcomes, detail));
  return {
    place: `Set ${code(plan.set)} on ${code(plan.server)}${plan.digest ? `, digest ${code(plan.digest)}` : ''}`,
    guards: plan.guards.map((guard) => [`${prose(guard.message)}. To allow it: ${code(flagFor(guard))}`]),
    sections: sections.filter(({ rows, notes }) => rows.length + notes.length > 0),
    notes: detail.quiet ? [] : plan.notes.map(noteItem),
  };
}

function planTroubles({ problems, owners }: Plan): Trouble[] {
  return [...problems, ...inReadingOrder(owners).flatMap(ownerTroubles)];
}

function ownerTroubles({ owner: { name: owner }, changes, problems }: OwnerPlan): Trouble[] {
  const refused = inReadingOrder(changes).flatMap((change): Trouble[] => {
    if (change.action !== 'skip' || change.code === undefined) return [];
    return [
      { code: change.code, message: withoutName(change.reason, change), object: describe(change.reference), owner },
    ];
  });
  return [...refused, ...problems.map((problem) => ({ ...problem, owner }))];
}

function failures(outcomes: readonly Outcome[]): Trouble[] {
  return sorted(outcomes).flatMap(({ owner, change, result, problem }): Trouble[] => {
    if (result === 'succeeded' || result === 'stopped') return [];
    const what = result === 'failed' ? 'failed' : 'was not tried';
    const message = withoutName(problem?.message ?? '', change);
    return [{ ...problem, message, object: describe(change.reference), owner, what }];
  });
}

function unhealthyTrouble({ owner, name, reason, failed }: Result['unhealthy'][number]): Trouble {
  return { object: name, owner, what: failed ? 'has failed' : 'is not healthy yet', message: reason };
}

function sectionOf(owner: OwnerPlan, outcomes: ReadonlyMap<string, Outcome>, detail: Detail): Section {
  const idOf = (change: Change) => changeId(owner.owner.name, keyOf(change.reference));
  const all = rowsOf(owner, (id) => outcomes.get(id)?.result);
  const shown = inReadingOrder(all).filter((change) => isShown(change, detail) && !isWrong(change));
  const rows = shown.map((change) => rowOf(change, outcomes.get(idOf(change)), detail));
  const own = owner.changes.flatMap((change) => outcomes.get(idOf(change)) ?? []);
  const counts = countChanges({ owners: [owner], problems: [] });
  const tally = outcomes.size > 0 ? doneTally(own, 0) : todoTally(counts).map(toDo);
  const parts = tally.map(({ count, word }) => `${grouped(count)} ${word}`);
  return {
    summary: `${titleOf(owner)}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`,
    rows: [...rows.filter(isDeletion), ...rows.filter((row) => !isDeletion(row))],
    notes: notesOf(owner, detail).map((note) => [`note: ${prose(note)}`]),
  };
}

const toDo = ({ count, word }: Tally[number]) => ({ count, word: `to ${word}` });
const isDeletion = ({ type }: Row) => type === 'deletion';

function titleOf(owner: OwnerPlan): string {
  const { title, details } = ownerName(owner);
  const more = details.map(({ word, value }) => [word, value && htmlCode(value)].filter(Boolean).join(' ')).join(', ');
  return `<b>${htmlCode(title)}</b>${more && ` (${more})`}`;
}

function rowOf(change: Change, outcome: Outcome | undefined, detail: Detail): Row {
  const { action, reason } = change;
  const sureness = 'confidence' in change && change.confidence === 'predicted' ? ' (predicted)' : '';
  const why = `${prose(reason)}${sureness}${outcome?.gone === false ? '; waits for its finalizers' : ''}`;
  const isDifferent = 'differences' in change && (action !== 'create' || change.renamedFrom);
  const differences = isDifferent ? change.differences : [];
  return {
    type: typeOf(change),
    item: [`**${wordOf(change, outcome)}** ${nameOf(change)}: ${why}`],
    difference: differences.length > 0 ? fenced(differencesAsDiff(differences, detail), 'diff') : [],
  };
}

/** Where the old name of an object goes with the new one, something is deleted, too. */
function typeOf(change: Change): Row['type'] {
  if (change.action === 'delete' || change.action === 'replace' || oldNameOf(change)) return 'deletion';
  return change.action === 'keep' ? 'unchanged' : 'change';
}

function nameOf(change: Change): string {
  const old = oldNameOf(change);
  const name = code(describe(change.reference));
  return old ? `${code(describe(old))} to ${name}` : name;
}

function oldNameOf(change: Change): ObjectReference | undefined {
  return 'renamedFrom' in change ? change.renamedFrom?.reference : undefined;
}

function wordOf(change: Change, outcome: Outcome | undefined): string {
  const { action } = change;
  if (action === 'keep') return 'unchanged';
  if (action === 'skip') return 'skipped';
  const word = oldNameOf(change) ? 'rename' : action;
  if (!outcome) return word;
  if (outcome.result === 'succeeded') return done[word];
  return { failed: `${word} failed`, blocked: `${word} not tried`, stopped: `${word} not reached` }[outcome.result];
}

function noteItem(note: string): Item {
  return [prose(note)];
}

function sorted(outcomes: readonly Outcome[]): Outcome[] {
  const fields = ({ owner, change }: Outcome) => [owner, describe(change.reference)];
  return [...outcomes].sort((one, other) => compareFields(fields(one), fields(other)));
}
