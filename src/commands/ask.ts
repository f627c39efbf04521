/** Questions to a person at a terminal. They go to standard error: standard output is for the result. */
import { createInterface, type ReadLineOptions } from 'node:readline';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { VidraError } from '../errors.ts';
import { isInteractive, type Terminal } from './terminal.ts';

/** Whether the answer is yes; anything else, and the end of input, is no. Throws INTERRUPTED. */
export async function confirm(question: string, terminal: Terminal): Promise<boolean> {
  const answer = await ask(`${question} [y/N] `, terminal);
  return /^y(es)?$/i.test(answer.trim());
}

/** Throws NOT_CONFIRMED, also where nobody can be asked. */
export async function mustConfirm(
  question: string,
  options: { readonly yes?: boolean },
  terminal: Terminal,
): Promise<void> {
  if (options.yes) return;
  if (!isInteractive(terminal))
    throw new VidraError('NOT_CONFIRMED', 'nobody is there to be asked; nothing was changed');
  if (await confirm(question, terminal)) return;
  throw new VidraError('NOT_CONFIRMED', 'the answer was not yes; nothing was changed');
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

/** The value of a flag; `-` means standard input, so that nothing remembers the secret. Throws USAGE. */
export async function givenSecret(flag: string, value: string, { stdin, stderr }: Terminal): Promise<string> {
  const isWritten = value !== '-' && value !== '';
  if (isWritten)
    stderr.write(`note: the shell may remember what ${flag} holds; with ${flag} - it is read from standard input\n`);
  const read = value === '-' ? (await text(stdin)).replace(/\r?\n$/, '') : value;
  if (read === '') throw new VidraError('USAGE', `${flag} is empty`);
  return read;
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
