/** Runs the program at a terminal of its own, as a person would, by util-linux's `script`. */
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from './wait-for.ts';

const program = new URL('../../bin/vidra.js', import.meta.url).pathname;

/** What somebody types when the program has asked. */
export interface Turn {
  /** Part of the question. */
  readonly asked: string;
  readonly typed: string;
}

/** `screen` is what a person has seen: both outputs, and what was typed. Without `columns` no line of it is ever taken away. */
export async function atTerminal(
  given: readonly string[],
  turns: readonly Turn[],
  environment: Readonly<Record<string, string>>,
  options: { readonly columns?: number } = {},
): Promise<{ readonly code: number | null; readonly screen: string }> {
  const home = mkdtempSync(join(tmpdir(), 'vidra-home-'));
  const quoted = [process.execPath, program, ...given].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const sized = options.columns === undefined ? quoted : `stty cols ${options.columns}; exec ${quoted}`;
  const child = spawn('script', ['-qfec', sized, '/dev/null'], {
    env: { PATH: process.env['PATH'] ?? '', HOME: home, SHELL: '/bin/sh', TERM: 'dumb', PAGER: '', ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let screen = '';
  let read = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text.replaceAll('\r\n', '\n');
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  for (const { asked, typed } of turns) {
    await waitFor(
      `the question "${asked}" in: ${screen}`,
      () => screen.slice(read).includes(asked) || child.exitCode !== null,
    );
    read = screen.length;
    child.stdin.write(`${typed}\n`);
  }
  const code = await ended;
  return { code, screen };
}
