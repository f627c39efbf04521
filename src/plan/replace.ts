/** Whether an object whose immutable fields change may be deleted and made anew. */
import type { ObjectMetadata } from '../cluster/metadata.ts';
import type { Policy } from '../definition/policy.ts';
import type { InventoryRecord } from '../inventory/inventory.ts';
import type { DesiredObject } from '../manifest/desired-set.ts';
import { keyOf, type ObjectReference } from '../manifest/manifest.ts';
import { isMarkedBy, ownersBut } from '../manifest/owner.ts';
import { isProtected, protection } from '../manifest/protection.ts';
import { interestKey } from './interest.ts';
import { firstOf } from './names.ts';
import type { OwnerObservation } from './observation.ts';
import type { Change, Problem } from './plan.ts';

/** `WhenImmutable` or `Never`, whatever the definition says. */
const annotation = 'vidra.infrahub.operators.com/replace';

/** Kinds that hold what a new object does not bring back. */
const irreplaceable: ReadonlySet<string> = new Set([
  '/Namespace',
  '/PersistentVolume',
  '/PersistentVolumeClaim',
  'apiextensions.k8s.io/CustomResourceDefinition',
]);

/** Whether an object of this kind holds what goes with it for good, so that it is never made anew of Vidra's own accord. */
export function isIrreplaceable({ group, kind }: Pick<ObjectReference, 'group' | 'kind'>): boolean {
  return irreplaceable.has(`${group}/${kind}`);
}

/** Whether the definition, or the object itself, allows it. */
export function mayReplace(policy: Policy, { reference, manifest }: DesiredObject): boolean {
  const said = manifest.metadata.annotations?.[annotation] ?? policy.replace;
  return said === 'WhenImmutable' && !isIrreplaceable(reference);
}

/** Why the object is left as it is; an empty message where it is only not allowed. */
export function obstacleToReplacement(
  { owner, policy }: OwnerObservation,
  desired: DesiredObject,
  live: ObjectMetadata,
  refusal: Problem | undefined,
): Problem | undefined {
  const { kind } = desired.reference;
  if (isIrreplaceable(desired.reference)) return { code: 'IMMUTABLE', message: `a ${kind} is never replaced` };
  if (!mayReplace(policy, desired)) return { code: 'IMMUTABLE', message: '' };
  if (isProtected(live.annotations) || isProtected(desired.manifest.metadata.annotations))
    return { code: 'IMMUTABLE', message: `stays, by its annotation ${protection}` };
  const others = ownersBut([owner], live);
  if (others.length > 0) return shared(others);
  if (!isMarkedBy(owner, live)) return { code: 'IMMUTABLE', message: 'what is not managed by Vidra is not replaced' };
  return refusal && { ...refusal, message: `could not be made anew: ${refusal.message}` };
}

/** `spec.selector is immutable`, `reclaimPolicy and parameters are immutable`. */
export function describeImmutable(fields: readonly string[]): string {
  const all = fields.length > 1 ? `${fields.slice(0, -1).join(', ')} and ${fields.at(-1)} are` : `${fields[0]} is`;
  return `${all} immutable`;
}

/** The same changes, with `skip` for each replacement of an object that another owner wants, in the plan or on record. */
export function keepShared(
  owners: readonly OwnerObservation[],
  writes: readonly (readonly Change[])[],
  records: readonly InventoryRecord[],
): (readonly Change[])[] {
  if (!writes.some((changes) => changes.some(({ action }) => action === 'replace'))) return [...writes];
  const claims = new Map<string, Set<string>>();
  const claim = (server: string, key: string, owner: string) => {
    const place = interestKey(server, key);
    claims.set(place, (claims.get(place) ?? new Set()).add(owner));
  };
  for (const { owner, wish, destination } of owners) {
    if (wish.type !== 'wanted') continue;
    for (const { reference } of wish.desired.objects) claim(destination.server, keyOf(reference), owner.name);
  }
  for (const { header, entries } of records) for (const key of entries.keys()) claim(header.server, key, header.name);
  return owners.map(({ owner, destination }, index) =>
    (writes[index] ?? []).map((change): Change => {
      if (change.action !== 'replace') return change;
      const { reference, immutable = [] } = change;
      const all = claims.get(interestKey(destination.server, keyOf(reference))) ?? [];
      const others = [...all].filter((name) => name !== owner.name);
      if (others.length === 0) return change;
      const { code, message } = shared(others);
      const reason = `${describeImmutable(immutable)}, and ${message}`;
      return { action: 'skip', reference, reason, after: [], code };
    }),
  );
}

function shared(others: readonly string[]): Problem {
  return { code: 'IMMUTABLE', message: `${firstOf(others)} wants the object, too` };
}
