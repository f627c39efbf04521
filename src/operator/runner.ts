/** Runs tasks of the queue: what may run, runs as one group; how each definition stands is written down and told. */

import { definitionAnnotations } from '../definition/annotations.ts';
import { destinationKey } from '../destination/destination.ts';
import type { Destinations } from '../destination/destinations.ts';
import { problemOf } from '../engine/intent.ts';
import type { RunEvent } from '../engine/run.ts';
import type { Target } from '../engine/target.ts';
import { VidraError } from '../errors.ts';
import type { InventoryRecord } from '../inventory/inventory.ts';
import type { Drift } from '../loop/drift.ts';
import { effectOf, nothingDone } from '../loop/effect.ts';
import type { LoopEvent } from '../loop/event.ts';
import { expectationsOf } from '../loop/expectation.ts';
import { discover } from '../loop/reconcile.ts';
import { usedBy, withdraw } from './consent.ts';
import { destinationOf } from './destination-of.ts';
import { addFinalizer, removeFinalizer } from './finalizer.ts';
import type { Followed, FollowedRecord } from './followed.ts';
import { targetOf, wholeSignal } from './group-target.ts';
import { letGo, mayLetGo } from './let-go.ts';
import type { Measure } from './measure.ts';
import type { Ready } from './member.ts';
import { createOwnRecords } from './own-records.ts';
import type { Queue, Task } from './queue.ts';
import { obstacleOf } from './readiness.ts';
import { isGood, reconcileGroup } from './reconcile-group.ts';
import type { Recorder } from './record-events.ts';
import { writeOwnerStatuses } from './report-owners.ts';
import type { OperatorSettings } from './settings.ts';
import type { Standing } from './standing.ts';
import { createStatuses } from './statuses.ts';

export interface RunnerContext {
  readonly base: Target;
  readonly clusterFor: Destinations['of'];
  /** The uid of the home cluster. */
  readonly home: string;
  readonly known: Map<string, Followed>;
  /** Of the owners of syncs. */
  readonly records: Map<string, FollowedRecord>;
  readonly drift: Drift;
  readonly queue: Pick<Queue, 'add'>;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly options: {
    readonly settings: () => OperatorSettings;
    readonly measure: Measure;
    readonly emit: (event: LoopEvent) => void;
    readonly progress: (event: RunEvent) => void;
  };
}

/** Of what is deleted, and still has something on record after a run that left nothing undone. */
const leftOver: Standing = { type: 'running', reason: 'waits until nothing of it is left' };

/** What runs tasks that belong to one group. Never throws a VidraError: what went wrong is in the statuses. */
export function createRunner(context: RunnerContext): (tasks: readonly Task[]) => Promise<void> {
  const { base, home, known, records, drift, options } = context;
  const { emit, measure } = options;
  const { tell, say } = createStatuses(context);
  const recordsOf = createOwnRecords(base.inventory);

  /** Ends the tasks of what may not run, and gives the others. */
  const admit = async (task: Task): Promise<Ready | undefined> => {
    const followed = known.get(task.key);
    const obstacle = followed && obstacleOf(followed, known);
    if (followed?.definition && !obstacle) return { ...task, ...followed, definition: followed.definition };
    task.end(!obstacle || (await isSaid(say({ ...task, ...followed }, obstacle))));
    return undefined;
  };

  const begin = async (member: Ready) => {
    emit({ type: 'reconciling', definition: member.key, trigger: member.trigger });
    drift.pause(member.key);
    if (!member.stored.deleting && member.definition.mode !== 'Observe') await addFinalizer(base.home, member);
    if (isNewWish(member)) await say(member, { type: 'running', reason: 'a run has begun' });
  };

  /** From now on, what changes is the work of others. */
  const follow = (member: Ready, standing: Standing, own: readonly InventoryRecord[]) => {
    const { key, definition } = member;
    if (!isFollowed(member, options.settings())) return drift.forget(key);
    const nameOf = () => destinationKey(destinationOf(definition));
    const effect = 'result' in standing ? effectOf(standing.result, nameOf) : nothingDone;
    drift.expect(key, expectationsOf(own, home, nameOf), effect);
  };

  const conclude = async (member: Ready, standing: Standing, milliseconds: number) => {
    const { key, trigger, definition, stored } = member;
    let own = await recordsOf(definition);
    if (standing.type === 'ended' && mayLetGo(member, standing.result)) {
      await letGo(base.inventory, own, standing.result.id);
      own = await recordsOf(definition);
    }
    const isCleared = own.every(({ entries }) => entries.size === 0);
    const isDone = isGood(standing) && (!stored.deleting || isCleared);
    if (stored.deleting && isCleared) {
      tell(member, standing);
      await removeFinalizer(base.home, known.get(key) ?? member);
    } else if (stored.deleting && isGood(standing)) await say(member, leftOver, own);
    else await say(member, standing, own);
    if (standing.type === 'ended' || standing.type === 'cut')
      await withdraw(base.home, known.get(key) ?? member, stored, usedBy(stored, standing.result.outcomes));
    if (standing.type === 'ended' && definition.kind === 'InfrahubSync')
      await writeOwnerStatuses(base.home, records, standing, own);
    follow(member, standing, own);
    if (standing.type === 'ended' || standing.type === 'cut') {
      const type = standing.type === 'ended' ? 'reconciled' : 'superseded';
      emit({ type, definition: key, trigger, result: standing.result, milliseconds });
    }
    const objects = own.reduce((sum, { entries }) => sum + entries.size, 0);
    const outcome = isDone ? 'succeeded' : standing.type === 'cut' ? 'superseded' : 'failed';
    measure.ended(key, outcome, milliseconds, objects);
    member.end(isDone);
  };

  const fail = async (member: Ready, error: VidraError, milliseconds: number) => {
    const { key, trigger } = member;
    if (member.signal.aborted) emit({ type: 'superseded', definition: key, trigger });
    else {
      emit({ type: 'failed', definition: key, trigger, error });
      await isSaid(say(member, { type: 'failed', problem: problemOf(error) }));
    }
    measure.ended(key, member.signal.aborted ? 'superseded' : 'failed', milliseconds);
    member.end(false);
  };

  return async (tasks) => {
    const start = performance.now();
    const members = (await Promise.all(tasks.map(admit))).filter((member) => member !== undefined);
    if (members.length === 0) return;
    const open = new Set(members);
    const target = targetOf(context, members);
    const run = { signal: wholeSignal(members), emit: options.progress };
    const report = async (member: Ready, standing: Standing) => {
      if (standing.type === 'waiting') {
        await say(member, standing);
        return follow(member, standing, await recordsOf(member.definition));
      }
      await conclude(member, standing, performance.now() - start);
      open.delete(member);
    };
    try {
      await Promise.all(members.map(begin));
      await discover(target);
      await reconcileGroup(members, target, { run, report });
    } catch (error) {
      if (!(error instanceof VidraError) && !run.signal.aborted) throw error;
      const said = error instanceof VidraError ? error : new VidraError('INTERRUPTED', 'the run was ended');
      await Promise.all([...open].map((member) => fail(member, said, performance.now() - start)));
    }
  };
}

function isNewWish({ object, stored }: Followed): boolean {
  const status = (object['status'] ?? {}) as { observedGeneration?: number; lastHandledReconcile?: string };
  const asked = stored.annotations[definitionAnnotations.reconcile];
  return status.observedGeneration !== stored.generation || status.lastHandledReconcile !== asked;
}

function isFollowed({ definition, stored }: Ready, { reconcileOnEvents }: OperatorSettings): boolean {
  return !stored.deleting && (reconcileOnEvents || definition.destination.reconcileOnEvents);
}

/** The home cluster itself may be what cannot be reached. */
async function isSaid(saying: Promise<void>): Promise<boolean> {
  try {
    await saying;
    return true;
  } catch (error) {
    if (error instanceof VidraError) return false;
    throw error;
  }
}
