/** Why workloads are not ready, beyond what they say themselves: asked seldom, of few, and only when they take long. */
import { setTimeout as sleep } from 'node:timers/promises';
import { hasPods, podReason } from './pod-reason.ts';
import type { Sight } from './sight.ts';

export interface Causes {
  /** Asks about some of these, if it is time to. */
  refresh(sights: readonly Sight[]): Promise<void>;
  /** Asks about some of these now, since nobody waits any longer. */
  conclude(sights: readonly Sight[]): Promise<void>;
  /** What is wrong with an object, with what is known of its causes. */
  reasonOf(sight: Sight): string;
}

const patienceMs = 2_000;
const intervalMs = 5_000;
const longestMs = 5_000;
const most = 10;

export function createCauses(): Causes {
  const causes = new Map<Sight, string | undefined>();
  let next = performance.now() + patienceMs;

  const ask = async (sights: readonly Sight[]) => {
    const some = sights.filter(({ awaited, object }) => object && hasPods(awaited.reference)).slice(0, most);
    const answers = some.map(async (sight) => {
      if (sight.object) causes.set(sight, await podReason(sight.awaited.cluster, sight.object));
    });
    await Promise.race([Promise.all(answers), sleep(longestMs, undefined, { ref: false })]);
  };
  return {
    async refresh(sights) {
      if (performance.now() < next) return;
      await ask(sights);
      next = performance.now() + intervalMs;
    },
    conclude: ask,
    reasonOf(sight) {
      const reason = sight.health?.reason ?? 'it could not be looked at';
      const cause = causes.get(sight);
      return cause ? `${reason}: ${cause}` : reason;
    },
  };
}
