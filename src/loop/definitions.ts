/** Sees when what the definition files say changes: by reading them, since files are changed in too many ways to be told of. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Definition } from '../definition/definition.ts';
import { VidraError } from '../errors.ts';
import { digestOf } from '../manifest/json.ts';
import type { JsonValue } from '../manifest/manifest.ts';

const everyMs = 1_000;

export interface DefinitionsOptions {
  readonly first: readonly Definition[];
  /** Throws a VidraError for files that are no definitions. */
  readonly read: () => Promise<readonly Definition[]>;
  readonly onChange: (definitions: readonly Definition[]) => void;
  /** Told once of each way in which the files are wrong. */
  readonly onProblem: (error: VidraError) => void;
  readonly signal: AbortSignal;
}

/** Ends when the signal aborts. A file that is just being written is read again before anything is said. */
export async function watchDefinitions(options: DefinitionsOptions): Promise<void> {
  const { first, read, onChange, onProblem, signal } = options;
  let known = digest(first);
  let candidate = known;
  let problem = '';
  while (await pause(signal)) {
    try {
      const definitions = await read();
      problem = '';
      const now = digest(definitions);
      if (now !== known && now === candidate) {
        known = now;
        onChange(definitions);
      }
      candidate = now;
    } catch (error) {
      if (!(error instanceof VidraError)) throw error;
      if (signal.aborted) return;
      if (error.message === problem) continue;
      problem = error.message;
      onProblem(error);
    }
  }
}

function digest(definitions: readonly Definition[]): string {
  return digestOf(definitions as unknown as JsonValue);
}

/** Whether there is a next time. */
async function pause(signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(everyMs, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
