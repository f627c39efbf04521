/** `vidra completion`, and the verb behind it that shells ask. */
import type { Command } from 'commander';
import { namesOf } from './completion-names.ts';
import { completionScripts, type Shell } from './completion-scripts.ts';
import { type Candidate, complete } from './completion-words.ts';
import { printText } from './print.ts';
import type { ExitStatus, Terminal } from './terminal.ts';

export async function completion(shell: Shell, terminal: Terminal): Promise<ExitStatus> {
  printText([completionScripts[shell].trimEnd()], terminal);
  return 0;
}

/** One candidate a line, a tab before its description; `:files` where the shell itself knows best. */
export async function candidates(
  program: Command,
  shell: string,
  given: readonly string[],
  terminal: Terminal,
): Promise<ExitStatus> {
  const words = shell === 'bash' ? joinAssignments(given) : given.map((word) => word.trim());
  const found = complete(program, words);
  const typed = words.at(-1) ?? '';
  if (found.source === 'files') {
    printText([':files'], terminal);
    return 0;
  }
  const names = (await namesOf(found, terminal)).map((value): Candidate => ({ value, description: '' }));
  // Bash takes what comes after the equals sign for a word of its own.
  const prefix = shell === 'bash' ? '' : found.prefix;
  const lines = [...found.words, ...names]
    .filter(({ value }) => (found.prefix + value).startsWith(typed))
    .map(({ value, description }) => `${prefix}${value}${description ? `\t${description}` : ''}`);
  printText(lines, terminal);
  return 0;
}

/** Bash splits \`--output=json\` into three words. */
function joinAssignments(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const before = joined.at(-1);
    if (before?.startsWith('--') && (word === '=' || before.endsWith('='))) joined[joined.length - 1] = before + word;
    else joined.push(word);
  }
  return joined;
}
