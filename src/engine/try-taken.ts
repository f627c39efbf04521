/** Finds out all that other objects have of what a new one wants: the server names one thing, and checks the rest no more. */
import type { Cluster, ResourceType } from '../cluster/cluster.ts';
import { takenFields } from '../cluster/immutable.ts';
import { isAboutTheCluster } from '../cluster/refusal.ts';
import { VidraError } from '../errors.ts';
import type { DesiredObject } from '../manifest/desired-set.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { markedBy, type Owner } from '../manifest/owner.ts';
import { withoutClaims } from '../plan/claims.ts';
import type { Verdict } from '../plan/observation.ts';
import { refused } from './verdict.ts';

/**
 * Asks again without what was named, until the server takes the object. Throws what it is refused for besides; or `error`,
 * when that is for another reason, or for something that cannot be left out.
 */
export async function takenClaims(
  error: unknown,
  manifest: Manifest,
  attempt: (less: Manifest) => Promise<unknown>,
): Promise<readonly string[]> {
  const fields = takenFields(error);
  const { rest, claims } = withoutClaims(manifest, fields ?? []);
  if (claims.length === 0) throw error;
  try {
    await attempt(rest);
    return claims;
  } catch (next) {
    if (!takenFields(next)) throw next;
    return [...claims, ...(await takenClaims(next, rest, attempt))];
  }
}

/** What a new object is refused for: only for what others have, or for something else. `error` is what the server said first. */
export async function tryTaken(
  cluster: Cluster,
  type: ResourceType,
  owner: Owner,
  desired: DesiredObject,
  error: VidraError,
): Promise<Verdict> {
  const options = { manager: owner.manager, dryRun: true, expect: 'absent' } as const;
  const attempt = (less: Manifest) => cluster.apply(type, markedBy(owner, less), options);
  try {
    const taken = await takenClaims(error, desired.manifest, attempt);
    return refused(desired, error.code, error.message, taken);
  } catch (other) {
    if (!(other instanceof VidraError) || isAboutTheCluster(other)) throw other;
    return refused(desired, other.code, other.message);
  }
}
