/** Small changes of one object that others change, too: at its newest version, whichever that is by then. */
import { pointerStep } from '../manifest/json-pointer.ts';
import type { Manifest, ObjectReference } from '../manifest/manifest.ts';
import type { Cluster, PatchOperation, ResourceType } from './cluster.ts';

export interface Changing {
  readonly reference: ObjectReference;
  /** Another object of the same name is left alone. */
  readonly uid: string;
  readonly manager: string;
  /** What to do with the object as it is now; nothing when it is right. */
  readonly operationsFor: (object: Manifest) => readonly PatchOperation[];
}

const attempts = 5;

/** `first` is the object as last seen; nothing when it is gone. `contested`: others changed it each time. Throws a VidraError CLUSTER_*. */
export async function changeNewest(
  cluster: Cluster,
  type: ResourceType,
  first: Manifest | undefined,
  { reference, uid, manager, operationsFor }: Changing,
): Promise<'changed' | 'unchanged' | 'gone' | 'contested'> {
  let object = first;
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (object?.metadata['uid'] !== uid) return 'gone';
    const operations = operationsFor(object);
    if (operations.length === 0) return 'unchanged';
    const resourceVersion = object.metadata['resourceVersion'] as string;
    if (await cluster.patch(type, reference, operations, { uid, resourceVersion, manager })) return 'changed';
    object = await cluster.get(type, reference);
  }
  return 'contested';
}

/** Where an annotation is, as a JSON pointer. */
export function annotationPath(name: string): string {
  return `/metadata/annotations${pointerStep(name)}`;
}
