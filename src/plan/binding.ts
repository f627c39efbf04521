/** Binds a plan that was made anew to one that was saved: what comes out the same is carried out, and nothing else. */
import { keyOf } from '../manifest/manifest.ts';
import { participles, type Surroundings, whatMoved } from './compare-rows.ts';
import { interestKey } from './interest.ts';
import { isWrite } from './order.ts';
import { type Change, changeId, type Guard, type OwnerPlan, type Plan, type Problem, type SkipChange } from './plan.ts';
import { isAction } from './row.ts';
import { sealPlan } from './seal.ts';

export interface BindingOptions {
  /** Sealed with `salt`. */
  readonly saved: Plan;
  /** Made with `salt`, and not sealed. */
  readonly fresh: Plan;
  readonly salt: string;
  /** Objects that must be left alone whatever comes out, by `changeId`. */
  readonly refused?: ReadonlyMap<string, Problem>;
  /** Guards of the saved plan that were confirmed: for what they hold back nobody has to be asked again. */
  readonly confirmed?: readonly Guard[];
}

/**
 * The rows of `fresh` that do what the saved plan says, with the preconditions of now. A saved row that comes out
 * different becomes a skip with PLAN_STALE. What is done already stays as unchanged. What was not in the saved plan is left
 * alone: as a skip without a code, since it is no fault of the saved plan.
 */
export function bindPlan(options: BindingOptions): Plan {
  const { saved, fresh, salt, refused = new Map(), confirmed = [] } = options;
  const rows = rowsOf(saved);
  const savedOwners = new Map(saved.owners.map((plan) => [plan.owner.name, plan]));
  const sealed = rowsOf(sealPlan(fresh, salt));
  const isDone = (id: string) => isDoneRow(rows.get(id), sealed.get(id));
  const byObject = rowsByObject(saved);
  const strangers = fresh.owners.filter(({ owner }) => !savedOwners.has(owner.name));

  const decide = ({ owner: { name: owner }, header }: OwnerPlan, change: Change): Change => {
    const key = keyOf(change.reference);
    const id = changeId(owner, key);
    const problem = refused.get(id);
    if (problem) return skip(change, problem.message, problem.code);
    const surroundings = { owner, isDone, rows: byObject.get(interestKey(header.server, key)) ?? [] };
    return bound(rows.get(id), change, sealed.get(id) as Change, surroundings);
  };
  const owners = fresh.owners
    .filter(({ owner }) => savedOwners.has(owner.name))
    .map((plan) => ({ ...plan, changes: plan.changes.map((change) => decide(plan, change)) }))
    .map((plan) => withMissing(plan, savedOwners.get(plan.owner.name)?.changes ?? [], sealed));
  const left = leftOut(fresh, owners);
  const result = owners.map((plan) => ({ ...plan, changes: plan.changes.map((change) => alone(change, left)) }));
  return {
    ...fresh,
    owners: result,
    problems: [...fresh.problems, ...missingOwners(saved, fresh)],
    notes: [...fresh.notes, ...strangers.filter(({ changes }) => changes.some(isAction)).map(strange)],
    guards: guardsOf(fresh.guards, result).filter((guard) => !isConfirmed(guard, confirmed)),
  };
}

function bound(saved: Change | undefined, change: Change, sealed: Change, surroundings: Surroundings): Change {
  if (!isAction(change) && (!saved || !isAction(saved) || isDoneRow(saved, sealed))) return change;
  if (!saved || saved.action === 'keep') {
    // Something that is wanted and was there is not there any more: what depends on it must not go ahead.
    if (saved && change.action === 'create') return skip(change, 'was deleted since', 'PLAN_STALE');
    return skip(change, `is not in the saved plan: would be ${participles[change.action]} now (${change.reason})`);
  }
  if (saved.action === 'skip')
    return { ...saved, reason: `${saved.reason}; the saved plan leaves it alone`, after: [] };
  const moved = whatMoved(saved, sealed, surroundings);
  return moved === undefined ? change : skip(change, moved, 'PLAN_STALE');
}

function isDoneRow(saved: Change | undefined, fresh: Change | undefined): boolean {
  if (!saved || !isAction(saved)) return false;
  if (isWrite(saved)) return fresh?.action === 'keep';
  return fresh === undefined || (fresh.action === 'skip' && fresh.deleting === true);
}

/** Objects that the saved plan writes and the new one does not speak of: they are not wanted any more, or cannot be read. */
function withMissing(plan: OwnerPlan, saved: readonly Change[], fresh: ReadonlyMap<string, Change>): OwnerPlan {
  const missing = saved.filter(
    (change) => isWrite(change) && !fresh.has(changeId(plan.owner.name, keyOf(change.reference))),
  );
  if (missing.length === 0) return plan;
  return {
    ...plan,
    changes: [...plan.changes, ...missing.map((row) => skip(row, 'is not planned any more', 'PLAN_STALE'))],
  };
}

/** What makes an object come or go, so that other rows may need it. */
const decisive: ReadonlySet<Change['action']> = new Set(['create', 'replace', 'delete', 'release']);

/** Rows of the new plan that are left alone though nothing is wrong with them. */
function leftOut(fresh: Plan, owners: readonly OwnerPlan[]): ReadonlyMap<string, Change> {
  const bound = rowsOf({ owners });
  const isLeft = ([id, { action }]: [string, Change]) => {
    const now = bound.get(id);
    return decisive.has(action) && (now === undefined || (now.action === 'skip' && !now.code));
  };
  return new Map([...rowsOf(fresh)].filter(isLeft));
}

/** A row that comes after something which the saved plan does not do would do more than it says, or fail. */
function alone(change: Change, left: ReadonlyMap<string, Change>): Change {
  if (!isAction(change)) return change;
  const first = change.after.map((id) => left.get(id)).find((row) => row !== undefined);
  if (!first) return change;
  const { kind, namespace, name } = first.reference;
  const object = `${kind} ${namespace ? `${namespace}/` : ''}${name}`;
  return skip(change, `${object} would have to be ${participles[first.action]} before`, 'PLAN_STALE');
}

// A leaving owner that is not there any more has left.
function missingOwners(saved: Plan, fresh: Plan): Problem[] {
  const names = new Set(fresh.owners.map(({ owner }) => owner.name));
  const missing = saved.owners.filter(
    ({ owner, leaving, changes }) => !leaving && !names.has(owner.name) && changes.some(isAction),
  );
  return missing.map(({ owner }) => ({
    code: 'PLAN_STALE',
    message: `${owner.name}: is not planned any more; nothing of it is carried out`,
  }));
}

function strange({ owner }: OwnerPlan): string {
  return `${owner.name}: is not in the saved plan, and is left alone`;
}

function guardsOf(guards: readonly Guard[], owners: readonly OwnerPlan[]): Guard[] {
  const actions = new Set(
    owners.flatMap(({ owner, changes }) =>
      changes.filter(isAction).map(({ reference }) => changeId(owner.name, keyOf(reference))),
    ),
  );
  return guards
    .map((guard) => ({ ...guard, changes: guard.changes.filter((id) => actions.has(id)) }))
    .filter(({ changes }) => changes.length > 0);
}

function isConfirmed({ type, changes }: Guard, confirmed: readonly Guard[]): boolean {
  const ids = confirmed.filter((other) => other.type === type).map((other) => new Set(other.changes));
  return ids.some((known) => changes.every((id) => known.has(id)));
}

function rowsOf({ owners }: Pick<Plan, 'owners'>): Map<string, Change> {
  return new Map(
    owners.flatMap(({ owner, changes }) =>
      changes.map((change): [string, Change] => [changeId(owner.name, keyOf(change.reference)), change]),
    ),
  );
}

function rowsByObject({ owners }: Plan): Map<string, Change[]> {
  const rows = new Map<string, Change[]>();
  for (const { header, changes } of owners) {
    for (const change of changes) {
      const place = interestKey(header.server, keyOf(change.reference));
      const others = rows.get(place);
      if (others) others.push(change);
      else rows.set(place, [change]);
    }
  }
  return rows;
}

function skip({ reference }: Change, reason: string, code?: SkipChange['code']): SkipChange {
  return { action: 'skip', reference, reason, after: [], ...(code && { code }) };
}
