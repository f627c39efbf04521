import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fileSource, readFiles } from '../../../src/source/files.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'vidra-files-'));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

async function write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(cwd, path, '..'), { recursive: true });
    await writeFile(join(cwd, path), content);
  }
}

async function* stream(...pieces: (string | Uint8Array)[]) {
  yield* pieces;
}

const names = (artifacts: readonly { name: string }[]) => artifacts.map(({ name }) => name);

it('reads one file with its SHA-256, whatever its ending', async () => {
  await write({ 'web.tpl': 'kind: Pod\n' });
  const digest = createHash('sha256').update('kind: Pod\n').digest('hex');
  expect(await readFiles(['web.tpl'], { cwd })).toEqual([
    { id: 'web.tpl', name: 'web.tpl', digest, content: 'kind: Pod\n' },
  ]);
});

it('reads a folder with the folders in it, sorted, without hidden and other files', async () => {
  await write({
    'd/b.yml': '',
    'd/a.json': '',
    'd/e/c.yaml': '',
    'd/.hidden.yaml': '',
    'd/.git/x.yaml': '',
    'd/notes.md': '',
  });
  expect(names(await readFiles(['d'], { cwd }))).toEqual(['d/a.json', 'd/b.yml', 'd/e/c.yaml']);
  expect(names(await readFiles([join(cwd, 'd')], { cwd }))).toHaveLength(3);
  expect(names(await readFiles(['.'], { cwd }))).toEqual(['d/a.json', 'd/b.yml', 'd/e/c.yaml']);
});

it('reads what a pattern matches, and each file once', async () => {
  await write({ 'd/a.yaml': '', 'd/e/b.yaml': '', 'c.yaml': '' });
  expect(names(await readFiles(['d/**/*.yaml', 'c.yaml', './c.yaml', 'd/a.yaml'], { cwd }))).toEqual([
    'd/a.yaml',
    'd/e/b.yaml',
    'c.yaml',
  ]);
});

it('finds hidden files only by a pattern that writes their dot', async () => {
  await write({ '.a.yaml': '', 'd/.b/c.yaml': '', 'd/e.yaml': '' });
  expect(names(await readFiles(['.*.yaml', 'd/.b/*.yaml'], { cwd }))).toEqual(['.a.yaml', 'd/.b/c.yaml']);
  expect(names(await readFiles(['**/*.yaml'], { cwd }))).toEqual(['d/e.yaml']);
});

it('takes a name with wildcard letters literally when there is such a file', async () => {
  await write({ 'a{1}.yaml': 'x: 1' });
  expect(names(await readFiles(['a{1}.yaml'], { cwd }))).toEqual(['a{1}.yaml']);
});

it.each([
  ['missing.yaml', 'does not exist'],
  ['*.yaml', 'matches no file'],
  ['nowhere/*.yaml', 'matches no file'],
  ['empty', 'holds no *.yaml'],
])('names the pattern %s when it means nothing', async (pattern, reason) => {
  await mkdir(join(cwd, 'empty'));
  const reading = readFiles([pattern], { cwd });
  await expect(reading).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND', subject: pattern });
  await expect(reading).rejects.toThrow(reason);
});

it('does not run in circles through links, and follows a link to a file', async () => {
  await write({ 'd/a.yaml': 'x: 1' });
  await symlink('..', join(cwd, 'd/up'));
  await symlink('a.yaml', join(cwd, 'd/b.yaml'));
  expect(names(await readFiles(['d'], { cwd }))).toContain('d/b.yaml');
  expect(names(await readFiles(['d'], { cwd })).filter((name) => name.startsWith('d/up/d/up'))).toEqual([]);
});

it('reports a link to nothing instead of leaving the file out', async () => {
  await write({ 'd/a.yaml': 'x: 1' });
  await symlink('gone.yaml', join(cwd, 'd/b.yaml'));
  await expect(readFiles(['d'], { cwd })).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND', subject: 'd/b.yaml' });
});

it('refuses a file that is not UTF-8 and names it', async () => {
  await write({ 'a.yaml': Buffer.from([0x6b, 0xff, 0xfe]) });
  await expect(readFiles(['a.yaml'], { cwd })).rejects.toThrow(/^a\.yaml: is not UTF-8/);
});

it('refuses a file over the limit, and takes one of exactly the limit', async () => {
  await write({ 'a.yaml': 'x'.repeat(11), 'b.yaml': 'x'.repeat(10) });
  await expect(readFiles(['a.yaml'], { cwd, maxBytes: 10 })).rejects.toMatchObject({ code: 'SOURCE_TOO_LARGE' });
  expect(await readFiles(['b.yaml'], { cwd, maxBytes: 10 })).toHaveLength(1);
});

it('reads standard input in pieces that cut a letter in two', async () => {
  const [first, second] = [Buffer.from('a: Gr\u00fc').subarray(0, 6), Buffer.from('a: Gr\u00fc').subarray(6)];
  const [artifact] = await readFiles(['-'], { cwd, stdin: stream(first, second) });
  expect(artifact).toMatchObject({ id: '-', name: 'standard input', content: 'a: Grü' });
});

it('drops a byte order mark', async () => {
  await write({ 'a.yaml': '\uFEFFkind: Pod' });
  expect((await readFiles(['a.yaml'], { cwd }))[0]?.content).toBe('kind: Pod');
});

it('gives a new revision when a file changes, and the same one when it does not', async () => {
  await write({ 'd/a.yaml': 'x: 1' });
  const source = fileSource(['d'], { cwd });
  const signal = new AbortController().signal;
  const [first, second] = [await source.fetch(signal), await source.fetch(signal)];
  expect(second.revision).toBe(first.revision);
  expect(first).toMatchObject({ complete: true, pending: [], warnings: [] });
  await write({ 'd/a.yaml': 'x: 2' });
  expect((await source.fetch(signal)).revision).not.toBe(first.revision);
});

it('gives standard input again with each fetch', async () => {
  const source = fileSource(['-'], { cwd, stdin: stream('kind: Pod') });
  const signal = new AbortController().signal;
  await source.fetch(signal);
  expect((await source.fetch(signal)).artifacts[0]?.content).toBe('kind: Pod');
  expect(source.description).toBe('standard input');
});

it('stops when interrupted', async () => {
  await write({ 'a.yaml': '' });
  await expect(fileSource(['a.yaml'], { cwd }).fetch(AbortSignal.abort())).rejects.toMatchObject({
    code: 'INTERRUPTED',
  });
});

it('stops when interrupted while it waits for standard input, which never ends', async () => {
  const interruption = new AbortController();
  const stdin = {
    async *[Symbol.asyncIterator]() {
      yield 'kind: x';
      interruption.abort();
      await new Promise(() => {});
    },
  };
  await expect(readFiles(['-'], { cwd, stdin }, interruption.signal)).rejects.toMatchObject({
    code: 'INTERRUPTED',
    subject: 'standard input',
  });
});
