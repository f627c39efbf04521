/** Questions to a person at a terminal. They go to standard error: standard output is for the result. */
import { createInterface, type ReadLineOptions } from 'node:readline';
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
  // Without terminal mode Ctrl-C stays a signal, which ends the run as it does everywhere else.
  return readLine(question, { input: terminal.stdin, terminal: false }, terminal);
}

/** The same, and what is typed is not shown. */
export async function askSecret(question: string, terminal: Terminal): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const answer = await readLine(question, { input: terminal.stdin, output: silent, terminal: true }, terminal);
  terminal.stderr.write('\n');
  return answer;
}

function readLine(question: string, options: ReadLineOptions, { signal, stderr }: Terminal): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines = createInterface(options);
    let isAnswered = false;
    const interrupt = () => {
      reject(new VidraError('INTERRUPTED', 'interrupted at a question; nothing was changed'));
      lines.close();
    };
    signal.addEventListener('abort', interrupt, { once: true });
    lines.once('SIGINT', interrupt);
    lines.once('line', (line) => {
      isAnswered = true;
      resolve(line);
      lines.close();
    });
    lines.once('close', () => {
      signal.removeEventListener('abort', interrupt);
      if (!isAnswered) stderr.write('\n');
      resolve('');
    });
    if (signal.aborted) return interrupt();
    // Asked only now: whoever answers at once is not shown what was typed as a secret.
    stderr.write(question);
  });
}
