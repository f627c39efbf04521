/** Renames as people see them: two changes of a plan as one row. */
import { keyOf, type ObjectReference } from '../manifest/manifest.ts';
import { type Change, changeId, type OwnerPlan, type WriteChange } from '../plan/plan.ts';
import { otherHalf, wholeRenames } from '../plan/tally.ts';

/**
 * The changes of an owner; of a rename only the half that comes. A half without its other one, or with another result, by
 * `changeId`, is shown as what it is.
 */
export function rowsOf(
  { owner: { name }, changes }: OwnerPlan,
  resultOf: (id: string) => unknown = () => '',
): Change[] {
  const given = changes.map((change) => ({ owner: name, change }));
  const isWhole = wholeRenames(given);
  const result = (reference: ObjectReference) => resultOf(changeId(name, keyOf(reference)));
  return given.flatMap((one) => {
    const { change } = one;
    const other = otherHalf(change)?.reference;
    if (!isWhole(one) || !other || result(other) !== result(change.reference)) return [withoutOther(change)];
    return change.action === 'delete' ? [] : [change];
  });
}

/** The old name of the object, as far as it is not the new one: `web`, or `shop/web` from another namespace. */
export function oldName(change: Change): string | undefined {
  const from = renamedFrom(change)?.reference;
  if (!from) return undefined;
  return from.namespace === change.reference.namespace ? from.name : `${from.namespace}/${from.name}`;
}

function renamedFrom(change: Change): WriteChange['renamedFrom'] {
  return 'renamedFrom' in change ? change.renamedFrom : undefined;
}

function withoutOther(change: Change): Change {
  if (!renamedFrom(change)) return change;
  const { renamedFrom: _, ...rest } = change as WriteChange;
  return rest;
}
