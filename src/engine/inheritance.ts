/** Gathers what decides over what an owner inherits when it applies to an object that exists. */
import type { ObjectMetadata } from '../cluster/metadata.ts';
import type { DesiredObject } from '../manifest/desired-set.ts';
import { intersection, isEmpty, managedFieldsOf } from '../manifest/field-set.ts';
import { keyOf, type Manifest } from '../manifest/manifest.ts';
import { isMarkedBy, ownerField, upstreamOwnersOf } from '../manifest/owner.ts';
import { lastApplied } from '../plan/inheritance.ts';
import type { OwnerObservation } from '../plan/observation.ts';
import { mayApply } from '../plan/proof.ts';
import type { Heirs } from './heirs.ts';
import type { FindLastWish } from './last-wishes.ts';
import type { Inheritance } from './try-migration.ts';

interface Finders {
  readonly heirs: Heirs;
  readonly findLastWish: FindLastWish;
}

/** Nothing when another owner of the plan inherits it all. */
export async function inheritanceOf(
  observed: OwnerObservation,
  desired: DesiredObject,
  object: Manifest,
  live: ObjectMetadata,
  { heirs, findLastWish }: Finders,
): Promise<Inheritance | undefined> {
  const { owner, policy } = observed;
  const key = keyOf(desired.reference);
  const before = heirs.before(owner, key);
  const isLast = before !== undefined;
  const adopting = mayApply(owner, live, policy) === 'adopt' || isHalfAdopted(observed, live);
  if (adopting && !isLast) return undefined;
  const takesUpstream = isLast && upstreamOwnersOf(live).length > 0 && heirs.isUpstreamDone(owner, key, live);
  const lastWish = await lastWishOf(observed, desired, object, findLastWish);
  const estate = { owner, adopting, live: object, entries: managedFieldsOf(object), takesUpstream };
  const heir = { owner, policy, others: heirs.wishesBut(owner, key) };
  const after = adopting || takesUpstream ? (before ?? []) : [];
  return { estate: { ...estate, ...(lastWish && { lastWish }) }, heir, after };
}

/** Another owner has applied to it, and nobody has taken over what kubectl wrote: the last one of a plan did not get there. */
function isHalfAdopted({ owner, policy }: OwnerObservation, live: ObjectMetadata): boolean {
  return policy.adopt !== 'Never' && !isMarkedBy(owner, live) && lastApplied in live.annotations;
}

/** Only where the manifest changed, and managedFields does not say any more what this owner applied. */
async function lastWishOf(
  { owner, record }: OwnerObservation,
  { reference, digest }: DesiredObject,
  object: Manifest,
  findLastWish: FindLastWish,
): Promise<Manifest | undefined> {
  const key = keyOf(reference);
  const entry = record?.entries.get(key);
  if (entry?.state !== 'applied' || entry.digest === undefined || entry.digest === digest) return undefined;
  const entries = managedFieldsOf(object);
  // Nobody writes an owner's annotation but who writes down everything that is there.
  const isCopied = entries.some(
    ({ operation, fieldsV1 = {} }) => operation === 'Update' && !isEmpty(intersection(fieldsV1, ownerField(owner))),
  );
  const isWiped = entries.length === 0 || isCopied;
  return isWiped ? findLastWish(owner.name, key, entry.digest) : undefined;
}
