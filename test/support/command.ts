/** Runs the `vidra` command as users do: bin/vidra.js in a process of its own. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface CommandOptions {
  /** What is piped into standard input; nothing ends it at once. */
  readonly stdin?: string;
  /** Added to a bare environment: the tests' own variables do not reach the command. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Sent once standard output or standard error holds the text. */
  readonly interrupt?: { readonly signal: NodeJS.Signals; readonly after: string };
}

export interface CommandEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const program = join(import.meta.dirname, '../../bin/vidra.js');

/** Never fails: how the process ended is the answer. */
export function vidra(given: readonly string[], options: CommandOptions = {}): Promise<CommandEnd> {
  const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env;
  const env = { PATH, HOME, TMPDIR, LANG: 'C.UTF-8', ...options.environment };
  const child = spawn(process.execPath, [program, ...given], { env, cwd: options.cwd, stdio: 'pipe' });
  let stdout = '';
  let stderr = '';
  let { interrupt } = options;
  const check = () => {
    if (!interrupt || !(stdout + stderr).includes(interrupt.after)) return;
    child.kill(interrupt.signal);
    interrupt = undefined;
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    check();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    check();
  });
  child.stdin.on('error', () => {});
  child.stdin.end(options.stdin ?? '');
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
}
