/** What a run that several definitions shared did for one of them. Pure. */
import { type Definition, nameOfDefinition } from '../definition/definition.ts';
import type { Result } from '../engine/run.ts';
import type { OwnerHeader } from '../inventory/inventory.ts';
import type { Plan } from '../plan/plan.ts';

type Named = Pick<Definition, 'kind' | 'name'>;

/** Whether an owner comes from a definition. */
export function isOwnerOf({ kind, name }: Named, header: OwnerHeader): boolean {
  return kind === 'InfrahubSync' ? header.sync === name : header.sync === undefined && header.name === name;
}

/** What concerns no definition by name concerns each of them. */
export function planOf(definition: Named, plan: Plan): Plan {
  const name = nameOfDefinition(definition);
  const owners = plan.owners.filter(({ header }) => isOwnerOf(definition, header));
  const problems = plan.problems.filter((problem) => (problem.definition ?? name) === name);
  return { ...plan, owners, problems };
}

export function resultOf(definition: Named, result: Result): Result {
  const plan = planOf(definition, result.plan);
  const names = new Set(plan.owners.map(({ owner }) => owner.name));
  const isOwn = ({ owner }: { readonly owner: string }) => names.has(owner);
  return { ...result, plan, outcomes: result.outcomes.filter(isOwn), unhealthy: result.unhealthy.filter(isOwn) };
}
