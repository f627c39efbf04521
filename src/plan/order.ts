/** Which change must succeed before which: dependencies between the objects of one plan, in time linear in their number. */
import type { JsonObject } from '../manifest/manifest.ts';
import { keyOf } from '../manifest/manifest.ts';
import { type Change, changeId, type OwnerPlan, type WriteChange } from './plan.ts';

const dependsOn = 'config.kubernetes.io/depends-on';

/** Changes of one destination by what others may depend on. */
interface Index {
  /** Ids of the writes of an object, by identity. */
  readonly writes: Map<string, string[]>;
  /** Ids of the creations of Namespaces, by name. */
  readonly namespaces: Map<string, string[]>;
  /** Ids of the writes of CustomResourceDefinitions, by the group and kind that they define. */
  readonly definitions: Map<string, string[]>;
  /** Ids of the removals, by namespace and by group and kind. */
  readonly removalsByNamespace: Map<string, string[]>;
  readonly removalsByKind: Map<string, string[]>;
}

/** The same plans with `after` complete. All of them have the same destination. */
export function inOrder(plans: readonly OwnerPlan[]): OwnerPlan[] {
  const index = buildIndex(plans);
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
  return change.action === 'create' || change.action === 'update' || change.action === 'adopt';
}

/** Configuration of admission and aggregation comes last: it may stop everything that comes after it. */
export function isLate(change: Change): boolean {
  const { group, kind } = change.reference;
  if (group === 'apiregistration.k8s.io') return kind === 'APIService';
  return group === 'admissionregistration.k8s.io' && /(WebhookConfiguration|PolicyBinding)$/.test(kind);
}

function buildIndex(plans: readonly OwnerPlan[]): Index {
  const index: Index = {
    writes: new Map(),
    namespaces: new Map(),
    definitions: new Map(),
    removalsByNamespace: new Map(),
    removalsByKind: new Map(),
  };
  for (const plan of plans) {
    for (const change of plan.changes) addToIndex(index, changeId(plan.owner.name, keyOf(change.reference)), change);
  }
  return index;
}

function addToIndex(index: Index, id: string, change: Change): void {
  const { group, kind, namespace, name } = change.reference;
  if (isWrite(change)) {
    push(index.writes, keyOf(change.reference), id);
    if (change.action === 'create' && group === '' && kind === 'Namespace') push(index.namespaces, name, id);
    const defined = definedKind(change);
    if (defined) push(index.definitions, defined, id);
  } else if (change.action === 'delete' || change.action === 'release') {
    push(index.removalsByNamespace, namespace, id);
    push(index.removalsByKind, `${group}/${kind}`, id);
  }
}

function beforeWrite(change: WriteChange, index: Index): string[] {
  const { group, kind, namespace } = change.reference;
  const annotation = change.desired.manifest.metadata.annotations?.[dependsOn];
  return [
    ...(namespace ? (index.namespaces.get(namespace) ?? []) : []),
    ...(index.definitions.get(`${group}/${kind}`) ?? []),
    ...(annotation ? annotation.split(',').flatMap((text) => index.writes.get(dependencyKey(text.trim())) ?? []) : []),
  ];
}

// What a Namespace holds, and the instances of a kind, go before it.
function beforeDelete(change: Change, index: Index): string[] {
  const { group, kind, name } = change.reference;
  if (group === '' && kind === 'Namespace') return index.removalsByNamespace.get(name) ?? [];
  if (group !== 'apiextensions.k8s.io' || kind !== 'CustomResourceDefinition') return [];
  const [, ...definedGroup] = name.split('.');
  const suffix = definedGroup.join('.');
  return [...index.removalsByKind].filter(([defined]) => defined.startsWith(`${suffix}/`)).flatMap(([, ids]) => ids);
}

/** `group/kind` that a CustomResourceDefinition defines. */
function definedKind(change: WriteChange): string | undefined {
  if (change.reference.kind !== 'CustomResourceDefinition') return undefined;
  const spec = change.desired.manifest['spec'] as JsonObject | undefined;
  const names = spec?.['names'] as JsonObject | undefined;
  return typeof names?.['kind'] === 'string' ? `${spec?.['group']}/${names['kind']}` : undefined;
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
