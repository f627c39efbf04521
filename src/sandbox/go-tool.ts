/** Runs the Go tool in a module that pins programs. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { VidraError } from '../errors.ts';
import type { Recipe } from './recipe.ts';

export interface GoOptions {
  /** Gets each line of Go's standard error as it comes. */
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Where Go keeps what it makes on the way; it leaves that there when it is interrupted. */
  readonly workFolder?: string;
}

export interface GoResult {
  readonly status: number;
  readonly stdout: string;
  /** The last lines of standard error. */
  readonly lastLines: readonly string[];
}

const keptLines = 500;

/** Runs `go` to its end. Throws CONTROL_PLANE_MISSING when there is no Go, INTERRUPTED when aborted. */
export async function runGo(recipe: Recipe, args: readonly string[], options: GoOptions = {}): Promise<GoResult> {
  if (options.signal?.aborted) throw new VidraError('INTERRUPTED', 'The build was interrupted.');
  const go = spawn('go', args, {
    cwd: recipe.module,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, GOWORK: 'off', ...(options.workFolder ? { GOTMPDIR: options.workFolder } : {}) },
    detached: true,
  });
  // Go itself would wait for its compilers and linkers, which take minutes: all must get the signal. Should this process be
  // killed instead, then Go ends with the next line that it cannot write.
  const interrupt = () => go.pid !== undefined && process.kill(-go.pid, 'SIGINT');
  options.signal?.addEventListener('abort', interrupt, { once: true });
  const lastLines: string[] = [];
  createInterface({ input: go.stderr }).on('line', (line) => {
    lastLines.push(line);
    if (lastLines.length > keptLines) lastLines.shift();
    options.onLine?.(line);
  });
  const chunks: Buffer[] = [];
  go.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  try {
    const status = await new Promise<number>((resolve, reject) => {
      go.once('error', reject);
      go.once('close', (code) => resolve(code ?? 1));
    });
    options.signal?.throwIfAborted();
    return { status, stdout: Buffer.concat(chunks).toString('utf8'), lastLines };
  } catch (cause) {
    if (options.signal?.aborted) throw new VidraError('INTERRUPTED', 'The build was interrupted.', { cause });
    throw new VidraError('CONTROL_PLANE_MISSING', missing(recipe, 'There is no Go to build it'), { cause });
  } finally {
    options.signal?.removeEventListener('abort', interrupt);
  }
}

/** Throws CONTROL_PLANE_MISSING when Go is missing or older than go.mod wants. */
export async function checkGo(recipe: Recipe, signal?: AbortSignal): Promise<void> {
  const { status, lastLines } = await runGo(recipe, ['list', '-m'], { signal });
  if (status === 0) return;
  throw new VidraError('CONTROL_PLANE_MISSING', missing(recipe, `Go cannot build it (${lastLines.at(-1)})`));
}

function missing({ what, variables }: Recipe, reason: string): string {
  return `No ${what} was found. ${reason}, and neither ${variables} name the programs that are needed.`;
}
