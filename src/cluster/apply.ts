/** Server-side apply. */
import { parseJson, stringifyJson } from '../manifest/json.ts';
import { describe, type Manifest, referenceOf } from '../manifest/manifest.ts';
import type { ApplyAnswer, ApplyOptions, ResourceType } from './cluster.ts';
import { metadataAccept } from './collection.ts';
import { metadataOf, type RawObject } from './metadata.ts';
import { isOutdated, outdatedVersions, type Readers, rewriteVersions } from './outdated.ts';
import { objectPath, query } from './path.ts';
import { checked, fieldConflicts, parseStatus } from './status-error.ts';
import type { ClusterAnswer, Transport } from './transport.ts';

const applyPatch = 'application/apply-patch+yaml';

// An object that exists never has this resourceVersion, and the server ignores it where there is no object: with it,
// server-side apply creates or answers 409, and never takes an existing object over unseen.
const absentVersion = '1';

/** Once more, where managedFields names versions that the server cannot convert the object to any more. */
export async function apply(
  readers: Readers,
  type: ResourceType,
  manifest: Manifest,
  options: ApplyOptions,
): Promise<ApplyAnswer> {
  const { transport } = readers;
  const answer = await send(transport, type, manifest, options);
  if (!isOutdated(answer)) return read(answer, type, manifest, options);
  const reference = referenceOf(manifest);
  const versions = await outdatedVersions(readers, type, reference);
  if (versions.length === 0) return read(answer, type, manifest, options);
  if (options.dryRun) return { type: 'outdated', versions };
  await rewriteVersions(readers, type, reference, options.manager);
  return read(await send(transport, type, manifest, options), type, manifest, options);
}

function send(
  transport: Transport,
  type: ResourceType,
  manifest: Manifest,
  { manager, force, dryRun, subresource, expect }: ApplyOptions,
): Promise<ClusterAnswer> {
  const { namespace = '', name } = manifest.metadata;
  const parameters = {
    fieldManager: manager,
    fieldValidation: 'Strict',
    force: force ? 'true' : undefined,
    dryRun: dryRun ? 'All' : undefined,
  };
  return transport.send({
    method: 'PATCH',
    write: !dryRun,
    path: objectPath(type, { namespace, name }) + (subresource ? `/${subresource}` : '') + query(parameters),
    contentType: applyPatch,
    body: stringifyJson(expecting(manifest, expect)),
    ...(dryRun ? {} : { accept: metadataAccept }),
  });
}

function read(answer: ClusterAnswer, type: ResourceType, manifest: Manifest, { dryRun }: ApplyOptions): ApplyAnswer {
  const refusal = answer.status >= 400 ? parseStatus(answer.body) : undefined;
  if (refusal && answer.status === 409) {
    const conflicts = fieldConflicts(refusal);
    return conflicts.length > 0 ? { type: 'conflict', conflicts } : { type: 'stale', message: refusal.message ?? '' };
  }
  // A uid that is not the live object's is refused as an immutable field.
  if (refusal && answer.status === 422 && isOtherUid(refusal)) return { type: 'stale', message: refusal.message ?? '' };
  const { namespace = '', name } = manifest.metadata;
  const { body, status } = checked(answer, describe({ kind: type.kind, namespace, name }));
  // Metadata holds no integers that could lose digits, so the answer to a write is read the fast way.
  const object = (dryRun ? parseJson(body) : JSON.parse(body)) as Manifest;
  return {
    type: 'applied',
    created: status === 201,
    metadata: metadataOf(object as unknown as RawObject, type),
    object,
  };
}

function isOtherUid(status: ReturnType<typeof parseStatus>): boolean {
  const causes = status.details?.causes ?? [];
  return causes.length > 0 && causes.every((cause) => cause.field === 'metadata.uid');
}

function expecting(manifest: Manifest, expect: ApplyOptions['expect']): Manifest {
  if (expect === undefined) return manifest;
  const precondition = expect === 'absent' ? { resourceVersion: absentVersion } : expect;
  return { ...manifest, metadata: { ...manifest.metadata, ...precondition } };
}
