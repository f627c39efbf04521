/** Carries out all changes of a plan: writes first, what may stop other writes after them, removals last but those that make room. */
import type { Cluster } from '../cluster/cluster.ts';
import { keyOf } from '../manifest/manifest.ts';
import { isLate, isWrite } from '../plan/order.ts';
import { type Change, changeId, lacksWanted, type OwnerPlan, type Plan, type Problem } from '../plan/plan.ts';
import { act, makesRoom, type Patience } from './act.ts';
import { runGraph } from './graph.ts';
import type { Objection } from './newcomers.ts';
import type { Outcome, Run } from './run.ts';

/** Requests under way at once are limited by the cluster's connections; this only bounds what waits for them. */
const parallel = 64;

type Actionable = Exclude<Change, { action: 'keep' | 'skip' }>;

interface Step {
  readonly id: string;
  readonly after: readonly string[];
  readonly plan: OwnerPlan;
  readonly change: Actionable;
}

/** One outcome for every change that is not `keep` or `skip`, in the order in which they ended. */
export async function actAll(
  plan: Plan,
  clusterOf: (server: string) => Promise<Cluster>,
  run: Run,
  patience: Patience,
  objectionTo: Objection,
): Promise<Outcome[]> {
  const steps = plan.owners.flatMap(stepsOf);
  const outcomes = new Map<string, Outcome>();
  const unfinished = new Set(plan.owners.filter(lacksWanted).map(({ owner }) => owner.name));

  const add = (step: Step, rest: Omit<Outcome, 'owner' | 'change'>) => {
    const outcome = { owner: step.plan.owner.name, change: step.change, ...rest };
    outcomes.set(step.id, outcome);
    if (rest.result !== 'succeeded') unfinished.add(outcome.owner);
    run.emit({ type: 'acted', outcome });
    run.emit({ type: 'acting', done: outcomes.size, total: steps.length });
    return rest.result === 'succeeded' ? 'succeeded' : 'failed';
  };
  const skipped = new Set(plan.owners.flatMap(skippedOf));
  // A step of an earlier phase, or one that was skipped by the plan, is not in the graph of this phase.
  const failedBefore = (step: Step) =>
    step.after.find((id) => skipped.has(id) || (outcomes.has(id) && outcomes.get(id)?.result !== 'succeeded'));
  const phase = (members: readonly Step[]) =>
    runGraph(members, {
      parallel,
      signal: run.signal,
      blocked: (step, because) => void add(step, { result: 'blocked', problem: dependency(because, outcomes) }),
      stopped: (step) => void add(step, { result: 'stopped' }),
      execute: async (step) => {
        const blocker = failedBefore(step);
        if (blocker !== undefined) return add(step, { result: 'blocked', problem: dependency(blocker, outcomes) });
        const objection = step.change.action === 'delete' ? await objectionTo(step.id) : undefined;
        if (objection) return add(step, { result: 'failed', problem: objection });
        const cluster = await clusterOf(step.plan.header.server);
        return add(step, await act(cluster, step.plan.owner, step.change, run, patience));
      },
    });

  const isEarly = ({ change }: Step) => isWrite(change) || makesRoom(change);
  const early = steps.filter(isEarly);
  await phase(early.filter(({ change }) => !isLate(change)));
  await phase(early.filter(({ change }) => isLate(change)));
  // What an owner does not want any more stays until all that it wants is there: the old may be standing in for the new.
  const removals = steps.filter((step) => !isEarly(step));
  const held = new Set(removals.filter(({ plan: { owner } }) => unfinished.has(owner.name)));
  for (const step of held)
    add(step, run.signal.aborted ? { result: 'stopped' } : { result: 'blocked', problem: waitsForWrites });
  const free = removals.filter((step) => !held.has(step));
  // What may stop other deletions goes before them.
  await phase(free.filter(({ change }) => isLate(change)));
  await phase(free.filter(({ change }) => !isLate(change)));
  return [...outcomes.values()];
}

function stepsOf(plan: OwnerPlan): Step[] {
  const actionable = plan.changes.filter((change) => change.action !== 'keep' && change.action !== 'skip');
  return actionable.map((change) => ({
    id: changeId(plan.owner.name, keyOf(change.reference)),
    after: change.after,
    plan,
    change,
  }));
}

function skippedOf(plan: OwnerPlan): string[] {
  const wrong = plan.changes.filter((change) => change.action === 'skip' && change.code !== undefined);
  return wrong.map((change) => changeId(plan.owner.name, keyOf(change.reference)));
}

const waitsForWrites: Problem = {
  code: 'DEPENDENCY_FAILED',
  message: 'is kept until everything that its owner wants is there',
};

function dependency(id: string, outcomes: ReadonlyMap<string, Outcome>): Problem {
  const [owner = '', key = ''] = id.split('|');
  const [, kind = id, namespace = '', name = ''] = key.split('/');
  const what = key ? `${kind} ${namespace ? `${namespace}/` : ''}${name} of ${owner}` : owner;
  const { change, problem } = outcomes.get(id) ?? {};
  const isInTheWay = change !== undefined && makesRoom(change) && problem !== undefined;
  const message = isInTheWay
    ? `takes the place of ${what}, which ${problem.message}`
    : `depends on ${what}, which failed`;
  return { code: 'DEPENDENCY_FAILED', message };
}
