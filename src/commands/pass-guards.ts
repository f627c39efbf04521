/** Makes sure that somebody wants each deletion that the plan guards, by name. */
import { VidraError } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import { flagFor } from '../view/guard-text.ts';
import { ask } from './ask.ts';
import type { Terminal } from './terminal.ts';

/** The plan without its guards. Throws GUARDED when one is answered with anything but its subject. */
export async function askGuards(plan: Plan, terminal: Terminal): Promise<Plan> {
  for (const { subject, message } of plan.guards) {
    terminal.stderr.write(`${message}.\n`);
    const answer = await ask(`Type "${subject}" to go on: `, terminal);
    if (answer.trim() !== subject)
      throw new VidraError('GUARDED', `the answer was not "${subject}"; nothing was changed`);
  }
  return { ...plan, guards: [] };
}

/** Where nobody is there to be asked. Throws GUARDED with the flags that allow what is guarded. */
export function mustHaveNoGuards({ guards }: Plan): void {
  if (guards.length === 0) return;
  const flags = [...new Set(guards.map(flagFor))].join(' ');
  throw new VidraError('GUARDED', `what the plan guards needs ${flags}; nothing was changed`);
}
