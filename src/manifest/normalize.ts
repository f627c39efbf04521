/** Makes of an object what server-side apply wants to see. */

import type { Manifest } from './manifest.ts';
import type { Finding } from './shape.ts';

export interface Normalized {
  readonly manifest: Manifest;
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/** Never throws. With problems, the manifest must not be applied. */
export function normalize(manifest: Manifest): Normalized {
  return { manifest, problems: [], warnings: [] };
}
