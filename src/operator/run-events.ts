/** What is worth a Kubernetes Event of what a run did, and of what it left undone. Pure. */
import type { Outcome, Result } from '../engine/run.ts';
import { isContested } from '../plan/contest.ts';
import { listOf, subjectOf } from '../plan/names.ts';
import type { Change, Plan, WriteChange } from '../plan/plan.ts';
import { wholeRenames } from '../plan/tally.ts';
import { doneTally } from '../view/summary.ts';
import { reasonOf } from './conditions.ts';
import { guardedIn } from './guarded.ts';
import { failure, type Happening, normal, warning } from './happening.ts';

/** By the name of the owner; empty for the home cluster. */
type Servers = ReadonlyMap<string, string>;
type Of = Pick<Outcome, 'owner' | 'change'>;

/** Each removal, rename and repair that has succeeded, and all else together. */
export function doneBy({ plan, outcomes }: Result, isNew: (outcome: Outcome) => boolean): Happening[] {
  const servers = serversOf(plan);
  const done = outcomes.filter((outcome) => outcome.result === 'succeeded' && isNew(outcome));
  const isRename = wholeRenames(done);
  const single = done.map((outcome) => {
    const happening = isRename(outcome) ? renamed(outcome.change) : doneOne(outcome);
    return { outcome, happening };
  });
  const applied = single.flatMap(({ outcome, happening }) => (happening === 'applied' ? [outcome] : []));
  return [
    ...appliedOf(servers, applied),
    ...single.flatMap(({ outcome, happening }) =>
      typeof happening === 'object' ? [about(servers, outcome, happening)] : [],
    ),
  ];
}

/** The half that goes is told with the one that comes. */
function renamed(change: Change): Happening | 'nothing' {
  const from = 'renamedFrom' in change && change.renamedFrom?.reference;
  return from ? normal('Renamed', 'Rename', `${change.reason}; it was called ${from.name}`) : 'nothing';
}

function doneOne({ change, gone }: Outcome): Happening | 'applied' {
  const { reason } = change;
  switch (change.action) {
    case 'delete':
      return normal('Deleted', 'Delete', gone === false ? `${reason}; it is not gone yet` : reason);
    case 'release':
      return normal('Released', 'Release', reason);
    case 'create':
      return change.recorded ? normal('Drifted', 'PutBack', `${reason}; made again`) : 'applied';
    case 'update':
      return change.contest ? repair(change, change.contest) : 'applied';
    default:
      return 'applied';
  }
}

// What says how often would be another event each time.
function repair({ reason, differences }: WriteChange, contest: NonNullable<WriteChange['contest']>): Happening {
  const fields = differences.length > 0 ? ` ${listOf(differences.map(({ path }) => path))}` : '';
  if (!isContested(contest)) return normal('Drifted', 'PutBack', `${reason}; put back${fields}`);
  const opponent = contest.manager ?? 'somebody who leaves no field manager';
  return warning('Contested', 'PutBack', `${opponent} changes it again and again; put back${fields}`);
}

function appliedOf(servers: Servers, outcomes: readonly Outcome[]): Happening[] {
  const [first] = outcomes;
  if (!first) return [];
  const counts = doneTally(outcomes, 0).map(({ count, word }) => `${count} ${word}`);
  const names = outcomes.map((outcome) => nameOf(servers, outcome));
  const whole = normal('Applied', 'Apply', `${counts.join(', ')}: ${listOf(names)}`);
  return [outcomes.length === 1 ? { ...whole, ...relatedTo(servers, first) } : whole];
}

/** What keeps a result from being as the definition says. */
export function wrongAfter({ plan, outcomes, unhealthy }: Result): Happening[] {
  const servers = serversOf(plan);
  const failed = outcomes.flatMap((outcome) => {
    const { result, problem } = outcome;
    if (!problem || (result !== 'failed' && result !== 'blocked')) return [];
    return [{ ...failure(problem, 'Apply'), ...relatedTo(servers, outcome) }];
  });
  const sick = unhealthy.map((one) =>
    warning(one.failed ? 'Failed' : 'NotHealthy', 'Wait', `${one.name}: ${one.reason}`),
  );
  return [...failed, ...leftUndone(plan), ...sick];
}

/** What the plan itself does not do. */
export function leftUndone(plan: Plan): Happening[] {
  const servers = serversOf(plan);
  const problems = [...plan.problems, ...plan.owners.flatMap((owner) => owner.problems)];
  const refused = plan.owners.flatMap(({ owner, changes }) =>
    changes.flatMap((change) =>
      change.action === 'skip' && change.code && change.code !== 'GUARDED'
        ? [about(servers, { owner: owner.name, change }, warning(reasonOf(change.code), 'Plan', change.reason))]
        : [],
    ),
  );
  const guarded = guardedIn(plan).map((line) => warning('Guarded', 'Delete', line));
  return [...guarded, ...problems.map((problem) => failure(problem, 'Plan')), ...refused];
}

function about(servers: Servers, of: Of, happening: Happening): Happening {
  return { ...happening, note: `${nameOf(servers, of)}: ${happening.note}`, ...relatedTo(servers, of) };
}

function nameOf(servers: Servers, { owner, change }: Of): string {
  return subjectOf(change.reference, servers.get(owner) ?? '');
}

function relatedTo(servers: Servers, { owner, change }: Of): Pick<Happening, 'related'> {
  return servers.get(owner) === '' ? { related: change.reference } : {};
}

function serversOf({ owners }: Plan): Servers {
  return new Map(owners.map(({ owner, header }) => [owner.name, header.server]));
}
