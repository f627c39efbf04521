/** Who holds a field that this owner wants at another value, and what follows from it. */
import type { FieldConflict } from '../cluster/cluster.ts';
import type { JsonObject, JsonValue, Manifest } from '../manifest/manifest.ts';
import { isOwnerManager } from '../manifest/owner.ts';

/** Programs that people edit with. What they set by hand is put back. */
const peoplesTools =
  /^(kubectl([-_].*)?|k9s|[Hh]elm|before-first-apply|Mozilla|OpenLens|Lens|freelens|headlamp.*|(kubernetes-)?dashboard.*|octant|rancher|curl)$/;

export interface Resolution {
  /** Take the fields back. */
  readonly force: boolean;
  /** Fields to leave to an autoscaler, as lists of names. */
  readonly yield: readonly (readonly string[])[];
  /** Fields of others that nobody allowed to touch: with any, the object is left alone. */
  readonly blocked: readonly FieldConflict[];
}

/**
 * Reads the causes of a 409: people's tools are overruled, the `scale` subresource is yielded to, the rest blocks. Who
 * adopts an object overrules everybody but Vidra's other owners. Owners that `givesWay` names lose nothing that they want.
 */
export function resolveConflicts(
  conflicts: readonly FieldConflict[],
  adopting: boolean,
  givesWay: (conflict: FieldConflict) => boolean = () => false,
): Resolution {
  const isYielded = (conflict: FieldConflict) =>
    conflict.subresource === 'scale' && plainPath(conflict.field) !== undefined;
  const yielded = conflicts.filter(isYielded);
  const rest = conflicts.filter((conflict) => !isYielded(conflict));
  const isOverruled = (conflict: FieldConflict) =>
    givesWay(conflict) || (adopting ? !isOwnerManager(conflict.manager) : peoplesTools.test(conflict.manager));
  return {
    force: rest.some(isOverruled),
    yield: yielded.map((conflict) => plainPath(conflict.field) ?? []),
    blocked: rest.filter((conflict) => !isOverruled(conflict)),
  };
}

/** `.spec.replicas` as names; nothing for paths through lists or with quoted keys. */
function plainPath(field: string): string[] | undefined {
  return /^(\.[A-Za-z][A-Za-z0-9]*)+$/.test(field) ? field.slice(1).split('.') : undefined;
}

/** The manifest without the fields that are left to others. */
export function withoutFields(manifest: Manifest, paths: readonly (readonly string[])[]): Manifest {
  return paths.reduce((current, path) => without(current, path) as Manifest, manifest);
}

function without(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  const [field, ...deeper] = path;
  if (field === undefined || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const { [field]: inner, ...rest } = value as JsonObject;
  return deeper.length === 0 || inner === undefined ? rest : { ...rest, [field]: without(inner, deeper) };
}

/** For people: `.spec.replicas by "hpa"`, one after the other. */
export function describeConflicts(conflicts: readonly FieldConflict[]): string {
  return conflicts.map((conflict) => `${conflict.field} is held by "${conflict.manager}"`).join(', ');
}
