/** Whether a definition may run now, by what it and others say. Pure. */
import { type Definition, nameOfDefinition } from '../definition/definition.ts';
import { problemOf } from '../engine/intent.ts';
import { conditionOf, isReadyAt } from '../manifest/condition.ts';
import type { JsonObject } from '../manifest/manifest.ts';
import type { Problem } from '../plan/plan.ts';
import type { Followed } from './followed.ts';
import type { Standing } from './standing.ts';

/** How it stands when it may not run; nothing when it may. */
export function obstacleOf(followed: Followed, all: ReadonlyMap<string, Followed>): Standing | undefined {
  const { definition, stored, problems } = followed;
  if (!definition) return { type: 'invalid', problems: problems.map(problemOf) };
  // Whoever deletes a definition does not want it to stay for being suspended, or for waiting.
  if (stored.deleting) return undefined;
  if (definition.suspend) return { type: 'suspended' };
  const circle = circleFrom(definition, all);
  if (circle) return { type: 'invalid', problems: [circle] };
  const missing = definition.dependsOn.map(nameOfDefinition).filter((key) => !isReady(all.get(key)));
  if (missing.length === 0) return undefined;
  const reasons = missing.map((key) => `${key} ${all.has(key) ? 'is not ready' : 'does not exist'}`);
  return { type: 'held', reason: `waits: ${reasons.join(', ')}` };
}

/** What keeps a definition from ever coming to its turn: it waits for itself. */
function circleFrom(definition: Definition, all: ReadonlyMap<string, Followed>): Problem | undefined {
  const start = nameOfDefinition(definition);
  const paths = [[start]];
  const seen = new Set<string>();
  for (let path = paths.pop(); path; path = paths.pop()) {
    const last = path.at(-1) as string;
    for (const next of all.get(last)?.definition?.dependsOn.map(nameOfDefinition) ?? []) {
      if (next === start) return { code: 'DEFINITION_INVALID', message: circleOf([...path, start]) };
      if (seen.has(next)) continue;
      seen.add(next);
      paths.push([...path, next]);
    }
  }
  return undefined;
}

function circleOf(path: readonly string[]): string {
  return `waits for itself, by dependsOn: ${path.join(' → ')}`;
}

/** Ready, in the version that is wanted now. */
export function isReady(followed: Followed | undefined): boolean {
  return followed !== undefined && isReadyAt(statusOf(followed), followed.stored.generation);
}

/** Whether its status says so. */
export function isSuspended(followed: Followed): boolean {
  return conditionOf(statusOf(followed), 'Ready')?.reason === 'Suspended';
}

function statusOf({ object }: Followed): JsonObject {
  return (object['status'] ?? {}) as JsonObject;
}

/** Keys of what waits for a definition. */
export function dependentsOf(key: string, all: ReadonlyMap<string, Followed>): string[] {
  return [...all]
    .filter(([, one]) => one.definition?.dependsOn.some((other) => nameOfDefinition(other) === key))
    .map(([name]) => name);
}
