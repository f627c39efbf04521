/** Keeps a definition until what belongs to it is gone. */
import { changeNewest } from '../cluster/change-newest.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import { resourceFinalizer } from '../inventory/resources.ts';
import type { Manifest, ObjectReference } from '../manifest/manifest.ts';
import type { Followed } from './followed.ts';

const finalizers = {
  InfrahubSync: 'infrahubsync.infrahub.operators.com/finalizer',
  VidraResource: resourceFinalizer,
} as const;

/** Before anything is made for the definition. Throws a VidraError when the home cluster cannot be written to. */
export function addFinalizer(home: Cluster, followed: Followed): Promise<void> {
  const finalizer = finalizers[followed.kind];
  return change(home, followed, followed.object, (own) => (own.includes(finalizer) ? own : [...own, finalizer]));
}

/** When nothing is left of it. The definition is gone then, unless others hold it. Throws as `addFinalizer` does. */
export async function removeFinalizer(home: Cluster, followed: Followed): Promise<void> {
  const finalizer = finalizers[followed.kind];
  const live = await home.get(followed.type, referenceOf(followed));
  await change(home, followed, live, (own) => own.filter((one) => one !== finalizer));
}

async function change(
  home: Cluster,
  followed: Followed,
  first: Manifest | undefined,
  next: (own: readonly string[]) => readonly string[],
): Promise<void> {
  const { type, kind, name, stored } = followed;
  const end = await changeNewest(home, type, first, {
    reference: referenceOf(followed),
    uid: stored.uid,
    manager: 'vidra',
    operationsFor({ metadata }) {
      const own = (metadata['finalizers'] ?? []) as readonly string[];
      const wanted = next(own);
      if (wanted.length === own.length) return [];
      return [{ op: 'add', path: '/metadata/finalizers', value: wanted }];
    },
  });
  if (end !== 'contested') return;
  throw new VidraError('CLUSTER_FAILED', 'its finalizers could not be written: it changes all the time', {
    subject: `${kind} ${name}`,
  });
}

function referenceOf({ type, name }: Followed): ObjectReference {
  return { ...type, namespace: '', name };
}
