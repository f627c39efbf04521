/** Tells VidraResources that are definitions from those that are only records of owners. */
import type { Manifest } from '../manifest/manifest.ts';
import { isObject } from '../manifest/shape.ts';

/** A VidraResource that Vidra made: without manifests, or with those that upstream's operator put there for a sync. */
export function isRecord({ kind, metadata, spec, status }: Manifest): boolean {
  if (kind !== 'VidraResource') return false;
  const owners = metadata['ownerReferences'];
  const isOfSync = Array.isArray(owners) && owners.some((owner) => isObject(owner) && owner['kind'] === 'InfrahubSync');
  const inventory = isObject(status) ? status['inventory'] : undefined;
  const manifest = isObject(spec) ? spec['manifest'] : undefined;
  return manifest === undefined || isOfSync || (isObject(inventory) && inventory['sync'] !== undefined);
}
