/** Questions to a person at a terminal. They go to standard error: standard output is for the result. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { VidraError } from '../errors.ts';
import type { Terminal } from './terminal.ts';

/** Whether the answer is yes; anything else, and the end of input, is no. Throws INTERRUPTED. */
export async function confirm(question: string, terminal: Terminal): Promise<boolean> {
  const answer = await ask(`${question} [y/N] `, terminal);
  return /^y(es)?$/i.test(answer.trim());
}

/** The answer in one line; empty at the end of input. Throws INTERRUPTED. */
export function ask(question: string, terminal: Terminal): Promise<string> {
  terminal.stderr.write(question);
  // Without terminal mode Ctrl-C stays a signal, which ends the run as it does everywhere else.
  return readLine({ input: terminal.stdin, terminal: false }, terminal);
}

/** The same, and what is typed is not shown. */
export async function askSecret(question: string, terminal: Terminal): Promise<string> {
  terminal.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  try {
    return await readLine({ input: terminal.stdin, output: silent, terminal: true }, terminal);
  } finally {
    terminal.stderr.write('\n');
  }
}

function readLine(options: Parameters<typeof createInterface>[0], { signal }: Terminal): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines = createInterface(options);
    const interrupt = () => {
      reject(new VidraError('INTERRUPTED', 'interrupted at a question; nothing was changed'));
      lines.close();
    };
    signal.addEventListener('abort', interrupt, { once: true });
    lines.once('SIGINT', interrupt);
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('close', () => {
      signal.removeEventListener('abort', interrupt);
      resolve('');
    });
    if (signal.aborted) interrupt();
  });
}
