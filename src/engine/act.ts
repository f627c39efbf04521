/** Carries out one change. Decides nothing: where the cluster is not as planned any more, the change fails as stale. */
import type { ApplyAnswer, Cluster, FieldConflict, ResourceType } from '../cluster/cluster.ts';
import { immutableFields } from '../cluster/immutable.ts';
import { VidraError } from '../errors.ts';
import { apiVersionOf } from '../manifest/manifest.ts';
import { isMarkedBy, markedBy, type Owner, ownersBut } from '../manifest/owner.ts';
import { describeConflicts, withoutFields } from '../plan/conflict.ts';
import { describeGoing } from '../plan/going.ts';
import type { Change, DeleteChange, ReleaseChange, WriteChange } from '../plan/plan.ts';
import { proofOf } from '../plan/proof.ts';
import { applyInConflict } from './apply-in-conflict.ts';
import { awaitGone } from './await-gone.ts';
import { awaitEstablished } from './established.ts';
import { withFreshKind } from './fresh-kind.ts';
import { maskedMessage } from './masked.ts';
import { rearrange } from './rearrange.ts';
import { release } from './release.ts';
import { remove } from './remove.ts';
import type { Outcome, Run } from './run.ts';

type Acted = Pick<Outcome, 'result' | 'problem' | 'proof' | 'gone'>;

/** Whether it is deleted because another object is to have what it has. */
export function makesRoom(change: Change): boolean {
  return change.action === 'delete' && change.renamedTo?.first === 'old';
}

/** How long is waited for what stands in the way. */
export interface Patience {
  /** In milliseconds since 1970. */
  readonly until: number;
  /** Also for what this run has not deleted itself. */
  readonly wait: boolean;
}

/** Never throws: what goes wrong with one object is its outcome. */
export async function act(
  cluster: Cluster,
  owner: Owner,
  change: WriteChange | DeleteChange | ReleaseChange,
  run: Run,
  { until, wait }: Patience,
): Promise<Acted> {
  const manifest = 'desired' in change ? change.desired.manifest : undefined;
  try {
    const type = cluster.typeOf(change.reference);
    if (!type) throw new VidraError('KIND_UNKNOWN', `the cluster does not serve ${apiVersionOf(change.reference)}`);
    if (change.action === 'delete') {
      const removed = await remove(cluster, type, owner, change);
      if (removed.gone || !makesRoom(change)) return { result: 'succeeded', ...removed };
      await awaitGone(cluster, change, run, until);
      return { result: 'succeeded', gone: true };
    }
    if (change.action === 'release') {
      await release(cluster, type, owner, change);
      return { result: 'succeeded', gone: true };
    }
    const { predecessor: uid, reference } = change;
    if (uid !== undefined && wait) await awaitGone(cluster, { reference, uid }, run, until);
    if (change.action === 'replace') return await replace(cluster, type, owner, change, run, until);
    return await write(cluster, type, owner, change, run.signal);
  } catch (error) {
    if (!(error instanceof VidraError)) throw error;
    const code = immutableFields(error) ? 'IMMUTABLE' : error.code;
    const message = await maskedMessage(cluster, change.reference, error, manifest);
    return { result: 'failed', problem: { code, message } };
  }
}

async function write(
  cluster: Cluster,
  type: ResourceType,
  owner: Owner,
  change: WriteChange,
  signal: AbortSignal,
): Promise<Acted> {
  const isRearranged = change.giveUp !== undefined || change.migrate !== undefined;
  const isTracked = !isRearranged || (await rearrange(cluster, type, owner, change));
  let answer = await applyPlanned(cluster, type, owner, change, signal);
  if (!isTracked && answer.type === 'applied') {
    await rearrange(cluster, type, owner, change);
    answer = await applyPlanned(cluster, type, owner, change, signal);
  }
  if (answer.type === 'stale' && change.expect === 'absent') {
    answer = await joinIfOurs(cluster, type, owner, change, answer, signal);
  }
  if (answer.type === 'conflict') throw await conflictError(cluster, type, owner, change, answer.conflicts);
  if (answer.type !== 'applied') throw new VidraError('PLAN_STALE', 'message' in answer ? answer.message : 'changes');
  if (change.reference.kind === 'CustomResourceDefinition') await awaitEstablished(cluster, change.reference, signal);
  const proof = proofOf(owner, answer.metadata, change.yield);
  return { result: 'succeeded', ...(proof && { proof }) };
}

async function applyPlanned(
  cluster: Cluster,
  type: ResourceType,
  owner: Owner,
  change: WriteChange,
  signal: AbortSignal,
): Promise<ApplyAnswer> {
  const manifest = withoutFields(markedBy(owner, change.desired.manifest), change.yield);
  const options = { manager: owner.manager, ...(change.expect && { expect: change.expect }) };
  const answer = await withFreshKind(change, signal, () => cluster.apply(type, manifest, options));
  return answer.type === 'conflict' ? applyInConflict(cluster, type, manifest, options, change) : answer;
}

async function conflictError(
  cluster: Cluster,
  type: ResourceType,
  owner: Owner,
  { reference, desired }: WriteChange,
  conflicts: readonly FieldConflict[],
): Promise<VidraError> {
  const live = await cluster.getMetadata(type, reference);
  return new VidraError(
    'CONFLICT',
    describeConflicts(conflicts, { owner, manifest: desired.manifest, ...(live && { live }) }),
  );
}

/** The new object is made when nothing is left of the old one, so that nobody takes the one for the other. */
async function replace(
  cluster: Cluster,
  type: ResourceType,
  owner: Owner,
  change: WriteChange,
  run: Run,
  until: number,
): Promise<Acted> {
  const { reference, expect, resourceVersion = '', propagation = 'Background' } = change;
  if (expect === undefined || expect === 'absent') throw new Error('a replacement names the object that it replaces');
  const removed = await remove(cluster, type, owner, { reference, uid: expect.uid, resourceVersion, propagation });
  if (!removed.gone) await awaitGone(cluster, { reference, uid: expect.uid }, run, until);
  try {
    return await write(cluster, type, owner, { ...change, expect: 'absent' }, run.signal);
  } catch (error) {
    if (!(error instanceof VidraError)) throw error;
    throw new VidraError(error.code, `was deleted, and could not be made anew: ${error.message}`, { cause: error });
  }
}

/** The object appeared since the plan. If Vidra made it, as another process with the same task would, it is joined. */
async function joinIfOurs(
  cluster: Cluster,
  type: ResourceType,
  owner: Owner,
  change: WriteChange,
  stale: ApplyAnswer,
  signal: AbortSignal,
): Promise<ApplyAnswer> {
  const live = await cluster.getMetadata(type, change.reference);
  if (!live) return stale;
  if (live.deleting) return { type: 'stale', message: describeGoing(live) };
  if (!isMarkedBy(owner, live) && ownersBut([owner], live).length === 0) {
    return { type: 'stale', message: 'somebody else made it since it was planned' };
  }
  return applyPlanned(cluster, type, owner, { ...change, expect: { uid: live.uid } }, signal);
}
