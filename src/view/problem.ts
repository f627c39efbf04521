/** What is wrong and the way out, as lines. */
import { errorTable } from '../errors.ts';
import { describe } from '../manifest/manifest.ts';
import type { Change, Problem } from '../plan/plan.ts';
import { printable } from './printable.ts';
import type { Style } from './style.ts';

/** Shows problems, and the hint of each code only the first time. */
export interface ProblemView {
  /** Lines without indentation; `lead` starts the first and is already coloured. */
  lines(problem: Problem, lead?: string): string[];
}

/** What is said of a change whose object is named already: messages that can stand alone begin with its name. */
export function withoutName(message: string, { reference }: Change): string {
  const name = `${describe(reference)}: `;
  return message.startsWith(name) ? message.slice(name.length) : message;
}

export function createProblemView(style: Style): ProblemView {
  const hinted = new Set<string>();
  return {
    lines(problem, lead = `${style.colour.red(style.glyphs.skip)} `) {
      const [first = '', ...rest] = printable(problem.message).split('\n');
      const lines = [`${lead}${first} ${style.colour.dim(`(${problem.code})`)}`, ...rest.map((line) => `    ${line}`)];
      if (hinted.has(problem.code)) return lines;
      hinted.add(problem.code);
      return [...lines, style.colour.dim(`    hint: ${errorTable[problem.code].hint}`)];
    },
  };
}
