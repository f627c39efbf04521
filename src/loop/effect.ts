/** What a run has done, as far as those need to know that watch for changes by others. Pure. */
import type { Result } from '../engine/run.ts';
import { keyOf } from '../manifest/manifest.ts';
import { contestDelay } from '../plan/contest.ts';
import type { Plan } from '../plan/plan.ts';

const shortestPatienceMs = 5_000;
const longestPatienceMs = 5 * 60_000;

/** Objects are named by `placeOf`. */
export interface Effect {
  /** What it has written: a change of that is a new one, even if it looks like the last. */
  readonly written: readonly string[];
  /** What is fought over, and is let be for so many milliseconds. */
  readonly patience: ReadonlyMap<string, number>;
}

export const nothingDone: Effect = { written: [], patience: new Map() };

/** `nameOf` names the connection to a server, where that is not the server alone. */
export function effectOf(result: Pick<Result, 'plan' | 'outcomes'>, nameOf: NameOf = itself): Effect {
  return { written: writtenBy(result, nameOf), patience: patienceOf(result.plan, nameOf) };
}

export type NameOf = (server: string) => string;

const itself: NameOf = (server) => server;

/** Names one object of one destination. */
export function placeOf(server: string, key: string): string {
  return `${server} ${key}`;
}

function patienceOf({ owners }: Plan, nameOf: NameOf): Map<string, number> {
  return new Map(
    owners.flatMap(({ header, changes }) =>
      changes.flatMap((change) => {
        const contest = 'contest' in change ? change.contest : undefined;
        const delay = contest ? contestDelay(contest, shortestPatienceMs, longestPatienceMs) : 0;
        return delay > 0 ? [[placeOf(nameOf(header.server), keyOf(change.reference)), delay] as const] : [];
      }),
    ),
  );
}

function writtenBy({ plan, outcomes }: Pick<Result, 'plan' | 'outcomes'>, nameOf: NameOf): string[] {
  const servers = new Map(plan.owners.map(({ header }) => [header.name, header.server]));
  const done = outcomes.filter(({ result }) => result === 'succeeded');
  return done.map(({ owner, change }) => placeOf(nameOf(servers.get(owner) ?? ''), keyOf(change.reference)));
}
