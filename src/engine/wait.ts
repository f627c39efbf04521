/** Waits until what was written is healthy and what was deleted is gone. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../cluster/cluster.ts';
import { type Health, healthOf, isAlwaysHealthy } from '../manifest/health.ts';
import { describe, keyOf } from '../manifest/manifest.ts';
import { managedSelector } from '../manifest/owner.ts';
import { isWrite } from '../plan/order.ts';
import type { Plan } from '../plan/plan.ts';
import type { Outcome, Result, Run } from './run.ts';
import type { Target } from './target.ts';

const firstPollMs = 200;
const longestPollMs = 2000;

interface Watched {
  readonly server: string;
  readonly outcome: Outcome;
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
  let left = watched(outcomes, plan).filter(({ outcome: { change, result } }) => {
    return isWrite(change) && result === 'succeeded' && !isAlwaysHealthy(change.reference);
  });
  const failed: Unhealthy[] = [];
  for (let pollMs = firstPollMs; left.length > 0; pollMs = Math.min(pollMs * 1.5, longestPollMs)) {
    const health = await readHealth(left, target);
    const stateOf = (one: Watched) => health.get(placeOf(one)) ?? healthOfAbsent(one);
    failed.push(...left.filter((one) => stateOf(one).state === 'failed').map((one) => unhealthy(one, stateOf(one))));
    left = left.filter((one) => stateOf(one).state === 'progressing');
    if (left.length === 0) break;
    const objects = left.map((one) => ({ name: describe(one.outcome.change.reference), reason: stateOf(one).reason }));
    run.emit({ type: 'waiting', objects });
    if (run.signal.aborted || Date.now() + pollMs > until)
      return [...failed, ...left.map((one) => unhealthy(one, stateOf(one)))];
    await pause(pollMs, run.signal);
  }
  return failed;
}

// A Job that ended long enough ago is deleted by its time to live.
function healthOfAbsent({ outcome: { change } }: Watched): Health {
  const isJob = change.reference.group === 'batch' && change.reference.kind === 'Job';
  return isJob ? { state: 'current', reason: '' } : { state: 'progressing', reason: 'it is not there any more' };
}

/** The outcomes, those of deletions that ended with `gone`. */
export async function awaitRemoval(
  outcomes: readonly Outcome[],
  plan: Plan,
  target: Target,
  run: Run,
  until: number,
): Promise<Outcome[]> {
  let left = watched(outcomes, plan).filter(({ outcome }) => outcome.result === 'succeeded' && outcome.gone === false);
  const gone = new Set<Outcome>();
  for (let pollMs = firstPollMs; left.length > 0; pollMs = Math.min(pollMs * 1.5, longestPollMs)) {
    const found = await Promise.all(left.map(async (one) => ({ one, waitsFor: await survivor(one, target) })));
    for (const { one, waitsFor } of found) if (waitsFor === undefined) gone.add(one.outcome);
    const objects = found.flatMap(({ one, waitsFor }) => {
      return waitsFor === undefined ? [] : [{ name: describe(one.outcome.change.reference), reason: waitsFor }];
    });
    left = found.filter(({ waitsFor }) => waitsFor !== undefined).map(({ one }) => one);
    if (left.length === 0 || run.signal.aborted || Date.now() + pollMs > until) break;
    run.emit({ type: 'waiting', objects });
    await pause(pollMs, run.signal);
  }
  return outcomes.map((outcome) => (gone.has(outcome) ? { ...outcome, gone: true } : outcome));
}

function watched(outcomes: readonly Outcome[], plan: Plan): Watched[] {
  const servers = new Map(plan.owners.map(({ owner, header }) => [owner.name, header.server]));
  return outcomes.map((outcome) => ({ server: servers.get(outcome.owner) ?? '', outcome }));
}

/** One LIST for each kind and namespace that has something to wait for. */
async function readHealth(left: readonly Watched[], target: Target): Promise<Map<string, Health>> {
  const lists = new Map<string, Watched>();
  for (const one of left) {
    const { group, kind, namespace } = one.outcome.change.reference;
    lists.set(`${one.server} ${group}/${kind}/${namespace}`, one);
  }
  const health = new Map<string, Health>();
  await Promise.all(
    [...lists.values()].map(async ({ server, outcome: { change } }) => {
      const cluster = await target.clusterOf(server);
      for (const object of await listLike(cluster, change.reference)) {
        const reference = {
          ...change.reference,
          namespace: object.metadata.namespace ?? '',
          name: object.metadata.name,
        };
        health.set(`${server} ${keyOf(reference)}`, healthOf(object));
      }
    }),
  );
  return health;
}

async function listLike(cluster: Cluster, reference: Outcome['change']['reference']) {
  const type = cluster.typeOf(reference);
  if (!type) return [];
  const namespace = type.namespaced ? { namespace: reference.namespace } : {};
  return cluster.list(type, { labelSelector: managedSelector, ...namespace });
}

/** What an object that is being deleted waits for; nothing when it is gone or is another one by now. */
async function survivor({ server, outcome: { change } }: Watched, target: Target): Promise<string | undefined> {
  const cluster = await target.clusterOf(server);
  const type = cluster.typeOf(change.reference);
  const live = type && (await cluster.getMetadata(type, change.reference));
  if (!live || (change.action === 'delete' && live.uid !== change.uid)) return undefined;
  return live.finalizers.length > 0 ? `waits for ${live.finalizers.join(', ')}` : 'waits for its contents';
}

function placeOf({ server, outcome }: Watched): string {
  return `${server} ${keyOf(outcome.change.reference)}`;
}

function unhealthy({ outcome }: Watched, health: Health): Unhealthy {
  const name = describe(outcome.change.reference);
  return { owner: outcome.owner, name, reason: health.reason, failed: health.state === 'failed' };
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  // An abort ends the pause; the caller looks at the signal.
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
