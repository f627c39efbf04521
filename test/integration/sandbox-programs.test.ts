/** Where a control plane's programs come from, and what is said when they are not there. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { buildFolder, cacheFolder } from '../../src/sandbox/cache-folder.ts';
import { startControlPlane } from '../../src/sandbox/control-plane.ts';
import { findPrograms } from '../../src/sandbox/programs.ts';
import type { Progress } from '../../src/sandbox/progress.ts';
import { controlPlaneRecipe } from '../../src/sandbox/recipe.ts';

/** The programs that the global setup found or made, linked into one folder. */
let built: string;
let folder: string;

beforeAll(async () => {
  built = mkdtempSync(join(tmpdir(), 'vidra-test-'));
  const { etcd, apiServer, controllerManager } = await findPrograms({});
  symlinkSync(etcd, join(built, 'etcd'));
  symlinkSync(apiServer, join(built, 'kube-apiserver'));
  symlinkSync(controllerManager, join(built, 'kube-controller-manager'));
});

afterAll(() => rmSync(built, { recursive: true }));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vidra-test-'));
  for (const name of ['KUBEBUILDER_ASSETS', ...variables]) vi.stubEnv(name, undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const variables = ['TEST_ASSET_ETCD', 'TEST_ASSET_KUBE_APISERVER', 'TEST_ASSET_KUBE_CONTROLLER_MANAGER'];

const recipe = controlPlaneRecipe();
const programFiles = Object.keys(recipe.packages);
const ownFolder = () => buildFolder(process.env, recipe);

const emptyCache = () => vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
const noGo = () => vi.stubEnv('PATH', join(folder, 'no-programs'));

/** Makes a folder with some of the real programs. */
function linkPrograms(into: string, files: readonly string[]): void {
  mkdirSync(into, { recursive: true });
  for (const file of files) symlinkSync(join(built, file), join(into, file));
}

test('An envtest folder without a controller manager is completed from the cache', async () => {
  const assets = join(folder, 'assets');
  linkPrograms(assets, ['etcd', 'kube-apiserver']);
  vi.stubEnv('KUBEBUILDER_ASSETS', assets);
  emptyCache();
  noGo();
  linkPrograms(ownFolder(), programFiles);
  expect(await findPrograms({})).toEqual({
    etcd: join(assets, 'etcd'),
    apiServer: join(assets, 'kube-apiserver'),
    controllerManager: join(ownFolder(), 'kube-controller-manager'),
  });
});

test('A variable that names one program wins over the folder', async () => {
  const assets = join(folder, 'assets');
  linkPrograms(assets, programFiles);
  copyFileSync(join(built, 'etcd'), join(folder, 'my-etcd'));
  vi.stubEnv('KUBEBUILDER_ASSETS', assets);
  vi.stubEnv('TEST_ASSET_ETCD', join(folder, 'my-etcd'));
  emptyCache();
  noGo();
  expect(await findPrograms({})).toEqual({
    etcd: join(folder, 'my-etcd'),
    apiServer: join(assets, 'kube-apiserver'),
    controllerManager: join(assets, 'kube-controller-manager'),
  });
});

test('A variable that names nothing is refused instead of ignored', async () => {
  vi.stubEnv('TEST_ASSET_KUBE_APISERVER', join(folder, 'nothing'));
  await expect(findPrograms({})).rejects.toMatchObject({
    code: 'CONTROL_PLANE_MISSING',
    message: expect.stringContaining(`TEST_ASSET_KUBE_APISERVER names ${join(folder, 'nothing')}`),
  });
});

test('Neither programs nor Go: the error names every way to get them', async () => {
  emptyCache();
  noGo();
  const error = await startControlPlane().catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'CONTROL_PLANE_MISSING', exit: 1 });
  const { message, hint } = error as Error & { hint: string };
  for (const way of ['KUBEBUILDER_ASSETS', ...variables]) expect(message).toContain(way);
  expect(hint).toContain('Go 1.26');
});

test('A folder that a killed build left is not taken for a build', async () => {
  emptyCache();
  noGo();
  const target = ownFolder();
  linkPrograms(`${target}.unfinished-1-0badf00d`, programFiles);
  await expect(findPrograms({})).rejects.toMatchObject({ code: 'CONTROL_PLANE_MISSING' });
  linkPrograms(target, ['etcd']);
  writeFileSync(join(target, 'kube-apiserver'), 'half a program', { mode: 0o644 });
  await expect(findPrograms({})).rejects.toMatchObject({ code: 'CONTROL_PLANE_MISSING' });
  rmSync(join(target, 'kube-apiserver'));
  symlinkSync(join(built, 'kube-apiserver'), join(target, 'kube-apiserver'));
  symlinkSync(join(built, 'kube-controller-manager'), join(target, 'kube-controller-manager'));
  expect((await findPrograms({})).etcd).toBe(join(target, 'etcd'));
});

test('A build that fails says the last lines of Go, keeps its log and leaves no folder', async () => {
  emptyCache();
  vi.stubEnv('GOPROXY', 'off');
  vi.stubEnv('GOMODCACHE', join(folder, 'modules'));
  const log = join(cacheFolder(process.env), 'failed-go.log');
  await expect(startControlPlane()).rejects.toMatchObject({
    code: 'CONTROL_PLANE_FAILED',
    subject: log,
    message: expect.stringContaining('GOPROXY=off'),
  });
  expect(existsSync(log)).toBe(true);
  expect(readdirSync(cacheFolder(process.env))).toEqual([basename(log)]);
});

test.each(['download', 'build'])('A build is interrupted when it is aborted in the phase %s', async (phase) => {
  emptyCache();
  mkdirSync(join(folder, 'cache'));
  const aborter = new AbortController();
  const onProgress = (progress: Progress) => {
    if (progress.phase === phase) setTimeout(() => aborter.abort(), 500);
  };
  await expect(findPrograms({ signal: aborter.signal, onProgress })).rejects.toMatchObject({ code: 'INTERRUPTED' });
  expect(existsSync(ownFolder())).toBe(false);
  expect(
    readdirSync(join(folder, 'cache'), { recursive: true }).filter((path) => `${path}`.includes('unfinished')),
  ).toEqual([]);
});

test('A program that does not start is named, with its log kept and its folder gone', async () => {
  vi.stubEnv('TEST_ASSET_ETCD', join(built, 'kube-apiserver'));
  vi.stubEnv('TEST_ASSET_KUBE_APISERVER', join(built, 'kube-apiserver'));
  vi.stubEnv('TEST_ASSET_KUBE_CONTROLLER_MANAGER', join(built, 'kube-controller-manager'));
  vi.stubEnv('TMPDIR', folder);
  emptyCache();
  await expect(startControlPlane()).rejects.toMatchObject({
    code: 'CONTROL_PLANE_FAILED',
    subject: join(cacheFolder(process.env), 'failed-etcd.log'),
    message: expect.stringContaining('unknown flag: --data-dir'),
  });
  expect(readdirSync(folder)).toEqual(['cache']);
});
