/** Waits until one object that was deleted is gone, because another one is to take its place. */
import type { Cluster } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import type { Health } from '../manifest/health.ts';
import { describe, type Manifest, type ObjectReference } from '../manifest/manifest.ts';
import { removalReason } from '../manifest/removal.ts';
import { awaitObjects } from './await-objects.ts';
import type { Run } from './run.ts';

/** Gone, or another one of its name. At `until` (milliseconds since 1970), throws TIMEOUT with what it waits for; or INTERRUPTED. */
export async function awaitGone(
  cluster: Cluster,
  { reference, uid }: { readonly reference: ObjectReference; readonly uid: string },
  run: Run,
  until: number,
): Promise<void> {
  const judge = (object: Manifest | undefined): Health => {
    if (object?.metadata['uid'] !== uid) return { state: 'current', reason: '' };
    return { state: 'progressing', reason: removalReason(object as Manifest) };
  };
  const name = describe(reference);
  const [sight] = await awaitObjects([{ cluster, reference, judge }], {
    signal: run.signal,
    until,
    tell: (left) => {
      run.emit({ type: 'waiting', objects: left.map(({ health }) => ({ name, reason: health?.reason ?? '' })) });
    },
  });
  if (sight?.health?.state === 'current') return;
  const message = `is being deleted: ${sight?.health?.reason ?? 'nobody knows what it waits for'}`;
  throw new VidraError(run.signal.aborted ? 'INTERRUPTED' : 'TIMEOUT', message);
}
