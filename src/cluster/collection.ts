/** The objects of a type as a list: whole, or only their metadata. */
import { VidraError } from '../errors.ts';
import { parseJson } from '../manifest/json.ts';
import { apiVersionOf, type JsonValue, type Manifest } from '../manifest/manifest.ts';
import type { ResourceType, Selection } from './cluster.ts';
import { readListText } from './list-text.ts';
import { metadataOf, type ObjectMetadata, type RawObject } from './metadata.ts';
import { collectionPath, query } from './path.ts';
import { parseStatus, statusError } from './status-error.ts';
import type { Transport } from './transport.ts';

/** In which form objects are asked for, and how they are read. */
export interface Form<T> {
  /** What to accept for a list; JSON if missing. */
  readonly list?: string;
  /** What to accept for one object, and for each object of a watch. */
  readonly one?: string;
  readonly parse: (text: string) => unknown;
  readonly read: (object: JsonValue, type: ResourceType) => T;
}

/** What to accept for only the metadata of one object. */
export const metadataAccept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

/** Only metadata. It holds no integers that could lose digits, so it is read the fast way. */
export const metadataForm: Form<ObjectMetadata> = {
  list: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
  one: metadataAccept,
  parse: JSON.parse,
  read: (object, type) => metadataOf(object as unknown as RawObject, type),
};

/** Whole objects, to the digit. */
export const objectForm: Form<Manifest> = {
  parse: parseJson,
  read: (object, type) => ({ ...(object as unknown as Manifest), apiVersion: apiVersionOf(type), kind: type.kind }),
};

export interface Listing<T> {
  readonly objects: T[];
  /** Of the list: a watch goes on from here. */
  readonly resourceVersion: string;
}

/** Throws CLUSTER_*, or NOT_FOUND when the type is not served any more. */
export async function listObjects<T>(
  transport: Transport,
  type: ResourceType,
  selection: Selection & { readonly limit?: number },
  form: Form<T>,
  signal?: AbortSignal,
): Promise<Listing<T>> {
  const subject = `list of ${type.resource}`;
  const limit = selection.limit === undefined ? undefined : `${selection.limit}`;
  const answer = await transport.send({
    method: 'GET',
    path: collectionPath(type, selection.namespace) + query({ ...selectors(selection), limit }),
    ...(form.list && { accept: form.list }),
    ...(signal && { signal }),
  });
  if (answer.status >= 500) throw new VidraError('CLUSTER_FAILED', parseStatus(answer.body).message ?? '', { subject });
  if (answer.status >= 300) throw statusError(answer.status, parseStatus(answer.body), subject);
  const { kind, metadata, items } = readListText(answer.body, form.parse, (item) => form.read(item as JsonValue, type));
  if (!String(kind).endsWith('List')) throw new VidraError('CLUSTER_FAILED', 'the answer to a list is not a list');
  return {
    objects: items,
    resourceVersion: (metadata as { resourceVersion?: string } | undefined)?.resourceVersion ?? '',
  };
}

/** The parameters of a list or a watch that choose objects. */
export function selectors({ labelSelector, name }: Selection): Record<string, string | undefined> {
  return { labelSelector, fieldSelector: name === undefined ? undefined : `metadata.name=${name}` };
}
