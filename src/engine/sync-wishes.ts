/** From one InfrahubSync and what its source gave to what becomes of its owners. */
import type { InfrahubSync } from '../definition/definition.ts';
import { VidraError } from '../errors.ts';
import { destinationServer, type InventoryRecord, isOfSet } from '../inventory/inventory.ts';
import { decode } from '../manifest/decode.ts';
import type { Problem } from '../plan/plan.ts';
import type { Artifact, PendingArtifact, Snapshot } from '../source/source.ts';
import { artifactLabel } from './artifact-label.ts';
import { emptied, type Intents, isEmptied, leaving, type OwnerIntent, problemOf, waiting, wanted } from './intent.ts';
import type { Target } from './target.ts';

/** `records` are those of this Vidra, `byName` the same by owner. */
export function ofSync(
  sync: InfrahubSync,
  target: Pick<Target, 'set' | 'namespace' | 'overrides'>,
  snapshot: Snapshot | VidraError | undefined,
  records: readonly InventoryRecord[],
  byName: ReadonlyMap<string, InventoryRecord>,
): Intents {
  const own = records.filter(({ header }) => header.sync === sync.name && isOfSet(header, target.set));
  if (!snapshot || snapshot instanceof VidraError) {
    const problem = problemOf(snapshot ?? new VidraError('SOURCE_UNREACHABLE', 'was not read', { subject: sync.name }));
    return {
      owners: own.map((record) => waiting(record, 'its source could not be read')),
      problems: [problem],
      notes: [],
    };
  }
  const owners = snapshot.artifacts.map((artifact) => ofArtifact(sync, artifact, target, byName));
  const pendingIds = new Map(snapshot.pending.map((artifact) => [ownerName(sync, artifact.id, byName), artifact]));
  const present = new Set(owners.map((owner) => owner.header.name));
  const absent = own.filter((record) => !present.has(record.header.name));
  const gone = absent.filter((record) => !pendingIds.has(record.header.name));
  const isEmpty = snapshot.artifacts.length === 0 && snapshot.pending.length === 0;
  const policy = { ...sync.policy, ...target.overrides };
  const doubt = doubtOf(snapshot, [...pendingIds].find(([name]) => !byName.has(name))?.[1]);
  return {
    owners: [
      ...owners,
      ...absent
        .filter((record) => pendingIds.has(record.header.name))
        .map((record) => {
          return waiting(record, pendingIds.get(record.header.name)?.reason ?? 'not rendered yet');
        }),
      ...gone.map((record) =>
        doubt === undefined
          ? leaving(record, `its artifact left ${sync.name}`, policy)
          : waiting(record, `its artifact is not listed, and stays: ${doubt}`),
      ),
    ],
    problems: [...staleness(snapshot), ...(isEmpty ? [empty(sync, gone.length)] : [])],
    notes: [
      ...snapshot.warnings,
      ...snapshot.pending.map((artifact) => `${artifactLabel(artifact)}: ${artifact.reason}`),
    ],
  };
}

function staleness({ stale, revision }: Snapshot): Problem[] {
  if (!stale) return [];
  const problem = problemOf(stale);
  return [{ ...problem, message: `${problem.message}; until it answers, its revision ${revision} holds` }];
}

/** Why what is not listed may all the same not have left. `unknown` is an artifact that was never rendered. */
function doubtOf({ complete, artifacts, pending }: Snapshot, unknown: PendingArtifact | undefined): string | undefined {
  if (!complete) return 'the list is not complete';
  if (artifacts.length === 0) return pending.length === 0 ? 'the list is empty' : 'no artifact has content';
  // Where a definition was made anew, so were its artifacts: the same things under other ids, and not all at once.
  return unknown && `${unknown.name} (${unknown.id}) is new and not rendered yet, and may be the same thing`;
}

function ofArtifact(
  sync: InfrahubSync,
  artifact: Artifact,
  target: Pick<Target, 'set' | 'namespace' | 'overrides'>,
  byName: ReadonlyMap<string, InventoryRecord>,
): OwnerIntent {
  const label = artifactLabel(artifact);
  const name = ownerName(sync, artifact.id, byName);
  const { namespace = target.namespace } = sync.destination;
  const server = destinationServer(sync.destination.server);
  const header = { name, set: target.set, sync: sync.name, artifact: label, checksum: artifact.digest, server };
  const decoded = decode(artifact.content, { source: sync.source.infrahubAPIURL, artifact: label });
  const record = byName.get(name);
  if (record && isEmptied(record, decoded)) return emptied(record, sync.name, `the artifact ${label}`);
  const policy = { ...sync.policy, ...target.overrides };
  return wanted(header, decoded, namespace, record, target.set, policy);
}

// Upstream named them by the bare id; such a one that is this sync's keeps its name.
function ownerName(sync: InfrahubSync, artifactId: string, byName: ReadonlyMap<string, InventoryRecord>): string {
  return byName.get(artifactId)?.header.sync === sync.name ? artifactId : `${sync.name}-${artifactId}`;
}

function empty(sync: InfrahubSync, owners: number): Problem {
  const left = owners > 0 ? `; nothing of what it gave before (artifacts: ${owners}) is deleted` : '';
  const message = `no artifact named "${sync.source.artefactName}" on branch "${sync.source.targetBranch}"${left}`;
  return problemOf(new VidraError('SOURCE_EMPTY', message, { subject: sync.name }));
}
