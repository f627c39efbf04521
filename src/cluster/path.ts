/** The REST paths of types and objects. */
import type { ObjectReference } from '../manifest/manifest.ts';
import type { ResourceType } from './cluster.ts';

/** The collection of a type: of one namespace, or of all of them. */
export function collectionPath(type: ResourceType, namespace?: string): string {
  const root = type.group ? `/apis/${type.group}/${type.version}` : `/api/${type.version}`;
  const inside = type.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${inside}/${type.resource}`;
}

/** One object. Names such as `system:admin` keep their case and are escaped. */
export function objectPath(type: ResourceType, reference: Pick<ObjectReference, 'namespace' | 'name'>): string {
  return `${collectionPath(type, reference.namespace)}/${encodeURIComponent(reference.name)}`;
}

/** `?a=b` of what is set. */
export function query(parameters: Readonly<Record<string, string | undefined>>): string {
  const set = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return set.length === 0 ? '' : `?${new URLSearchParams(set)}`;
}
