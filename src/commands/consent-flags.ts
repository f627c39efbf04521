/** The flags that allow deletions which a plan guards. Loaded by every start, so it imports next to nothing. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Limit } from '../definition/policy.ts';
import type { Consent } from '../plan/guards.ts';

export interface ConsentOptions {
  readonly confirm?: readonly string[];
  readonly maxDeletions?: Limit;
}

export function addConsentFlags(command: Command): Command {
  return addConfirmFlag(command).option(
    '--max-deletions <limit>',
    'the most deletions of one run, as a number or as a share such as 20%',
    limit,
  );
}

export function addConfirmFlag(command: Command): Command {
  return command.option(
    '--confirm <what>',
    'delete this though it is guarded, as in "Namespace shop"; repeatable',
    subjects,
  );
}

export function consentOf({ confirm = [], maxDeletions }: ConsentOptions): Consent {
  return { confirmed: confirm, ...(maxDeletions && { maxDeletions }) };
}

function subjects(value: string, previous: readonly string[] | undefined): readonly string[] {
  if (/^\S+ \S/.test(value)) return [...(previous ?? []), value];
  throw new InvalidArgumentError('Name it as the plan does, as in "Namespace shop".');
}

function limit(text: string): Limit {
  if (/^[0-9]{1,9}$/.test(text)) return { count: Number(text) };
  if (/^([0-9]{1,2}|100)%$/.test(text)) return { percent: Number(text.slice(0, -1)) };
  throw new InvalidArgumentError('Write a number, or a share from 0% to 100%.');
}
