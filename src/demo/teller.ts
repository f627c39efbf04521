/** How the demo talks: headings, sentences and commands on standard output, and what each step took. */

import { printText, styleOf } from '../commands/print.ts';
import type { Terminal } from '../commands/terminal.ts';
import { durationText } from '../view/quantity.ts';
import { wrap } from '../view/wrap.ts';

export interface Teller {
  /** Paragraphs, each after an empty line. */
  say(...paragraphs: readonly string[]): void;
  /** Lines that stay as they are, after an empty line. */
  show(...lines: readonly string[]): void;
  /** A command line as a person would type it; what it prints follows. */
  command(line: string): void;
  /** One numbered step: its heading and sentences, what `work` prints, and how long that took. */
  step(title: string, paragraphs: readonly string[], work: () => Promise<void>): Promise<void>;
}

/** Milliseconds. */
const leastTold = 5;

/** `effort` tells, once a step is over, what it took besides time. */
export function createTeller(options: { readonly color: boolean }, terminal: Terminal, effort: () => string): Teller {
  const { colour } = styleOf(terminal.stdout, options, terminal);
  const show = (...lines: readonly string[]) => printText(['', ...lines], terminal);
  const say = (...paragraphs: readonly string[]) => {
    for (const paragraph of paragraphs) show(...wrap(paragraph));
  };
  let number = 0;
  return {
    say,
    show,
    command: (line) => show(`${colour.cyan('$')} ${line}`, ''),
    async step(title, paragraphs, work) {
      number++;
      show('', colour.bold(`${colour.cyan(`${number}.`)} ${title}`));
      say(...paragraphs);
      const start = performance.now();
      await work();
      const milliseconds = performance.now() - start;
      const parts = [durationText(milliseconds), effort()].filter((part) => part !== '');
      // What only tells something takes no time.
      if (milliseconds >= leastTold) show(colour.dim(`(${parts.join(', ')})`));
    },
  };
}
