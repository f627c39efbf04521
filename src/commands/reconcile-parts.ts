/** One reconcile of a set of definitions that are planned in parts: what waits for others comes after them, and all have one result. */
import { nameOfDefinition } from '../definition/definition.ts';
import type { Destinations } from '../destination/destinations.ts';
import type { Result, Run } from '../engine/run.ts';
import { runId } from '../engine/run-id.ts';
import type { Target } from '../engine/target.ts';
import type { ErrorCode } from '../errors.ts';
import { isSettled, type ReconcileOptions, reconcile } from '../loop/reconcile.ts';
import { resultOf } from '../operator/part.ts';
import { isOutOfReach } from './in-parts.ts';
import { obstaclesTo } from './obstacles.ts';
import { partsIn, targetOf } from './part-target.ts';
import type { Part } from './parts.ts';

/** Throws as `reconcile`, and DEFINITION_INVALID for definitions that wait for each other. */
export async function reconcileParts(
  target: Target,
  destinations: Destinations,
  run: Run,
  options: ReconcileOptions,
): Promise<Result> {
  const parts = partsIn(target);
  const ready = new Set<string>();
  const results: Result[] = [];
  for (const part of parts) {
    if (run.signal.aborted && results.length > 0)
      return merged([...results, problemsOf(target, part, 'INTERRUPTED', 'the run was ended before it')]);
    const obstacles = await obstaclesTo(part, target, ready);
    for (const [one, reason] of obstacles) {
      const message = `waits, and is left as it is: ${reason}`;
      results.push(problemsOf(target, { definitions: [one] }, 'DEPENDENCY_FAILED', message));
    }
    const definitions = part.definitions.filter((definition) => !obstacles.has(definition));
    if (definitions.length === 0 && part.definitions.length > 0) continue;
    const own = { ...part, definitions };
    const attempt = () => reconcile(targetOf(target, own, destinations), hearing(run, results), options);
    const result = parts.length > 1 ? await unlessOutOfReach(attempt, own, target) : await attempt();
    results.push(result);
    for (const one of definitions) {
      const isLeft = one.suspend || target.heldBack?.(one) !== undefined;
      if (!isLeft && isSettled(resultOf(one, result))) ready.add(nameOfDefinition(one));
    }
  }
  return merged(results);
}

/** What a part tells of itself is told of all that came before, too. */
function hearing({ signal, emit }: Run, results: readonly Result[]): Run {
  const before = [...results];
  return {
    signal,
    emit: (event) => {
      if (event.type !== 'recorded' || before.length === 0) return emit(event);
      const { plan, outcomes } = merged([...before, { id: '', notes: [], unhealthy: [], ...event }]);
      emit({ type: 'recorded', plan, outcomes });
    },
  };
}

async function unlessOutOfReach(attempt: () => Promise<Result>, part: Part, target: Target): Promise<Result> {
  try {
    return await attempt();
  } catch (error) {
    if (!isOutOfReach(error)) throw error;
    return problemsOf(target, part, error.code, error.message);
  }
}

/** Of a part that was not worked on. */
function problemsOf(target: Target, { definitions }: Part, code: ErrorCode, message: string): Result {
  const problems = definitions.map((one) => {
    const definition = nameOfDefinition(one);
    return { code, message: `${definition}: ${message}`, definition };
  });
  const plan = { set: target.set, server: target.home.server, owners: [], problems, notes: [], guards: [] };
  return { id: runId(), plan, outcomes: [], notes: [], unhealthy: [] };
}

function merged(results: readonly Result[]): Result {
  const [first] = results as [Result];
  const plans = results.map(({ plan }) => plan);
  return {
    id: first.id,
    plan: {
      ...first.plan,
      owners: plans.flatMap(({ owners }) => owners),
      problems: plans.flatMap(({ problems }) => problems),
      notes: plans.flatMap(({ notes }) => notes),
      guards: plans.flatMap(({ guards }) => guards),
    },
    outcomes: results.flatMap(({ outcomes }) => outcomes),
    notes: results.flatMap(({ notes }) => notes),
    unhealthy: results.flatMap(({ unhealthy }) => unhealthy),
  };
}
