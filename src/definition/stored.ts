/** From objects of the API server to definitions. Each stands for itself: what is wrong with one stops no other. */
import { VidraError } from '../errors.ts';
import type { JsonObject, Manifest } from '../manifest/manifest.ts';
import { isObject } from '../manifest/shape.ts';
import { check } from './check.ts';
import { checkExpressions, type FaultOf, loadFaultOf } from './check-expressions.ts';
import type { Definition, Stored } from './definition.ts';
import { readDefinition } from './read.ts';
import { specRules } from './rules.ts';

/** One object of a cluster as a definition, or what is wrong with it (DEFINITION_INVALID). */
export interface StoredDefinition {
  readonly kind: Definition['kind'];
  readonly name: string;
  readonly stored: Stored;
  /** Nothing when there are problems. */
  readonly definition?: Definition;
  readonly problems: readonly VidraError[];
}

/** Reads InfrahubSyncs and VidraResources as the API server gives them. VidraResources that are only records of owners are left out. */
export async function loadStored(objects: readonly Manifest[]): Promise<StoredDefinition[]> {
  const written = objects.filter((object) => !isRecord(object));
  const faultOf = await loadFaultOf(written.some(({ spec }) => isObject(spec) && spec['healthChecks'] !== undefined));
  return written.map((object) => readStored(object, faultOf));
}

function readStored(object: Manifest, faultOf: FaultOf | undefined): StoredDefinition {
  const kind = object.kind as Definition['kind'];
  const { name } = object.metadata;
  const findings = [
    ...check(object['spec'], specRules[kind], ['spec']),
    ...(faultOf ? checkExpressions(object, faultOf) : []),
  ];
  const subject = `${kind} ${name}`;
  const problems = findings.map(({ message }) => new VidraError('DEFINITION_INVALID', message, { subject }));
  const stored = storedOf(object.metadata);
  const origin = { source: 'cluster', document: 1, line: 1, column: 1 };
  const definition = problems.length === 0 && readDefinition({ manifest: object, origin }, stored);
  return { kind, name, stored, ...(definition && { definition }), problems };
}

/** A VidraResource that Vidra made: without manifests, or with those that upstream's operator put there for a sync. */
function isRecord({ kind, metadata, spec, status }: Manifest): boolean {
  if (kind !== 'VidraResource') return false;
  const owners = metadata['ownerReferences'];
  const isOfSync = Array.isArray(owners) && owners.some((owner) => isObject(owner) && owner['kind'] === 'InfrahubSync');
  const inventory = isObject(status) ? status['inventory'] : undefined;
  const manifest = isObject(spec) ? spec['manifest'] : undefined;
  return manifest === undefined || isOfSync || (isObject(inventory) && inventory['sync'] !== undefined);
}

function storedOf({ uid, generation, annotations, deletionTimestamp }: JsonObject): Stored {
  return {
    uid: uid as string,
    generation: (generation as number | undefined) ?? 1,
    annotations: (annotations as Stored['annotations'] | undefined) ?? {},
    ...(deletionTimestamp ? { deleting: true } : {}),
  };
}
