/** Tells VidraResources that are definitions from those that are only records of owners. */
import type { Manifest } from '../manifest/manifest.ts';
import { isObject } from '../manifest/shape.ts';

/** A VidraResource that Vidra made: without manifests, or with those that upstream's operator put there for a sync. */
export function isRecord(object: Manifest): boolean {
  const { kind, spec } = object;
  if (kind !== 'VidraResource') return false;
  const manifest = isObject(spec) ? spec['manifest'] : undefined;
  return manifest === undefined || syncOfRecord(object) !== undefined;
}

/** The InfrahubSync that a record's owner comes from; the operator before Vidra noted it in the ownerReferences only. */
export function syncOfRecord({ metadata, status }: Manifest): string | undefined {
  const inventory = isObject(status) ? status['inventory'] : undefined;
  const noted = isObject(inventory) ? inventory['sync'] : undefined;
  if (typeof noted === 'string') return noted;
  const owners = (metadata['ownerReferences'] ?? []) as readonly { readonly kind: string; readonly name: string }[];
  return owners.find(({ kind }) => kind === 'InfrahubSync')?.name;
}
