/** What keeps definitions from being worked on: those that must be ready first. */
import { type Definition, nameOfDefinition } from '../definition/definition.ts';
import type { Target } from '../engine/target.ts';
import { isReadyAt } from '../manifest/condition.ts';
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
  const reasonOf = async (name: string) => {
    if (done.has(name)) return [];
    const reason = known.has(name) ? 'is not ready' : await reasonThere(target, name);
    return reason === undefined ? [] : [`${name} ${reason}`];
  };
  const found = new Map<Definition, string>();
  for (const definition of part.definitions) {
    if (definition.suspend) continue;
    const reasons = (await Promise.all(waitsFor(definition).map(reasonOf))).flat();
    if (reasons.length > 0) found.set(definition, reasons.join(', '));
  }
  return found;
}

/** Why one that is in the cluster only is not ready, as its operator sees it. */
async function reasonThere({ home }: Target, name: string): Promise<string | undefined> {
  const [kind, ...rest] = name.split(' ');
  const there = await definitionsThere(home, kind as Definition['kind']);
  const object = there.find(({ metadata }) => metadata.name === rest.join(' '));
  if (!object) return 'does not exist';
  const isReady = isReadyAt((object['status'] ?? {}) as JsonObject, object.metadata['generation'] as number);
  return isReady ? undefined : 'is not ready';
}
