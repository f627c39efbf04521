/** This process's end of a supervisor: starts it, follows what it says, and asks it to end. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { VidraError } from '../errors.ts';
import { keepLog } from './cache-folder.ts';
import { endOrphans } from './orphans.ts';
import { ownFile } from './own-files.ts';
import type { Programs } from './programs.ts';
import type { OnProgress } from './progress.ts';

export interface ControlPlane {
  /** Path of a kubeconfig (mode 0600) whose only context is `vidra-sandbox`, an administrator. */
  readonly kubeconfig: string;
  /** `https://127.0.0.1:<port>`. */
  readonly server: string;
  /** The temporary folder (mode 0700) with everything: `certificates/apiserver.{crt,key}`, a log per program. */
  readonly folder: string;
  /** Ends the programs and deletes the folder. May be called again. */
  stop(): Promise<void>;
}

export interface SupervisorOptions {
  readonly programs: Programs;
  readonly keep: boolean;
  readonly onProgress: OnProgress | undefined;
  readonly signal: AbortSignal | undefined;
  readonly log: ((line: string) => void) | undefined;
}

/** What the supervisor prints, a JSON object a line. */
type SupervisorEvent =
  | { readonly event: 'folder'; readonly folder: string }
  | { readonly event: 'part'; readonly part: string }
  | { readonly event: 'ready'; readonly kubeconfig: string; readonly server: string }
  | { readonly event: 'failed'; readonly part: string; readonly message: string; readonly log: string };

type Supervisor = ChildProcessByStdio<Writable, Readable, null>;

const partCount = 3;
const shownLines = 8;

/** Starts a supervisor and returns when its control plane serves. Throws CONTROL_PLANE_FAILED, INTERRUPTED. */
export async function startSupervisor(options: SupervisorOptions): Promise<ControlPlane> {
  const { programs, keep, signal, log } = options;
  if (signal?.aborted) throw new VidraError('INTERRUPTED', 'The control plane was not started.');
  const supervisor = spawnSupervisor();
  let folder = '';
  const ended = new Promise<void>((resolve) => supervisor.once('close', () => resolve())).then(() =>
    removeRemains(folder),
  );
  const stop = () => {
    supervisor.ref();
    supervisor.stdin.end('stop\n');
    return ended;
  };
  const abort = () => void stop();
  signal?.addEventListener('abort', abort, { once: true });
  supervisor.stdin.write(`${JSON.stringify({ ...programs, keep })}\n`);
  try {
    const onFolder = (path: string) => {
      folder = path;
      log?.(`The control plane lives in ${folder}`);
    };
    const access = await follow(supervisor, options, onFolder);
    release(supervisor);
    return { ...access, folder, stop };
  } catch (cause) {
    await stop();
    if (signal?.aborted)
      throw new VidraError('INTERRUPTED', 'The start of the control plane was interrupted.', { cause });
    throw cause;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** In a session of its own, so that Ctrl-C in a terminal reaches this process alone, which then ends it in order. */
function spawnSupervisor(): Supervisor {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const supervisor = spawn(process.execPath, [ownFile('supervisor.mjs')], {
    cwd: tmpdir(),
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
    env,
  });
  // It may have ended before it reads what is written to it.
  supervisor.stdin.on('error', () => {});
  return supervisor;
}

/** Resolves at `ready`, rejects when it fails or ends before. Later failures go to the log. */
function follow(
  supervisor: Supervisor,
  { onProgress, log }: SupervisorOptions,
  onFolder: (path: string) => void,
): Promise<Pick<ControlPlane, 'kubeconfig' | 'server'>> {
  let started = 0;
  let settled = false;
  const report = (done: number) => onProgress?.({ phase: 'start', done, total: partCount });
  return new Promise((resolve, reject) => {
    supervisor.once('error', reject);
    supervisor.once('close', () => settled || reject(failure('supervisor', 'ended', '')));
    createInterface({ input: supervisor.stdout }).on('line', (line) => {
      const event: SupervisorEvent = JSON.parse(line);
      if (event.event === 'folder') onFolder(event.folder);
      if (event.event === 'part') {
        log?.(`Starting ${event.part}`);
        report(Math.min(started++, partCount - 1));
      }
      if (event.event === 'failed') {
        settled = true;
        log?.(`${event.part} ${event.message}`);
        reject(failure(event.part, event.message, event.log));
      }
      if (event.event === 'ready') {
        settled = true;
        report(partCount);
        resolve({ kubeconfig: event.kubeconfig, server: event.server });
      }
    });
  });
}

/** Lets this process end while the supervisor runs. */
function release(supervisor: Supervisor): void {
  supervisor.unref();
  // Pipes to a child are sockets.
  for (const pipe of [supervisor.stdin, supervisor.stdout]) (pipe as Readable | Writable as Socket).unref();
}

function failure(part: string, message: string, log: string): VidraError {
  const path = keepLog(process.env, part, log);
  const shown = log.trimEnd().split('\n').slice(-shownLines).join('\n');
  return new VidraError('CONTROL_PLANE_FAILED', `${part} ${message}\n${shown}`, { subject: path });
}

function removeRemains(folder: string): void {
  if (!folder) return;
  endOrphans(folder);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
