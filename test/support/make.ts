/** Owners, objects, records and observations in few words, for tests of planning. */
import type { ManagerEntry, ObjectMetadata } from '../../src/cluster/metadata.ts';
import { defaultPolicy, type Policy } from '../../src/definition/policy.ts';
import type { InventoryEntry, InventoryRecord } from '../../src/inventory/inventory.ts';
import { digestsOf } from '../../src/manifest/content.ts';
import type { DesiredObject } from '../../src/manifest/desired-set.ts';
import { digestOf } from '../../src/manifest/json.ts';
import {
  apiVersionOf,
  type JsonObject,
  keyOf,
  type Manifest,
  type ObjectReference,
  referenceOf,
} from '../../src/manifest/manifest.ts';
import { markedBy, type Owner, ownerOf } from '../../src/manifest/owner.ts';
import { buildPlan } from '../../src/plan/build.ts';
import type { Consent } from '../../src/plan/guards.ts';
import type { OwnerObservation, Tenants, Verdict } from '../../src/plan/observation.ts';
import { type Change, changeId, type Plan, type Problem } from '../../src/plan/plan.ts';

const groups: Readonly<Record<string, string>> = {
  Deployment: 'apps',
  HorizontalPodAutoscaler: 'autoscaling',
  NetworkPolicy: 'networking.k8s.io',
  CustomResourceDefinition: 'apiextensions.k8s.io',
  APIService: 'apiregistration.k8s.io',
  ValidatingWebhookConfiguration: 'admissionregistration.k8s.io',
  Widget: 'example.org',
};

/** `Deployment shop/web`, or `Namespace shop` for a cluster-wide kind; always of version v1. */
export function ref(text: string): ObjectReference {
  const [kind = '', path = ''] = text.split(' ');
  const [first = '', second] = path.split('/');
  return { group: groups[kind] ?? '', version: 'v1', kind, namespace: second ? first : '', name: second ?? first };
}

/** The identity of `Deployment shop/web`. */
export function key(text: string): string {
  return keyOf(ref(text));
}

/** The id of one owner's change of one object. */
export function id(owner: string, text: string): string {
  return changeId(owner, key(text));
}

export function owner(name: string, home = 'home'): Owner {
  return ownerOf(name, home);
}

export function manifest(text: string, fields: JsonObject = {}, annotations?: Record<string, string>): Manifest {
  const reference = ref(text);
  const { kind, namespace, name } = reference;
  const metadata = { name, ...(namespace ? { namespace } : {}), ...(annotations ? { annotations } : {}) };
  return { apiVersion: apiVersionOf(reference), kind, metadata, ...fields };
}

export function desired(text: string, fields: JsonObject = {}, annotations?: Record<string, string>): DesiredObject {
  const written = manifest(text, fields, annotations);
  const origin = { source: 'test.yaml', document: 1, line: 1, column: 1 };
  return { reference: ref(text), manifest: written, origin, digest: digestOf(written) };
}

/** The annotation and the entry in managedFields that an owner leaves on what it applies. */
export function marksOf(who: Owner): { annotations: Record<string, string>; manager: ManagerEntry } {
  const annotations = markedBy(who, manifest('ConfigMap any')).metadata.annotations ?? {};
  return { annotations, manager: { manager: who.manager, operation: 'Apply', subresource: '', fields: 'as applied' } };
}

/** A live object that carries the marks of `owners`. */
export function live(text: string, owners: readonly Owner[], more: Partial<ObjectMetadata> = {}): ObjectMetadata {
  const marks = owners.map(marksOf);
  const { annotations = {}, managers = [], ...rest } = more;
  return {
    reference: ref(text),
    uid: `uid of ${text}`,
    resourceVersion: '7',
    labels: { 'managed-by': 'vidra' },
    finalizers: [],
    deleting: false,
    ownedBy: [],
    ...rest,
    annotations: { ...Object.assign({}, ...marks.map((mark) => mark.annotations)), ...annotations },
    managers: [...marks.map((mark) => mark.manager), ...managers],
  };
}

/** A recorded object, as it is after `desired(text)` was applied to `live(text, …)`. */
export function entry(text: string, more: Partial<InventoryEntry> = {}): InventoryEntry {
  const digests = digestsOf(desired(text));
  return { reference: ref(text), state: 'applied', uid: `uid of ${text}`, ...digests, fields: 'as applied', ...more };
}

/** An announcement of a run that died before it wrote. */
export function announced(text: string, run = '2026-01-01T00:00:00.000Z-dead'): InventoryEntry {
  return { reference: ref(text), state: 'pending', run };
}

export function record(name: string, entries: readonly InventoryEntry[], server = ''): InventoryRecord {
  return {
    header: { name, set: 'default', server },
    entries: new Map(entries.map((one) => [keyOf(one.reference), one])),
  };
}

export interface OwnerFacts {
  /** What it wants; nothing when it leaves or waits. */
  readonly wants?: readonly DesiredObject[];
  readonly leaves?: string;
  readonly waits?: string;
  readonly recorded?: readonly InventoryEntry[];
  readonly verdicts?: Readonly<Record<string, Verdict>>;
  readonly problems?: readonly Problem[];
  readonly policy?: Partial<Policy>;
  /** Objects that are not wanted any more, as they were looked up. */
  readonly former?: readonly Manifest[];
}

export interface World {
  readonly live?: readonly ObjectMetadata[];
  /** Objects, as in `ref`, that could not be asked for. */
  readonly unknown?: readonly string[];
  /** By `Namespace shop`, or by `CustomResourceDefinition widgets.example.org`, whose kind is Widget. */
  readonly tenants?: Readonly<Record<string, readonly ObjectMetadata[]>>;
  /** Kinds that could not be listed, by the same. */
  readonly unlisted?: Readonly<Record<string, readonly string[]>>;
  readonly server?: string;
}

/** One owner as it is observed in a world. Verdicts are by `Deployment shop/web`. */
export function observed(who: Owner, facts: OwnerFacts, world: World = {}): OwnerObservation {
  const { live: objects = [], unknown = [], tenants = {}, unlisted = {}, server = '' } = world;
  const problem: Problem = { code: 'CLUSTER_FORBIDDEN', message: 'may not be listed' };
  const kept = facts.recorded && record(who.name, facts.recorded, server);
  return {
    owner: who,
    header: { name: who.name, set: 'default', server },
    wish: wishOf(facts),
    policy: { ...defaultPolicy, ...facts.policy },
    record: kept,
    problems: facts.problems ?? [],
    notes: [],
    former: new Map((facts.former ?? []).map((object) => [keyOf(referenceOf(object)), object])),
    verdicts: new Map(Object.entries(facts.verdicts ?? {}).map(([text, verdict]) => [key(text), verdict])),
    destination: {
      server,
      live: new Map(objects.map((object) => [keyOf(object.reference), object])),
      tenants: new Map(
        Object.entries(tenants).map(([text, held]) => [key(text), tenantsOf(text, held, unlisted[text])]),
      ),
      unknown: new Map(unknown.map((text) => [key(text), problem])),
    },
  };
}

function tenantsOf(text: string, objects: readonly ObjectMetadata[], unlisted: readonly string[] = []): Tenants {
  if (text.startsWith('Namespace')) return { objects, unlisted };
  return { kind: { group: 'example.org', kind: 'Widget' }, objects, unlisted };
}

function wishOf({ wants, leaves, waits }: OwnerFacts): OwnerObservation['wish'] {
  if (leaves !== undefined) return { type: 'leaving', reason: leaves };
  if (waits !== undefined) return { type: 'waiting', reason: waits };
  return { type: 'wanted', desired: { objects: wants ?? [], problems: [] } };
}

/** The verdict of a dry-run that would change nothing, but for what `more` says. */
export function tried(more: Partial<Extract<Verdict, { type: 'tried' }>> = {}): Verdict {
  return {
    type: 'tried',
    differences: [],
    ownershipChanges: false,
    take: [],
    yield: [],
    ...more,
  };
}

/** The plan of these owners; `records` are those of owners that it does not speak of. */
export function planFor(
  owners: readonly OwnerObservation[],
  more: {
    readonly records?: readonly InventoryRecord[];
    readonly policy?: Partial<Policy>;
    readonly consent?: Consent;
    readonly onlyLeavers?: boolean;
  } = {},
): Plan {
  const own = owners.flatMap((one) => (one.record ? [one.record] : []));
  return buildPlan({
    set: 'default',
    server: 'https://127.0.0.1:6443',
    owners: owners.map((one) => ({ ...one, policy: { ...one.policy, ...more.policy } })),
    records: [...own, ...(more.records ?? [])],
    problems: [],
    notes: [],
    consent: more.consent ?? { confirmed: [] },
    onlyLeavers: more.onlyLeavers ?? false,
  });
}

/** What the plan does, as `owner: action Kind namespace/name`. */
export function actions(plan: Plan): string[] {
  return plan.owners.flatMap(({ owner: { name }, changes }) =>
    changes.map(({ action, reference }) => {
      const place = reference.namespace ? `${reference.namespace}/` : '';
      return `${name}: ${action} ${reference.kind} ${place}${reference.name}`;
    }),
  );
}

/** The one change of an object, of one owner if several have one. */
export function changeOf(plan: Pick<Plan, 'owners'>, text: string, name?: string): Change {
  const found = plan.owners
    .filter((one) => name === undefined || one.owner.name === name)
    .flatMap(({ changes }) => changes.filter((change) => keyOf(change.reference) === key(text)));
  const [change] = found;
  if (!change || found.length > 1) throw new Error(`${found.length} changes of ${text}`);
  return change;
}
