/** The plan: what would change and why. Plain data, and the whole instruction: apply carries it out and decides nothing. */
import type { FieldConflict } from '../cluster/cluster.ts';
import type { Policy } from '../definition/policy.ts';
import type { ErrorCode, Origin } from '../errors.ts';
import type { Contest, InventoryEntry, OwnerHeader, YieldedField } from '../inventory/inventory.ts';
import type { DesiredObject } from '../manifest/desired-set.ts';
import type { FieldSet } from '../manifest/field-set.ts';
import type { EntryPart } from '../manifest/managed-fields.ts';
import { type JsonValue, keyOf, type ObjectReference } from '../manifest/manifest.ts';
import type { Owner } from '../manifest/owner.ts';

/** One field that differs. Secret values are already masked. */
export interface Difference {
  /** As in `spec.containers[name=web].image`. */
  readonly path: string;
  /** Nothing when the field is new. */
  readonly before?: JsonValue;
  /** Nothing when the field goes away. */
  readonly after?: JsonValue;
  /** Salted digests of the values that are masked, in a plan that is to be saved or compared with a saved one. */
  readonly digests?: { readonly before?: string; readonly after?: string };
}

/**
 * How sure the plan is of a write: `server`: the API server tried it; `predicted`: it cannot be tried as it will be, and the
 * reason says why: its Namespace or kind is made by the same plan, or a webhook takes no dry-runs; `unchecked`: it was not tried.
 */
export type Confidence = 'server' | 'predicted' | 'unchecked';

/** What to record of an object as it is, so that nothing needs to be asked as long as it stays so. */
export type Proof = Required<Pick<InventoryEntry, 'uid' | 'fields'>> & Pick<InventoryEntry, 'yielded'>;

/** A fight over an object; nothing is known of its beginning when it begins now. */
export type PlannedContest = Omit<Contest, 'since'> & Partial<Pick<Contest, 'since'>>;

interface ChangeBase {
  readonly reference: ObjectReference;
  /** For people: why, as a clause without a full stop. */
  readonly reason: string;
  /** Changes that must succeed first, by `changeId`. */
  readonly after: readonly string[];
}

/** Server-side apply with the owner's field manager. */
export interface WriteChange extends ChangeBase {
  /** `replace` deletes the object of `expect` first and makes it anew when it is gone. */
  readonly action: 'create' | 'update' | 'adopt' | 'replace';
  readonly desired: DesiredObject;
  /** Nothing when another owner of the same plan creates the object first. */
  readonly expect?: 'absent' | { readonly uid: string };
  /** What its owner had applied and when: where nothing could be tried, that alone tells whether the object is still so. */
  readonly applied?: string;
  /** The uid of one that is being deleted, and that this one comes after. */
  readonly predecessor?: string;
  /** The fields for which it is replaced. */
  readonly immutable?: readonly string[];
  /** The version that a replacement was planned against. */
  readonly resourceVersion?: string;
  /** What becomes of what a replaced object owns. */
  readonly propagation?: Policy['propagationPolicy'];
  /** Fields that are taken from their holders. Held by others by then, they are left alone, and the change fails. */
  readonly take: readonly FieldConflict[];
  /** Fields that are left to somebody else, and so are not sent. */
  readonly yield: readonly YieldedField[];
  /** Fields that this owner holds and does not send any more: struck from its entry in managedFields first, so that their values stay. */
  readonly giveUp?: FieldSet;
  /** The fight that it is a part of. */
  readonly contest?: PlannedContest;
  readonly differences: readonly Difference[];
  readonly confidence: Confidence;
  /** Whether the owner's inventory names the object already. */
  readonly recorded: boolean;
  /** What this owner takes over first, so that what of it nobody wants any more can go. */
  readonly migrate?: Migration;
  /** The old name of the object, which the same owner deletes: before this where the two cannot stand side by side. */
  readonly renamedFrom?: { readonly reference: ObjectReference; readonly first: 'new' | 'old' };
}

/** What an owner inherits in managedFields of writers that stood for the same will. */
export interface Migration {
  /** Fields that its entry gains. */
  readonly gain: FieldSet;
  /** What other entries lose. */
  readonly from: readonly EntryPart[];
}

export interface DeleteChange extends ChangeBase {
  readonly action: 'delete';
  readonly uid: string;
  readonly resourceVersion: string;
  /** When its owner changed it last: what it has applied since, by another run, it wants again. */
  readonly appliedAt?: string;
  readonly propagation: Policy['propagationPolicy'];
  /** Of a Namespace or CustomResourceDefinition: uids of what is known to go with it. */
  readonly holds?: readonly string[];
  /** It goes in spite of its annotation `prune: never`, as somebody has confirmed. */
  readonly protected?: true;
  /** The new name of the object, when this is one half of a rename. */
  readonly renamedTo?: { readonly reference: ObjectReference; readonly first: 'new' | 'old' };
}

/** The object stays. This owner's fields go, or with `leave` stay as nobody's, and only its marks go. */
export interface ReleaseChange extends ChangeBase {
  readonly action: 'release';
  readonly uid: string;
  readonly leave: boolean;
  /** What goes with this owner's fields. */
  readonly differences: readonly Difference[];
}

export interface KeepChange extends ChangeBase {
  readonly action: 'keep';
  /** Fields that are left to somebody else. */
  readonly yield?: readonly YieldedField[];
  /** Proof to record when it is not recorded yet. */
  readonly proof?: Proof & { readonly digest: string; readonly content: string };
}

/** Nothing is done, and people should know. With `code`, something is wrong: an apply that skips it has failed. */
export interface SkipChange extends ChangeBase {
  readonly action: 'skip';
  readonly code?: ErrorCode;
  /** Fields that others hold, and that may not be taken from them. */
  readonly conflicts?: readonly FieldConflict[];
  /** The object is on its way out already. */
  readonly deleting?: true;
}

export type Change = WriteChange | DeleteChange | ReleaseChange | KeepChange | SkipChange;

/** Something wrong with an owner as a whole, e.g. a document that cannot be read. */
export interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
  /** The place that the message names. */
  readonly origin?: Origin;
  /** The definition that it concerns, as in `InfrahubSync web`, where it is one. */
  readonly definition?: string;
}

export interface OwnerPlan {
  readonly owner: Owner;
  readonly header: OwnerHeader;
  readonly policy: Policy;
  /** All that it wants; nothing when it leaves or waits. */
  readonly desired: readonly DesiredObject[];
  readonly changes: readonly Change[];
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
  /** Recorded objects that do not exist any more or are not this owner's: forgotten without touching the cluster. */
  readonly forget: readonly string[];
  /** The owner is not wanted any more: its record goes when its last object is gone. */
  readonly leaving: boolean;
  /** The owner keeps what it has, whatever that is. */
  readonly waiting?: true;
}

/** A deletion that is not made unless somebody says so, by naming it. */
export interface Guard {
  readonly type: 'maxDeletions' | 'namespace' | 'definition' | 'volume';
  /** What to name: an object as `Namespace shop`, or for `maxDeletions` the number of deletions as `12 deletions of web`. */
  readonly subject: string;
  /** Changes that it holds back, by `changeId`. */
  readonly changes: readonly string[];
  /** For people: what would go. */
  readonly message: string;
  /** Of `maxDeletions`: all deletions of the plan that count. */
  readonly deletions?: number;
}

export interface Plan {
  readonly set: string;
  /** The home cluster's server. */
  readonly server: string;
  readonly owners: readonly OwnerPlan[];
  /** Problems of no owner, e.g. a source that does not answer. */
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
  readonly guards: readonly Guard[];
  /** Of the saved plan, if there is one: of what it would do. */
  readonly digest?: string;
}

/** Names a change within a plan: one owner, one object. */
export function changeId(owner: string, key: string): string {
  return `${owner}|${key}`;
}

/** Whether carrying the plan out would write to a managed object. */
export function hasChanges(plan: Plan): boolean {
  return plan.owners.some((owner) =>
    owner.changes.some((change) => change.action !== 'keep' && change.action !== 'skip'),
  );
}

/** Whether something is wrong that keeps the cluster from becoming what the definitions say. */
export function hasProblems(plan: Plan): boolean {
  return plan.problems.length > 0 || plan.owners.some(isIncomplete);
}

/** Whether the plan itself leaves something of the owner undone: an unreadable document, an object that is refused. */
export function isIncomplete(owner: OwnerPlan): boolean {
  return owner.problems.length > 0 || owner.changes.some(isWrong);
}

/** Whether what is left undone is something that the owner wants, and not only a removal. */
export function lacksWanted(owner: OwnerPlan): boolean {
  if (owner.problems.length > 0) return true;
  const wrong = owner.changes.filter(isWrong);
  if (wrong.length === 0) return false;
  const wanted = new Set(owner.desired.map(({ reference }) => keyOf(reference)));
  return wrong.some(({ reference }) => wanted.has(keyOf(reference)));
}

/** Whether a change is not made because something is wrong. */
export function isWrong(change: Change): boolean {
  return change.action === 'skip' && change.code !== undefined;
}
