/** Objects that are on their way out. */
import type { ObjectMetadata } from '../cluster/metadata.ts';
import { keyOf } from '../manifest/manifest.ts';
import type { DestinationObservation } from './observation.ts';

/** Whether it is being deleted, or will be, since its Namespace is. */
export function isGoing(
  { reference, deleting }: ObjectMetadata,
  { live }: Pick<DestinationObservation, 'live'>,
): boolean {
  if (deleting) return true;
  const { namespace } = reference;
  if (namespace === '') return false;
  return live.get(keyOf({ group: '', kind: 'Namespace', namespace: '', name: namespace }))?.deleting === true;
}

/** For people, as a clause. */
export function describeGoing(live: ObjectMetadata): string {
  return `is being deleted, and ${waitsFor(live)}`;
}

/** What it still waits for, as far as it says so itself. */
export function waitsFor({ finalizers, deleting }: ObjectMetadata): string {
  if (!deleting) return 'goes with its Namespace';
  return `waits for ${finalizers.join(', ') || 'its contents'}`;
}
