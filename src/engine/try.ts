/** Lets the API server say what an apply would do, where that is not certain already. A dry-run counts as observing. */
import type { Cluster, FieldConflict } from '../cluster/cluster.ts';
import { immutableFields } from '../cluster/immutable.ts';
import type { ObjectMetadata } from '../cluster/metadata.ts';
import { isAboutTheCluster, refusedFields } from '../cluster/refusal.ts';
import { VidraError } from '../errors.ts';
import type { DesiredObject } from '../manifest/desired-set.ts';
import { keyOf, type Manifest } from '../manifest/manifest.ts';
import { givesWay, type SharedWishes } from '../plan/agreement.ts';
import { autoscalerManager, type Resolution, resolveConflicts } from '../plan/conflict.ts';
import { heldIgnored } from '../plan/ignore.ts';
import { upstreamManagers } from '../plan/inheritance.ts';
import { maskMessage } from '../plan/mask.ts';
import type { OwnerObservation, Verdict } from '../plan/observation.ts';
import { mayApply, mayChange } from '../plan/proof.ts';
import { contenders } from '../plan/rename-candidates.ts';
import { mayReplace } from '../plan/replace.ts';
import type { FindAutoscaler } from './autoscalers.ts';
import type { Heirs } from './heirs.ts';
import { inheritanceOf } from './inheritance.ts';
import type { FindLastWish } from './last-wishes.ts';
import type { Predict, Prediction } from './predict.ts';
import { tryElsewhere } from './stand-in.ts';
import { tryAnew } from './try-anew.ts';
import { tryApply } from './try-apply.ts';
import { releaseTrials } from './try-release.ts';
import { tryTaken } from './try-taken.ts';
import { refused, type Trial, unforced } from './verdict.ts';

/** What a trial of new objects needs to know of the rest of the plan. */
export interface TrialOptions {
  /** Try objects that do not exist, too. */
  readonly validate: boolean;
  readonly predict: Predict;
  /** Whether this owner is the first of the plan that wants an object. */
  readonly isFirst: (owner: string, key: string) => boolean;
  /** What the owners of the plan want of the objects that they share. */
  readonly wishes: SharedWishes;
  readonly findAutoscaler: FindAutoscaler;
  readonly heirs: Heirs;
  readonly findLastWish: FindLastWish;
}

/** The questions of one owner, and the verdicts that need no question. */
export function trialsOf(
  cluster: Cluster,
  observed: OwnerObservation,
  options: TrialOptions,
): { known: Map<string, Verdict>; trials: Trial[] } {
  const known = new Map<string, Verdict>();
  const trials: Trial[] = [];
  trials.push(...releaseTrials(cluster, observed, options.wishes));
  if (observed.wish.type !== 'wanted') return { known, trials };
  const contending = contenders(observed);
  // What would be new is tried on demand or where something goes to make room for it, and by one of its owners.
  const isAsked = (key: string, live: ObjectMetadata | undefined) =>
    live !== undefined || ((options.validate || contending.has(key)) && options.isFirst(observed.owner.name, key));
  for (const desired of observed.wish.desired.objects) {
    const key = keyOf(desired.reference);
    if (observed.destination.unknown.has(key)) continue;
    const live = observed.destination.live.get(key);
    if (live && !mayChange(observed, desired, live)) continue;
    const prediction = options.predict(desired, live);
    if (prediction?.fault !== undefined)
      known.set(key, { type: 'refused', code: 'MANIFEST_INVALID', message: prediction.fault });
    else if (prediction?.ask === 'nowhere' || (prediction && !isAsked(key, live)))
      known.set(key, { type: 'predicted', reason: prediction.reason });
    else if (isAsked(key, live))
      trials.push({ key, ask: () => ask(cluster, observed, desired, live, prediction, options) });
  }
  return { known, trials };
}

async function ask(
  cluster: Cluster,
  observed: OwnerObservation,
  desired: DesiredObject,
  live: ObjectMetadata | undefined,
  prediction: Prediction | undefined,
  options: TrialOptions,
): Promise<Verdict> {
  const type = cluster.typeOf(desired.reference);
  if (!type) return refused(desired, 'KIND_UNKNOWN', `the cluster does not serve ${desired.reference.kind}`);
  if (prediction?.ask === 'elsewhere') {
    const fault = await tryElsewhere(cluster, type, observed.owner, desired);
    if (fault === undefined) return { type: 'predicted', reason: prediction.reason };
    return refused(desired, 'CLUSTER_REFUSED', fault.message, fault.taken);
  }
  let means = unforced;
  let object: Manifest | undefined;
  try {
    object = live && (await cluster.get(type, desired.reference));
    const giveUp = object && heldIgnored(observed.owner, object, desired.reference, observed.policy.ignore);
    if (giveUp) means = { ...means, giveUp };
    const resolve = (conflicts: readonly FieldConflict[]) =>
      resolution(observed, desired, { live, object }, conflicts, options);
    const isShared = (options.wishes.get(keyOf(desired.reference))?.size ?? 0) > 1;
    const inheritance = object && live && (await inheritanceOf(observed, desired, object, live, options));
    const now = { object, live, isShared, salt: observed.salt };
    return await tryApply({ cluster, type, owner: observed.owner, desired, now, inheritance, resolve }, means);
  } catch (error) {
    if (!(error instanceof VidraError) || isAboutTheCluster(error)) throw error;
    if (prediction && refusedFields(error)) return { ...means, type: 'predicted', reason: prediction.reason };
    if (!object) return tryTaken(cluster, type, observed.owner, desired, error);
    const fields = immutableFields(error);
    if (!fields) return refused(desired, error.code, maskMessage(object, error.message));
    const mayBeTried = mayReplace(observed.policy, desired);
    const anew = mayBeTried ? await tryAnew(cluster, type, observed, desired, object) : { differences: [] };
    return { type: 'immutable', fields, ...anew };
  }
}

async function resolution(
  { owner, policy }: OwnerObservation,
  { reference, manifest }: DesiredObject,
  { live, object }: { readonly live: ObjectMetadata | undefined; readonly object: Manifest | undefined },
  conflicts: readonly FieldConflict[],
  { wishes, findAutoscaler, heirs }: TrialOptions,
): Promise<Resolution> {
  const shared = wishes.get(keyOf(reference));
  const isScaled = conflicts.some(
    ({ manager, subresource }) => manager === autoscalerManager && subresource === 'scale',
  );
  const autoscaler = isScaled ? await findAutoscaler(reference) : undefined;
  const isUpstreams = live && object && heirs.isUpstreamDone(owner, keyOf(reference), live);
  return resolveConflicts(conflicts, {
    manifest,
    rules: policy.conflicts,
    adopting: live !== undefined && mayApply(owner, live, policy) === 'adopt',
    forerunners: isUpstreams ? upstreamManagers(object) : [],
    givesWay: (conflict) => givesWay(conflict, manifest, shared),
    ...(autoscaler !== undefined && { autoscaler }),
  });
}
