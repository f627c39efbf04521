/** Tells whether a sync still asks for the same. */
import { digestOf } from '../manifest/json.ts';
import type { JsonValue } from '../manifest/manifest.ts';
import type { InfrahubSync } from './definition.ts';

/** Of all that a sync asks of its source. */
export function sourceDigest({ source }: Pick<InfrahubSync, 'source'>): string {
  return digestOf(source as unknown as JsonValue);
}
