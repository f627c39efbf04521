/** The pieces that records are kept in, and the two places for them. */
import type { Permission } from '../cluster/cluster.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { InventoryEntry, OwnerHeader } from './inventory.ts';

/** One stored piece of one owner's record. Piece 0 says how many there are. */
export interface Piece {
  readonly header: OwnerHeader;
  readonly index: number;
  readonly shards: number;
  readonly entries: readonly InventoryEntry[];
  /** The namespace of another Vidra's records that it was found in; nothing for those of this one. */
  readonly elsewhere?: string;
  /** That object is a VidraResource that somebody wrote. */
  readonly written?: true;
  /** That object is being deleted, and waits only for Vidra to let it go. */
  readonly going?: true;
  /** The object that holds it, as last read; nothing when it is not stored yet. */
  readonly stored?: Manifest;
}

export interface PieceStore {
  /** With `whole`, throws CLUSTER_FORBIDDEN when it may not see the pieces of others. */
  list(whole: boolean): Promise<Piece[]>;
  /** Creates the piece, or replaces it at the resourceVersion of `stored`. Nothing when somebody else wrote it meanwhile. */
  write(piece: Piece): Promise<Piece | undefined>;
  remove(piece: Piece): Promise<void>;
  /** What writing a piece takes: one that is new, and any. */
  readonly permissions: { readonly create: Permission; readonly update: Permission };
}
