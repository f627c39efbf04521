/** Lets the API server say whether it would make an object anew, while the object is still there: under another name. */
import type { Cluster, ResourceType } from '../cluster/cluster.ts';
import { isAboutTheCluster, webhookWithoutDryRun } from '../cluster/refusal.ts';
import { VidraError } from '../errors.ts';
import type { DesiredObject } from '../manifest/desired-set.ts';
import { digestOf } from '../manifest/json.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { markedBy } from '../manifest/owner.ts';
import { madeAnew } from '../plan/anew.ts';
import { claimsOf } from '../plan/claims.ts';
import { differencesOf } from '../plan/diff.ts';
import { maskMessage } from '../plan/mask.ts';
import type { OwnerObservation } from '../plan/observation.ts';
import type { Difference, Problem } from '../plan/plan.ts';
import { takenClaims } from './try-taken.ts';

/** What would be different; with `refusal`, the server would not take it, and with `untried` it could not be asked. */
export interface AnewTrial {
  readonly differences: readonly Difference[];
  readonly refusal?: Problem;
  readonly untried?: string;
}

/** `current` is the object as it is. */
export async function tryAnew(
  cluster: Cluster,
  type: ResourceType,
  { owner, salt }: OwnerObservation,
  desired: DesiredObject,
  current: Manifest,
): Promise<AnewTrial> {
  const { name } = desired.reference;
  const trialName = trialNameOf(name);
  const attempt = async (wanted: Manifest): Promise<AnewTrial> => {
    const marked = markedBy(owner, wanted);
    const manifest = { ...marked, metadata: { ...marked.metadata, name: trialName } };
    const answer = await cluster.apply(type, manifest, { manager: owner.manager, dryRun: true, expect: 'absent' });
    if (answer.type !== 'applied') return { differences: [], untried: 'it changes at this moment' };
    return { differences: differencesOf(current, madeAnew(current, answer.object, wanted), salt) };
  };
  try {
    return await attempt(desired.manifest).catch(async (error) => {
      let last: AnewTrial = { differences: [] };
      const taken = await takenClaims(error, desired.manifest, async (less) => {
        last = await attempt(less);
      });
      // What the object has itself is free when it is gone.
      if (!hasAll(current, taken)) throw error;
      return last;
    });
  } catch (error) {
    if (!(error instanceof VidraError) || isAboutTheCluster(error)) throw error;
    const webhook = webhookWithoutDryRun(error);
    if (webhook) return { differences: [], untried: `the webhook ${webhook} takes no dry-runs` };
    const message = maskMessage(desired.manifest, error.message.replaceAll(trialName, name));
    return { differences: [], refusal: { code: error.code, message } };
  }
}

function hasAll(object: Manifest, claims: readonly string[]): boolean {
  const own = new Set(claimsOf(object));
  return claims.every((claim) => own.has(claim));
}

/** A name that nobody has, of the same form: `web` becomes `web-6e4f3252`. */
function trialNameOf(name: string): string {
  const suffix = Buffer.from(digestOf(name)).toString('hex').slice(0, 8);
  return `${name.slice(0, 40).replace(/[^a-z0-9]+$/, '')}-${suffix}`;
}
