/** Waits until everything that is wanted is healthy: what was written, and what was found unchanged. */
import { setTimeout as sleep } from 'node:timers/promises';
import { VidraError } from '../errors.ts';
import { type Health, healthOf, isAlwaysHealthy } from '../manifest/health.ts';
import { describe, keyOf, type ObjectReference } from '../manifest/manifest.ts';
import { managedSelector } from '../manifest/owner.ts';
import { isWrite } from '../plan/order.ts';
import type { Plan } from '../plan/plan.ts';
import type { Outcome, Result, Run } from './run.ts';
import type { Target } from './target.ts';

const firstPollMs = 200;
const longestPollMs = 2000;
/** In more namespaces than these, one LIST of the whole cluster is cheaper. */
const fewNamespaces = 2;

/** One object that is waited for. */
interface Watched {
  readonly owner: string;
  readonly server: string;
  readonly reference: ObjectReference;
}

type Unhealthy = Result['unhealthy'][number];

/** What is not healthy at `until` (milliseconds since 1970) or has failed for good; empty when all is well. */
export async function awaitHealth(
  outcomes: readonly Outcome[],
  plan: Plan,
  target: Target,
  run: Run,
  until: number,
): Promise<Unhealthy[]> {
  let left = watchedOf(outcomes, plan);
  const failed: Unhealthy[] = [];
  for (let pollMs = firstPollMs; left.length > 0; pollMs = Math.min(pollMs * 1.5, longestPollMs)) {
    const health = await readHealth(left, target);
    const stateOf = (one: Watched) => health.get(placeOf(one.server, one.reference)) ?? healthOfAbsent(one);
    failed.push(...left.filter((one) => stateOf(one).state === 'failed').map((one) => unhealthy(one, stateOf(one))));
    left = left.filter((one) => stateOf(one).state === 'progressing');
    if (left.length === 0) break;
    const objects = left.map((one) => ({ name: describe(one.reference), reason: stateOf(one).reason }));
    run.emit({ type: 'waiting', objects });
    if (run.signal.aborted || Date.now() + pollMs > until)
      return [...failed, ...left.map((one) => unhealthy(one, stateOf(one)))];
    // An abort ends the pause; the signal is looked at above.
    await sleep(pollMs, undefined, { signal: run.signal }).catch(() => undefined);
  }
  return failed;
}

// An object that was not healthy in time yesterday is not healthy because nothing was written today.
function watchedOf(outcomes: readonly Outcome[], plan: Plan): Watched[] {
  const written = new Set(outcomes.filter(({ result }) => result === 'succeeded').map(({ change }) => change));
  return plan.owners.flatMap(({ owner, header, changes }) =>
    changes
      .filter((change) => change.action === 'keep' || (isWrite(change) && written.has(change)))
      .filter(({ reference }) => !isAlwaysHealthy(reference))
      .map(({ reference }) => ({ owner: owner.name, server: header.server, reference })),
  );
}

/** One LIST for each kind, or one for each of its namespaces where they are few. */
async function readHealth(left: readonly Watched[], target: Target): Promise<Map<string, Health>> {
  const kinds = new Map<string, Watched[]>();
  for (const one of left) {
    const key = `${one.server} ${one.reference.group}/${one.reference.kind}`;
    const others = kinds.get(key);
    if (others) others.push(one);
    else kinds.set(key, [one]);
  }
  const health = new Map<string, Health>();
  await Promise.all([...kinds.values()].map((some) => readKind(some, target, health)));
  return health;
}

async function readKind(some: readonly Watched[], target: Target, health: Map<string, Health>): Promise<void> {
  const [{ server, reference }] = some as [Watched];
  const cluster = await target.clusterOf(server);
  const type = cluster.typeOf(reference);
  if (!type) return;
  const list = async (namespaces: readonly (string | undefined)[]) => {
    const selections = namespaces.map((namespace) => (namespace ? { namespace } : {}));
    const lists = selections.map((selection) => cluster.list(type, { labelSelector: managedSelector, ...selection }));
    for (const object of (await Promise.all(lists)).flat()) {
      const { namespace = '', name } = object.metadata;
      health.set(placeOf(server, { ...reference, namespace, name }), healthOf(object));
    }
  };
  const namespaces = [...new Set(some.map((one) => one.reference.namespace))];
  if (!type.namespaced || namespaces.length <= fewNamespaces) return list(namespaces);
  await list([undefined]).catch((error) => {
    if (!(error instanceof VidraError) || error.code !== 'CLUSTER_FORBIDDEN') throw error;
    return list(namespaces);
  });
}

// A Job that ended long enough ago is deleted by its time to live.
function healthOfAbsent({ reference }: Watched): Health {
  const isJob = reference.group === 'batch' && reference.kind === 'Job';
  return isJob ? { state: 'current', reason: '' } : { state: 'progressing', reason: 'it is not there any more' };
}

function placeOf(server: string, reference: ObjectReference): string {
  return `${server} ${keyOf(reference)}`;
}

function unhealthy({ owner, reference }: Watched, { state, reason }: Health): Unhealthy {
  return { owner, name: describe(reference), reason, failed: state === 'failed' };
}
