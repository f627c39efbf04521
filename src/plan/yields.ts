/** Fields that are left to their holders, for people. */
import type { YieldedField } from '../inventory/inventory.ts';
import type { FieldSet } from '../manifest/field-set.ts';
import { pathsOf } from '../manifest/field-set-place.ts';
import { type Owner, ownerOfManager } from '../manifest/owner.ts';
import { boundedNote } from './names.ts';
import type { Change, Migration } from './plan.ts';

/** `left to "hpa": .spec.replicas`, one for each holder. */
export function describeYields(yielded: readonly YieldedField[], owner: Owner): string[] {
  return holdersOf(yielded, owner).map(([holder, fields]) => `left to ${holder}: ${fields.join(', ')}`);
}

/** `.spec.replicas is not left to "hpa" any more`. */
export function describeReturn(yielded: readonly YieldedField[], owner: Owner): string {
  return holdersOf(yielded, owner)
    .map(
      ([holder, fields]) => `${fields.join(', ')} ${fields.length > 1 ? 'are' : 'is'} not left to ${holder} any more`,
    )
    .join(', ');
}

/** `given up as it is: .spec.replicas`, of fields that are ignored now. */
export function describeGiveUp(fields: FieldSet | undefined): string[] {
  return fields ? [`given up as it is: ${pathsOf(fields).join(', ')}`] : [];
}

/** `takes over what "kubectl-client-side-apply" holds`. */
export function describeMigration(migrate: Migration | undefined): string[] {
  const holders = [...new Set((migrate?.from ?? []).map(({ manager }) => `"${manager}"`))];
  return holders.length > 0 ? [`takes over what ${holders.join(', ')} ${holders.length > 1 ? 'hold' : 'holds'}`] : [];
}

/** What the rows of unchanged objects do not show, because there are none: at most one note, of a few objects. */
export function yieldNotes(changes: readonly Change[], owner: Owner): string[] {
  const kept = changes.flatMap(({ reference, ...change }) =>
    'yield' in change && change.action === 'keep' && change.yield
      ? [{ reference, text: describeYields(change.yield, owner).join(', ') }]
      : [],
  );
  return boundedNote(kept, 'have fields that are left to others');
}

function holdersOf(yielded: readonly YieldedField[], { home }: Owner): [holder: string, fields: string[]][] {
  const holders = new Map<string, string[]>();
  for (const { field, manager, autoscaler } of yielded) {
    const other = ownerOfManager(manager, home, { annotations: {} }) ?? `"${manager}"`;
    const holder = autoscaler === undefined ? other : `HorizontalPodAutoscaler ${autoscaler}`;
    const fields = holders.get(holder);
    if (fields) fields.push(field);
    else holders.set(holder, [field]);
  }
  return [...holders];
}
