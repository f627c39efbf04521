import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { buildFolder, cacheFolder, keepLog } from '../../../src/sandbox/cache-folder.ts';
import { controlPlaneRecipe, kubernetesVersion } from '../../../src/sandbox/recipe.ts';

test('The cache is where the platform keeps it', () => {
  expect(cacheFolder({ HOME: '/home/ann' }, 'linux')).toBe('/home/ann/.cache/vidra/control-plane');
  expect(cacheFolder({ HOME: '/Users/ann' }, 'darwin')).toBe('/Users/ann/Library/Caches/vidra/control-plane');
  expect(cacheFolder({ LOCALAPPDATA: '/local' }, 'win32')).toBe('/local/vidra/control-plane');
});

test('XDG_CACHE_HOME wins', () => {
  expect(cacheFolder({ HOME: '/home/ann', XDG_CACHE_HOME: '/fast' }, 'linux')).toBe('/fast/vidra/control-plane');
});

test('A build is named after version, machine and pinned modules', () => {
  const name = basename(buildFolder({ HOME: '/home/ann' }, controlPlaneRecipe()));
  expect(name.startsWith(`${kubernetesVersion}-${process.platform}-${process.arch}-`)).toBe(true);
  expect(name).toMatch(/-[0-9a-f]{12}$/);
});

test('A kept log can be read by this user alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vidra-test-'));
  const path = keepLog({ XDG_CACHE_HOME: folder }, 'etcd', 'text');
  expect(path).toBe(join(folder, 'vidra/control-plane/failed-etcd.log'));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  rmSync(folder, { recursive: true });
});
