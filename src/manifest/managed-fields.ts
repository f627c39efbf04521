/** The entries of `metadata.managedFields`: found, cut, filled and renamed. Nothing else of an object changes by that. */
import { type FieldSet, isEmpty, isMember, type ManagedFields, unionOf } from './field-set.ts';

/** Names one entry. Of one manager, updates through different versions and subresources are entries of their own. */
export interface EntryIdentity {
  readonly manager: string;
  readonly operation: string;
  readonly subresource: string;
  readonly apiVersion: string;
}

/** Some or all fields of an entry. */
export interface EntryPart extends EntryIdentity {
  readonly fields: FieldSet;
}

type Entries = readonly ManagedFields[];

/** All of an entry. */
export function partOf(entry: ManagedFields): EntryPart {
  const { manager = '', operation = '', subresource = '', apiVersion = '', fieldsV1 = {} } = entry;
  return { manager, operation, subresource, apiVersion, fields: fieldsV1 };
}

/** What a manager holds by server-side apply: it has one such entry at most. */
export function appliedBy(manager: string, entries: Entries): ManagedFields | undefined {
  return entries.find((entry) => isApplied(entry, manager));
}

/** All that is held by somebody. */
export function heldFields(entries: Entries): FieldSet {
  return unionOf(entries.map(({ fieldsV1 = {} }) => fieldsV1));
}

/** The entries without some fields of one of them; it goes with its last field. */
export function cutFrom(entries: Entries, part: EntryPart): Entries {
  return entries.flatMap((entry) => {
    if (!sameEntry(part, entry)) return [entry];
    const fieldsV1 = cut(entry.fieldsV1 ?? {}, part.fields);
    return isEmpty(fieldsV1) ? [] : [{ ...entry, fieldsV1 }];
  });
}

/**
 * Who holds something in an object still holds the object, and not longer than that. Of an item that is not his he holds nothing:
 * the server would not keep it for him.
 */
function cut(set: FieldSet, part: FieldSet): FieldSet {
  return Object.fromEntries(
    Object.entries(set).flatMap(([element, below]): [string, FieldSet][] => {
      const gone = Object.hasOwn(part, element) ? part[element] : undefined;
      if (!gone) return [[element, below]];
      if (isMember(gone) && (isEmpty(below) || !element.startsWith('f:'))) return [];
      const { '.': itself, ...inside } = below;
      const left = cut(inside, gone);
      if (isEmpty(left)) return isEmpty(below) ? [[element, below]] : [];
      return [[element, itself ? { '.': {}, ...left } : left]];
    }),
  );
}

/** The entries with more fields in what a manager applied; of `apiVersion`, if it has applied nothing. */
export function giveTo(entries: Entries, manager: string, fields: FieldSet, apiVersion: string): Entries {
  if (isEmpty(fields)) return entries;
  const own = appliedBy(manager, entries);
  if (!own) return [...entries, { manager, operation: 'Apply', apiVersion, fieldsType: 'FieldsV1', fieldsV1: fields }];
  const more = { ...own, fieldsV1: unionOf([own.fieldsV1 ?? {}, fields]) };
  return entries.map((entry) => (entry === own ? more : entry));
}

/** The entries with what one manager applied as another one's, together with what that one has applied. */
export function renameApplied(entries: Entries, from: string, to: string): Entries {
  const own = appliedBy(from, entries);
  if (!own || from === to) return entries;
  return giveTo(withoutApplied(entries, from), to, own.fieldsV1 ?? {}, own.apiVersion ?? '');
}

/** The entries without what a manager applied: its fields stay as they are, as nobody's. */
export function withoutApplied(entries: Entries, manager: string): Entries {
  return entries.filter((entry) => !isApplied(entry, manager));
}

/** The entries with another version for those at some versions: they name the same fields. */
export function atVersion(entries: Entries, versions: readonly string[], apiVersion: string): Entries {
  const moved: ManagedFields[] = [];
  for (const entry of entries) {
    const now = versions.includes(entry.apiVersion ?? '') ? { ...entry, apiVersion } : entry;
    const at = moved.findIndex((other) => isSame(partOf(other), partOf(now)));
    if (at < 0) moved.push(now);
    else moved[at] = { ...now, fieldsV1: unionOf([moved[at]?.fieldsV1 ?? {}, now.fieldsV1 ?? {}]) };
  }
  return moved;
}

function isApplied(entry: ManagedFields, manager: string): boolean {
  return entry.manager === manager && entry.operation === 'Apply' && !entry.subresource;
}

/** Whether a part is of an entry. */
export function sameEntry(part: EntryIdentity, entry: ManagedFields): boolean {
  return isSame(part, partOf(entry));
}

function isSame(one: EntryIdentity, other: EntryIdentity): boolean {
  return (
    one.manager === other.manager &&
    one.operation === other.operation &&
    one.subresource === other.subresource &&
    one.apiVersion === other.apiVersion
  );
}
