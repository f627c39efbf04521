/** What the answer to a dry-run means for one owner of an object. */
import type { ApplyAnswer } from '../cluster/cluster.ts';
import type { ObjectMetadata } from '../cluster/metadata.ts';
import type { ErrorCode } from '../errors.ts';
import type { DesiredObject } from '../manifest/desired-set.ts';
import { difference, type FieldSet, isEmpty, managedFieldsOf, present } from '../manifest/field-set.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { type Owner, ownersBut } from '../manifest/owner.ts';
import { differencesOf } from '../plan/diff.ts';
import { maskMessage } from '../plan/mask.ts';
import type { Means, Verdict } from '../plan/observation.ts';
import { appliedFields } from '../plan/proof.ts';

type Applied = Extract<ApplyAnswer, { type: 'applied' }>;

/** One question to the server, still to be asked. */
export interface Trial {
  readonly key: string;
  readonly ask: () => Promise<Verdict>;
}

/** The object as it is, whole and as metadata; both or none. */
export interface Current {
  readonly object: Manifest | undefined;
  readonly live: ObjectMetadata | undefined;
  /** Another owner of the same plan has to do with it, too. */
  readonly isShared: boolean;
  /** For digests of differences that are masked. */
  readonly salt: string | undefined;
}

export const unforced: Means = { take: [], yield: [] };

/** `result` is the object afterwards, where that is not what the answer says. */
export function verdictOf(
  answer: Applied,
  owner: Owner,
  now: Current,
  means: Means,
  result: Manifest = answer.object,
): Verdict {
  const { object, live } = now;
  const isShared =
    object !== undefined && (now.isShared || (live !== undefined && ownersBut([owner], live).length > 0));
  return {
    type: 'tried',
    differences: object ? differencesOf(object, result, now.salt) : [],
    ownershipChanges: changesOwnership(answer, owner, now),
    ...means,
    ...(isShared && { shared: { current: object, held: heldBy(owner, answer.object) } }),
  };
}

function changesOwnership(answer: Applied, owner: Owner, { object, live }: Current): boolean {
  const before = live && appliedFields(owner, live);
  if (before === appliedFields(owner, answer.metadata)) return false;
  return before === undefined || !object || !isPhantom(owner, object, answer.object);
}

/**
 * The server does not store what is empty, such as `data: {}`, and so gives it to whoever applied last: two owners of it would
 * take it from each other for ever, with nothing to show for it.
 */
function isPhantom(owner: Owner, object: Manifest, applied: Manifest): boolean {
  const [before, after] = [entryOf(owner, object), entryOf(owner, applied)];
  if (before?.apiVersion !== after?.apiVersion) return false;
  const [held, holds] = [before?.fieldsV1 ?? {}, after?.fieldsV1 ?? {}];
  return isEmpty(difference(held, holds)) && isEmpty(present(difference(holds, held), applied));
}

function heldBy(owner: Owner, object: Manifest): FieldSet {
  return entryOf(owner, object)?.fieldsV1 ?? {};
}

function entryOf(owner: Owner, object: Manifest) {
  return managedFieldsOf(object).find(({ manager, operation }) => manager === owner.manager && operation === 'Apply');
}

/** Why an object cannot be applied, without the values of Secrets. */
export function refused(
  { manifest }: DesiredObject,
  code: ErrorCode,
  message: string,
  taken?: readonly string[],
): Verdict {
  return { type: 'refused', code, message: maskMessage(manifest, message), ...(taken && { taken }) };
}
