/** The port of Vidra's memory: what each owner has applied, kept in the home cluster. */
import type { Permission } from '../cluster/cluster.ts';
import type { ObjectReference } from '../manifest/manifest.ts';

/** A field that an owner wants at another value, and leaves to who holds it. */
export type YieldedField = {
  /** In the server's notation. */
  readonly field: string;
  readonly manager: string;
  /** The subresource that the holder wrote it through. */
  readonly subresource?: string;
  /** The HorizontalPodAutoscaler, in the object's namespace, that the holder acts for. */
  readonly autoscaler?: string;
};

/** How often in a row an object was taken back from the same writer. */
export type Contest = {
  /** Nothing when the object does not say who changed it. */
  readonly manager?: string;
  readonly times: number;
  /** When it was taken back first, in ISO 8601. */
  readonly since: string;
};

/** One object in an owner's record. */
export interface InventoryEntry {
  readonly reference: ObjectReference;
  /** `pending`: about to be written by `run`; it may or may not exist. `deleting`: waits for its finalizers. */
  readonly state: 'pending' | 'applied' | 'deleting';
  /** Of the live object, once known. */
  readonly uid?: string;
  /** Of the desired object when it was last applied. */
  readonly digest?: string;
  /** Of the same without its name and namespace, so that it is recognised under another one. */
  readonly content?: string;
  /** Of this owner's entry in managedFields after it was last applied. */
  readonly fields?: string;
  /** What was not applied, with a digest of the holder's entries in managedFields: it lasts as long as they do. */
  readonly yielded?: readonly (YieldedField & { readonly held: string })[];
  /** Until a run finds the object as it was left. */
  readonly contest?: Contest;
  /** By its annotation, when it was last applied: somebody else may have taken that off since. */
  readonly protected?: true;
  /** The run that announced it: its start in ISO 8601 and a random part. */
  readonly run?: string;
}

/** What is known of an owner besides its objects. */
export interface OwnerHeader {
  readonly name: string;
  /** The set of definitions that it was applied with; empty for what the operator before Vidra left, which is of any set. */
  readonly set: string;
  /** Name of the InfrahubSync that it comes from; nothing for a VidraResource of its own. */
  readonly sync?: string;
  /** Name and id of the artifact, for people. */
  readonly artifact?: string;
  /** Digest of the artifact that was applied last. */
  readonly checksum?: string;
  /** Where its objects are; empty for the home cluster. */
  readonly server: string;
  /** What its definition said of its end, where that is not the default. */
  readonly deletionPolicy?: 'Delete' | 'Orphan';
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
}

export interface InventoryRecord {
  /** The namespace, when it is a record of another Vidra with the same home: it counts as somebody's wish, and is never written. */
  readonly elsewhere?: string;
  readonly header: OwnerHeader;
  /** By identity (`keyOf`). */
  readonly entries: ReadonlyMap<string, InventoryEntry>;
  /** Identities that a run has announced which must have died since: whether it has written them, only the objects can tell. */
  readonly overdue?: ReadonlySet<string>;
  /** It is kept in a VidraResource that somebody wrote: the owner's definition is in the cluster. */
  readonly written?: true;
}

/** A change of one record that commutes with what other processes do to it at the same time. */
export interface InventoryChange {
  readonly header: OwnerHeader;
  readonly run: string;
  readonly put: readonly InventoryEntry[];
  /** Identities to forget, unless another run has announced them since. */
  readonly drop: readonly string[];
  /** Identities that this run has announced and not written: forgotten only where its announcement is still all there is. */
  readonly withdraw?: readonly string[];
}

export interface Inventory {
  /**
   * All records of the home cluster, those in other namespaces included. Where only Vidra's own namespace may be read these
   * are all; with `whole` it throws CLUSTER_FORBIDDEN instead.
   */
  list(options?: { readonly whole?: boolean }): Promise<InventoryRecord[]>;
  /**
   * The records of some owners as this process has read or written them at last, without asking. Nothing when it has to ask,
   * because it has not yet, or because somebody else has written meanwhile.
   */
  recall(isWanted: (header: OwnerHeader) => boolean): InventoryRecord[] | undefined;
  /** Writes a change at the newest state. A record without entries whose owner is `gone` is deleted. */
  write(change: InventoryChange, options?: { readonly gone?: boolean }): Promise<void>;
  /** What writing the records of these owners takes. */
  permissions(owners: readonly string[]): readonly Permission[];
}

/** Whether an owner belongs to a set of definitions. */
export function isOfSet(header: OwnerHeader, set: string): boolean {
  return header.set === '' || header.set === set;
}

/** When a run started, in ISO 8601. */
export function startOf(run: string): string {
  return run.slice(0, 24);
}

/** A destination as records name it. The address of the API inside a cluster means the cluster that the definition is in. */
export function destinationServer(server = ''): string {
  const url = server.replace(/\/+$/, '');
  return /^https:\/\/kubernetes\.default(\.svc(\.cluster\.local)?)?(:443)?$/.test(url) ? '' : url;
}
