/** An error as people see it: what is wrong and the way out; a stack trace only for a defect of Vidra itself. */
import { VidraError } from '../errors.ts';
import { printable } from './printable.ts';
import type { Style } from './style.ts';

/** Lines for standard error, with a line feed at the end. `command` is the one that ran, such as `vidra cluster get`. */
export function errorText(error: unknown, version: string, style: Style, command: string): string {
  const { red, dim } = style.colour;
  if (error instanceof VidraError) {
    const message = printable(error.message);
    return `${red('error:')} ${message} ${dim(`(${error.code})`)}\n${dim('hint:')} ${error.hint.replace('vidra COMMAND', command)}\n`;
  }
  const trace = printable(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const request = 'This is a defect of Vidra, not of what you wrote. Please report it, with all of these lines.';
  return `${red('error:')} ${trace}\n\nvidra ${version}, node ${process.version}, ${process.platform}\n${request}\n`;
}
