/** What Vidra keeps of an object's metadata: identity, and who owns which fields, the fields as digests. */
import { createHash } from 'node:crypto';
import type { ManagedFields } from '../manifest/field-set.ts';
import { groupVersion, type ObjectReference } from '../manifest/manifest.ts';

/** One entry of `metadata.managedFields`. */
export interface ManagerEntry {
  readonly manager: string;
  readonly operation: string;
  readonly subresource: string;
  /** Digest of the entry's apiVersion and fields. It changes when anybody takes a field away, and only then. */
  readonly fields: string;
  /** When its manager changed something last, to the second. What others do leaves it as it is. */
  readonly time?: string;
}

export interface ObjectMetadata {
  readonly reference: ObjectReference;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly finalizers: readonly string[];
  readonly deleting: boolean;
  readonly managers: readonly ManagerEntry[];
  /** The object that this one is a part of: its controlling owner reference. */
  readonly controller?: Pick<ObjectReference, 'kind' | 'name'>;
  /** Its `ownerReferences`: with the last of them it is deleted, too. */
  readonly ownedBy: readonly OwnerReference[];
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly uid: string;
}

/** The parts of an object that `metadataOf` reads. */
export interface RawObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion?: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
    readonly finalizers?: string[];
    readonly deletionTimestamp?: string;
    readonly ownerReferences?: readonly (OwnerReference & { readonly name: string; readonly controller?: boolean })[];
    readonly managedFields?: readonly ManagedFields[];
  };
}

/** Items of a list have no kind of their own, so the kind is that of `type`. */
export function metadataOf(object: RawObject, type: { group: string; version: string; kind: string }): ObjectMetadata {
  const { metadata } = object;
  const version =
    object.kind === type.kind && object.apiVersion ? groupVersion(object.apiVersion).version : type.version;
  const controller = metadata.ownerReferences?.find((reference) => reference.controller);
  return {
    reference: {
      group: type.group,
      version,
      kind: type.kind,
      namespace: metadata.namespace ?? '',
      name: metadata.name,
    },
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion ?? '',
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    finalizers: metadata.finalizers ?? [],
    deleting: metadata.deletionTimestamp !== undefined,
    managers: (metadata.managedFields ?? []).map(managerEntry),
    ...(controller && { controller: { kind: controller.kind, name: controller.name } }),
    ownedBy: (metadata.ownerReferences ?? []).map(({ apiVersion, kind, uid }) => ({ apiVersion, kind, uid })),
  };
}

function managerEntry(raw: ManagedFields): ManagerEntry {
  return {
    manager: raw.manager ?? '',
    operation: raw.operation ?? '',
    subresource: raw.subresource ?? '',
    fields: fieldsDigest(raw),
    ...(raw.time !== undefined && { time: raw.time }),
  };
}

/** Objects of one shape have the same fields, so most digests are known. Emptied when it is full. */
const digests = new Map<string, string>();
const mostDigests = 1000;

// The server writes the fields sorted, so their text is canonical as it comes.
function fieldsDigest(raw: ManagedFields): string {
  const text = `${raw.apiVersion}\n${JSON.stringify(raw.fieldsV1 ?? {})}`;
  const known = digests.get(text);
  if (known !== undefined) return known;
  const digest = createHash('sha256').update(text).digest('base64url').slice(0, 22);
  if (digests.size >= mostDigests) digests.clear();
  digests.set(text, digest);
  return digest;
}
