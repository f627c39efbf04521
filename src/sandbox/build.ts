/** Builds the control plane's programs from pinned Go modules into the user's cache folder. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { VidraError } from '../errors.ts';
import { isComplete, keepLog, kubernetesVersion } from './cache-folder.ts';
import { checkGo, type GoResult, runGo } from './go-tool.ts';
import { ownFile } from './own-files.ts';
import {
  countModules,
  countStale,
  isDownload,
  isPackage,
  type OnProgress,
  progressOf,
  staleTemplate,
} from './progress.ts';

export interface BuildOptions {
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

const packages = [
  'k8s.io/kubernetes/cmd/kube-apiserver',
  'k8s.io/kubernetes/cmd/kube-controller-manager',
  'go.etcd.io/etcd/server/v3',
];
const unfinished = '.unfinished-';
const abandonedAfter = 6 * 3_600_000;
const shownLines = 12;

/**
 * Builds into `folder`, which appears only when all programs are in it. Several builds may run at once: the first one wins.
 * Throws CONTROL_PLANE_MISSING (no Go, or too old), CONTROL_PLANE_FAILED, INTERRUPTED.
 */
export async function build(folder: string, options: BuildOptions): Promise<void> {
  await checkGo(options.signal);
  const total = await download(options);
  removeAbandoned(folder);
  const temporary = `${folder}${unfinished}${process.pid}-${randomBytes(4).toString('hex')}`;
  const result = join(temporary, 'programs');
  const workFolder = join(temporary, 'work');
  for (const path of [result, workFolder]) mkdirSync(path, { recursive: true });
  try {
    await compile(result, workFolder, total, options);
    renameSync(join(result, 'server'), join(result, 'etcd'));
    moveInto(result, folder);
  } finally {
    // Interrupted compilers may still write for a moment.
    rmSync(temporary, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** Fetches the modules and returns how many packages must be compiled. */
async function download({ onProgress, signal }: BuildOptions): Promise<number> {
  const [goMod = '', goSum = ''] = ['go.mod', 'go.sum'].map((name) => readFileSync(join(ownFile('go'), name), 'utf8'));
  const total = countModules(goMod, goSum);
  const report = meter('download', total, onProgress);
  const args = ['list', '-mod=readonly', '-trimpath', '-deps', '-f', staleTemplate, ...packages];
  const result = await runGo(args, { signal, onLine: (line) => isDownload(line) && report() });
  refuseFailure('go list', result);
  return countStale(result.stdout);
}

async function compile(into: string, workFolder: string, total: number, options: BuildOptions): Promise<void> {
  const { onProgress, signal } = options;
  const report = meter('build', total, onProgress);
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(kubernetesVersion) ?? [];
  const version = 'k8s.io/component-base/version.git';
  const linking = `-s -w -X ${version}Version=${kubernetesVersion} -X ${version}Major=${major} -X ${version}Minor=${minor}`;
  const args = ['build', '-v', '-mod=readonly', '-trimpath', '-buildvcs=false', '-ldflags', linking, '-o', `${into}/`];
  const onLine = (line: string) => isPackage(line) && report();
  refuseFailure('go build', await runGo([...args, ...packages], { signal, onLine, workFolder }));
  onProgress?.({ phase: 'link', done: 1, total: 1 });
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
function moveInto(result: string, folder: string): void {
  if (isComplete(folder)) return;
  const aside = `${result}-broken`;
  try {
    if (existsSync(folder)) renameSync(folder, aside);
    renameSync(result, folder);
  } catch (error) {
    if (!isComplete(folder)) throw error;
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
