/** `vidra watch` without files: keeps what the definitions of a cluster say, alone or with others, and lets itself be watched. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunEvent } from '../engine/run.ts';
import type { Target } from '../engine/target.ts';
import { VidraError } from '../errors.ts';
import type { LeaseEvent } from '../lease/event.ts';
import type { LoopEvent } from '../loop/event.ts';
import { retryMs } from '../loop/pace.ts';
import type { Measure } from '../operator/measure.ts';
import { operate } from '../operator/operator.ts';
import { wholeShare } from '../operator/share.ts';
import type { Metrics } from '../server/metrics.ts';
import { type Servers, startServers } from './daemon-servers.ts';
import { type HeldShare, holdShare } from './daemon-share.ts';
import type { WatchOptions } from './flags.ts';
import { type Connected, type TargetRules, withTarget } from './target.ts';
import type { Terminal } from './terminal.ts';

export interface Listeners {
  readonly emit: (event: LoopEvent) => void;
  readonly progress: (event: RunEvent) => void;
}

const longestRetryMs = 30_000;

/** Returns when the terminal's signal has aborted and all has ended. Throws what waiting does not mend, such as USAGE. */
export async function runDaemon(
  options: WatchOptions,
  rules: TargetRules,
  terminal: Terminal,
  listeners: Listeners,
): Promise<void> {
  if (options.shards > 1 && !options.leaderElect) throw new VidraError('USAGE', '--shards needs --leader-elect');
  const state = createState(options.leaderElect, listeners);
  const onProblem = (error: VidraError) => state.emit({ type: 'waiting', error });
  const servers = await startServers({ flags: options, readiness: state.checks, onProblem });
  try {
    await persistently(terminal.signal, onProblem, () =>
      withTarget(options, rules, terminal, (target, connected) =>
        work(target, connected, { options, servers, state, listeners, signal: terminal.signal }),
      ),
    );
  } finally {
    await servers.close();
  }
}

interface Parts {
  readonly options: WatchOptions;
  readonly servers: Servers;
  readonly state: State;
  readonly listeners: Listeners;
  readonly signal: AbortSignal;
}

async function work(target: Target, connected: Connected, parts: Parts): Promise<void> {
  const { servers, state, listeners, signal } = parts;
  servers.admit(target.home);
  const { share, release } = await takeShare(connected, parts);
  try {
    await operate(target, {
      ...{ share, signal, emit: state.emit, progress: listeners.progress },
      destinations: connected.destinations,
      fenced: connected.fenced,
      measure: measureBy(servers.metrics),
      secretNamespaces: connected.secretNamespaces,
    });
  } finally {
    await release();
  }
}

async function takeShare(connected: Connected, { options, servers, state }: Parts): Promise<HeldShare> {
  const { metrics } = servers;
  if (!options.leaderElect) {
    metrics?.lead(0, true);
    return { share: wholeShare, release: async () => {} };
  }
  return holdShare(connected, options.shards, (event) => {
    if ('shard' in event && event.type !== 'leaving') metrics?.lead(event.shard, event.type === 'acquired');
    state.hear(event);
  });
}

function measureBy(metrics: Metrics | undefined): Measure {
  const subjectOf = (key: string) => {
    const [kind = '', name = ''] = key.split(' ');
    return { kind, name };
  };
  return {
    ended: (key, result, milliseconds, objects) => {
      metrics?.reconciled(subjectOf(key), result, milliseconds / 1000);
      if (objects !== undefined) metrics?.managed(subjectOf(key), objects);
    },
    forgotten: (key) => metrics?.forget(subjectOf(key)),
  };
}

type State = ReturnType<typeof createState>;

/** What is known so far, by what is said aloud. */
function createState(isShared: boolean, { emit }: Listeners) {
  let isListed = false;
  let isFollowing = !isShared;
  let trouble = '';
  const check = (isDone: boolean, what: string) => (isDone ? undefined : trouble || `${what} yet`);
  return {
    checks: {
      definitions: () => check(isListed, 'the definitions have not been read'),
      lease: () => check(isFollowing, 'it is not known who holds the Lease'),
    },
    emit: (event: LoopEvent) => {
      if (event.type === 'waiting') trouble = event.error.message;
      if (event.type === 'watching') isListed = true;
      emit(event);
    },
    hear: (event: LeaseEvent) => {
      if (event.type === 'following') isFollowing = true;
      else if (event.type === 'failed') emit({ type: 'waiting', error: event.error });
      else emit({ type: 'shard', shard: event.shard, state: event.type });
    },
  };
}

/** Tries until it succeeds or the signal aborts: a cluster that lets nobody in now may do so later. */
async function persistently(
  signal: AbortSignal,
  onProblem: (error: VidraError) => void,
  attempt: () => Promise<void>,
): Promise<void> {
  let said = '';
  for (let failures = 1; !signal.aborted; failures++) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof VidraError) || !error.code.startsWith('CLUSTER_')) throw error;
      if (error.message !== said) onProblem(error);
      said = error.message;
      await sleep(retryMs(failures, longestRetryMs, Math.random()), undefined, { signal }).catch(() => undefined);
    }
  }
}
