/** What a run has done, as far as those need to know that watch for changes by others. Pure. */
import type { Result } from '../engine/run.ts';
import type { OwnerHeader } from '../inventory/inventory.ts';
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

/** `nameOf` names the connection of an owner, where that is not its server alone. */
export function effectOf(result: Pick<Result, 'plan' | 'outcomes'>, nameOf: NameOf = itsServer): Effect {
  return { written: writtenBy(result, nameOf), patience: patienceOf(result.plan, nameOf) };
}

export type NameOf = (owner: OwnerHeader) => string;

export const itsServer: NameOf = ({ server }) => server;

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
        return delay > 0 ? [[placeOf(nameOf(header), keyOf(change.reference)), delay] as const] : [];
      }),
    ),
  );
}

function writtenBy({ plan, outcomes }: Pick<Result, 'plan' | 'outcomes'>, nameOf: NameOf): string[] {
  const places = new Map(plan.owners.map(({ header }) => [header.name, nameOf(header)]));
  const done = outcomes.filter(({ result }) => result === 'succeeded');
  return done.map(({ owner, change }) => placeOf(places.get(owner) ?? '', keyOf(change.reference)));
}
