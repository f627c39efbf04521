/** What a command may touch of the process that runs it. */
import type { Environment } from '../config/environment.ts';

export interface Terminal {
  readonly stdin: NodeJS.ReadStream;
  /** For the result, and nothing else. */
  readonly stdout: NodeJS.WriteStream;
  /** For progress, questions and notes. */
  readonly stderr: NodeJS.WriteStream;
  readonly environment: Environment;
  /** What relative paths start from. */
  readonly cwd: string;
  /** Aborted when the user or the system asks the process to end. */
  readonly signal: AbortSignal;
}

/** What every command ends with: a status of the table in README.md. Problems that end it early are thrown. */
export type ExitStatus = 0 | 1 | 2 | 130;

/** Whether somebody is there to answer a question. */
export function isInteractive(terminal: Terminal): boolean {
  return terminal.stdin.isTTY === true && terminal.stderr.isTTY === true;
}
