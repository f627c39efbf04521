/** A cache of contents that outlives the process: one file per checksum, for this user only. */

import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ArtifactCache, checksumOf } from './artifact-cache.ts';

const checksumName = /^[0-9a-f]{32}$/;
const leftoverAfterMs = 3_600_000;

/**
 * Keeps contents in `folder` (created with mode 0700; files 0600), several processes at a time. Contents used longest ago go
 * when the folder would pass `maxBytes`. A file whose content is not that of its name is ignored and removed; a folder
 * that cannot be used makes the cache empty, never an error.
 */
export function folderCache(folder: string, maxBytes = 1024 * 1024 * 1024): ArtifactCache {
  return {
    async get(checksum) {
      if (!checksumName.test(checksum)) return undefined;
      const path = join(folder, checksum);
      const content = await readFile(path).catch(() => undefined);
      if (!content) return undefined;
      if (checksumOf(content) !== checksum) {
        await rm(path, { force: true }).catch(() => {});
        return undefined;
      }
      const now = new Date();
      await utimes(path, now, now).catch(() => {});
      return content;
    },
    async put(checksum, content) {
      if (!checksumName.test(checksum) || content.length > maxBytes) return;
      await store(folder, checksum, content).catch(() => {});
      await shrink(folder, maxBytes).catch(() => {});
    },
  };
}

/** Written beside and moved into place, so that nobody reads half a file. */
async function store(folder: string, checksum: string, content: Uint8Array): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = join(folder, `.${checksum}.${randomUUID()}`);
  try {
    await writeFile(temporary, content, { mode: 0o600, flag: 'wx' });
    await rename(temporary, join(folder, checksum));
  } finally {
    await rm(temporary, { force: true });
  }
}

async function shrink(folder: string, maxBytes: number): Promise<void> {
  const files = await Promise.all((await readdir(folder)).map((name) => measure(folder, name)));
  const kept = files.filter((file) => file !== undefined).sort((left, right) => left.usedMs - right.usedMs);
  let size = kept.reduce((sum, file) => sum + file.size, 0);
  for (const file of kept) {
    if (size <= maxBytes && !file.leftover) continue;
    await rm(file.path, { force: true });
    size -= file.size;
  }
}

/** Names that are not the cache's own are left alone; temporary files of a process that died count as leftovers. */
async function measure(folder: string, name: string) {
  const temporary = /^\.[0-9a-f]{32}\./.test(name);
  if (!temporary && !checksumName.test(name)) return undefined;
  const path = join(folder, name);
  const details = await stat(path).catch(() => undefined);
  if (!details) return undefined;
  const leftover = temporary && Date.now() - details.mtimeMs > leftoverAfterMs;
  if (temporary && !leftover) return undefined;
  return { path, size: details.size, usedMs: details.mtimeMs, leftover };
}
