/** Whether a row of a saved plan comes out the same when it is planned again, and if not, what moved. */
import { canonicalJson, stringifyJson } from '../manifest/json.ts';
import { type JsonValue, keyOf } from '../manifest/manifest.ts';
import { isWrite } from './order.ts';
import { type Change, changeId, type Difference, type WriteChange } from './plan.ts';
import { differencesOfRow, factsOf, saidOf } from './row.ts';

/** Whether a row of the saved plan, by `changeId`, is done already. */
export type IsDone = (id: string) => boolean;

/** What the rest of the saved plan says. */
export interface Surroundings {
  readonly owner: string;
  readonly isDone: IsDone;
  /** The rows of all owners for the same object. */
  readonly rows: readonly Change[];
}

const longestValue = 60;

export const participles: Readonly<Record<Change['action'], string>> = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  adopt: 'taken over',
  delete: 'deleted',
  release: 'released',
  keep: 'left as it is',
  skip: 'left alone',
};

/** For people, as a clause; nothing when the rows do the same. Both are sealed, and of the same owner and object. */
export function whatMoved(saved: Change, fresh: Change, { owner, isDone, rows }: Surroundings): string | undefined {
  const left = isOtherHalfDone(owner, saved, isDone) ? withoutRename(saved) : saved;
  const now = left === saved ? fresh : withoutRename(fresh);
  const rest = restOf(left, now, isDone);
  return movedAction(rest, now) ?? movedObject(rest, now) ?? movedDifference(rest, now, rows) ?? movedFact(rest, now);
}

/** What is left to do of a saved row, where a run that ended early did the rest. */
function restOf(saved: Change, fresh: Change, isDone: IsDone): Change {
  if (saved.action === 'replace' && fresh.action === 'create') {
    const { propagation: _propagation, immutable: _immutable, ...rest } = saved;
    return { ...rest, action: 'create', expect: 'absent' };
  }
  if (saved.action === 'adopt' && saved.migrate && fresh.action === 'update') return restOfAdoption(saved, fresh);
  if (saved.action !== 'create' || saved.expect !== undefined || fresh.action !== 'update' || !fresh.expect)
    return saved;
  // Whoever creates it first has done so, and this owner joins what exists now.
  const creators = saved.after.filter((id) => id.endsWith(`|${keyOf(saved.reference)}`));
  return creators.length > 0 && creators.every(isDone) ? { ...saved, action: 'update', expect: fresh.expect } : saved;
}

/** What was taken over is the owner's already, and nobody needs to give it up any more. */
function restOfAdoption({ migrate, ...saved }: WriteChange, fresh: WriteChange): WriteChange {
  const take = saved.take.filter((one) => fresh.take.some((now) => canonical(now) === canonical(one)));
  return { ...saved, action: 'update', take, ...(migrate && fresh.migrate && { migrate }) };
}

function canonical(conflict: WriteChange['take'][number]): string {
  return canonicalJson({ ...conflict });
}

function isOtherHalfDone(owner: string, change: Change, isDone: IsDone): boolean {
  const other = isWrite(change) ? change.renamedFrom : change.action === 'delete' ? change.renamedTo : undefined;
  return other !== undefined && isDone(changeId(owner, keyOf(other.reference)));
}

function withoutRename(change: Change): Change {
  const {
    renamedFrom: _from,
    renamedTo: _to,
    ...rest
  } = change as Change & { renamedFrom?: unknown; renamedTo?: unknown };
  return rest as Change;
}

function movedAction(saved: Change, fresh: Change): string | undefined {
  if (saved.action === fresh.action) return undefined;
  const isStrange = fresh.action === 'skip' && fresh.code === 'NOT_ADOPTED';
  if (isStrange && saved.action !== 'create') return 'is not managed by Vidra any more';
  if (fresh.action === 'skip' && !isStrange) return fresh.reason;
  if (saved.action === 'create') return 'exists since';
  if (fresh.action === 'create') return 'was deleted since';
  return `would be ${participles[fresh.action]} now: ${fresh.reason}`;
}

function movedObject(saved: Change, fresh: Change): string | undefined {
  const [before, now] = [factsOf(saved), factsOf(fresh)];
  const isSame = ['expect', 'uid'].every((name) => before.get(name) === now.get(name));
  return isSame ? undefined : 'was recreated since';
}

/**
 * A difference that is gone is done already, and one that the saved plan shows at another owner's row is in this one once
 * that owner is done. What was not tried when it was saved has none to compare; then nothing that its owner has applied may
 * have changed.
 */
function movedDifference(saved: Change, fresh: Change, rows: readonly Change[]): string | undefined {
  if (fresh.action === 'create') return undefined;
  if (isWrite(saved) && saved.confidence !== 'server') {
    const isSame = saved.applied === undefined || (isWrite(fresh) && fresh.applied === saved.applied);
    return isSame ? undefined : 'was changed since, and could not be tried when the plan was saved';
  }
  if (isWrite(fresh) && fresh.confidence !== 'server') return `cannot be compared now: ${fresh.reason}`;
  const known = new Set([saved, ...rows].flatMap((row) => differencesOfRow(row).map((each) => saidOf(row, each))));
  const moved = differencesOfRow(fresh).find((difference) => !known.has(saidOf(fresh, difference)));
  return (
    moved &&
    describeMove(
      differencesOfRow(saved).find(({ path }) => path === moved.path),
      moved,
    )
  );
}

function describeMove(then: Difference | undefined, now: Difference): string {
  const { path } = now;
  if (now.digests) return `${path} has another value now`;
  if (then && canonicalJson(then.before ?? null) === canonicalJson(now.before ?? null))
    return `${path} would become ${textOf(now.after)} now, and ${textOf(then.after)} in the saved plan`;
  return `${path} is ${textOf(now.before)} now, was ${then ? textOf(then.before) : 'as wanted'}`;
}

function movedFact(saved: Change, fresh: Change): string | undefined {
  const [before, now] = [factsOf(saved), factsOf(fresh)];
  const name = [...new Set([...before.keys(), ...now.keys()])].find((each) => before.get(each) !== now.get(each));
  if (name === undefined) return undefined;
  if (name === 'desired') return 'is wanted in another way now';
  if (name === 'take') return `is held by others in another way now: ${fresh.reason}`;
  if (name === 'migrate') return `would take other things over now: ${fresh.reason}`;
  if (name === 'yield') return 'other fields are left to others now';
  return `its ${name} is ${short(now.get(name) ?? 'nothing')} now, was ${short(before.get(name) ?? 'nothing')}`;
}

function textOf(value: JsonValue | undefined): string {
  return value === undefined ? 'not there' : short(stringifyJson(value));
}

function short(text: string): string {
  return text.length <= longestValue ? text : `${text.slice(0, longestValue - 1)}…`;
}
