/** Which definitions are planned together: those that one identity writes, that wait for nothing, and that nobody decides over one by one. Pure. */
import { definitionAnnotations } from '../definition/annotations.ts';
import { type Access, type Definition, nameOfDefinition } from '../definition/definition.ts';
import { VidraError } from '../errors.ts';
import { accessOf } from '../operator/destination-of.ts';

export interface Part {
  readonly definitions: readonly Definition[];
  /** How all of its definitions say that their clusters are reached. */
  readonly access?: Access;
  /** Somebody decides over its only definition by itself. */
  readonly alone?: Definition;
}

/** In the order in which they are carried out. Throws DEFINITION_INVALID for definitions that wait for each other. */
export function partsOf(definitions: readonly Definition[]): Part[] {
  const depths = depthsOf(definitions);
  const deepest = Math.max(0, ...depths.values());
  return Array.from({ length: deepest + 1 }, (_, depth) => depth).flatMap((depth) => {
    const groups = new Map<string, Part>();
    for (const definition of definitions) {
      if (depths.get(definition) !== depth) continue;
      const part = partFor(definition);
      const isFirst = waitsFor(definition).length === 0;
      const key = JSON.stringify([part.alone && nameOfDefinition(part.alone), part.access, isFirst]);
      groups.set(key, { ...part, definitions: [...(groups.get(key)?.definitions ?? []), definition] });
    }
    return [...groups.values()].sort((one, other) => Number(isPlain(other)) - Number(isPlain(one)));
  });
}

/** Whether its plan may be of the whole set, too. */
export function isPlain({ alone, access, definitions }: Part): boolean {
  return !alone && !access && definitions.every((definition) => waitsFor(definition).length === 0);
}

/** What keeps a definition in a file from being reconciled by who stays: nobody is there to decide. */
export function heldBackFromFiles({ mode }: Definition): string | undefined {
  return mode === 'Enforce' ? undefined : `mode: ${mode}`;
}

/** Names of the definitions that come first. */
export function waitsFor({ dependsOn, stored }: Definition): string[] {
  return stored?.deleting ? [] : dependsOn.map(nameOfDefinition);
}

function partFor(definition: Definition): Part {
  const { mode, stored } = definition;
  const access = accessOf(definition);
  const isConfirmed = stored?.annotations[definitionAnnotations.confirm] !== undefined;
  const isAlone = !stored?.deleting && (mode !== 'Enforce' || isConfirmed);
  return {
    definitions: [],
    ...(access && { access }),
    ...(isAlone && { alone: definition }),
  };
}

function depthsOf(definitions: readonly Definition[]): Map<Definition, number> {
  const byName = new Map(definitions.map((definition) => [nameOfDefinition(definition), definition]));
  const depths = new Map<Definition, number>();
  const depthOf = (definition: Definition, above: readonly Definition[]): number => {
    const known = depths.get(definition);
    if (known !== undefined) return known;
    if (above.includes(definition))
      throw new VidraError('DEFINITION_INVALID', 'waits for itself, by its dependsOn and that of others', {
        subject: nameOfDefinition(definition),
      });
    const first = waitsFor(definition).flatMap((name) => byName.get(name) ?? []);
    const depth = Math.max(-1, ...first.map((one) => depthOf(one, [...above, definition]))) + 1;
    depths.set(definition, depth);
    return depth;
  };
  for (const definition of definitions) depthOf(definition, []);
  return depths;
}
