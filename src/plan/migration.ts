/** Taking over what an owner inherits: which entries of managedFields lose what, and what an apply after that leaves of the object. */
import type { Policy } from '../definition/policy.ts';
import { difference, type FieldSet, isEmpty, managedFieldsOf, present, unionOf } from '../manifest/field-set.ts';
import { appliedBy, cutFrom, heldFields } from '../manifest/managed-fields.ts';
import { type Manifest, referenceOf } from '../manifest/manifest.ts';
import type { Owner } from '../manifest/owner.ts';
import { pruned } from '../manifest/prune.ts';
import { withheldFrom } from './conflict.ts';
import { ignoredPart } from './ignore.ts';
import type { Legacy } from './inheritance.ts';
import type { Means } from './observation.ts';
import type { Migration } from './plan.ts';

/** On whose behalf, and beside whom. */
export interface Heir {
  readonly owner: Owner;
  readonly policy: Policy;
  /** What other owners of the same plan want of the object. */
  readonly others: readonly Manifest[];
}

/** Leaves with their holders what the definition ignores or lets others keep. Nothing when there is nothing to take over. */
export function migrationOf(
  legacies: readonly Legacy[],
  live: Manifest,
  { policy, others }: Heir,
  means: Pick<Means, 'yield'>,
): Migration | undefined {
  const shares = legacies.flatMap((legacy) => {
    const ignored = ignoredPart(legacy.fields, live, referenceOf(live), policy.ignore);
    const left = unionOf([ignored, withheldFrom(legacy, live, policy.conflicts, means.yield)]);
    const { gain, isWritten: _, ...part } = legacy;
    const fields = difference(part.fields, left);
    return isEmpty(fields) ? [] : [{ part: { ...part, fields }, gain: difference(gain, left) }];
  });
  if (shares.length === 0) return undefined;
  const gain = withoutWanted(unionOf(shares.map((share) => share.gain)), others);
  return { gain, from: shares.map(({ part }) => part) };
}

/** What an apply after the migration makes of the object, when the apply alone makes `tried` of it; `tried` itself if that is all. */
export function appliedAfter(
  { gain, from }: Migration,
  { owner, others }: Heir,
  live: Manifest,
  tried: Manifest,
): Manifest {
  const before = appliedBy(owner.manager, managedFieldsOf(live))?.fieldsV1 ?? {};
  const last = withoutWanted(unionOf([before, gain]), others);
  const left = from.reduce<ReturnType<typeof managedFieldsOf>>(cutFrom, managedFieldsOf(tried));
  return pruned(tried, last, heldFields(left));
}

function withoutWanted(fields: FieldSet, others: readonly Manifest[]): FieldSet {
  return difference(fields, unionOf(others.map((manifest) => present(fields, manifest))));
}
