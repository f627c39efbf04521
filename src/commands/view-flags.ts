/** The flags that say how plans and results are shown. Loaded by every start, so it imports next to nothing. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Detail } from '../view/detail.ts';

export type OutputFormat = 'text' | 'markdown' | 'json' | 'yaml';

export interface ViewOptions {
  readonly output: OutputFormat;
  readonly color: boolean;
  /** Infinity for all lines. */
  readonly diffContext?: number;
  readonly showUnchanged?: boolean;
  readonly quiet?: boolean;
  /** Annotations and the job summary of GitHub Actions. */
  readonly github?: boolean;
}

/** For verbs that print something else than plans. */
export function addOutputFlag(command: Command, formats: readonly OutputFormat[] = ['text', 'json', 'yaml']): Command {
  return command.addOption(
    new Option('-o, --output <format>', 'how to print the result').choices(formats).default('text'),
  );
}

export function addViewFlags(command: Command): Command {
  return addOutputFlag(command, ['text', 'markdown', 'json', 'yaml'])
    .option('--diff-context <lines>', 'show differences in full, with so many lines around each; or all', diffContext)
    .option('--show-unchanged', 'list objects that stay as they are, too')
    .option('-q, --quiet', 'print only what is wrong, and of a plan its summary')
    .option('--github', 'annotate the code on GitHub, and write the summary of the job');
}

export function detailOf({ diffContext, showUnchanged, quiet }: Omit<ViewOptions, 'output' | 'color'>): Detail {
  return {
    ...(diffContext !== undefined && { context: diffContext }),
    unchanged: showUnchanged === true,
    quiet: quiet === true,
  };
}

function diffContext(text: string): number {
  if (text === 'all') return Number.POSITIVE_INFINITY;
  if (/^[0-9]{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a number of lines, or all.');
}
