/** One phase of a run: its progress on standard error, and how long it took. */
import type { Run } from '../engine/run.ts';
import { createProgress } from '../view/progress.ts';
import type { Terminal } from './terminal.ts';

export interface Phase<T> {
  readonly value: T;
  readonly milliseconds: number;
}

export async function runPhase<T>(
  options: { readonly verbose?: boolean; readonly quiet?: boolean },
  terminal: Terminal,
  work: (run: Run) => Promise<T>,
): Promise<Phase<T>> {
  const { stderr, signal } = terminal;
  const verbose = options.verbose === true;
  const isSeen = stderr.isTTY === true && !options.quiet;
  const progress = await createProgress({ stream: stderr, terminal: isSeen, verbose });
  const start = performance.now();
  try {
    const value = await work({ signal, emit: progress.emit });
    return { value, milliseconds: performance.now() - start };
  } finally {
    progress.stop();
  }
}
