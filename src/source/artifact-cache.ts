/** Contents that were downloaded before, by their checksum, so that they are not downloaded again. */

import { createHash } from 'node:crypto';

/** Keeps contents by MD5 in hexadecimal. Losing one is no error: it is downloaded again. */
export interface ArtifactCache {
  get(checksum: string): Promise<Uint8Array | undefined>;
  put(checksum: string, content: Uint8Array): Promise<void>;
}

/** The checksum that Infrahub gives to this content. */
export function checksumOf(content: Uint8Array): string {
  return createHash('md5').update(content).digest('hex');
}

/** A cache that lives with the process. The contents used longest ago go first when it would pass `maxBytes`. */
export function memoryCache(maxBytes = 256 * 1024 * 1024): ArtifactCache {
  const contents = new Map<string, Uint8Array>();
  let size = 0;
  const forget = (checksum: string) => {
    size -= contents.get(checksum)?.length ?? 0;
    contents.delete(checksum);
  };
  return {
    async get(checksum) {
      const content = contents.get(checksum);
      if (!content) return undefined;
      contents.delete(checksum);
      contents.set(checksum, content);
      return content;
    },
    async put(checksum, content) {
      forget(checksum);
      if (content.length > maxBytes) return;
      contents.set(checksum, content);
      size += content.length;
      for (const oldest of contents.keys()) {
        if (size <= maxBytes) break;
        forget(oldest);
      }
    },
  };
}
