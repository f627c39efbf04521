/** Keeps a definition until what belongs to it is gone. */
import type { Cluster } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import { resourceFinalizer } from '../inventory/resources.ts';
import type { Manifest, ObjectReference } from '../manifest/manifest.ts';
import type { Followed } from './followed.ts';

const finalizers = {
  InfrahubSync: 'infrahubsync.infrahub.operators.com/finalizer',
  VidraResource: resourceFinalizer,
} as const;

const manager = 'vidra';
const attempts = 5;

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

/** At the newest version of the very same object; one that is gone meanwhile needs nothing. */
async function change(
  home: Cluster,
  followed: Followed,
  first: Manifest | undefined,
  next: (own: readonly string[]) => readonly string[],
): Promise<void> {
  const { type, kind, name, stored } = followed;
  const { uid } = stored;
  let current = first;
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (current?.metadata['uid'] !== uid) return;
    const own = (current.metadata['finalizers'] ?? []) as readonly string[];
    const wanted = next(own);
    if (wanted.length === own.length) return;
    const resourceVersion = current.metadata['resourceVersion'] as string;
    const operation = { op: 'add' as const, path: '/metadata/finalizers', value: wanted };
    if (await home.patch(type, referenceOf(followed), [operation], { uid, resourceVersion, manager })) return;
    current = await home.get(type, referenceOf(followed));
  }
  throw new VidraError('CLUSTER_FAILED', 'its finalizers could not be written: it changes all the time', {
    subject: `${kind} ${name}`,
  });
}

function referenceOf({ type, name }: Followed): ObjectReference {
  return { ...type, namespace: '', name };
}
