/** Keeps a definition until what belongs to it is gone. */
import type { Cluster } from '../cluster/cluster.ts';
import { resourceFinalizer } from '../inventory/resources.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { Followed } from './followed.ts';

const finalizers = {
  InfrahubSync: 'infrahubsync.infrahub.operators.com/finalizer',
  VidraResource: resourceFinalizer,
} as const;

const manager = 'vidra';
const attempts = 5;

/** Before anything is made for the definition. */
export function addFinalizer(home: Cluster, followed: Followed): Promise<void> {
  const finalizer = finalizers[followed.kind];
  return change(home, followed, (own) => (own.includes(finalizer) ? own : [...own, finalizer]));
}

/** When nothing is left of it. The definition is gone then, unless others hold it. */
export function removeFinalizer(home: Cluster, followed: Followed): Promise<void> {
  const finalizer = finalizers[followed.kind];
  return change(home, followed, (own) => own.filter((one) => one !== finalizer));
}

/** At the newest version of the very same object; one that is gone meanwhile needs nothing. */
async function change(
  home: Cluster,
  { type, object, stored: { uid } }: Followed,
  next: (own: readonly string[]) => readonly string[],
): Promise<void> {
  const reference = { ...type, namespace: '', name: object.metadata.name };
  let current: Manifest | undefined = object;
  for (let attempt = 0; attempt < attempts && current?.metadata['uid'] === uid; attempt++) {
    const own = (current.metadata['finalizers'] ?? []) as readonly string[];
    const wanted = next(own);
    if (wanted.length === own.length) return;
    const resourceVersion = current.metadata['resourceVersion'] as string;
    const operation = { op: 'add' as const, path: '/metadata/finalizers', value: wanted };
    if (await home.patch(type, reference, [operation], { uid, resourceVersion, manager })) return;
    current = await home.get(type, reference);
  }
}
