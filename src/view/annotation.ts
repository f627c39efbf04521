/** What a plan, a result or an error says beside the code on GitHub: what is wrong, what is held back, and what is deleted. */
import type { Result } from '../engine/run.ts';
import { type ErrorCode, errorTable, type Origin, VidraError } from '../errors.ts';
import { describe, keyOf } from '../manifest/manifest.ts';
import type { Change, OwnerPlan, Plan, Problem } from '../plan/plan.ts';
import { flagFor } from './guard-text.ts';
import { compareFields, inReadingOrder } from './order.ts';
import { withoutName } from './problem.ts';

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
  readonly origin?: Origin | undefined;
}

export function planAnnotations(plan: Plan): Annotation[] {
  return [...troubles(plan), ...deletions(plan).map((change) => deletion('Would delete', change))];
}

export function resultAnnotations({ plan, outcomes, unhealthy }: Result): Annotation[] {
  const ended = [...outcomes].sort((one, other) => compareFields(fieldsOf(one), fieldsOf(other)));
  const failed = ended.filter(({ result }) => result === 'failed' || result === 'blocked');
  const gone = ended.filter(({ change, result }) => result === 'succeeded' && isEnd(change));
  return [
    ...troubles(plan),
    ...failed.map(({ change, result, problem }): Annotation => {
      const title = `${describe(change.reference)} ${result === 'failed' ? 'failed' : 'was not tried'}`;
      const origin = 'desired' in change ? change.desired.origin : undefined;
      return problem
        ? wrong(title, { ...problem, message: withoutName(problem.message, change) }, problem.origin ?? origin)
        : { level: 'error', title, message: title, origin };
    }),
    ...unhealthy.map(({ name, reason, failed }): Annotation => {
      return { level: 'error', title: `${name} ${failed ? 'has failed' : 'is not healthy yet'}`, message: reason };
    }),
    ...gone.map(({ change }) => deletion('Deleted', change)),
  ];
}

/** Of anything that ends a command. */
export function errorAnnotations(error: unknown): Annotation[] {
  if (!(error instanceof VidraError)) return [{ level: 'error', title: 'Vidra has a defect', message: String(error) }];
  const causes = Array.isArray(error.cause) ? error.cause.filter((cause) => cause instanceof VidraError) : [];
  return (causes.length > 0 ? causes : [error]).map((one) => wrong(one.code, one, one.origin));
}

function troubles(plan: Plan): Annotation[] {
  return [
    ...plan.guards.map((guard): Annotation => {
      const { subject, message } = guard;
      return {
        level: 'warning',
        title: `Held back: ${subject}`,
        message: `${message}\nTo allow it: ${flagFor(guard)}`,
      };
    }),
    ...plan.problems.map((problem) => wrong(problem.code, problem, problem.origin)),
    ...inReadingOrder(plan.owners).flatMap(ownerTroubles),
  ];
}

function ownerTroubles(owner: OwnerPlan): Annotation[] {
  const origins = new Map(owner.desired.map(({ reference, origin }) => [keyOf(reference), origin]));
  const refused = inReadingOrder(owner.changes).flatMap((change) => {
    if (change.action !== 'skip' || change.code === undefined) return [];
    const problem = { code: change.code, message: withoutName(change.reason, change) };
    return [wrong(describe(change.reference), problem, origins.get(keyOf(change.reference)))];
  });
  return [...refused, ...owner.problems.map((problem) => wrong(owner.owner.name, problem, problem.origin))];
}

function wrong(
  title: string,
  { code, message }: Pick<Problem, 'message'> & { code: ErrorCode },
  origin?: Origin,
): Annotation {
  const hint = errorTable[code].hint;
  return {
    level: 'error',
    title: title === code ? code : `${title} (${code})`,
    message: `${message}\n${hint}`,
    origin,
  };
}

function deletions({ owners }: Plan): Change[] {
  return inReadingOrder(owners).flatMap(({ changes }) =>
    inReadingOrder(changes).filter((change) => change.action === 'replace' || isEnd(change)),
  );
}

/** An object that lives on under another name is no loss. */
function isEnd(change: Change): boolean {
  return change.action === 'delete' && change.renamedTo === undefined;
}

function deletion(verb: string, { reference, reason }: Change): Annotation {
  return { level: 'notice', title: `${verb} ${describe(reference)}`, message: reason };
}

function fieldsOf({ owner, change }: Result['outcomes'][number]): string[] {
  return [owner, describe(change.reference)];
}
