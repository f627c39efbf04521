/** Conflicts about nothing but spelling: the server keeps `1000m` as `1`, and objects when another manager applies `1000m` beside it. */
import type { Cluster, FieldConflict, ResourceType } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import { placesAt, valueAt, withValueAt } from '../manifest/field-path.ts';
import { canonicalJson } from '../manifest/json.ts';
import type { JsonValue, Manifest } from '../manifest/manifest.ts';

export interface Agreement {
  /** What to send: as the server spells it where it means the same. */
  readonly manifest: Manifest;
  /** The conflicts that are left. */
  readonly conflicts: readonly FieldConflict[];
}

/**
 * Fields that would stay as they are even by force are no matter of conflict: in the words of the server, they are shared.
 * `live` is the object as it is.
 */
export async function agree(
  cluster: Cluster,
  type: ResourceType,
  manager: string,
  manifest: Manifest,
  live: Manifest,
  conflicts: readonly FieldConflict[],
): Promise<Agreement> {
  const isOpen = ({ field }: FieldConflict) => mayBeTheSame(valueFor(manifest, field), valueFor(live, field));
  const forced = conflicts.some(isOpen) ? await tryByForce(cluster, type, manager, manifest) : undefined;
  if (!forced) return { manifest, conflicts };
  let agreed = manifest;
  const left = conflicts.filter(({ field }) => {
    const [place, ...more] = placesAt(manifest, field);
    const [before, after] = [valueFor(live, field), valueFor(forced, field)];
    if (!place || more.length > 0 || before === undefined || after === undefined) return true;
    if (canonicalJson(before) !== canonicalJson(after)) return true;
    agreed = withValueAt(agreed, place, before);
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

/** Numbers and booleans have one spelling. */
function mayBeTheSame(mine: JsonValue | undefined, theirs: JsonValue | undefined): boolean {
  if (mine === undefined || theirs === undefined) return false;
  return [mine, theirs].some((value) => typeof value === 'string' || typeof value === 'object');
}

function valueFor(manifest: Manifest, field: string): JsonValue | undefined {
  const [place] = placesAt(manifest, field);
  return place && valueAt(manifest, place);
}
