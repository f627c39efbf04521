/** What a reconcile works on: definitions, where their manifests come from, the clusters, and the rules. */
import type { Cluster } from '../cluster/cluster.ts';
import type { Access, Definition, InfrahubSync } from '../definition/definition.ts';
import type { Policy } from '../definition/policy.ts';
import type { History } from '../history/history.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Consent } from '../plan/guards.ts';
import type { Source } from '../source/source.ts';

export interface Target {
  /** Name of the set that the definitions belong to. */
  readonly set: string;
  readonly definitions: readonly Definition[];
  /** Sources are closed by whoever made them. `queryName` is that of the stored query; the usual one if missing. */
  readonly sourceOf: (sync: InfrahubSync, queryName?: string) => Promise<Source>;
  /** The cluster that keeps the records. */
  readonly home: Cluster;
  /** The cluster of a definition's `destination.server`; empty means home. */
  readonly clusterOf: (server: string) => Promise<Cluster>;
  /** Namespace of objects that name none, where the definition names none either. */
  readonly namespace: string;
  readonly inventory: Inventory;
  readonly history: History;
  /** What the caller says, whatever the definitions say. */
  readonly overrides: Partial<Policy>;
  readonly consent: Consent;
  /** Let the server try objects that would be new: finds what it would refuse, for one request per object. */
  readonly validate: boolean;
  /** Delete what belongs to owners whose definition left the set. */
  readonly prune: boolean;
  /** What of a definition keeps this run from planning it, such as `mode: Observe`; nothing when nothing does. */
  readonly heldBack?: (definition: Definition) => string | undefined;
  /** More definitions of the set, which are planned by themselves: their owners have not left. */
  readonly others?: readonly Definition[];
  /** The definitions are not all of their set: of the owners of others nothing is said. */
  readonly partial?: true;
  /** How its definitions say that `clusterOf` is reached; for the history. */
  readonly access?: Access;
  /** With it, differences that are masked carry salted digests, so that plans can be compared. */
  readonly salt?: string;
}
