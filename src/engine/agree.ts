/**
 * Conflicts about nothing but spelling. The server keeps `1000m` as `1`, and `tolerations: []` not at all, and objects when another
 * manager applies the very same.
 */
import type { Cluster, FieldConflict, ResourceType } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import { placesAt, valueAt, withoutPlaces, withValueAt } from '../manifest/field-path.ts';
import { canonicalJson } from '../manifest/json.ts';
import type { JsonValue, Manifest } from '../manifest/manifest.ts';

export interface Agreement {
  /** What to send: as the server spells it where it means the same. */
  readonly manifest: Manifest;
  /** The conflicts that are left. */
  readonly conflicts: readonly FieldConflict[];
}

/**
 * Fields that would stay as they are even by force are no matter of conflict: in the words of the server, they are shared; what it
 * does not keep is left out. `live` is the object as it is.
 */
export async function agree(
  cluster: Cluster,
  type: ResourceType,
  manager: string,
  manifest: Manifest,
  live: Manifest,
  conflicts: readonly FieldConflict[],
): Promise<Agreement> {
  const isOpen = ({ field }: FieldConflict) => mayBeSame(valueFor(manifest, field), valueFor(live, field));
  const forced = conflicts.some(isOpen) ? await tryByForce(cluster, type, manager, manifest) : undefined;
  if (!forced) return { manifest, conflicts };
  let agreed = manifest;
  const left = conflicts.filter(({ field }) => {
    const places = placesAt(manifest, field);
    const [place] = places;
    const [before, after] = [valueFor(live, field), valueFor(forced, field)];
    if (!place || places.length > 1 || !isSame(before, after)) return true;
    agreed = before === undefined ? withoutPlaces(agreed, places) : withValueAt(agreed, place, before);
    return false;
  });
  return { manifest: agreed, conflicts: left };
}

/** Nothing when the server cannot say. */
async function tryByForce(
  cluster: Cluster,
  type: ResourceType,
  manager: string,
  manifest: Manifest,
): Promise<Manifest | undefined> {
  try {
    const answer = await cluster.apply(type, manifest, { manager, force: true, dryRun: true });
    return answer.type === 'applied' ? answer.object : undefined;
  } catch (error) {
    if (error instanceof VidraError) return undefined;
    throw error;
  }
}

/** Numbers and booleans have one spelling, but for those that mean nothing. */
function mayBeSame(mine: JsonValue | undefined, theirs: JsonValue | undefined): boolean {
  if (!mine || theirs === undefined) return true;
  return [mine, theirs].some((value) => typeof value === 'string' || typeof value === 'object');
}

function isSame(before: JsonValue | undefined, after: JsonValue | undefined): boolean {
  if (before === undefined || after === undefined) return before === after;
  return canonicalJson(before) === canonicalJson(after);
}

function valueFor(manifest: Manifest, field: string): JsonValue | undefined {
  const [place] = placesAt(manifest, field);
  return place && valueAt(manifest, place);
}
