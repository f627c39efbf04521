/** What the conditions of a definition say of how it stands. Pure. */
import type { Result } from '../engine/run.ts';
import { errorTable } from '../errors.ts';
import { describe } from '../manifest/manifest.ts';
import { describeContest, isContested } from '../plan/contest.ts';
import { listOf } from '../plan/names.ts';
import { hasChanges, isWrong, type Plan, type Problem } from '../plan/plan.ts';
import { countOf } from '../view/quantity.ts';
import { countChanges, planSummary } from '../view/summary.ts';
import { reasonOf, type Saying } from './conditions.ts';
import { guardedIn } from './guarded.ts';
import type { Standing } from './standing.ts';

export type Sayings = Readonly<Record<'Ready' | 'Reconciling' | 'Stalled' | 'Healthy' | 'Drifted', Saying>>;

const no = (reason: string, message = ''): Saying => ({ status: 'False', reason, message });
const yes = (reason: string, message = ''): Saying => ({ status: 'True', reason, message });
const unknown = (reason: string, message = ''): Saying => ({ status: 'Unknown', reason, message });

const idle = no('Idle');
const moving = no('NotStalled');

/** How a definition stood before that says nothing of its objects now. */
type Known = Partial<Pick<Sayings, 'Healthy' | 'Drifted'>>;

/** `known` is what was last said of the objects, which is not looked at anew by everything. */
export function sayingsOf(standing: Standing, known: Known = {}): Sayings {
  const { Healthy = unknown('NotObserved'), Drifted = unknown('NotObserved') } = known;
  switch (standing.type) {
    case 'suspended':
      return {
        Ready: unknown('Suspended', 'spec.suspend is true'),
        Reconciling: idle,
        Stalled: no('Suspended'),
        Healthy,
        Drifted,
      };
    case 'held':
      return {
        Ready: no('DependencyNotReady', standing.reason),
        Reconciling: yes('DependencyNotReady', standing.reason),
        Stalled: moving,
        Healthy,
        Drifted,
      };
    case 'running':
      return {
        Ready: unknown('Progressing', standing.reason),
        Reconciling: yes('Progressing', standing.reason),
        Stalled: moving,
        Healthy,
        Drifted,
      };
    case 'invalid':
      return { ...wrong(standing.problems), ...unseen(standing.problems) };
    case 'failed':
      return { ...wrong([standing.problem]), ...unseen([standing.problem]) };
    case 'planned':
      return { ...planned(standing.plan, standing.mode), Healthy };
    case 'waiting':
      return {
        Ready: unknown('Progressing', 'waits until all objects are healthy'),
        Reconciling: yes('WaitingForHealth', 'waits until all objects are healthy'),
        Stalled: moving,
        Healthy: unknown('Progressing'),
        Drifted: driftedAfter(standing.result),
      };
    case 'cut':
      return {
        Ready: unknown('Progressing', 'the run was ended early'),
        Reconciling: yes('Progressing', 'the run was ended early'),
        Stalled: moving,
        Healthy,
        Drifted: driftedAfter(standing.result),
      };
    case 'ended':
      return ended(standing.result, standing.unwatched);
  }
}

function ended(result: Result, isUnwatched = false): Sayings {
  const problems = problemsOf(result);
  const [sick] = result.unhealthy;
  const blind = blindness(result.plan);
  const Healthy = sick
    ? no(
        sick.failed ? 'Failed' : 'NotHealthy',
        listOf(result.unhealthy.map(({ name, reason }) => `${name}: ${reason}`)),
      )
    : (blind?.Healthy ?? (isUnwatched ? unknown('NotObserved', 'spec.wait is false') : yes('Healthy')));
  const Drifted = driftedAfter(result);
  if (problems.length > 0) return { ...wrong(problems), Healthy, Drifted };
  if (sick) return { Ready: no('NotHealthy', Healthy.message), Reconciling: idle, Stalled: moving, Healthy, Drifted };
  return { Ready: yes('Succeeded', summaryOf(result)), Reconciling: idle, Stalled: moving, Healthy, Drifted };
}

function planned(plan: Plan, mode: 'Observe' | 'Approve'): Omit<Sayings, 'Healthy'> {
  const summary = planSummary(plan);
  const problems = planProblems(plan);
  const Drifted = hasChanges(plan) ? yes('ChangesPlanned', summary) : (blindness(plan)?.Drifted ?? no('AsDesired'));
  if (problems.length > 0) return { ...wrong(problems), Drifted };
  if (!hasChanges(plan)) return { Ready: yes('Succeeded', summary), Reconciling: idle, Stalled: moving, Drifted };
  const Ready =
    mode === 'Observe'
      ? no('Drifted', summary)
      : no('ApprovalNeeded', `${summary} It waits for the approval of status.planDigest`);
  return { Ready, Reconciling: idle, Stalled: mode === 'Approve' ? yes('ApprovalNeeded') : moving, Drifted };
}

/** Stalled is what trying again does not mend. */
function wrong(problems: readonly Problem[]): Pick<Sayings, 'Ready' | 'Reconciling' | 'Stalled'> {
  const message = listOf(problems.map((problem) => problem.message));
  const reason = reasonOf(problems[0]?.code ?? 'Failed');
  const isRetriable = problems.some(({ code }) => errorTable[code].retry);
  return {
    Ready: no(reason, message),
    Reconciling: isRetriable ? yes('Retrying', message) : idle,
    Stalled: isRetriable ? moving : yes(reason, message),
  };
}

/** What is not known of objects when something keeps Vidra from looking at them all. */
function unseen(problems: readonly Problem[]): Pick<Sayings, 'Healthy' | 'Drifted'> {
  const { Ready } = wrong(problems);
  const saying = unknown(Ready.reason, `not everything could be looked at: ${Ready.message}`);
  return { Healthy: saying, Drifted: saying };
}

/** The same of a plan; nothing when it is of everything. What a source gave before tells as much as what it does not give now. */
function blindness({ owners, problems }: Plan): Pick<Sayings, 'Healthy' | 'Drifted'> | undefined {
  const isSeen = owners.some(({ leaving, waiting }) => !leaving && !waiting);
  const some = problems.filter(({ code }) => !isSeen || !code.startsWith('SOURCE_'));
  const all = [...some, ...owners.flatMap((owner) => owner.problems)];
  return all.length > 0 ? unseen(all) : undefined;
}

function driftedAfter({ plan, outcomes }: Result): Saying {
  const contested = plan.owners.flatMap(({ changes }) =>
    changes.flatMap((change) =>
      'contest' in change && change.contest && isContested(change.contest)
        ? [`${describe(change.reference)} is ${describeContest(change.contest)}`]
        : [],
    ),
  );
  if (contested.length > 0) return yes('Contested', listOf(contested));
  const refused = plan.owners.flatMap(({ changes }) => changes.filter(isWrong));
  const undone = refused.length + outcomes.filter(({ result }) => result !== 'succeeded').length;
  if (undone > 0) return yes('NotApplied', `changes that were not made: ${undone}`);
  return blindness(plan)?.Drifted ?? no('AsDesired');
}

/** Everything that keeps a result from being as the definition says. */
export function problemsOf({ plan, outcomes }: Result): Problem[] {
  const failed = outcomes.filter(({ result }) => result === 'failed' || result === 'blocked');
  return [...planProblems(plan), ...failed.flatMap(({ problem }) => (problem ? [problem] : []))];
}

function planProblems(plan: Plan): Problem[] {
  const { owners, problems } = plan;
  const guarded = guardedIn(plan).map((message): Problem => ({ code: 'GUARDED', message }));
  const refused = owners.flatMap(({ changes }) =>
    changes.flatMap((change): Problem[] =>
      change.action === 'skip' && change.code && change.code !== 'GUARDED'
        ? [{ code: change.code, message: `${describe(change.reference)}: ${change.reason}` }]
        : [],
    ),
  );
  return [...problems, ...owners.flatMap((owner) => owner.problems), ...guarded, ...refused];
}

/** Of how it is, not of what was done: the same as long as it stays so. */
function summaryOf({ plan }: Result): string {
  const wanted = plan.owners.reduce((sum, { desired }) => sum + desired.length, 0);
  const skipped = countChanges(plan).skip;
  return `${countOf(wanted, 'object')} as wanted${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
