/** Makes sure that somebody wants each deletion that the plan guards, by name. */
import { VidraError } from '../errors.ts';
import type { Guard, Plan } from '../plan/plan.ts';
import { flagFor } from '../view/guard-text.ts';
import { ask } from './ask.ts';
import type { Terminal } from './terminal.ts';

/** The plan without its guards. Throws NOT_CONFIRMED when one is answered with anything but its subject. */
export async function askGuards(plan: Plan, terminal: Terminal): Promise<Plan> {
  for (const { subject, message } of plan.guards) {
    terminal.stderr.write(`${message}.\n`);
    const answer = await ask(`Type "${subject}" to go on: `, terminal);
    if (answer.trim() !== subject)
      throw new VidraError('NOT_CONFIRMED', `the answer was not "${subject}"; nothing was changed`);
  }
  return { ...plan, guards: [] };
}

/** Where nobody is there to be asked. Throws GUARDED with the flags that allow what is guarded. */
export function mustHaveNoGuards({ guards }: Plan): void {
  if (guards.length === 0) return;
  const lines = guards.map((guard: Guard) => `${guard.message}\n    ${flagFor(guard)}`);
  const message = [...new Set(lines), 'nobody has allowed that, so nothing was changed'].join('\n');
  throw new VidraError('GUARDED', message);
}
