/** Where built programs are kept between runs, and the logs of those that failed. */
import { createHash } from 'node:crypto';
import { accessSync, constants, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Recipe } from './recipe.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The user's cache folder for programs; it may not exist yet. */
export function cacheFolder(env: Environment, platform: NodeJS.Platform = process.platform): string {
  return join(userCache(env, platform), 'vidra', 'control-plane');
}

function userCache(env: Environment, platform: NodeJS.Platform): string {
  if (env['XDG_CACHE_HOME']) return env['XDG_CACHE_HOME'];
  const home = env['HOME'] || homedir();
  if (platform === 'win32') return env['LOCALAPPDATA'] || join(home, 'AppData', 'Local');
  return platform === 'darwin' ? join(home, 'Library', 'Caches') : join(home, '.cache');
}

/** The folder of the build that belongs to this machine and to the pinned modules. */
export function buildFolder(env: Environment, { module, version }: Recipe): string {
  const digest = createHash('sha256');
  for (const name of ['go.mod', 'go.sum']) digest.update(readFileSync(join(module, name)));
  const name = [version, process.platform, process.arch, digest.digest('hex').slice(0, 12)].join('-');
  return join(cacheFolder(env), name);
}

/** Whether a folder holds all programs. */
export function isComplete(folder: string, { packages }: Recipe): boolean {
  return Object.keys(packages).every((file) => isExecutable(join(folder, file)));
}

/** Whether a path is that of a file which this user may run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Keeps the log of the newest failure of a part, readable by the user alone, and returns its path. */
export function keepLog(env: Environment, part: string, text: string): string {
  mkdirSync(cacheFolder(env), { recursive: true });
  const path = join(cacheFolder(env), `failed-${part}.log`);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}
