/** Which change must succeed before which: dependencies between the objects of one plan, in time linear in their number. */
import type { JsonObject } from '../manifest/manifest.ts';
import { keyOf } from '../manifest/manifest.ts';
import type { DestinationObservation } from './observation.ts';
import { type Change, changeId, type OwnerPlan, type WriteChange } from './plan.ts';

const dependsOn = 'config.kubernetes.io/depends-on';

/** What is there, and what could not be asked for, by identity. */
type Destination = Pick<DestinationObservation, 'live' | 'unknown'>;

/** Changes of one destination by what others may depend on. */
interface Index {
  /** Ids of the writes of an object, by identity. */
  readonly writes: Map<string, string[]>;
  /** Ids of the creations of Namespaces, by name. */
  readonly namespaces: Map<string, string[]>;
  /** And of those that are wanted and not made. */
  readonly missingNamespaces: Map<string, string[]>;
  /** Ids of the writes of CustomResourceDefinitions, by the group and kind that they define. */
  readonly definitions: Map<string, string[]>;
  /** Ids of the removals, by namespace and by group and kind. */
  readonly removalsByNamespace: Map<string, string[]>;
  readonly removalsByKind: Map<string, string[]>;
  /** Ids of the deletions of what depends on an object, by the identity of that object. */
  readonly dependants: Map<string, string[]>;
}

/** The same plans with `after` complete. All of them have the same destination. */
export function inOrder(plans: readonly OwnerPlan[], destination: Destination): OwnerPlan[] {
  const index = buildIndex(plans, destination);
  return plans.map((plan) => ({
    ...plan,
    changes: plan.changes.map((change) => {
      const id = changeId(plan.owner.name, keyOf(change.reference));
      const before = isWrite(change)
        ? beforeWrite(change, index)
        : change.action === 'delete'
          ? beforeDelete(change, index)
          : [];
      const after = [...new Set([...change.after, ...before])].filter((other) => other !== id);
      return after.length === change.after.length ? change : { ...change, after };
    }),
  }));
}

export function isWrite(change: Change): change is WriteChange {
  return 'desired' in change;
}

/** Configuration of admission and aggregation comes last: it may stop everything that comes after it. */
export function isLate(change: Change): boolean {
  const { group, kind } = change.reference;
  if (group === 'apiregistration.k8s.io') return kind === 'APIService';
  return group === 'admissionregistration.k8s.io' && /(WebhookConfiguration|PolicyBinding)$/.test(kind);
}

function buildIndex(plans: readonly OwnerPlan[], { live, unknown }: Destination): Index {
  const index: Index = {
    writes: new Map(),
    namespaces: new Map(),
    missingNamespaces: new Map(),
    definitions: new Map(),
    removalsByNamespace: new Map(),
    removalsByKind: new Map(),
    dependants: new Map(),
  };
  for (const plan of plans) {
    for (const change of plan.changes) {
      const key = keyOf(change.reference);
      const id = changeId(plan.owner.name, key);
      addToIndex(index, id, change, !live.has(key) && !unknown.has(key));
      if (change.action !== 'delete') continue;
      for (const dependency of dependenciesOf(live.get(key)?.annotations)) push(index.dependants, dependency, id);
    }
  }
  return index;
}

function addToIndex(index: Index, id: string, change: Change, isMissing: boolean): void {
  const { group, kind, namespace, name } = change.reference;
  const isNamespace = group === '' && kind === 'Namespace';
  if (isWrite(change)) {
    push(index.writes, keyOf(change.reference), id);
    if (change.action === 'create' && isNamespace) push(index.namespaces, name, id);
    const defined = definedKind(change);
    if (defined) push(index.definitions, defined, id);
  } else if (change.action === 'delete' || change.action === 'release') {
    push(index.removalsByNamespace, namespace, id);
    push(index.removalsByKind, `${group}/${kind}`, id);
  } else if (change.action === 'skip' && change.code !== undefined) {
    // What names it as a dependency must not go ahead without it.
    push(index.writes, keyOf(change.reference), id);
    if (isNamespace && isMissing) push(index.missingNamespaces, name, id);
  }
}

function beforeWrite(change: WriteChange, index: Index): string[] {
  const { group, kind, namespace } = change.reference;
  return [
    ...(index.namespaces.get(namespace) ?? index.missingNamespaces.get(namespace) ?? []),
    ...(index.definitions.get(`${group}/${kind}`) ?? []),
    ...dependenciesOf(change.desired.manifest.metadata.annotations).flatMap((key) => index.writes.get(key) ?? []),
  ];
}

// What depends on an object, what a Namespace holds, and the instances of a kind, go before it.
function beforeDelete(change: Change, index: Index): string[] {
  const { group, kind, name } = change.reference;
  const dependants = index.dependants.get(keyOf(change.reference)) ?? [];
  if (group === '' && kind === 'Namespace') return [...dependants, ...(index.removalsByNamespace.get(name) ?? [])];
  if (group !== 'apiextensions.k8s.io' || kind !== 'CustomResourceDefinition') return dependants;
  const definedGroup = name.slice(name.indexOf('.') + 1);
  const instances = [...index.removalsByKind].filter(([defined]) => defined.startsWith(`${definedGroup}/`));
  return [...dependants, ...instances.flatMap(([, ids]) => ids)];
}

/** `group/kind` that a CustomResourceDefinition defines. */
function definedKind(change: WriteChange): string | undefined {
  if (change.reference.kind !== 'CustomResourceDefinition') return undefined;
  const spec = change.desired.manifest['spec'] as JsonObject | undefined;
  const names = spec?.['names'] as JsonObject | undefined;
  return typeof names?.['kind'] === 'string' ? `${spec?.['group']}/${names['kind']}` : undefined;
}

/** Identities that an object says it depends on. */
function dependenciesOf(annotations: Readonly<Record<string, string>> | undefined): string[] {
  const annotation = annotations?.[dependsOn];
  return annotation ? annotation.split(',').map((text) => dependencyKey(text.trim())) : [];
}

/** `group/namespaces/namespace/kind/name` or `group/kind/name`, as kpt and cli-utils write it. */
function dependencyKey(text: string): string {
  const parts = text.split('/');
  if (parts.length === 5 && parts[1] === 'namespaces') return `${parts[0]}/${parts[3]}/${parts[2]}/${parts[4]}`;
  return `${parts[0]}/${parts[1]}//${parts[2]}`;
}

function push(map: Map<string, string[]>, key: string, id: string): void {
  const ids = map.get(key);
  if (ids) ids.push(id);
  else map.set(key, [id]);
}
