/** GET /api/artifact/{id} and /api/storage/object/{id}. */

import { type Answer, notFound, restError, unhandled } from './infrahub-answer.ts';
import { type DoubleRequest, momentOf, refusedCaller, type World } from './infrahub-request.ts';
import { type ArtifactRevision, md5 } from './infrahub-state.ts';

/** The stored bytes with the artifact's own content type. */
export function artifactContent(world: World, request: DoubleRequest, id: string): Answer {
  const moment = momentOf(world, request.query.get('branch') || 'main', request.query);
  if ('refused' in moment) return restError(moment.status, moment.refused);
  const refused = refusedCaller(world, request);
  if (refused) return refused;
  const artifact = world.state.artifacts(moment.branch, moment.at).find((candidate) => candidate.id === id);
  if (!artifact) return missingArtifact(world, id);
  if (artifact.storageId === null) {
    return world.version === '1.11.9' ? notFound(undefined, 'StorageObject') : unhandled();
  }
  return stored(world, artifact.storageId, artifact.checksum, { 'content-type': artifact.contentType });
}

/** The same bytes without a content type. */
export function storageObject(world: World, request: DoubleRequest, storageId: string): Answer {
  const refused = refusedCaller(world, request);
  if (refused) return refused;
  return stored(world, storageId, ownerOf(world, storageId)?.checksum ?? null, {});
}

function missingArtifact(world: World, id: string): Answer {
  const kind = world.state.otherNodes.get(id);
  if (kind === undefined) return notFound(id, 'CoreArtifact');
  if (world.version === '1.2.11') return unhandled();
  return restError(404, `Node with id ${id} exists, but it is a ${kind}, not CoreArtifact`);
}

/** Only 1.11 looks whether the bytes are still those that were stored. */
function stored(world: World, storageId: string, checksum: string | null, headers: Answer['headers']): Answer {
  const file = world.state.files.get(storageId);
  if (!file) return notFound(storageId, 'StorageObject');
  if (world.version === '1.11.9' && checksum !== null && md5(file) !== checksum) {
    const message =
      `The stored file of this artifact (${storageId}) does not match its checksum, so it was not served. ` +
      'It may have been modified outside of Infrahub. Regenerate the artifact to restore it.';
    return restError(409, message);
  }
  return { status: 200, headers, body: file };
}

function ownerOf(world: World, storageId: string): ArtifactRevision | undefined {
  const branches = [...world.state.branches.keys()];
  const artifacts = branches.flatMap((branch) => world.state.artifacts(branch, world.now()));
  return artifacts.find((artifact) => artifact.storageId === storageId);
}
