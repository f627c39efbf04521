/** Fields that are left to their holders, for people. */
import type { YieldedField } from '../inventory/inventory.ts';
import type { FieldSet } from '../manifest/field-set.ts';
import { pathsOf } from '../manifest/field-set-place.ts';
import { describe } from '../manifest/manifest.ts';
import type { Change } from './plan.ts';

/** Objects that a note names. */
const mostNamed = 3;

/** `left to "hpa": .spec.replicas`, one for each holder. */
export function describeYields(yielded: readonly YieldedField[]): string[] {
  return holdersOf(yielded).map(([holder, fields]) => `left to ${holder}: ${fields.join(', ')}`);
}

/** `.spec.replicas is not left to "hpa" any more`. */
export function describeReturn(yielded: readonly YieldedField[]): string {
  return holdersOf(yielded)
    .map(
      ([holder, fields]) => `${fields.join(', ')} ${fields.length > 1 ? 'are' : 'is'} not left to ${holder} any more`,
    )
    .join(', ');
}

/** `given up as it is: .spec.replicas`, of fields that are ignored now. */
export function describeGiveUp(fields: FieldSet | undefined): string[] {
  return fields ? [`given up as it is: ${pathsOf(fields).join(', ')}`] : [];
}

/** What the rows of unchanged objects do not show, because there are none: at most one note, of a few objects. */
export function yieldNotes(changes: readonly Change[]): string[] {
  const kept = changes.flatMap((change) =>
    change.action === 'keep' && change.yield && change.yield.length > 0 ? [{ change, yielded: change.yield }] : [],
  );
  if (kept.length === 0) return [];
  const named = kept
    .slice(0, mostNamed)
    .flatMap(({ change, yielded }) =>
      describeYields(yielded).map((text) => `${describe(change.reference)} is ${text}`),
    );
  const more = kept.length - mostNamed;
  return [[...named, ...(more > 0 ? [`and ${more} more objects have fields that are left to others`] : [])].join('; ')];
}

function holdersOf(yielded: readonly YieldedField[]): [holder: string, fields: string[]][] {
  const holders = new Map<string, string[]>();
  for (const { field, manager, autoscaler } of yielded) {
    const holder = autoscaler === undefined ? `"${manager}"` : `HorizontalPodAutoscaler ${autoscaler}`;
    const fields = holders.get(holder);
    if (fields) fields.push(field);
    else holders.set(holder, [field]);
  }
  return [...holders];
}
