import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checksumOf, memoryCache } from '../../../src/source/artifact-cache.ts';
import { folderCache } from '../../../src/source/artifact-cache-folder.ts';

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'vidra-cache-'));
  folder = join(parent, 'contents');
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const contents = ['first', 'other', 'third'].map((text) => Buffer.from(text));
const [first, second, third] = contents.map((content) => ({ content, checksum: checksumOf(content) })) as [
  { content: Buffer; checksum: string },
  { content: Buffer; checksum: string },
  { content: Buffer; checksum: string },
];

describe.each([
  ['memory', (maxBytes?: number) => memoryCache(maxBytes)],
  ['folder', (maxBytes?: number) => folderCache(folder, maxBytes)],
])('the cache in a %s', (_, create) => {
  it('gives back what was put, and nothing for another checksum', async () => {
    const cache = create();
    await cache.put(first.checksum, first.content);
    expect(Buffer.from((await cache.get(first.checksum)) ?? [])).toEqual(first.content);
    expect(await cache.get(second.checksum)).toBeUndefined();
  });

  it('keeps no content over its limit', async () => {
    const cache = create(4);
    await cache.put(first.checksum, first.content);
    expect(await cache.get(first.checksum)).toBeUndefined();
  });
});

it('forgets in memory what was used longest ago', async () => {
  const cache = memoryCache(10);
  await cache.put(first.checksum, first.content);
  await cache.put(second.checksum, second.content);
  await cache.get(first.checksum);
  await cache.put(third.checksum, third.content);
  expect(await cache.get(second.checksum)).toBeUndefined();
  expect(await cache.get(first.checksum)).toBeDefined();
});

it('removes from the folder what was used longest ago, and nothing that is not its own', async () => {
  const cache = folderCache(folder, 10);
  await cache.put(first.checksum, first.content);
  await cache.put(second.checksum, second.content);
  await writeFile(join(folder, 'notes.txt'), 'mine');
  await utimes(join(folder, second.checksum), 1, 1);
  await cache.put(third.checksum, third.content);
  expect((await readdir(folder)).sort()).toEqual([first.checksum, third.checksum, 'notes.txt'].sort());
});

it('is for this user only and leaves no temporary file', async () => {
  await folderCache(folder).put(first.checksum, first.content);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder, first.checksum))).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual([first.checksum]);
});

it('does not give out a file whose content was changed, and removes it', async () => {
  const cache = folderCache(folder);
  await cache.put(first.checksum, first.content);
  await writeFile(join(folder, first.checksum), 'changed');
  expect(await cache.get(first.checksum)).toBeUndefined();
  expect(await readdir(folder)).toEqual([]);
});

it('never leaves its folder, whatever the checksum', async () => {
  await writeFile(join(parent, 'secret'), 'secret');
  const cache = folderCache(folder);
  await cache.put('../evil', first.content);
  expect(await cache.get('../secret')).toBeUndefined();
  expect(await readdir(parent)).toEqual(['secret']);
});

it('is empty, and no error, where the folder cannot be made', async () => {
  await writeFile(folder, 'a file in the way');
  const cache = folderCache(folder);
  await cache.put(first.checksum, first.content);
  expect(await cache.get(first.checksum)).toBeUndefined();
});
