/** Instances of a kind whose definition this run changed: for a moment, an API server still judges them by the old one. */
import { setTimeout as sleep } from 'node:timers/promises';
import { refusedFields } from '../cluster/refusal.ts';
import type { WriteChange } from '../plan/plan.ts';

/** In all three seconds: several servers hear of a definition one after the other. */
const pausesMs = [50, 100, 200, 400, 800, 1500];

/** Tries again what was refused for its fields, if the change comes after one of a CustomResourceDefinition. */
export async function withFreshKind<T>(
  change: WriteChange,
  signal: AbortSignal,
  attempt: () => Promise<T>,
): Promise<T> {
  const isFresh = change.after.some((id) => id.includes('|apiextensions.k8s.io/CustomResourceDefinition/'));
  for (const pauseMs of isFresh ? pausesMs : []) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted || refusedFields(error) === undefined) throw error;
    }
    await sleep(pauseMs);
  }
  return attempt();
}
