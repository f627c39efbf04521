/** Judges custom resources by the schemas that the plan brings: the server does not know them yet. */
import type { Cluster } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import { definedSchemas } from '../manifest/defined-kinds.ts';
import type { DesiredObject } from '../manifest/desired-set.ts';
import { canonicalJson } from '../manifest/json.ts';
import { describeOrigin, type JsonObject, keyOf, type ObjectReference } from '../manifest/manifest.ts';
import type { OwnerObservation } from '../plan/observation.ts';
import { isProvenUnchanged, mayApply } from '../plan/proof.ts';

/** More faults of one object are only counted. */
const mostFaults = 5;

/** What is known of a custom resource whose schema the plan brings: what is wrong with it, if anything. */
export interface Judgement {
  readonly fault?: string;
}

/** Nothing for objects whose schema the plan does not bring. */
export type Judge = (desired: DesiredObject) => Judgement | undefined;

/** `owners` have one destination, which `cluster` is. */
export async function createJudge(cluster: Cluster, owners: readonly OwnerObservation[]): Promise<Judge> {
  const schemas = await broughtSchemas(cluster, owners);
  const isJudged = ({ reference }: DesiredObject) => schemas.has(versionedKind(reference));
  if (!owners.some(({ wish }) => wish.type === 'wanted' && wish.desired.objects.some(isJudged))) return () => undefined;
  const { loadSchemaCheck } = await import('../manifest/schema.ts');
  const check = await loadSchemaCheck(schemas.values());
  return (desired) => {
    const schema = schemas.get(versionedKind(desired.reference));
    if (!schema) return undefined;
    const faults = check(desired.manifest, schema).map(({ message }) => message);
    if (faults.length === 0) return {};
    const more = faults.length > mostFaults ? [`and ${faults.length - mostFaults} more`] : [];
    const said = [...faults.slice(0, mostFaults), ...more].join('; ');
    return { fault: `${said}; so says the CustomResourceDefinition of this plan (${describeOrigin(desired.origin)})` };
  };
}

/** By `group/version/kind`, those that are not what the server has already. */
async function broughtSchemas(cluster: Cluster, owners: readonly OwnerObservation[]): Promise<Map<string, JsonObject>> {
  const definitions = owners.flatMap((observed) =>
    observed.wish.type === 'wanted' ? observed.wish.desired.objects.map((desired) => ({ observed, desired })) : [],
  );
  const lists = await Promise.all(
    definitions.map(async ({ observed, desired }) => {
      const schemas = definedSchemas(desired.manifest);
      if (schemas.size === 0 || !mayComeTrue(observed, desired)) return [];
      const live = observed.destination.live.has(keyOf(desired.reference))
        ? await liveSchemas(cluster, desired.reference)
        : new Map<string, JsonObject>();
      return [...schemas].filter(([kind, schema]) => !isSame(schema, live.get(kind)));
    }),
  );
  const brought = new Map<string, JsonObject>();
  const contested = new Set<string>();
  for (const [kind, schema] of lists.flat()) {
    const other = brought.get(kind);
    if (other && !isSame(schema, other)) contested.add(kind);
    brought.set(kind, schema);
  }
  // Of owners that do not agree, nobody knows who will win.
  for (const kind of contested) brought.delete(kind);
  return brought;
}

function mayComeTrue(observed: OwnerObservation, desired: DesiredObject): boolean {
  const key = keyOf(desired.reference);
  const live = observed.destination.live.get(key);
  if (!live) return !observed.destination.unknown.has(key);
  if (live.deleting || isProvenUnchanged(observed, desired, live)) return false;
  return mayApply(observed.owner, live, observed.policy) !== 'refuse';
}

async function liveSchemas(cluster: Cluster, reference: ObjectReference): Promise<ReadonlyMap<string, JsonObject>> {
  const type = cluster.typeOf(reference);
  try {
    const live = type && (await cluster.get(type, reference));
    return live ? definedSchemas(live) : new Map();
  } catch (error) {
    if (error instanceof VidraError && error.code === 'CLUSTER_FORBIDDEN') return new Map();
    throw error;
  }
}

function isSame(schema: JsonObject, other: JsonObject | undefined): boolean {
  return other !== undefined && canonicalJson(schema) === canonicalJson(other);
}

function versionedKind({ group, version, kind }: ObjectReference): string {
  return `${group}/${version}/${kind}`;
}
