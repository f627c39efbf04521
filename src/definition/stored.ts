/** From objects of the API server to definitions. Each stands for itself: what is wrong with one stops no other. */
import { VidraError } from '../errors.ts';
import type { JsonObject, JsonValue, Manifest } from '../manifest/manifest.ts';
import { isObject } from '../manifest/shape.ts';
import { check } from './check.ts';
import { type LateCheck, loadLateChecks } from './check-late.ts';
import type { Definition, Stored } from './definition.ts';
import { readDefinition } from './read.ts';
import { isRecord } from './record.ts';
import { isInDoubt, withoutFaults } from './removal.ts';
import { specRules } from './rules.ts';

/** One object of a cluster as a definition, or what is wrong with it (DEFINITION_INVALID). */
export interface StoredDefinition {
  readonly kind: Definition['kind'];
  readonly name: string;
  readonly stored: Stored;
  /** Nothing when there are problems. Of one that is being deleted, only what decides over that need be right. */
  readonly definition?: Definition;
  readonly problems: readonly VidraError[];
}

/** Reads InfrahubSyncs and VidraResources as the API server gives them. VidraResources that are only records of owners are left out. */
export function loadStored(objects: readonly Manifest[]): Promise<StoredDefinition[]> {
  return loadDefinitions(objects.filter((object) => !isRecord(object)));
}

/** The same of objects that are taken for definitions, whatever they are. */
export async function loadDefinitions(written: readonly Manifest[]): Promise<StoredDefinition[]> {
  const late = await loadLateChecks((field) => written.some(({ spec }) => hasField(spec, field)));
  return written.map((object) => readStored(object, late));
}

function hasField(value: JsonValue | undefined, field: string): boolean {
  if (Array.isArray(value)) return value.some((item: JsonValue) => hasField(item, field));
  if (!isObject(value)) return false;
  return Object.entries(value).some(([name, inner]) => name === field || hasField(inner, field));
}

function readStored(object: Manifest, late: readonly LateCheck[]): StoredDefinition {
  const kind = object.kind as Definition['kind'];
  const { name } = object.metadata;
  const findings = [
    ...check(object['spec'] ?? {}, specRules[kind], ['spec']),
    ...late.flatMap((findFaults) => findFaults(object)),
  ];
  const stored = storedOf(object.metadata);
  const faults = stored.deleting ? findings.filter((finding) => isInDoubt(kind, finding)) : findings;
  const consequence = stored.deleting ? `; ${staying}` : '';
  const problems = faults.map(({ message }) => {
    return new VidraError('DEFINITION_INVALID', `${message}${consequence}`, { subject: `${kind} ${name}` });
  });
  const origin = { source: 'cluster', document: 1, line: 1, column: 1 };
  const manifest = stored.deleting ? withoutFaults(object, findings) : object;
  const definition = problems.length === 0 && readDefinition({ manifest, origin }, stored);
  return { kind, name, stored, ...(definition && { definition }), problems };
}

const staying =
  'what becomes of its objects is not clear, so it stays although it is deleted: mend that, or take off its finalizer, which leaves them as they are';

/** What the metadata of an object tells besides what the user wrote. */
export function storedOf({ uid, generation, annotations, deletionTimestamp }: JsonObject): Stored {
  return {
    uid: uid as string,
    generation: (generation as number | undefined) ?? 1,
    annotations: (annotations as Stored['annotations'] | undefined) ?? {},
    ...(deletionTimestamp ? { deleting: true } : {}),
  };
}
