/** Decides what becomes of each object that an owner wants. */
import type { ObjectMetadata } from '../cluster/metadata.ts';
import type { InventoryEntry, YieldedField } from '../inventory/inventory.ts';
import { digestsOf } from '../manifest/content.ts';
import type { DesiredObject } from '../manifest/desired-set.ts';
import { apiVersionOf, keyOf } from '../manifest/manifest.ts';
import { type Owner, ownersBut } from '../manifest/owner.ts';
import { isPassing } from '../manifest/passing.ts';
import { describeConflicts } from './conflict.ts';
import { contestOf, describeContest, isContested, opponentsOf } from './contest.ts';
import { isGoing, waitsFor } from './going.ts';
import { interestKey } from './interest.ts';
import { firstOf } from './names.ts';
import type { Effect, OwnerObservation, Verdict } from './observation.ts';
import { describeRefusal } from './other-tools.ts';
import { type Change, changeId, type KeepChange, type SkipChange, type WriteChange } from './plan.ts';
import { appliedAt, appliedFields, isProvenUnchanged, mayApply, proofOf } from './proof.ts';
import { describeImmutable, obstacleToReplacement } from './replace.ts';
import { describeGiveUp, describeMigration, describeReturn, describeYields } from './yields.ts';

/** The first owner of the plan that wants an object, by `interestKey`: it creates what is not there, the others join it. */
export type Creators = ReadonlyMap<string, string>;

export function decideWrite(observed: OwnerObservation, desired: DesiredObject, creators: Creators): Change {
  const key = keyOf(desired.reference);
  const unknown = observed.destination.unknown.get(key);
  if (unknown) return skip(desired, unknown.message, unknown.code);
  const live = observed.destination.live.get(key);
  const verdict = observed.verdicts.get(key);
  if (live && !isGoing(live, observed.destination)) return decideExisting(observed, desired, live, verdict);
  const absent = decideAbsent(observed, desired, verdict, creators.get(interestKey(observed.destination.server, key)));
  return live ? comingAfter(absent, live) : absent;
}

/** What is to be there again once it is gone. */
function comingAfter(change: Change, live: ObjectMetadata): Change {
  if (change.action !== 'create' || change.expect === undefined) return change;
  const reason = `${change.reason}; waits until the old one is gone, which ${waitsFor(live)}`;
  return { ...change, reason, confidence: 'predicted', predecessor: live.uid };
}

function decideAbsent(
  observed: OwnerObservation,
  desired: DesiredObject,
  verdict: Verdict | undefined,
  creator: string | undefined,
): Change {
  if (isDone(observed, desired))
    return { ...keep(observed.owner, desired), reason: 'has ended, and was deleted since' };
  if (verdict?.type === 'refused') return skip(desired, verdict.message, verdict.code);
  const { name } = observed.owner;
  const key = keyOf(desired.reference);
  const joins = creator !== undefined && creator !== name;
  const base = createOf(observed, desired, joins ? `shared with ${creator}` : 'new');
  const confidence =
    verdict?.type === 'predicted' || joins ? 'predicted' : verdict?.type === 'tried' ? 'server' : 'unchecked';
  const reason = verdict?.type === 'predicted' ? `${base.reason}; ${verdict.reason}` : base.reason;
  if (!joins) return { ...base, reason, confidence };
  const { expect: _, ...joining } = base;
  return { ...joining, reason, confidence, after: [changeId(creator, key)] };
}

/** Whether it was applied as it is wanted, and went by itself: made anew, a Job would do its work again, and again. */
function isDone({ record }: OwnerObservation, { reference, manifest, digest }: DesiredObject): boolean {
  const entry = record?.entries.get(keyOf(reference));
  return entry?.state === 'applied' && entry.digest === digest && isPassing(manifest);
}

/** An object that is made where there is none. */
export function createOf(observed: OwnerObservation, desired: DesiredObject, reason = 'new'): WriteChange {
  const wasThere = observed.record?.entries.get(keyOf(desired.reference))?.state === 'applied';
  return { ...write(observed, desired, 'create', wasThere ? 'it was deleted' : reason), expect: 'absent' };
}

function decideExisting(
  observed: OwnerObservation,
  desired: DesiredObject,
  live: ObjectMetadata,
  verdict: Verdict | undefined,
): Change {
  const { owner, policy } = observed;
  if (isProvenUnchanged(observed, desired, live)) {
    return keepProven(owner, desired, observed.record?.entries.get(keyOf(desired.reference)));
  }
  const right = mayApply(owner, live, policy);
  if (right === 'refuse') return skip(desired, describeRefusal(live), 'NOT_ADOPTED');
  switch (verdict?.type) {
    case 'tried':
      return decideTried(observed, desired, live, verdict, right);
    case 'conflict': {
      const { conflicts } = verdict;
      const reason = describeConflicts(conflicts, { owner, manifest: desired.manifest, live });
      return { ...skip(desired, reason, 'CONFLICT'), conflicts };
    }
    case 'refused':
      return skip(desired, verdict.message, verdict.code);
    case 'immutable':
      return decideImmutable(observed, desired, live, verdict);
    default:
      return decideUntried(observed, desired, live, verdict, right);
  }
}

function decideTried(
  observed: OwnerObservation,
  desired: DesiredObject,
  live: ObjectMetadata,
  verdict: Extract<Verdict, { type: 'tried' }>,
  right: 'own' | 'adopt',
): Change {
  const proof = proofOf(observed.owner, live, verdict.yield);
  if (right === 'own' && verdict.differences.length === 0 && !verdict.ownershipChanges && !verdict.giveUp && proof) {
    return { ...keep(observed.owner, desired, verdict.yield), proof: { ...proof, ...digestsOf(desired) } };
  }
  const change = update(observed, desired, live, verdict, right);
  return { ...change, differences: verdict.differences, confidence: 'server' };
}

function decideUntried(
  observed: OwnerObservation,
  desired: DesiredObject,
  live: ObjectMetadata,
  verdict: Extract<Verdict, { type: 'predicted' }> | undefined,
  right: 'own' | 'adopt',
): WriteChange {
  const change = update(observed, desired, live, { take: [], yield: [], ...verdict }, right);
  if (!verdict) return { ...change, reason: 'not tried', confidence: 'unchecked' };
  return { ...change, reason: `${change.reason}; ${verdict.reason}`, confidence: 'predicted' };
}

function update(
  observed: OwnerObservation,
  desired: DesiredObject,
  live: ObjectMetadata,
  effect: Effect,
  right: 'own' | 'adopt',
): WriteChange {
  const why = reasonOf(observed, desired, live, effect, right);
  const reasons = [
    why,
    ...describeYields(effect.yield, observed.owner),
    ...describeGiveUp(effect.giveUp),
    ...describeMigration(effect.migrate),
  ];
  const change = write(observed, desired, right === 'adopt' ? 'adopt' : 'update', reasons.join('; '));
  const contest = right === 'own' ? contestOf(observed, desired, live, effect) : undefined;
  const { take, yield: yielded, giveUp, migrate, after = [] } = effect;
  return {
    ...change,
    ...appliedTo(observed, live),
    after: after.map((name) => changeId(name, keyOf(desired.reference))),
    ...(contest && { contest }),
    expect: { uid: live.uid },
    take,
    yield: yielded,
    ...(giveUp && { giveUp }),
    ...(migrate && { migrate }),
  };
}

function reasonOf(
  observed: OwnerObservation,
  desired: DesiredObject,
  live: ObjectMetadata,
  effect: Effect,
  right: 'own' | 'adopt',
): string {
  if (right === 'adopt') return 'exists, and is taken over';
  const entry = observed.record?.entries.get(keyOf(desired.reference));
  const others = ownersBut([observed.owner], live);
  if (appliedFields(observed.owner, live) === undefined && others.length > 0) return `shared with ${firstOf(others)}`;
  const back = (entry?.yielded ?? []).filter((one) => !effect.yield.some(({ field }) => field === one.field));
  if (back.length > 0) return describeReturn(back, observed.owner);
  const contest = contestOf(observed, desired, live, effect);
  if (contest && isContested(contest)) return describeContest(contest);
  const opponents = opponentsOf(effect);
  if (opponents.length > 0) return `changed by ${opponents.join(', ')}`;
  if (entry?.state !== 'applied') return 'was not recorded as applied';
  // It notes no more than the name.
  if (entry.digest === undefined && entry.uid === undefined) return "is of upstream's operator";
  if (entry.uid !== live.uid) return 'was recreated by somebody';
  if (entry.reference.version !== desired.reference.version) return `now ${apiVersionOf(desired.reference)}`;
  return entry.digest === desired.digest ? 'changed in the cluster' : 'the manifest changed';
}

function decideImmutable(
  observed: OwnerObservation,
  desired: DesiredObject,
  live: ObjectMetadata,
  verdict: Extract<Verdict, { type: 'immutable' }>,
): Change {
  const because = describeImmutable(verdict.fields);
  const obstacle = obstacleToReplacement(observed, desired, live, verdict.refusal);
  if (obstacle) return skip(desired, obstacle.message ? `${because}, and ${obstacle.message}` : because, obstacle.code);
  const { untried } = verdict;
  return {
    ...write(observed, desired, 'replace', `replaced because ${because}${untried ? `; ${untried}` : ''}`),
    ...appliedTo(observed, live),
    expect: { uid: live.uid },
    immutable: verdict.fields,
    resourceVersion: live.resourceVersion,
    propagation: observed.policy.propagationPolicy,
    differences: verdict.differences,
    confidence: untried ? 'predicted' : 'server',
  };
}

function appliedTo({ owner }: OwnerObservation, live: ObjectMetadata): Pick<WriteChange, 'applied'> {
  const fields = appliedFields(owner, live);
  return fields === undefined ? {} : { applied: `${fields} ${appliedAt(owner, live)}` };
}

function write(
  observed: OwnerObservation,
  desired: DesiredObject,
  action: WriteChange['action'],
  reason: string,
): WriteChange {
  const recorded = observed.record?.entries.has(keyOf(desired.reference)) ?? false;
  return {
    action,
    reference: desired.reference,
    reason,
    after: [],
    desired,
    take: [],
    yield: [],
    differences: [],
    confidence: 'unchecked',
    recorded,
  };
}

function keep(owner: Owner, desired: DesiredObject, yielded: readonly YieldedField[] = []): KeepChange {
  const reason = ['unchanged', ...describeYields(yielded, owner)].join('; ');
  const base: KeepChange = { action: 'keep', reference: desired.reference, reason, after: [] };
  return yielded.length > 0 ? { ...base, yield: yielded } : base;
}

function keepProven(owner: Owner, desired: DesiredObject, entry: InventoryEntry | undefined): KeepChange {
  const change = keep(
    owner,
    desired,
    entry?.yielded?.map(({ held: _, ...yielded }) => yielded),
  );
  if (!entry?.contest) return change;
  // Whoever fought for it has given up, which is worth a record.
  const { uid = '', fields = '', yielded } = entry;
  return { ...change, proof: { uid, fields, ...digestsOf(desired), ...(yielded && { yielded }) } };
}

function skip(desired: DesiredObject, reason: string, code: SkipChange['code'] & string): SkipChange {
  return { action: 'skip', reference: desired.reference, reason, after: [], code };
}
