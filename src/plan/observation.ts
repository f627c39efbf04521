/** What a plan is made from: what is wanted, what is recorded, what is there, and what the server says it would make of it. */
import type { FieldConflict } from '../cluster/cluster.ts';
import type { ObjectMetadata } from '../cluster/metadata.ts';
import type { Policy } from '../definition/policy.ts';
import type { ErrorCode } from '../errors.ts';
import type { InventoryEntry, InventoryRecord, OwnerHeader, YieldedField } from '../inventory/inventory.ts';
import type { DesiredSet } from '../manifest/desired-set.ts';
import type { FieldSet } from '../manifest/field-set.ts';
import { keyOf, type Manifest } from '../manifest/manifest.ts';
import type { Owner } from '../manifest/owner.ts';
import type { Difference, Migration, Problem } from './plan.ts';

/** How an apply gets through. */
export interface Means {
  /** Only with these fields taken from their holders. */
  readonly take: readonly FieldConflict[];
  /** Without these fields, which are left to their holders. */
  readonly yield: readonly YieldedField[];
  /** As if these fields stayed as they are, which this owner holds and does not send any more. */
  readonly giveUp?: FieldSet;
  /** After this was taken over. */
  readonly migrate?: Migration;
  /** And after these owners have applied, who share what was there before. */
  readonly after?: readonly string[];
}

/** And what it changes, where that is known. */
export type Effect = Means & { readonly differences?: readonly Difference[] };

/** The server's answer to a dry-run of one owner's apply. */
export type Verdict =
  | (Means & {
      readonly type: 'tried';
      readonly differences: readonly Difference[];
      /** Whether the apply would change what this owner is recorded to own, though no value differs. */
      readonly ownershipChanges: boolean;
      /** Of an object that other owners have, too: all of it, and what this owner would hold then. */
      readonly shared?: { readonly current: Manifest; readonly held: FieldSet };
    })
  | { readonly type: 'conflict'; readonly conflicts: readonly FieldConflict[] }
  | {
      readonly type: 'immutable';
      /** What the server does not change. */
      readonly fields: readonly string[];
      /** What would be different if the object were made anew, where that was tried. */
      readonly differences: readonly Difference[];
      /** Why the server would not make it anew, either. */
      readonly refusal?: Problem;
      /** Why it could not be asked, as a clause for people. */
      readonly untried?: string;
    }
  /** `taken`: only because other objects have these things, as in `claimsOf`. */
  | { readonly type: 'refused'; readonly code: ErrorCode; readonly message: string; readonly taken?: readonly string[] }
  /** The server could not try it, or not as it will be; the means are those that are known all the same. */
  | (Partial<Means> & { readonly type: 'predicted'; readonly reason: string });

/** What an owner should have, `wanted`; or that it should have nothing, `leaving`; or that it must not be touched now, `waiting`. */
export type OwnerWish =
  | { readonly type: 'wanted'; readonly desired: DesiredSet }
  | { readonly type: 'leaving'; readonly reason: string }
  | { readonly type: 'waiting'; readonly reason: string };

export interface OwnerObservation {
  readonly owner: Owner;
  readonly header: OwnerHeader;
  readonly wish: OwnerWish;
  readonly policy: Policy;
  readonly record: InventoryRecord | undefined;
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
  /** By identity: of what is wanted, and of what is left to other owners. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
  readonly destination: DestinationObservation;
  /** With it, differences that are masked carry salted digests. */
  readonly salt?: string;
  /** Objects that it does not want any more, whole, as far as they were looked up; by identity. */
  readonly former?: ReadonlyMap<string, Manifest>;
}

/** Whether it is known what the owner wants. With documents missing it is not: anything might stand in one of them. */
export function isSettled({ wish, problems }: Pick<OwnerObservation, 'wish' | 'problems'>): boolean {
  return wish.type === 'leaving' || (wish.type === 'wanted' && problems.length === 0);
}

/** Recorded objects that the owner does not want any more; none while that is not known. */
export function abandoned(observed: Pick<OwnerObservation, 'wish' | 'problems' | 'record'>): InventoryEntry[] {
  const { wish, record } = observed;
  if (!record || !isSettled(observed)) return [];
  const wanted = new Set(wish.type === 'wanted' ? wish.desired.objects.map((desired) => keyOf(desired.reference)) : []);
  return [...record.entries].filter(([key]) => !wanted.has(key)).map(([, entry]) => entry);
}

/** One destination cluster, as far as the plan's owners are concerned. */
export interface DestinationObservation {
  readonly server: string;
  /** Live objects that are wanted or recorded, by identity. */
  readonly live: ReadonlyMap<string, ObjectMetadata>;
  /** What would go with a Namespace or CustomResourceDefinition that nobody wants any more, by the identity of that one. */
  readonly tenants: ReadonlyMap<string, Tenants>;
  /** Identities whose kind the cluster could not be asked for: nothing may be concluded of them. */
  readonly unknown: ReadonlyMap<string, Problem>;
}

/** Of a Namespace: what it holds, as in `isContent`. Of a CustomResourceDefinition: its instances. */
export interface Tenants {
  /** The kind that is defined, when it is served. */
  readonly kind?: { readonly group: string; readonly kind: string };
  readonly objects: readonly ObjectMetadata[];
  /** Kinds that could not be listed, for people. */
  readonly unlisted?: readonly string[];
}
