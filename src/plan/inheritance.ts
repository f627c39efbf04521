/**
 * What an owner inherits of others' entries in managedFields: of writers that stood for the same will before it, so that what
 * they hold and nobody wants any more can go. Never of controllers, of subresources, or of other owners.
 */
import {
  annotationField,
  type FieldSet,
  intersection,
  isEmpty,
  type ManagedFields,
  managedFieldsOf,
  positionOf,
  present,
  unionOf,
} from '../manifest/field-set.ts';
import { canonicalJson, parseJson } from '../manifest/json.ts';
import { appliedBy, type EntryPart, partOf } from '../manifest/managed-fields.ts';
import type { JsonObject, JsonValue, Manifest } from '../manifest/manifest.ts';
import { normalize } from '../manifest/normalize.ts';
import { isOwnerManager, isUpstreamEntry, type Owner, ownerField } from '../manifest/owner.ts';
import { checkShape } from '../manifest/shape.ts';

/** What of one entry goes to the owner. */
export interface Legacy extends EntryPart {
  /** What the owner holds instead: less than `fields`, where some of them were not written but made by the server. */
  readonly gain: FieldSet;
  /** Whether all of `gain` was written, as far as can be told. */
  readonly isWritten: boolean;
}

/** What decides over it. */
export interface Estate {
  readonly owner: Owner;
  /** The owner takes the object over; else it has it already. */
  readonly adopting: boolean;
  /** The object as it is. */
  readonly live: Manifest;
  /** Who holds what of it. */
  readonly entries: readonly ManagedFields[];
  /** What the owner applied last, where that is known and may have to be told by its values. */
  readonly lastWish?: Manifest;
  /** Whether all that upstream's operator wrote it for are owners of Vidra by now. */
  readonly takesUpstream: boolean;
}

/** The annotation in which `kubectl apply` keeps what it applied. */
export const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
const lastAppliedField = annotationField(lastApplied);
const beforeFirstApply = 'before-first-apply';

const kubectl = /^kubectl([-_].*)?$/;
/** What people do with running things says nothing of what they want them to be. */
const operation = /^kubectl-(auto)?scale$|^kubectl-(rollout|cordon|uncordon|drain|taint)$/;
/** What makes objects also holds what the server adds to them. */
const making = /^kubectl(-client-side-apply|-create|-replace|-run|-expose)?$/;

/** One for each entry of which something is inherited. */
export function legaciesOf(estate: Estate): Legacy[] {
  const written = estate.adopting ? writtenManifest(estate.live) : undefined;
  const own = appliedBy(estate.owner.manager, estate.entries)?.fieldsV1 ?? {};
  return estate.entries.flatMap((entry) => {
    const { manager = '', subresource, fieldsV1 = {} } = entry;
    if (subresource || isOwnerManager(manager)) return [];
    const { 'f:status': _, ...fields } = fieldsV1;
    const part = { ...partOf(entry), fields };
    const legacy = estate.adopting ? ofStranger(part, estate.live, written) : ofForerunner(part, estate, own);
    return legacy && !isEmpty(legacy.fields) ? [legacy] : [];
  });
}

/** The field managers by which upstream's operator wrote an object. */
export function upstreamManagers(live: Manifest): string[] {
  return managedFieldsOf(live)
    .filter(isUpstreamEntry)
    .map(({ manager = '' }) => manager);
}

/** Of an object that is taken over: all that people wrote with kubectl, and its record of that. */
function ofStranger(part: EntryPart, live: Manifest, written: Manifest | undefined): Legacy | undefined {
  const { manager, fields } = part;
  const isPeoples = kubectl.test(manager) && !operation.test(manager);
  const record = intersection(fields, lastAppliedField);
  if (manager === beforeFirstApply) {
    // It stands for everybody who wrote before, controllers too.
    return whole({ ...part, fields: unionOf([written ? agreeing(fields, live, written) : {}, record]) });
  }
  if (written && part.operation === 'Update' && !isEmpty(record)) {
    // Whoever keeps this record, under whatever name, applied as kubectl does.
    const gain = unionOf([present(fields, written), record]);
    return { ...part, fields: isPeoples ? fields : gain, gain, isWritten: true };
  }
  if (isPeoples) return { ...part, gain: fields, isWritten: part.operation === 'Apply' || !making.test(manager) };
  return isEmpty(record) ? undefined : whole({ ...part, fields: record });
}

/** Of an object that is ours already: what others hold beside us of our own, as it is after managedFields was wiped. */
function ofForerunner(part: EntryPart, estate: Estate, own: FieldSet): Legacy | undefined {
  const { manager, fields } = part;
  if (part.operation !== 'Update') return undefined;
  if (estate.takesUpstream && isUpstreamEntry({ operation: part.operation, fieldsV1: fields })) return whole(part);
  // Nobody writes an owner's annotation but who writes down everything that is there.
  const isCopy = !isEmpty(intersection(fields, ownerField(estate.owner)));
  const isPeoples = manager === beforeFirstApply || (kubectl.test(manager) && !operation.test(manager));
  if (!isCopy && !isPeoples) return undefined;
  const left = isCopy && estate.lastWish ? agreeing(fields, estate.live, estate.lastWish) : {};
  return whole({ ...part, fields: unionOf([intersection(fields, own), left]) });
}

function whole(part: EntryPart): Legacy {
  return { ...part, gain: part.fields, isWritten: true };
}

/** What kubectl applied last, as Vidra would write it; nothing where there is none, or none that can be read. */
function writtenManifest({ metadata }: Manifest): Manifest | undefined {
  try {
    const value = parseJson(metadata.annotations?.[lastApplied] ?? '');
    return checkShape(value).length === 0 ? normalize(value as Manifest).manifest : undefined;
  } catch {
    return undefined;
  }
}

/** The fields of a set whose values are the same in two objects. */
function agreeing(set: FieldSet, one: JsonValue, other: JsonValue): FieldSet {
  const shared = Object.entries(set).flatMap(([element, below]): [string, FieldSet][] => {
    if (element === '.') return [[element, below]];
    const [at, where] = [positionOf(element, one), positionOf(element, other)];
    if (at === undefined || where === undefined) return [];
    const values = [(one as JsonObject)[at], (other as JsonObject)[where]] as [JsonValue, JsonValue];
    if (isEmpty(below)) return canonicalJson(values[0]) === canonicalJson(values[1]) ? [[element, below]] : [];
    const inside = agreeing(below, ...values);
    return isEmpty(inside) ? [] : [[element, inside]];
  });
  return Object.fromEntries(shared);
}
