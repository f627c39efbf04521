/** Builds programs from pinned Go modules into the user's cache folder. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { VidraError } from '../errors.ts';
import { buildFolder, isComplete, keepLog } from './cache-folder.ts';
import { checkGo, type GoResult, runGo } from './go-tool.ts';
import {
  countModules,
  countStale,
  isDownload,
  isPackage,
  type OnProgress,
  progressOf,
  staleTemplate,
} from './progress.ts';
import type { Recipe } from './recipe.ts';

export interface BuildOptions {
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

const unfinished = '.unfinished-';
const abandonedAfter = 6 * 3_600_000;
const shownLines = 12;

/**
 * Builds into the recipe's folder, which appears only when all programs are in it. Several builds may run at once: the first
 * one wins.
 * Throws CONTROL_PLANE_MISSING (no Go, or too old), CONTROL_PLANE_FAILED, INTERRUPTED.
 */
export async function build(recipe: Recipe, options: BuildOptions): Promise<void> {
  const folder = buildFolder(process.env, recipe);
  await checkGo(recipe, options.signal);
  const total = await download(recipe, options);
  removeAbandoned(folder);
  const temporary = `${folder}${unfinished}${process.pid}-${randomBytes(4).toString('hex')}`;
  const result = join(temporary, 'programs');
  const workFolder = join(temporary, 'work');
  for (const path of [result, workFolder]) mkdirSync(path, { recursive: true });
  try {
    await compile(recipe, { into: result, workFolder, total, ...options });
    for (const [file, name] of Object.entries(recipe.packages))
      renameSync(join(result, builtName(name)), join(result, file));
    moveInto(recipe, result, folder);
  } finally {
    // Interrupted compilers may still write for a moment.
    rmSync(temporary, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** Fetches the modules and returns how many packages must be compiled. */
async function download(recipe: Recipe, { onProgress, signal }: BuildOptions): Promise<number> {
  const [goMod = '', goSum = ''] = ['go.mod', 'go.sum'].map((name) => readFileSync(join(recipe.module, name), 'utf8'));
  const total = countModules(goMod, goSum);
  const report = meter('download', total, onProgress);
  const args = ['list', '-mod=readonly', '-trimpath', '-deps', '-f', staleTemplate];
  const result = await runGo(recipe, [...args, ...Object.values(recipe.packages)], {
    signal,
    onLine: (line) => isDownload(line) && report(),
  });
  refuseFailure('go list', result);
  return countStale(result.stdout);
}

interface Compilation extends BuildOptions {
  readonly into: string;
  readonly workFolder: string;
  readonly total: number;
}

async function compile(recipe: Recipe, options: Compilation): Promise<void> {
  const { into, workFolder, total, onProgress, signal } = options;
  const report = meter('build', total, onProgress);
  const flags = ['-v', '-mod=readonly', '-trimpath', '-buildvcs=false', '-ldflags', recipe.linking, '-o', `${into}/`];
  const args = ['build', ...flags, ...Object.values(recipe.packages)];
  const onLine = (line: string) => isPackage(line) && report();
  refuseFailure('go build', await runGo(recipe, args, { signal, onLine, workFolder }));
  onProgress?.({ phase: 'link', done: 1, total: 1 });
}

/** The name that Go gives to a program: the last part of its package's path that is not a version. */
function builtName(path: string): string {
  return basename(path.replace(/\/v\d+$/, ''));
}

/** Reports 0 at once and one more at each call; after the last package Go links, and says nothing. */
function meter(phase: 'download' | 'build', total: number, onProgress: OnProgress | undefined): () => void {
  const start = performance.now();
  let done = 0;
  const report = () => {
    if (total > 0) onProgress?.(progressOf(phase, done, total, (performance.now() - start) / 1000));
    if (phase === 'build' && done >= total) onProgress?.({ phase: 'link', done: 0, total: 1 });
  };
  report();
  return () => {
    done++;
    report();
  };
}

function refuseFailure(command: string, { status, lastLines }: GoResult): void {
  if (status === 0) return;
  const log = keepLog(process.env, 'go', lastLines.join('\n'));
  const shown = lastLines.filter((line) => !isPackage(line) && !isDownload(line)).slice(-shownLines);
  const message = `"${command}" ended with status ${status}:\n${shown.join('\n')}`;
  throw new VidraError('CONTROL_PLANE_FAILED', message, { subject: log });
}

/** A complete folder is that of a build at the same time and stays, as its programs may run; a broken one is replaced. */
function moveInto(recipe: Recipe, result: string, folder: string): void {
  if (isComplete(folder, recipe)) return;
  const aside = `${result}-broken`;
  try {
    if (existsSync(folder)) renameSync(folder, aside);
    renameSync(result, folder);
  } catch (error) {
    if (!isComplete(folder, recipe)) throw error;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** Removes what builds left that were killed long ago. */
function removeAbandoned(folder: string): void {
  const parent = dirname(folder);
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    const ours = name.startsWith(basename(folder)) && name.includes(unfinished);
    if (ours && Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) > abandonedAfter) {
      rmSync(path, { recursive: true, force: true });
    }
  }
}
