/** Lets the API server say what an apply would do, where that is not certain already. A dry-run counts as observing. */
import type { ApplyAnswer, Cluster, FieldConflict, ResourceType } from '../cluster/cluster.ts';
import type { ObjectMetadata } from '../cluster/metadata.ts';
import { VidraError } from '../errors.ts';
import type { DesiredObject } from '../manifest/desired-set.ts';
import { withValues } from '../manifest/field-set-place.ts';
import { apiVersionOf, keyOf, type Manifest } from '../manifest/manifest.ts';
import { markedBy } from '../manifest/owner.ts';
import { givesWay, type SharedWishes } from '../plan/agreement.ts';
import { autoscalerManager, type Resolution, resolveConflicts, withoutFields } from '../plan/conflict.ts';
import { heldIgnored } from '../plan/ignore.ts';
import { maskMessage } from '../plan/mask.ts';
import type { OwnerObservation, Verdict } from '../plan/observation.ts';
import { isProvenUnchanged, mayApply } from '../plan/proof.ts';
import type { FindAutoscaler } from './autoscalers.ts';
import { releaseTrials } from './try-release.ts';
import { type Attempt, type Current, type Trial, unforced, verdictOf } from './verdict.ts';

/** What a trial of new objects needs to know of the rest of the plan. */
export interface TrialOptions {
  /** Try objects that do not exist, too. */
  readonly validate: boolean;
  /** Namespaces that the plan makes. */
  readonly newNamespaces: ReadonlySet<string>;
  /** Kinds, as `group/kind`, that the plan defines and the cluster does not serve yet. */
  readonly newKinds: ReadonlySet<string>;
  /** Whether this owner is the first of the plan that wants an object. */
  readonly isFirst: (owner: string, key: string) => boolean;
  /** What the owners of the plan want of the objects that they share. */
  readonly wishes: SharedWishes;
  readonly findAutoscaler: FindAutoscaler;
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
  for (const desired of observed.wish.desired.objects) {
    const key = keyOf(desired.reference);
    if (observed.destination.unknown.has(key)) continue;
    const live = observed.destination.live.get(key);
    const predicted = predictionOfVersion(cluster, desired) ?? (live ? undefined : prediction(desired, options));
    if (predicted) known.set(key, predicted);
    else if (needsTrial(observed, desired, live, options)) {
      trials.push({ key, ask: () => ask(cluster, observed, desired, live, options) });
    }
  }
  return { known, trials };
}

function prediction(desired: DesiredObject, options: TrialOptions): Verdict | undefined {
  const { group, kind, namespace } = desired.reference;
  if (options.newKinds.has(`${group}/${kind}`)) return { type: 'predicted', reason: 'this plan makes its kind' };
  if (namespace && options.newNamespaces.has(namespace))
    return { type: 'predicted', reason: 'this plan makes its Namespace' };
  return undefined;
}

// A kind that is served at other versions only, and was observed all the same: the plan adds the version.
function predictionOfVersion(cluster: Cluster, { reference }: DesiredObject): Verdict | undefined {
  const type = cluster.typeOf(reference);
  if (!type || type.version === reference.version) return undefined;
  return { type: 'predicted', reason: `this plan adds ${apiVersionOf(reference)}` };
}

function needsTrial(
  observed: OwnerObservation,
  desired: DesiredObject,
  live: ObjectMetadata | undefined,
  options: TrialOptions,
): boolean {
  if (!live) return options.validate && options.isFirst(observed.owner.name, keyOf(desired.reference));
  if (live.deleting || isProvenUnchanged(observed, desired, live)) return false;
  return mayApply(observed.owner, live, observed.policy) !== 'refuse';
}

async function ask(
  cluster: Cluster,
  observed: OwnerObservation,
  desired: DesiredObject,
  live: ObjectMetadata | undefined,
  options: TrialOptions,
): Promise<Verdict> {
  const type = cluster.typeOf(desired.reference);
  if (!type)
    return { type: 'refused', code: 'KIND_UNKNOWN', message: `the cluster does not serve ${desired.reference.kind}` };
  try {
    const object = live ? await cluster.get(type, desired.reference) : undefined;
    const resolve = (conflicts: readonly FieldConflict[]) => resolution(observed, desired, live, conflicts, options);
    const isShared = (options.wishes.get(keyOf(desired.reference))?.size ?? 0) > 1;
    return await tryApply(cluster, type, observed, desired, { object, live, isShared }, resolve);
  } catch (error) {
    if (!(error instanceof VidraError) || !isAboutTheObject(error)) throw error;
    return { type: 'refused', code: error.code, message: maskMessage(desired.manifest, error.message) };
  }
}

async function resolution(
  { owner, policy }: OwnerObservation,
  { reference, manifest }: DesiredObject,
  live: ObjectMetadata | undefined,
  conflicts: readonly FieldConflict[],
  { wishes, findAutoscaler }: TrialOptions,
): Promise<Resolution> {
  const shared = wishes.get(keyOf(reference));
  const isScaled = conflicts.some(
    ({ manager, subresource }) => manager === autoscalerManager && subresource === 'scale',
  );
  const autoscaler = isScaled ? await findAutoscaler(reference) : undefined;
  return resolveConflicts(conflicts, {
    manifest,
    rules: policy.conflicts,
    adopting: live !== undefined && mayApply(owner, live, policy) === 'adopt',
    givesWay: (conflict) => givesWay(conflict, manifest, shared),
    ...(autoscaler !== undefined && { autoscaler }),
  });
}

// A webhook of its kind that fails comes as a failure of the server.
function isAboutTheObject(error: VidraError): boolean {
  return ['CLUSTER_REFUSED', 'CLUSTER_FORBIDDEN', 'CLUSTER_FAILED', 'NOT_FOUND'].includes(error.code);
}

async function tryApply(
  cluster: Cluster,
  type: ResourceType,
  { owner, policy }: OwnerObservation,
  desired: DesiredObject,
  now: Current,
  resolve: (conflicts: readonly FieldConflict[]) => Promise<Resolution>,
): Promise<Verdict> {
  const { object } = now;
  const giveUp = object && heldIgnored(owner, object, desired.reference, policy.ignore);
  const sent = markedBy(owner, desired.manifest);
  // What is given up before the apply stays as it is, which the server can only be told by its value.
  const marked = object && giveUp ? (withValues(sent, giveUp, object) as Manifest) : sent;
  const how: Attempt = { ...unforced, ...(giveUp && { giveUp }) };
  const attempt = (manifest: Manifest, force: boolean): Promise<ApplyAnswer> =>
    cluster.apply(type, manifest, { manager: owner.manager, force, dryRun: true });

  const first = await attempt(marked, false);
  if (first.type === 'stale') return { type: 'predicted', reason: 'it changes at this moment' };
  if (first.type === 'applied') return verdictOf(first, owner, now, how);

  const { blocked, take, yield: yielded } = await resolve(first.conflicts);
  if (blocked.length > 0) return { type: 'conflict', conflicts: blocked };
  const second = await attempt(withoutFields(marked, yielded), take.length > 0);
  if (second.type !== 'applied') return { type: 'predicted', reason: 'it changes at this moment' };
  return verdictOf(second, owner, now, { ...how, take, yield: yielded });
}
