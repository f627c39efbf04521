/** What a run that several definitions shared did for one of them. Pure. */
import { type InfrahubSync, nameOfDefinition, type VidraResource } from '../definition/definition.ts';
import type { Result } from '../engine/run.ts';
import type { OwnerHeader } from '../inventory/inventory.ts';
import type { OwnerPlan, Plan, Problem } from '../plan/plan.ts';

type Named = Pick<InfrahubSync, 'kind' | 'name'> | Pick<VidraResource, 'kind' | 'name' | 'sync'>;

/** Whether an owner comes from a definition. */
export function isOwnerOf(definition: Named, header: OwnerHeader): boolean {
  if (definition.kind === 'InfrahubSync') return header.sync === definition.name;
  return header.sync === definition.sync && header.name === definition.name;
}

/** What concerns no definition by name concerns each of them. */
export function planOf(definition: Named, plan: Plan): Plan {
  const name = nameOfDefinition(definition);
  const owners = plan.owners.filter(({ header }) => isOwnerOf(definition, header));
  const problems = plan.problems.filter((problem) => (problem.definition ?? name) === name);
  return { ...plan, owners, problems };
}

export function resultOf(definition: Named, result: Result): Result {
  const { owners, problems } = planOf(definition, result.plan);
  return resultOfOwners(result, (owner) => owners.includes(owner), problems);
}

/** What concerns some owners. `problems` are those of no owner. */
export function resultOfOwners(
  result: Result,
  isOwn: (owner: OwnerPlan) => boolean,
  problems: readonly Problem[],
): Result {
  const owners = result.plan.owners.filter(isOwn);
  const names = new Set(owners.map(({ owner }) => owner.name));
  const isTheirs = ({ owner }: { readonly owner: string }) => names.has(owner);
  return {
    ...result,
    plan: { ...result.plan, owners, problems },
    outcomes: result.outcomes.filter(isTheirs),
    unhealthy: result.unhealthy.filter(isTheirs),
  };
}
