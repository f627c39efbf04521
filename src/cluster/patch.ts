/** JSON patch of one object at one version. */
import { parseJson, stringifyJson } from '../manifest/json.ts';
import { describe, type Manifest, type ObjectReference } from '../manifest/manifest.ts';
import type { PatchOperation, PatchOptions, ResourceType } from './cluster.ts';
import { metadataAccept } from './collection.ts';
import { metadataOf, type ObjectMetadata } from './metadata.ts';
import { objectPath, query } from './path.ts';
import { checked, parseStatus } from './status-error.ts';
import type { ClusterAnswer, ClusterRequest, Transport } from './transport.ts';

type Operations = readonly PatchOperation[];

/** Nothing when the object is another one or has changed since, or is gone. */
export async function patch(
  transport: Transport,
  type: ResourceType,
  reference: ObjectReference,
  operations: Operations,
  options: PatchOptions,
): Promise<ObjectMetadata | undefined> {
  const request = { ...requestOf(type, reference, operations, options), write: true, accept: metadataAccept };
  const answer = fitting(await transport.send(request), reference);
  return answer && metadataOf(JSON.parse(answer.body), type);
}

/** The whole object as the patch would make it. */
export async function tryPatch(
  transport: Transport,
  type: ResourceType,
  reference: ObjectReference,
  operations: Operations,
  options: Omit<PatchOptions, 'resourceVersion'>,
): Promise<Manifest | undefined> {
  const answer = fitting(await transport.send(requestOf(type, reference, operations, options, 'All')), reference);
  return answer && (parseJson(answer.body) as Manifest);
}

function requestOf(
  type: ResourceType,
  reference: ObjectReference,
  operations: Operations,
  { uid, resourceVersion, manager }: Omit<PatchOptions, 'resourceVersion'> & Partial<PatchOptions>,
  dryRun?: 'All',
): ClusterRequest {
  const version = { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion ?? '' } as const;
  const guards: Operations = [
    { op: 'test', path: '/metadata/uid', value: uid },
    ...(resourceVersion === undefined ? [] : [version]),
  ];
  return {
    method: 'PATCH',
    path: objectPath(type, reference) + query({ fieldManager: manager, dryRun }),
    contentType: 'application/json-patch+json',
    body: stringifyJson([...guards, ...operations].map((operation) => ({ ...operation }))),
  };
}

function fitting(answer: ClusterAnswer, reference: ObjectReference): ClusterAnswer | undefined {
  if (answer.status === 404 || answer.status === 409) return undefined;
  // An operation that does not fit, as a test that fails, is refused without a word on what is wrong.
  if (answer.status === 422 && isWithoutDetails(parseStatus(answer.body))) return undefined;
  return checked(answer, describe(reference));
}

function isWithoutDetails({ reason, details = {} }: ReturnType<typeof parseStatus>): boolean {
  return reason === 'Invalid' && Object.keys(details).length === 0;
}
