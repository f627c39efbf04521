/** Objects that are meant to go by themselves. */
import { groupVersion, type JsonObject, type Manifest } from './manifest.ts';

/** Whether it is a Job that the cluster deletes some time after it has ended. */
export function isPassing(object: Manifest): boolean {
  if (object.kind !== 'Job' || groupVersion(object.apiVersion).group !== 'batch') return false;
  return (object['spec'] as JsonObject | undefined)?.['ttlSecondsAfterFinished'] !== undefined;
}
