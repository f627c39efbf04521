/** What people let a definition do, by annotations on it; once. */
import { annotationPath, changeNewest } from '../cluster/change-newest.ts';
import type { Cluster, PatchOperation, ResourceType } from '../cluster/cluster.ts';
import { definitionAnnotations } from '../definition/annotations.ts';
import type { Stored } from '../definition/definition.ts';
import type { Outcome } from '../engine/run.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { Consent } from '../plan/guards.ts';

/** Subjects of guards are separated by commas. */
export function consentOf({ annotations }: Stored): Consent {
  const confirmed = (annotations[definitionAnnotations.confirm] ?? '').split(',').map((subject) => subject.trim());
  return { confirmed: confirmed.filter((subject) => subject !== '') };
}

/** Names of the annotations that a run has made use of: a plan of which something was done was that very plan only once. */
export function usedBy({ annotations }: Stored, outcomes: readonly Outcome[]): string[] {
  const done = outcomes.filter(({ result }) => result === 'succeeded').map(({ change }) => change.action);
  const { approve, confirm } = definitionAnnotations;
  const used = [...(done.length > 0 ? [approve] : []), ...(done.includes('delete') ? [confirm] : [])];
  return used.filter((name) => annotations[name] !== undefined);
}

/** Takes used consents off a definition, unless somebody has said something else by them since. Throws a VidraError CLUSTER_*. */
export async function withdraw(
  home: Cluster,
  { type, object }: { readonly type: ResourceType; readonly object: Manifest },
  { uid, annotations }: Stored,
  used: readonly string[],
): Promise<void> {
  if (used.length === 0) return;
  await changeNewest(home, type, object, {
    reference: { ...type, namespace: '', name: object.metadata.name },
    uid,
    manager: 'vidra',
    operationsFor: ({ metadata }) =>
      used
        .filter((name) => metadata.annotations?.[name] === annotations[name])
        .map((name): PatchOperation => ({ op: 'remove', path: annotationPath(name) })),
  });
}
