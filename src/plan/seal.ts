/** A plan as it may be written to a file: it tells what the plan does, and no value of a Secret. */
import type { DesiredObject } from '../manifest/desired-set.ts';
import { keyOf, type Manifest } from '../manifest/manifest.ts';
import { replaceSecrets } from './mask.ts';
import type { Change, OwnerPlan, Plan } from './plan.ts';
import { saltedDigest } from './salted.ts';

/**
 * Values of Secrets become salted digests, and so does whatever is a digest of them. A plan of the same things, sealed with
 * the same salt, has the same digests.
 */
export function sealPlan(plan: Plan, salt: string): Plan {
  return { ...plan, owners: plan.owners.map((owner) => sealOwner(owner, salt)) };
}

/** The manifest of one object with digests for its secret values; those of different objects and fields never look alike. */
export function sealManifest(manifest: Manifest, key: string, salt: string): Manifest {
  return replaceSecrets(manifest, (path, value) => saltedDigest(salt, [key, path, value ?? null]));
}

function sealOwner(owner: OwnerPlan, salt: string): OwnerPlan {
  // A digest of the artifact is one of the Secrets in it.
  const { checksum: _, ...header } = owner.header;
  const seal = (desired: DesiredObject) => sealDesired(desired, salt);
  return {
    ...owner,
    header,
    desired: owner.desired.map(seal),
    changes: owner.changes.map((one) => sealChange(one, seal)),
  };
}

function sealChange(change: Change, seal: (desired: DesiredObject) => DesiredObject): Change {
  if ('desired' in change) return { ...change, desired: seal(change.desired) };
  if (change.action !== 'keep') return change;
  const { proof: _, ...rest } = change;
  return rest;
}

function sealDesired(desired: DesiredObject, salt: string): DesiredObject {
  const { reference, manifest, digest } = desired;
  return { ...desired, manifest: sealManifest(manifest, keyOf(reference), salt), digest: saltedDigest(salt, digest) };
}
