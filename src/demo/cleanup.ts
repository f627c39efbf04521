/** What a demo that ends early does on a cluster that is not its own. */
import { setMaxListeners } from 'node:events';
import type { GlobalOptions } from '../commands/flags.ts';
import type { Terminal } from '../commands/terminal.ts';
import { VidraError } from '../errors.ts';
import type { Leftovers } from './leftovers.ts';
import type { Stage } from './stage.ts';
import { createVerbs } from './verbs.ts';

/** Says on standard error what it does. Goes on when the user has asked to end; throws DEMO_FAILED with what can be done by hand. */
export async function cleanUp(
  stage: Stage,
  leftovers: Leftovers,
  options: GlobalOptions,
  terminal: Terminal,
): Promise<void> {
  const { stderr } = terminal;
  const { set, recordNamespace, context } = stage;
  stderr.write(
    `\nCleaning up: all objects of the set ${set}, and the namespace ${recordNamespace} with its records.\n`,
  );
  stderr.write('That takes some seconds. Ctrl-C once more ends at once, and leaves them.\n\n');
  // The user's wish to end must not end this.
  const never = new AbortController().signal;
  setMaxListeners(0, never);
  const patient: Terminal = { ...terminal, stdout: stderr, signal: never };
  const verbs = createVerbs(stage, options, patient, { announce: () => {}, watch: (work) => work() });
  try {
    // What was under way when the demo ended may still be in the way.
    await verbs.pruneSet().catch(() => verbs.pruneSet());
    stderr.write(`${await leftovers.clear()}\n`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const byHand =
      `VIDRA_NAMESPACE=${recordNamespace} vidra prune --set ${set} --context ${context}\n` +
      `kubectl delete namespace ${recordNamespace} --context ${context}`;
    throw new VidraError('DEMO_FAILED', `could not clean up: ${reason}\nBy hand:\n${byHand}`, { cause });
  }
}
