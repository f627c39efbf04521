/** The port to one Kubernetes cluster: everything Vidra asks of an API server, and nothing more. */
import type { JsonValue, Manifest, ObjectReference } from '../manifest/manifest.ts';
import type { ObjectMetadata } from './metadata.ts';

/** Where the API server keeps the objects of one kind, at one version. */
export interface ResourceType {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Plural, as in the URL. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  /** Such as `status` and `scale`. */
  readonly subresources?: readonly string[];
}

/** One reason of a 409: a field, and who holds it. */
export interface FieldConflict {
  /** In the server's notation, e.g. `.spec.replicas` or `.spec.template.spec.containers[name="web"].image`. */
  readonly field: string;
  readonly manager: string;
  /** The subresource that it was written through, e.g. `scale`; nothing for the object itself. */
  readonly subresource?: string;
}

export interface ApplyOptions {
  readonly manager: string;
  /** Take fields away from the managers that hold other values. */
  readonly force?: boolean;
  readonly dryRun?: boolean;
  /** Apply to the status, and to nothing else. */
  readonly subresource?: 'status';
  /** `absent`: only if the object does not exist. A uid: only if it is still that very object, and unchanged since a version. */
  readonly expect?: 'absent' | { readonly uid: string; readonly resourceVersion?: string };
}

export type ApplyAnswer =
  | {
      readonly type: 'applied';
      readonly created: boolean;
      readonly metadata: ObjectMetadata;
      readonly object: Manifest;
    }
  | { readonly type: 'conflict'; readonly conflicts: readonly FieldConflict[] }
  /** The expectation did not hold. */
  | { readonly type: 'stale'; readonly message: string }
  /** Only of a dry-run: managedFields names versions that the server cannot convert the object to. An apply mends that first. */
  | { readonly type: 'outdated'; readonly versions: readonly string[] };

export interface RemoveOptions {
  readonly uid: string;
  readonly resourceVersion?: string;
  /** What becomes of what the object owns; `Background` if missing. */
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
}

/** One operation of a JSON patch (RFC 6902). */
export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'test';
  readonly path: string;
  readonly value?: JsonValue;
}

export interface PatchOptions {
  /** The patch is for this object at this version, and for no other. */
  readonly uid: string;
  readonly resourceVersion: string;
  readonly manager: string;
}

/** Something that a permission is needed for. */
export interface Permission {
  readonly verb: string;
  readonly type: ResourceType;
  readonly subresource?: string;
  /** Empty means all of them, and for kinds without one the whole cluster. */
  readonly namespace: string;
  /** Missing means any. */
  readonly name?: string;
}

export type RemoveAnswer =
  /** `gone`: there is no such object any more; otherwise it waits for finalizers, or a Namespace for its contents. */
  | { readonly type: 'removed'; readonly gone: boolean; readonly finalizers: readonly string[] }
  | { readonly type: 'absent' }
  /** The object changed since `resourceVersion`, or is another one than `uid`. */
  | { readonly type: 'stale' };

/** Which objects of a type; all if nothing is given. */
export interface Selection {
  readonly labelSelector?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** What a watch tells. `listed` comes first, and again whenever the server does not know what happened in between. */
export type WatchEvent<T> =
  | { readonly type: 'listed'; readonly objects: readonly T[] }
  | { readonly type: 'changed'; readonly object: T }
  /** Gone, or not selected any more; the object as it was at last. */
  | { readonly type: 'removed'; readonly object: T };

/** Whether its holder may still write: another process may be about to take over. */
export interface WriteFence {
  isHeld(): boolean;
}

/** Methods throw a VidraError CLUSTER_*, KIND_UNKNOWN or INTERRUPTED; an object that does not exist is an answer, not an error. */
export interface Cluster {
  /** The server's URL, without credentials. */
  readonly server: string;
  /** The uid of the namespace kube-system: tells clusters apart for ever. */
  identity(): Promise<string>;
  /** The type of a kind; at its preferred version when the wanted one is not served. Nothing when the kind is unknown. */
  typeOf(kind: { group: string; version: string; kind: string }): ResourceType | undefined;
  /** Every kind once, at its preferred version. */
  types(): readonly ResourceType[];
  /** Reads what kinds there are, again. */
  discover(): Promise<void>;
  listMetadata(type: ResourceType, selection: Selection): Promise<ObjectMetadata[]>;
  getMetadata(type: ResourceType, reference: ObjectReference): Promise<ObjectMetadata | undefined>;
  get(type: ResourceType, reference: ObjectReference): Promise<Manifest | undefined>;
  /** At most `limit` of them. */
  list(type: ResourceType, selection: Selection & { readonly limit?: number }): Promise<Manifest[]>;
  /**
   * Ends when the signal aborts or the cluster is closed, and throws what waiting does not mend: CLUSTER_UNAUTHORIZED,
   * CLUSTER_FORBIDDEN, KIND_UNKNOWN. Everything else is tried again for ever. Takes no connection from other requests.
   */
  watchMetadata(
    type: ResourceType,
    selection: Selection,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<ObjectMetadata>>;
  /** As `watchMetadata`, with whole objects. */
  watch(type: ResourceType, selection: Selection, signal: AbortSignal): AsyncIterable<WatchEvent<Manifest>>;
  /** Server-side apply. Unless `dryRun`, `object` holds only apiVersion, kind and metadata. */
  apply(type: ResourceType, manifest: Manifest, options: ApplyOptions): Promise<ApplyAnswer>;
  remove(type: ResourceType, reference: ObjectReference, options: RemoveOptions): Promise<RemoveAnswer>;
  /** JSON patch, for what server-side apply cannot say. Nothing when the object is another one or has changed since, or is gone. */
  patch(
    type: ResourceType,
    reference: ObjectReference,
    operations: readonly PatchOperation[],
    options: PatchOptions,
  ): Promise<ObjectMetadata | undefined>;
  /** The object as a patch would make it, whatever its version; nothing is changed. Nothing when it is another one, or is gone. */
  tryPatch(
    type: ResourceType,
    reference: ObjectReference,
    operations: readonly PatchOperation[],
    options: Omit<PatchOptions, 'resourceVersion'>,
  ): Promise<Manifest | undefined>;
  /** Whether the caller has a permission, by SelfSubjectAccessReview. */
  mayI(permission: Permission): Promise<boolean>;
  /** Plain create, for Vidra's own records. Nothing when it exists already. */
  create(type: ResourceType, manifest: Manifest): Promise<Manifest | undefined>;
  /** Plain update at the manifest's resourceVersion. Nothing when it is not that any more. */
  replace(type: ResourceType, manifest: Manifest, subresource?: 'status'): Promise<Manifest | undefined>;
  /**
   * The same cluster over the same connections, whose writes are refused with INTERRUPTED when the fence is not held at the very
   * moment when they would go out: after any wait for room, for a connection or for another attempt.
   */
  fenced(fence: WriteFence): Cluster;
  close(): Promise<void>;
}
