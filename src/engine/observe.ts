/** Asks a cluster for the metadata of everything that is wanted or recorded: one LIST for each kind. */
import type { Cluster, ResourceType } from '../cluster/cluster.ts';
import type { ObjectMetadata } from '../cluster/metadata.ts';
import { isAboutTheCluster } from '../cluster/refusal.ts';
import { VidraError } from '../errors.ts';
import { apiVersionOf, type JsonObject, keyOf, type ObjectReference } from '../manifest/manifest.ts';
import { managedSelector } from '../manifest/owner.ts';
import type { DestinationObservation } from '../plan/observation.ts';
import type { Problem } from '../plan/plan.ts';
import { problemOf } from './intent.ts';
import { observeTenants } from './tenants.ts';

/** From this number of unlabelled objects in a namespace on, one LIST of all that is there is cheaper than GETs. */
const listFrom = 4;

export interface References {
  readonly wanted: readonly ObjectReference[];
  readonly recorded: readonly ObjectReference[];
  /** HorizontalPodAutoscalers that fields were yielded to. */
  readonly autoscalers: readonly ObjectReference[];
  /** Recorded objects of owners that do not want them any more. */
  readonly abandoned: readonly ObjectReference[];
  /** Kinds, as `group/kind`, that the same plan defines. */
  readonly defined: ReadonlySet<string>;
  /** And versions of kinds, as `group/version/kind`. */
  readonly definedVersions: ReadonlySet<string>;
}

export async function observeDestination(
  cluster: Cluster,
  server: string,
  references: References,
): Promise<DestinationObservation> {
  const live = new Map<string, ObjectMetadata>();
  const unknown = new Map<string, Problem>();
  const groups = groupByType(cluster, references, unknown);
  for (const [key, problem] of await unavailableKinds(cluster, references, unknown)) unknown.set(key, problem);
  await Promise.all([...groups.values()].map((group) => observeKind(cluster, group, live, unknown)));
  const tenants = await observeTenants(cluster, unwanted(references, live), unknown);
  return { server, live, unknown, tenants };
}

/** Objects that somebody leaves, that are there, and that nobody wants. */
function unwanted({ wanted, abandoned }: References, live: ReadonlyMap<string, ObjectMetadata>): ObjectReference[] {
  const keys = new Set(wanted.map(keyOf));
  const left = abandoned.filter((reference) => live.has(keyOf(reference)) && !keys.has(keyOf(reference)));
  return [...new Map(left.map((reference) => [keyOf(reference), reference])).values()];
}

interface KindGroup {
  readonly type: ResourceType;
  readonly references: Map<string, ObjectReference>;
}

function groupByType(cluster: Cluster, references: References, unknown: Map<string, Problem>): Map<string, KindGroup> {
  const groups = new Map<string, KindGroup>();
  for (const reference of references.wanted) {
    const type = cluster.typeOf(reference);
    const { group, version, kind } = reference;
    if (type && !isApplied(type)) unknown.set(keyOf(reference), notApplied(reference, type));
    else if (type && (type.version === version || references.definedVersions.has(`${group}/${version}/${kind}`)))
      addTo(groups, type, reference);
    else if (type) unknown.set(keyOf(reference), notServed(reference, type));
    else if (!references.defined.has(`${group}/${kind}`)) unknown.set(keyOf(reference), noKind(reference));
  }
  for (const reference of [...references.recorded, ...references.autoscalers]) {
    const type = cluster.typeOf(reference);
    if (type) addTo(groups, type, reference);
  }
  return groups;
}

function addTo(groups: Map<string, KindGroup>, type: ResourceType, reference: ObjectReference): void {
  const key = `${type.group}/${type.kind}`;
  const group = groups.get(key) ?? { type, references: new Map() };
  if (!groups.has(key)) groups.set(key, group);
  group.references.set(keyOf(reference), reference);
}

/** Recorded objects of a kind that is not served, where nothing is concluded of that: its API may only be down. */
async function unavailableKinds(
  cluster: Cluster,
  { recorded }: References,
  known: ReadonlyMap<string, Problem>,
): Promise<Map<string, Problem>> {
  const missing = recorded.filter(
    (reference) => reference.group !== '' && !cluster.typeOf(reference) && !known.has(keyOf(reference)),
  );
  const answers = new Map<string, Promise<boolean>>();
  const problems = new Map<string, Problem>();
  for (const reference of missing) {
    const version = `${reference.version}.${reference.group}`;
    const answer = answers.get(version) ?? mayBeDown(cluster, reference);
    answers.set(version, answer);
    if (await answer) problems.set(keyOf(reference), noKind(reference));
  }
  return problems;
}

/** Whether the API of a kind is registered, and served by a server of its own or not at all. */
async function mayBeDown(cluster: Cluster, { group, version }: ObjectReference): Promise<boolean> {
  const services = cluster.typeOf({ group: 'apiregistration.k8s.io', version: 'v1', kind: 'APIService' });
  if (!services) return false;
  try {
    const service = await cluster.get(services, { ...services, namespace: '', name: `${version}.${group}` });
    if (!service) return false;
    const hasServer = (service['spec'] as JsonObject | undefined)?.['service'] !== undefined;
    // The API server itself is not down: where it serves other kinds of the group, this one does not exist.
    return hasServer || !cluster.types().some((type) => type.group === group);
  } catch (error) {
    if (error instanceof VidraError && error.code === 'CLUSTER_FORBIDDEN') return true;
    throw error;
  }
}

async function observeKind(
  cluster: Cluster,
  { type, references }: KindGroup,
  live: Map<string, ObjectMetadata>,
  unknown: Map<string, Problem>,
): Promise<void> {
  const keep = (found: readonly ObjectMetadata[]) => {
    for (const object of found) {
      const key = keyOf(object.reference);
      if (references.has(key)) live.set(key, object);
    }
  };
  // What cannot be read, for want of a permission or of its own server, says nothing about the others.
  const without = async (some: Iterable<ObjectReference>, read: () => Promise<void>) => {
    try {
      await read();
    } catch (error) {
      if (!(error instanceof VidraError) || isAboutTheCluster(error)) throw error;
      for (const key of [...some].map(keyOf)) if (!live.has(key)) unknown.set(key, problemOf(error));
    }
  };
  await without(references.values(), async () => {
    const managed = await listManaged(cluster, type);
    keep(managed ?? []);
    const namespaces = [...byNamespace([...references.values()])];
    await Promise.all(
      namespaces.map(([namespace, here]) =>
        without(here, async () => {
          if (!managed) keep(await cluster.listMetadata(type, { labelSelector: managedSelector, namespace }));
          const missing = here.filter((reference) => !live.has(keyOf(reference)));
          if (missing.length > 0) keep(await lookUp(cluster, type, namespace, missing));
        }),
      ),
    );
  });
}

/** All that carry Vidra's label; nothing where only single namespaces may be listed. */
async function listManaged(cluster: Cluster, type: ResourceType): Promise<ObjectMetadata[] | undefined> {
  try {
    return await cluster.listMetadata(type, { labelSelector: managedSelector });
  } catch (error) {
    if (!(error instanceof VidraError) || error.code !== 'CLUSTER_FORBIDDEN' || !type.namespaced) throw error;
    return undefined;
  }
}

/** Objects without the label: not there, somebody else's, or ours with the label taken off. */
async function lookUp(cluster: Cluster, type: ResourceType, namespace: string, references: readonly ObjectReference[]) {
  if (references.length >= listFrom) return cluster.listMetadata(type, type.namespaced ? { namespace } : {});
  const found = await Promise.all(references.map((reference) => cluster.getMetadata(type, reference)));
  return found.filter((object) => object !== undefined);
}

function byNamespace(references: readonly ObjectReference[]): Map<string, ObjectReference[]> {
  const groups = new Map<string, ObjectReference[]>();
  for (const reference of references) {
    const group = groups.get(reference.namespace);
    if (group) group.push(reference);
    else groups.set(reference.namespace, [reference]);
  }
  return groups;
}

/** Questions to the server, such as TokenReview, are only created; what it reports, such as PodMetrics, is only read. */
function isApplied({ verbs }: ResourceType): boolean {
  return verbs.length === 0 || verbs.includes('patch');
}

function notApplied(reference: ObjectReference, { verbs }: ResourceType): Problem {
  const message = `${reference.kind} of ${apiVersionOf(reference)} is nothing that a cluster keeps as it is written: its API offers ${verbs.join(', ')}, and no patch`;
  return { code: 'KIND_UNSUPPORTED', message };
}

function noKind(reference: ObjectReference): Problem {
  return {
    code: 'KIND_UNKNOWN',
    message: `the cluster does not serve ${reference.kind} of ${apiVersionOf(reference)}`,
  };
}

function notServed(reference: ObjectReference, type: ResourceType): Problem {
  const message = `the cluster does not serve ${apiVersionOf(reference)}; it serves ${reference.kind} at ${apiVersionOf(type)}`;
  return { code: 'KIND_UNKNOWN', message };
}
