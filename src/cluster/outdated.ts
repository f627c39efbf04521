/**
 * Entries of managedFields that name versions which the server cannot convert an object to: a CustomResourceDefinition dropped the
 * version, or the older schema lacks fields that are sent. Server-side apply fails for everybody then, and any other write wipes
 * managedFields. With the version that is written now such an entry says the same, and nobody loses a field.
 */
import { VidraError } from '../errors.ts';
import { atVersion } from '../manifest/managed-fields.ts';
import { apiVersionOf, describe, groupVersion, type JsonValue, type ObjectReference } from '../manifest/manifest.ts';
import type { ResourceType } from './cluster.ts';
import { metadataAccept } from './collection.ts';
import type { RawObject } from './metadata.ts';
import { patch } from './patch.ts';
import { objectPath } from './path.ts';
import { checked, parseStatus } from './status-error.ts';
import type { ClusterAnswer, Transport } from './transport.ts';

/** What is needed to find out. */
export interface Readers {
  readonly transport: Transport;
  readonly isServed: (kind: { group: string; version: string; kind: string }) => boolean;
}

/** How often it is tried when the object changes meanwhile. */
const attempts = 5;

/** Whether the server failed to convert the object; nothing but its text says so. */
export function isOutdated({ status, body }: ClusterAnswer): boolean {
  if (status !== 500) return false;
  const { message = '' } = parseStatus(body);
  // The manifest itself may name fields that do not exist.
  if (message.startsWith('failed to create typed patch object')) return false;
  return /field not declared in schema|request to convert CR (from|to) an invalid group\/version/.test(message);
}

/** Versions in managedFields that are not served any more; all but that of `type`, if they are. */
export async function outdatedVersions(
  readers: Readers,
  type: ResourceType,
  reference: ObjectReference,
): Promise<readonly string[]> {
  const live = await readMetadata(readers.transport, type, reference);
  return live ? versionsIn(live, type, readers.isServed) : [];
}

/** Gives the entries at these versions that of `type`. Throws PLAN_STALE when the object changes all the time. */
export async function rewriteVersions(
  { transport, isServed }: Readers,
  type: ResourceType,
  reference: ObjectReference,
  manager: string,
): Promise<void> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const live = await readMetadata(transport, type, reference);
    const versions = live ? versionsIn(live, type, isServed) : [];
    if (!live || versions.length === 0) return;
    const { uid, resourceVersion = '', managedFields } = live.metadata;
    const entries = atVersion(managedFields ?? [], versions, apiVersionOf(type));
    const operation = {
      op: 'replace',
      path: '/metadata/managedFields',
      value: entries as unknown as JsonValue,
    } as const;
    if (await patch(transport, type, reference, [operation], { uid, resourceVersion, manager })) return;
  }
  throw new VidraError('PLAN_STALE', 'changes all the time', { subject: describe(reference) });
}

function versionsIn({ metadata }: RawObject, type: ResourceType, isServed: Readers['isServed']): string[] {
  const all = new Set((metadata.managedFields ?? []).map(({ apiVersion = '' }) => apiVersion));
  all.delete(apiVersionOf(type));
  const unserved = [...all].filter((version) => !isServed({ ...groupVersion(version), kind: type.kind }));
  return unserved.length > 0 ? unserved : [...all];
}

async function readMetadata(transport: Transport, type: ResourceType, reference: ObjectReference) {
  const answer = await transport.send({ method: 'GET', path: objectPath(type, reference), accept: metadataAccept });
  return answer.status === 404 ? undefined : (JSON.parse(checked(answer, describe(reference)).body) as RawObject);
}
