/** Runs the program `bin/vidra.js` as a child process, in an environment of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = new URL('../../bin/vidra.js', import.meta.url).pathname;

export interface VidraOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Written to standard input, which is then closed. */
  readonly input?: string;
  /** Gets the process as soon as it runs, to signal it. */
  readonly onStart?: (child: ChildProcess) => void;
}

export interface Ended {
  /** Nothing when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Nothing of the caller's environment but PATH reaches the program; its home is an empty folder. */
export function vidra(given: readonly string[], options: VidraOptions = {}): Promise<Ended> {
  const home = mkdtempSync(join(tmpdir(), 'vidra-home-'));
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    XDG_CACHE_HOME: join(home, 'cache'),
    ...options.environment,
  };
  const child = spawn(process.execPath, [program, ...given], { env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
  options.onStart?.(child);
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const text = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text.stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text.stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...text }));
  });
}
