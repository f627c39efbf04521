/** Random histories of owners, manifests, other writers and crashes on a real API server, held to a model of who wants what. */
import { setMaxListeners } from 'node:events';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectCluster } from '../../../src/cluster/connect.ts';
import { isIncomplete, type OwnerPlan } from '../../../src/plan/plan.ts';
import { type ControlPlane, startControlPlane } from '../../../src/sandbox/control-plane.ts';
import { connect } from '../../support/cluster.ts';
import { faultsOfApply, faultsOfEnd, faultsOfPlan } from './oracle.ts';
import { faultsOfRace } from './race.ts';
import { type Home, histories, homeOf, owners, type Step } from './step.ts';
import { type Homes, startWorld, type World } from './world.ts';

let controlPlanes: readonly ControlPlane[];
let homes: Homes;
const ended = new AbortController();
setMaxListeners(0, ended.signal);

beforeAll(async () => {
  // A plan reads the records of all namespaces, so on a cluster that others use, too, each of thousands of plans would read theirs.
  controlPlanes = await Promise.all([startControlPlane(), startControlPlane()]);
  const [near, far] = controlPlanes as [ControlPlane, ControlPlane];
  const open = async (kubeconfig: string) => ({
    raw: connect(kubeconfig),
    port: await connectCluster({ file: kubeconfig, environment: {}, signal: ended.signal }),
  });
  homes = { near: await open(near.kubeconfig), far: await open(far.kubeconfig) };
});
afterAll(async () => {
  await Promise.all(Object.values(homes).flatMap(({ raw, port }) => [raw.close(), port.close()]));
  await Promise.all(controlPlanes.map(({ stop }) => stop()));
});

/** Replays one history when both are set, as the report of a failure says them. VIDRA_MODEL_SHRINK makes a failing one smaller. */
const replay = { seed: process.env['VIDRA_MODEL_SEED'], path: process.env['VIDRA_MODEL_PATH'] };
const parameters: fc.Parameters<[readonly Step[]]> = {
  numRuns: Number(process.env['VIDRA_MODEL_RUNS'] ?? 300),
  seed: Number(replay.seed ?? 20_261_125),
  ...(replay.path && { path: replay.path }),
  // A history that fails for the machine's speed is not made smaller by trying others, which may take hours.
  endOnFailure: process.env['VIDRA_MODEL_SHRINK'] === undefined,
  // Most take a third of a second. One that hangs is told, with the way to replay it.
  timeout: 120_000,
};

test('every history ends as its owners want it, and every plan says what its apply does', {
  timeout: 1_200_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (steps) => {
      expect(await faultsOf(steps)).toEqual([]);
    }),
    parameters,
  );
});

async function faultsOf(steps: readonly Step[]): Promise<string[]> {
  const world = await startWorld(homes);
  try {
    for (const [index, step] of steps.entries()) {
      const faults = await take(world, step);
      if (faults.length > 0) return faults.map((fault) => `step ${index + 1}: ${fault}`);
    }
    return await settle(world);
  } finally {
    await world.end();
  }
}

async function take(world: World, step: Step): Promise<string[]> {
  if (step.type === 'race') {
    const { before, runs } = await world.race(step);
    const after = await world.objects();
    return [...faultsOfApply(world, before, after), ...faultsOfRace(runs, before, after)];
  }
  if (step.type !== 'apply') {
    await world.take(step);
    return [];
  }
  const before = await world.objects();
  const result = await world.apply(step);
  const after = await world.objects();
  return [...faultsOfApply(world, before, after, step.home), ...(result ? faultsOfPlan(result, before, after) : [])];
}

// What one home gives up another one may have waited for.
const rounds: readonly Home[] = ['near', 'far', 'near', 'far'];

async function settle(world: World): Promise<string[]> {
  for (const home of rounds) {
    const faults = await take(world, { type: 'apply', home });
    if (faults.length > 0) return faults.map((fault) => `at the end: ${fault}`);
  }
  const records = [...(await world.records('near')), ...(await world.records('far'))];
  const recorded = new Map(
    owners.flatMap((owner) => {
      const record = records.find(({ header }) => header.name === `${world.namespace}-${owner}`);
      return record ? [[owner, record] as const] : [];
    }),
  );
  const idle = await Promise.all([...new Set(Object.values(homeOf))].map((home) => world.plan(home)));
  const plans = idle.flatMap((plan) => plan.owners);
  const unfinished = new Set(
    owners.filter((owner) =>
      plans.some((plan) => plan.owner.name === `${world.namespace}-${owner}` && isIncomplete(plan)),
    ),
  );
  return [...faultsOfEnd({ ...world, unfinished }, await world.objects(), recorded), ...plans.flatMap(faultsOfIdle)];
}

// What an owner does not want any more stays until all that it wants is there.
function faultsOfIdle(plan: OwnerPlan): string[] {
  const settled = ['keep', 'skip', ...(isIncomplete(plan) ? ['delete', 'release'] : [])];
  return plan.changes
    .filter(({ action }) => !settled.includes(action))
    .map(
      ({ action, reference, reason }) =>
        `there is still to do: ${plan.owner.name} ${action} ${reference.name}, ${reason}`,
    );
}
