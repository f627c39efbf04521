/** Owners, and the marks by which a live object says whose it is. */
import { createHash } from 'node:crypto';
import { annotationField, type FieldSet, intersection, isEmpty, type ManagedFields, union } from './field-set.ts';
import type { Manifest } from './manifest.ts';

/** The unit of ownership: a VidraResource, one per artifact. */
export interface Owner {
  readonly name: string;
  /** Uid of the namespace kube-system of the cluster that the owner's record is kept in. */
  readonly home: string;
  /** Unique over all homes: two Vidras that manage one cluster never take each other's objects. */
  readonly id: string;
  /** Field manager of server-side apply. */
  readonly manager: string;
}

export const managedLabel = { name: 'managed-by', value: 'vidra' } as const;
export const managedSelector = `${managedLabel.name}=${managedLabel.value}`;

const annotationPrefix = 'owner.vidra.infrahub.operators.com/';
const managerPrefix = 'vidra:';
const upstreamOwners = 'vidraresource.infrahub.operators.com/owned-by';
/** Longest field manager that the API server takes. */
const longestManager = 128;

export function ownerOf(name: string, home: string): Owner {
  const id = createHash('sha256').update(`${home}/${name}`).digest('hex').slice(0, 20);
  const manager = `${managerPrefix}${name}@${home.slice(0, 8)}`;
  return { name, home, id, manager: manager.length <= longestManager ? manager : `${managerPrefix}${id}` };
}

/** The manifest with the label and annotation that say that `owner` wants it. */
export function markedBy(owner: Owner, manifest: Manifest): Manifest {
  const { metadata } = manifest;
  return {
    ...manifest,
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, [managedLabel.name]: managedLabel.value },
      annotations: { ...metadata.annotations, [annotationPrefix + owner.id]: `${owner.home}/${owner.name}` },
    },
  };
}

/** The fields of the label and the annotation of `owner`. */
export function markFields(owner: Owner): FieldSet {
  const label = { 'f:metadata': { 'f:labels': { [`f:${managedLabel.name}`]: {} } } };
  return union(annotationField(`${annotationPrefix}${owner.id}`), label);
}

/** The field of the annotation of `owner`. */
export function ownerField(owner: Owner): FieldSet {
  return annotationField(`${annotationPrefix}${owner.id}`);
}

/** The field of the annotation by which upstream's operator knows whose an object is. */
export const upstreamField = annotationField(upstreamOwners);

/** Whether upstream's operator wrote what an entry of managedFields holds. */
export function isUpstreamEntry({ operation, fieldsV1 = {} }: Pick<ManagedFields, 'operation' | 'fieldsV1'>): boolean {
  return operation === 'Update' && !isEmpty(intersection(fieldsV1, upstreamField));
}

/** What server-side apply takes to give up everything that `owner` applied to an object. */
export function emptyManifest(
  manifest: Pick<Manifest, 'apiVersion' | 'kind'>,
  metadata: { name: string; namespace: string },
): Manifest {
  const { name, namespace } = metadata;
  return { apiVersion: manifest.apiVersion, kind: manifest.kind, metadata: namespace ? { name, namespace } : { name } };
}

interface Marked {
  readonly annotations: Readonly<Record<string, string>>;
  readonly managers: readonly { readonly manager: string }[];
  readonly controller?: { readonly kind: string; readonly name: string };
}

/** Whether the object says, by annotation (upstream's too) or by field manager, that it is this owner's. */
export function isMarkedBy(owner: Owner, object: Marked): boolean {
  return (
    annotationPrefix + owner.id in object.annotations ||
    object.managers.some((entry) => entry.manager === owner.manager) ||
    upstreamOwnersOf(object).includes(owner.name)
  );
}

/** Whether a field manager is that of an owner, of whatever home. */
export function isOwnerManager(manager: string): boolean {
  return manager.startsWith(managerPrefix);
}

/** Whose a field manager is, as people of one home know it; nothing when it is no owner's. */
export function ownerOfManager(manager: string, home: string, object: Pick<Marked, 'annotations'>): string | undefined {
  if (!isOwnerManager(manager)) return undefined;
  const id = manager.slice(managerPrefix.length);
  const annotated = object.annotations[annotationPrefix + id];
  // A name that is too long for a field manager is told by the annotation only.
  const [where = '', name = id] = annotated?.split(/\/(.*)/s) ?? [/@([^@]*)$/.exec(id)?.[1], id.replace(/@[^@]*$/, '')];
  return where === '' || home.startsWith(where) ? name : `${name} of another home (${where.slice(0, 8)})`;
}

/** Names of the owners of one home that an object is annotated with. */
export function markedOwners(home: string, object: Pick<Marked, 'annotations'>): string[] {
  const values = Object.entries(object.annotations).filter(([key]) => key.startsWith(annotationPrefix));
  return values.filter(([, value]) => value.startsWith(`${home}/`)).map(([, value]) => value.slice(home.length + 1));
}

/** Names of everyone in Vidra, upstream's owners included, who wants the object, but for `except`. For people, and to count. */
export function ownersBut(except: readonly Owner[], object: Marked): string[] {
  const ids = new Set(except.map((owner) => annotationPrefix + owner.id));
  const managers = new Set(except.map((owner) => owner.manager));
  const names = new Set(except.map((owner) => owner.name));
  const annotated = Object.entries(object.annotations).filter(
    ([key]) => key.startsWith(annotationPrefix) && !ids.has(key),
  );
  const applied = object.managers
    .map((entry) => entry.manager)
    .filter((name) => isOwnerManager(name) && !managers.has(name));
  return [
    ...new Set([
      ...annotated.map(([, value]) => value.slice(value.indexOf('/') + 1)),
      ...applied.map((manager) => manager.slice(managerPrefix.length).replace(/@[^@]*$/, '')),
      ...upstreamOwnersOf(object).filter((name) => !names.has(name)),
    ]),
  ];
}

/** The labels and annotations of an object after `owner` has left it; what says that it is managed goes with the last of its owners. */
export function withoutMarks(
  owner: Owner,
  { labels = {}, annotations = {} }: Pick<Manifest['metadata'], 'labels' | 'annotations'>,
  managers: Marked['managers'],
): { labels: Readonly<Record<string, string>>; annotations: Readonly<Record<string, string>> } {
  const { [annotationPrefix + owner.id]: _own, [upstreamOwners]: _upstream, ...others } = annotations;
  const upstream = upstreamList(annotations).filter((name) => name !== owner.name);
  const left = upstream.length > 0 ? { ...others, [upstreamOwners]: upstream.join(',') } : others;
  const isLast = ownersBut([owner], { annotations, managers }).length === 0;
  return isLast ? { annotations: unmanaged(left), labels: unmanaged(labels) } : { annotations: left, labels };
}

/** The operator before Vidra wrote its mark to both labels and annotations. */
function unmanaged({ [managedLabel.name]: managed, ...others }: Readonly<Record<string, string>>) {
  return managed === managedLabel.value || managed === undefined ? others : { ...others, [managedLabel.name]: managed };
}

/** References to others than the VidraResource of `owner`: with it, the API server would delete what refers to it. */
export function withoutReferenceTo<T extends { readonly kind: string; readonly name: string }>(
  owner: Owner,
  references: readonly T[],
): readonly T[] {
  return references.filter(({ kind, name }) => kind !== 'VidraResource' || name !== owner.name);
}

/** Names of the owners that upstream's operator wrote an object for: its list loses some, but not the one that it refers to. */
export function upstreamOwnersOf({ annotations, controller }: Pick<Marked, 'annotations' | 'controller'>): string[] {
  const referred = controller?.kind === 'VidraResource' ? [controller.name] : [];
  return [...new Set([...upstreamList(annotations), ...referred])];
}

function upstreamList(annotations: Marked['annotations']): string[] {
  const names = (annotations[upstreamOwners] ?? '').split(',').map((name) => name.trim());
  return names.filter((name) => name !== '');
}
