/** The status of a definition, from how it stands. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { definitionAnnotations } from '../definition/annotations.ts';
import type { Stored } from '../definition/definition.ts';
import type { InventoryRecord } from '../inventory/inventory.ts';
import type { JsonObject, Manifest } from '../manifest/manifest.ts';
import type { Plan } from '../plan/plan.ts';
import { countChanges, todoTally } from '../view/summary.ts';
import { type Condition, conditionsAfter, type Saying } from './conditions.ts';
import { sayingsOf } from './sayings.ts';
import type { Standing } from './standing.ts';

export interface StatusInput {
  /** As the API server has it. */
  readonly object: Manifest;
  readonly stored: Stored;
  readonly standing: Standing;
  /** What belongs to it now, where that was read. */
  readonly records?: readonly InventoryRecord[] | undefined;
  /** In ISO 8601. */
  readonly now: string;
}

type State = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Stale';

/** The fields that are Vidra's, whole; nothing when the status says all that already. */
export function statusAfter(input: StatusInput): JsonObject | undefined {
  const { object, stored, standing, now } = input;
  const before = (object['status'] ?? {}) as JsonObject;
  const conditions = (before['conditions'] ?? []) as readonly Condition[];
  const sayings = sayingsOf(standing, {
    ...knownSaying(conditions, 'Healthy'),
    ...knownSaying(conditions, 'Drifted'),
  });
  const state = stateOf(standing, sayings.Ready);
  const next: JsonObject = {
    ...kept(standing.type === 'ended' ? withoutPlan(before) : before),
    conditions: conditionsAfter(conditions, sayings, stored.generation, now),
    observedGeneration: stored.generation,
    [stateField(object)]: state,
    lastError: state === 'Failed' || state === 'Stale' ? sayings.Ready.message : '',
    ...progressOf(input, state),
  };
  const same = isDeepStrictEqual(kept(next), kept(before));
  if (same) return undefined;
  return { ...next, ...(isAtRest(standing) && { lastSyncTime: now }) };
}

function stateField({ kind }: Manifest): 'DeployState' | 'syncState' {
  return kind === 'VidraResource' ? 'DeployState' : 'syncState';
}

function knownSaying(conditions: readonly Condition[], type: 'Healthy' | 'Drifted'): { [type: string]: Saying } {
  const known = conditions.find((condition) => condition.type === type);
  return known ? { [type]: known } : {};
}

const own = [
  'conditions',
  'observedGeneration',
  'syncState',
  'DeployState',
  'lastError',
  'checksums',
  'lastAttemptedRevision',
  'lastAppliedRevision',
  'lastHandledReconcile',
  'planDigest',
  'plannedChanges',
  'owners',
  'objects',
];

/** What is Vidra's to write of a status, but for the time. */
function kept(status: JsonObject): JsonObject {
  return Object.fromEntries(own.flatMap((field) => (status[field] === undefined ? [] : [[field, status[field]]])));
}

function withoutPlan({ planDigest: _digest, plannedChanges: _changes, ...rest }: JsonObject): JsonObject {
  return rest;
}

function stateOf(standing: Standing, ready: Saying): State {
  if (standing.type === 'suspended' || standing.type === 'held') return 'Pending';
  if (isUnderWay(standing)) return 'Running';
  if (ready.status === 'True') return 'Succeeded';
  if (standing.type === 'planned' && isLeft(ready)) return 'Pending';
  return ready.reason.startsWith('Source') ? 'Stale' : 'Failed';
}

/** What was planned without a fault is left for somebody to decide, or to do. */
function isLeft({ reason }: Saying): boolean {
  return reason === 'Drifted' || reason === 'ApprovalNeeded';
}

function plannedOf(plan: Plan): [string, number][] {
  const counts = countChanges(plan);
  const planned = todoTally(counts).map(({ word, count }): [string, number] => [word, count]);
  return counts.skip > 0 ? [...planned, ['skip', counts.skip]] : planned;
}

function isAtRest({ type }: Standing): boolean {
  return type === 'ended' || type === 'failed' || type === 'planned';
}

function isUnderWay({ type }: Standing): boolean {
  return type === 'running' || type === 'waiting' || type === 'cut';
}

function progressOf({ object, stored, standing, records }: StatusInput, state: State): JsonObject {
  const handled = stored.annotations[definitionAnnotations.reconcile];
  const snapshot = 'snapshot' in standing ? standing.snapshot : undefined;
  const isSync = object.kind === 'InfrahubSync';
  const checksums = snapshot?.artifacts.map(({ digest }) => digest).sort();
  return {
    ...(!isUnderWay(standing) && handled !== undefined && { lastHandledReconcile: handled }),
    ...(isSync && snapshot && { lastAttemptedRevision: snapshot.revision }),
    ...(isSync && snapshot && state === 'Succeeded' && standing.type === 'ended' && checksums
      ? { lastAppliedRevision: snapshot.revision, checksums }
      : {}),
    ...(standing.type === 'planned' && {
      planDigest: standing.digest,
      plannedChanges: Object.fromEntries(plannedOf(standing.plan)),
    }),
    ...(records && {
      objects: records.reduce((sum, { entries }) => sum + entries.size, 0),
      ...(isSync && { owners: records.length }),
    }),
  };
}
