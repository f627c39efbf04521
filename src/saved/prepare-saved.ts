/** From a saved plan to the plan of now that does exactly that. */
import type { Definition } from '../definition/definition.ts';
import { type Inputs, planInputs, planIntents, readInputs } from '../engine/prepare.ts';
import type { Run } from '../engine/run.ts';
import type { Target } from '../engine/target.ts';
import { intentsOf } from '../engine/wishes.ts';
import { VidraError } from '../errors.ts';
import { bindPlan } from '../plan/binding.ts';
import type { Plan, Problem } from '../plan/plan.ts';
import { movesSince, originsOf } from './origins.ts';
import { savedIntents } from './refill.ts';
import type { SavedPlan } from './saved-plan.ts';

export interface PrepareSavedOptions {
  /** What the plan was made from, as it is now; or why that cannot be read. */
  readonly definitions: readonly Definition[] | VidraError;
  /** Go on with what was saved where definitions or sources have moved on. */
  readonly allowOutdated: boolean;
}

/** Throws PLAN_MISMATCH for the plan of another cluster, PLAN_OUTDATED, and what `prepare` throws. */
export async function prepareSaved(
  given: Target,
  run: Run,
  saved: SavedPlan,
  options: PrepareSavedOptions,
): Promise<Plan> {
  await mustBeHome(given, saved);
  const { definitions, allowOutdated } = options;
  const isReadable = !(definitions instanceof VidraError);
  const { namespace, prune, overrides, maxDeletions } = saved.options;
  const { salt, plan, confirmed } = saved;
  const known = isReadable ? definitions : [];
  const consent = { ...(maxDeletions && { maxDeletions }), ...given.consent };
  const target: Target = { ...given, set: plan.set, definitions: known, namespace, prune, overrides, consent, salt };
  const inputs = await readInputs(target, run);
  const moves = isReadable
    ? movesSince(saved.origins, originsOf(known, inputs.fetched, salt))
    : [`its definitions cannot be read: ${definitions.message}`];
  if (moves.length > 0 && !allowOutdated)
    throw new VidraError('PLAN_OUTDATED', moves.join('\n'), { subject: 'the plan is of another state' });
  const { fresh, refused } =
    moves.length > 0 ? await planAsSaved(target, run, saved, inputs) : await planAsNow(target, run, inputs);
  const notes = [...fresh.notes, ...moves.map((move) => `carried out as it was saved, although ${move}`)];
  const bound = bindPlan({ saved: plan, fresh: { ...fresh, notes }, salt, refused, confirmed });
  return { ...bound, digest: plan.digest };
}

interface Planned {
  readonly fresh: Plan;
  readonly refused: ReadonlyMap<string, Problem>;
}

async function planAsNow(target: Target, run: Run, inputs: Inputs): Promise<Planned> {
  return { fresh: await planInputs(target, run, inputs), refused: new Map() };
}

async function planAsSaved(target: Target, run: Run, saved: SavedPlan, inputs: Inputs): Promise<Planned> {
  const { records, fetched, present } = inputs;
  const today = intentsOf(target, fetched, records, present);
  const { intents, refused } = savedIntents(saved, records, today.owners);
  return { fresh: await planIntents(target, run, records, intents), refused };
}

async function mustBeHome({ home }: Target, saved: SavedPlan): Promise<void> {
  const identity = await home.identity();
  if (identity === saved.home) return;
  const message = `the plan was made for the cluster ${saved.plan.server} (${saved.home}), and this is ${home.server} (${identity})`;
  throw new VidraError('PLAN_MISMATCH', message);
}
