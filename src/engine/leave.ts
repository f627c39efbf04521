/** Leaves an object as it is, with nothing on it that says that an owner has applied it. */
import type { Cluster, PatchOperation, ResourceType } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import { managedFieldsOf } from '../manifest/field-set.ts';
import type { JsonObject, JsonValue, Manifest } from '../manifest/manifest.ts';
import {
  isOwnerManager,
  isUpstreamEntry,
  managedLabel,
  type Owner,
  ownersBut,
  withoutMarks,
  withoutReferenceTo,
} from '../manifest/owner.ts';
import type { ReleaseChange } from '../plan/plan.ts';
import { entriesOperation, patchLive } from './patch-live.ts';

/**
 * In one request, so that no moment has the one without the other. Of another object of that name nothing is touched. Unless it
 * may be nobody's then, throws PLAN_STALE when it would be.
 */
export function leaveObject(
  cluster: Cluster,
  type: ResourceType,
  owner: Owner,
  change: Pick<ReleaseChange, 'reference' | 'uid' | 'leave'>,
): Promise<void> {
  return patchLive(cluster, type, change.reference, upstreamHolder, (live) => {
    if (live.metadata['uid'] !== change.uid) return [];
    if (!change.leave)
      mustBeShared(owner, {
        annotations: live.metadata.annotations ?? {},
        managers: managersOf(live),
        ...controllerOf(live),
      });
    return leave(cluster, type, owner, live);
  });
}

/** Throws PLAN_STALE when everybody else has left the object: without this owner, too, it would be nobody's, and stay for ever. */
export function mustBeShared(owner: Owner, live: Parameters<typeof ownersBut>[1]): void {
  if (ownersBut([owner], live).length > 0) return;
  throw new VidraError('PLAN_STALE', 'is not wanted by anybody else any more since it was planned');
}

function leave(cluster: Cluster, type: ResourceType, owner: Owner, live: Manifest): PatchOperation[] {
  const entries = managedFieldsOf(live);
  const others = entries.filter(({ manager }) => manager !== owner.manager);
  const marks = Object.entries(withoutMarks(owner, live.metadata, managersOf(live)));
  return [
    ...(others.length < entries.length ? [entriesOperation(cluster, type, others)] : []),
    ...marks.flatMap(([field, value]): PatchOperation[] => {
      const before = (live.metadata[field] ?? {}) as JsonObject;
      const isSame = Object.entries(before).every(([name, text]) => value[name] === text);
      return isSame ? [] : [{ op: 'replace', path: `/metadata/${field}`, value }];
    }),
    ...referenceOperations(owner, live),
  ];
}

type Reference = JsonObject & { readonly kind: string; readonly name: string; readonly controller?: boolean };

function referencesOf({ metadata }: Manifest): readonly Reference[] {
  return (metadata['ownerReferences'] ?? []) as readonly Reference[];
}

function controllerOf(live: Manifest): { readonly controller?: Reference } {
  const controller = referencesOf(live).find((reference) => reference.controller);
  return controller ? { controller } : {};
}

function referenceOperations(owner: Owner, live: Manifest): PatchOperation[] {
  const references = referencesOf(live);
  const others = withoutReferenceTo(owner, references);
  if (others.length === references.length) return [];
  return [{ op: 'replace', path: '/metadata/ownerReferences', value: others as JsonValue }];
}

function managersOf(live: Manifest): { readonly manager: string }[] {
  return managedFieldsOf(live).map(({ manager = '' }) => ({ manager }));
}

/** Who holds the list of upstream's owners, of which one goes: it stays his, and is never one's who has left. */
function upstreamHolder(live: Manifest): string {
  const holder = managedFieldsOf(live).find((entry) => isUpstreamEntry(entry) && !isOwnerManager(entry.manager ?? ''));
  return holder?.manager ?? managedLabel.value;
}
