/** Work of which nobody knows how long it takes, such as an expression that somebody wrote. */
import { createContext, Script } from 'node:vm';

const limitMs = 200;
// The only way to end JavaScript that runs: the work is called from a script that has a time limit.
const script = new Script('work()');
let context: { work?: () => void } | undefined;

/** The result, or nothing when it takes too long; then it is broken off, wherever it is. Not to be nested. */
export function bounded<T>(work: () => T): T | undefined {
  context ??= createContext({});
  let result: T | undefined;
  context.work = () => {
    result = work();
  };
  try {
    script.runInContext(context, { timeout: limitMs });
    return result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
    throw error;
  }
}
