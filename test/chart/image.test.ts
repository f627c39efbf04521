/** The Dockerfile builds what is built here, from no more than it copies. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readImage } from '../support/image.ts';

const root = join(import.meta.dirname, '../..');

function digests(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length));
  const digest = (path: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder, path)))
      .digest('hex');
  return Object.fromEntries(paths.sort().map((path) => [path, digest(path)]));
}

/** Builds in a folder of its own from some of what is in the repository. */
function build(paths: readonly string[]): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'vidra-image-'));
  for (const path of paths) cpSync(join(root, path), join(folder, path), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: folder });
  const built = digests(join(folder, 'dist'));
  rmSync(folder, { recursive: true });
  return built;
}

it('What the Dockerfile copies makes the same bundle as the whole repository, wherever it is built', () => {
  const built = build(readImage().sources);
  expect(Object.keys(built).length).toBeGreaterThan(5);
  expect(built).toEqual(build(readdirSync(root).filter((name) => !['.git', 'node_modules', 'dist'].includes(name))));
});

it('What the Dockerfile copies reaches the builder, and nothing else', () => {
  const lines = readFileSync(join(root, '.ci/Dockerfile.dockerignore'), 'utf8').trim().split('\n');
  expect(lines[0]).toBe('*');
  expect(lines.slice(1).sort()).toEqual(
    readImage()
      .sources.map((path) => `!${path}`)
      .sort(),
  );
});
