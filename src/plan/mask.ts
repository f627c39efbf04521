/** Secret values never leave the plan readable: not in a difference, and not in a message of the server. */
import type { JsonValue, Manifest } from '../manifest/manifest.ts';
import type { Difference } from './plan.ts';

const secretPath =
  /^(data|stringData)\b|^metadata\.annotations\["kubectl\.kubernetes\.io\/last-applied-configuration"\]/;

export function isSecret(manifest: Pick<Manifest, 'apiVersion' | 'kind'>): boolean {
  return manifest.kind === 'Secret' && manifest.apiVersion === 'v1';
}

/** The difference with its values hidden, where they are a Secret's. */
export function maskDifference(manifest: Pick<Manifest, 'apiVersion' | 'kind'>, difference: Difference): Difference {
  if (!isSecret(manifest) || !secretPath.test(difference.path)) return difference;
  return {
    path: difference.path,
    ...('before' in difference ? { before: '*** (before)' } : {}),
    ...('after' in difference ? { after: '*** (after)' } : {}),
  };
}

/** A message about a manifest, without the values that it has as a Secret: the server may quote what it refuses. */
export function maskMessage(manifest: Manifest | undefined, message: string): string {
  if (!manifest || !isSecret(manifest)) return message;
  const values = [...Object.values(manifest['data'] ?? {}), ...Object.values(manifest['stringData'] ?? {})]
    .flatMap((value: JsonValue) => (typeof value === 'string' ? [value, Buffer.from(value, 'base64').toString()] : []))
    .flatMap((value) => [value, JSON.stringify(value).slice(1, -1), ...value.split('\n')])
    .filter((value) => value.length >= 3);
  // The longest first: a value may be a part of another one.
  const longestFirst = [...new Set(values)].sort((a, b) => b.length - a.length);
  return longestFirst.reduce((text, value) => text.replaceAll(value, '***'), message);
}
