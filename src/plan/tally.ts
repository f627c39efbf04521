/** How many of what: the two halves of a rename are one. */
import { keyOf } from '../manifest/manifest.ts';
import { type Change, changeId, type WriteChange } from './plan.ts';

/** What changes something, in the order in which it is told. */
export const acting = ['create', 'update', 'replace', 'rename', 'adopt', 'delete', 'release'] as const;
/** What is done, in the past tense. */
export const done = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  rename: 'renamed',
  adopt: 'adopted',
  delete: 'deleted',
  release: 'released',
} as const;
/** What is counted. */
export type Tallied = (typeof acting)[number] | 'keep' | 'skip';

/** A change of an owner. */
export interface OwnedChange {
  readonly owner: string;
  readonly change: Change;
}

/** A rename of which only one half is given counts as what that half does. */
export function tallyOf(given: readonly OwnedChange[]): Readonly<Record<Tallied, number>> {
  const counts = { create: 0, update: 0, replace: 0, rename: 0, adopt: 0, delete: 0, release: 0, keep: 0, skip: 0 };
  const isWhole = wholeRenames(given);
  for (const one of given) {
    if (!isWhole(one)) counts[one.change.action]++;
    else if (one.change.action !== 'delete') counts.rename++;
  }
  return counts;
}

/** Tells whether a change is a half of a rename whose other half is given, too. */
export function wholeRenames(given: readonly OwnedChange[]): (one: OwnedChange) => boolean {
  const halves = given.filter(({ change }) => otherHalf(change) !== undefined);
  const ids = new Set(halves.map(({ owner, change }) => changeId(owner, keyOf(change.reference))));
  return ({ owner, change }) => {
    const other = otherHalf(change);
    return other !== undefined && ids.has(changeId(owner, keyOf(other.reference)));
  };
}

/** Of a half of a rename, the other one's name. */
export function otherHalf(change: Change): WriteChange['renamedFrom'] {
  if (change.action === 'delete') return change.renamedTo;
  return 'renamedFrom' in change ? change.renamedFrom : undefined;
}
