/** The port of what owners wanted before: the last revisions of each, kept in the home cluster for `vidra rollback`. */
import type { Access } from '../definition/definition.ts';
import type { Policy } from '../definition/policy.ts';
import type { OwnerHeader } from '../inventory/inventory.ts';
import type { Manifest } from '../manifest/manifest.ts';

/** One state of one owner that was applied without a failure. */
export interface Revision {
  readonly owner: string;
  /** Counts from 1, per owner. */
  readonly number: number;
  /** When it had been applied, in ISO 8601. */
  readonly applied: string;
  /** Of all that it wants: the same digest means the same objects. */
  readonly digest: string;
  /** How many objects it has. */
  readonly objects: number;
  /** What was done, for people: `2 created, 1 deleted`. */
  readonly summary: string;
  /** The artifact that it came from, for people. */
  readonly artifact?: string;
  /** The revision that was rolled back to. */
  readonly restored?: number;
  /** Of the newest one of an owner that is gone, in ISO 8601: then its history goes, too. */
  readonly keptUntil?: string;
}

/** What an owner was and wanted at a revision. */
export interface Content {
  readonly header: OwnerHeader;
  readonly policy: Policy;
  readonly manifests: readonly Manifest[];
  /** How they were written, where a definition said so. */
  readonly access?: Access;
  /** Digest of all that its sync asked of its source then, where there is a sync. */
  readonly source?: string;
}

export interface History {
  /** Of all owners, or of one; by owner and number. */
  list(owner?: string): Promise<Revision[]>;
  /** Nothing when it is not kept. Throws HISTORY_INVALID. */
  read(revision: Pick<Revision, 'owner' | 'number'>): Promise<Content | undefined>;
  /** Adds a revision with the next free number, and forgets all but the newest ones that its policy keeps. */
  add(revision: Omit<Revision, 'number'>, content: Content): Promise<Revision>;
  /** Writes down, at its newest revision, until when the history of an owner that is gone is kept. */
  keepUntil(newest: Pick<Revision, 'owner' | 'number'>, time: string): Promise<void>;
  /** Forgets all revisions of an owner. */
  forget(owner: string): Promise<void>;
}
