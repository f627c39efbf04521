/** Everything up to the plan. Changes nothing; this is all that `vidra plan` does. */
import type { InfrahubSync } from '../definition/definition.ts';
import { VidraError } from '../errors.ts';
import type { InventoryRecord } from '../inventory/inventory.ts';
import { buildPlan, type PlanInput } from '../plan/build.ts';
import type { Plan } from '../plan/plan.ts';
import type { Snapshot } from '../source/source.ts';
import { heldBackBy } from './held-back.ts';
import type { Intents } from './intent.ts';
import { observeOwners } from './owners.ts';
import { refusedOf } from './permissions.ts';
import { nothingPresent, type Present, presentIn } from './present.ts';
import type { Run } from './run.ts';
import type { Target } from './target.ts';
import { type Fetched, intentsOf, isRecordOfSync } from './wishes.ts';

/** What a plan is made from, besides the definitions and the clusters. */
export interface Inputs {
  readonly records: readonly InventoryRecord[];
  readonly fetched: Fetched;
  readonly present: Present;
}

/** Throws a VidraError when the home cluster cannot be asked; what concerns one source or destination is in the plan. */
export async function prepare(target: Target, run: Run): Promise<Plan> {
  return planInputs(target, run, await readInputs(target, run));
}

export async function readInputs(target: Target, run: Run): Promise<Inputs> {
  const [records, fetched] = await Promise.all([target.inventory.list(), fetchAll(target, run)]);
  // Of the owners of others nothing is said.
  const isAsked = !target.partial || target.definitions.some(isRecordOfSync);
  const present = isAsked ? await presentIn(target.home, records) : nothingPresent;
  run.signal.throwIfAborted();
  return { records, fetched, present };
}

export function planInputs(target: Target, run: Run, { records, fetched, present }: Inputs): Promise<Plan> {
  return planIntents(target, run, records, intentsOf(target, fetched, records, present));
}

/** Only what owners leave whose definitions are gone. */
export async function prepareLeaving(target: Target, run: Run): Promise<Plan> {
  const { records, fetched, present } = await readInputs(target, run);
  const intents = intentsOf({ ...target, prune: true }, fetched, records, present);
  return planIntents(target, run, records, intents, { onlyLeavers: true });
}

/** From what becomes of each owner to the plan. */
export async function planIntents(
  target: Target,
  run: Run,
  records: readonly InventoryRecord[],
  intents: Intents,
  options: Pick<PlanInput, 'onlyLeavers'> = {},
): Promise<Plan> {
  const { owners, problems } = await observeOwners(target, run, intents.owners);
  const input: PlanInput = {
    set: target.set,
    server: target.home.server,
    owners,
    records,
    problems: [...intents.problems, ...problems],
    notes: intents.notes,
    consent: target.consent,
    ...options,
  };
  const plan = buildPlan(input);
  const refused = await refusedOf(target, plan);
  run.emit({ type: 'planned' });
  const withProblems = { ...input, problems: [...input.problems, ...refused.problems] };
  return refused.forbidden.size + refused.problems.length === 0
    ? plan
    : buildPlan({ ...withProblems, forbidden: refused.forbidden });
}

async function fetchAll(target: Target, run: Run): Promise<Fetched> {
  const syncs = target.definitions.filter(
    (definition): definition is InfrahubSync =>
      definition.kind === 'InfrahubSync' &&
      !definition.stored?.deleting &&
      heldBackBy(definition, target) === undefined,
  );
  return new Map(await Promise.all(syncs.map(async (sync) => [sync.name, await fetchOne(target, sync, run)] as const)));
}

/** One source that fails does not stop the others. */
async function fetchOne(target: Target, sync: InfrahubSync, run: Run): Promise<Snapshot | VidraError> {
  try {
    const source = await target.sourceOf(sync);
    run.emit({ type: 'fetching', source: source.description });
    const snapshot = await source.fetch(run.signal);
    run.emit({
      type: 'fetched',
      source: source.description,
      artifacts: snapshot.artifacts.length,
      revision: snapshot.revision,
    });
    return snapshot;
  } catch (error) {
    if (error instanceof VidraError && error.code !== 'INTERRUPTED') return error;
    throw error;
  }
}
