/** What keeps definitions from being worked on: those that must be ready first. */
import { type Definition, nameOfDefinition } from '../definition/definition.ts';
import type { Target } from '../engine/target.ts';
import { conditionOf } from '../manifest/condition.ts';
import type { JsonObject } from '../manifest/manifest.ts';
import { definitionsThere } from './definitions-there.ts';
import { type Part, waitsFor } from './parts.ts';

/** By definition, for people. `done` holds the names of those that are ready; what is in the cluster only is asked for there. */
export async function obstaclesTo(
  part: Part,
  target: Target,
  done: ReadonlySet<string>,
): Promise<Map<Definition, string>> {
  const known = new Set(target.definitions.map(nameOfDefinition));
  const isReady = async (name: string) => done.has(name) || (!known.has(name) && (await isReadyThere(target, name)));
  const found = new Map<Definition, string>();
  for (const definition of part.definitions) {
    if (definition.suspend) continue;
    const names = waitsFor(definition);
    const ready = await Promise.all(names.map(isReady));
    const missing = names.filter((_, index) => !ready[index]);
    if (missing.length > 0) found.set(definition, `${missing.join(', ')} not ready`);
  }
  return found;
}

/** Whether the operator says so of a definition that is in the cluster only. */
async function isReadyThere({ home }: Target, name: string): Promise<boolean> {
  const [kind, ...rest] = name.split(' ');
  const there = await definitionsThere(home, kind as Definition['kind']);
  const object = there.find(({ metadata }) => metadata.name === rest.join(' '));
  const ready = object && conditionOf((object['status'] ?? {}) as JsonObject, 'Ready');
  return ready?.status === 'True' && ready.observedGeneration === object?.metadata['generation'];
}
