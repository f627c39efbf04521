/** The line at a terminal that turns and changes. */
import type { Ora } from 'ora';

/** Nothing where no line can be taken away again: a terminal without a width, as some programs open it. */
export async function startSpinner(stream: NodeJS.WritableStream): Promise<Ora | undefined> {
  // Ora would count the lines to take away by dividing by the width.
  if ('columns' in stream && stream.columns === 0) return undefined;
  // Loaded late: this package is only for terminals.
  const { default: ora } = await import('ora');
  // Standard input stays as it is: a question may follow, and Ctrl-C must remain a signal.
  return ora({ stream, discardStdin: false, text: 'Starting' }).start();
}
