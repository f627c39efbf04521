/** Makes sure, in the cluster, that nothing of the demo is left. */
import { VidraError } from '../errors.ts';
import { countOf } from '../view/quantity.ts';
import { removeObject } from './meddling.ts';
import type { Stage } from './stage.ts';
import { awaitNothing, everything, type Names, traces } from './traces.ts';

export interface Leftovers {
  /** Removes the namespace of the records, waits until all is gone, and returns for people what is there now. Throws DEMO_FAILED. */
  clear(): Promise<string>;
}

const limitMs = 90_000;
const mostNamed = 10;

/** To be called before the demo changes anything. `artifacts` are the ids of those that it applies. */
export async function watchLeftovers(stage: Stage, artifacts: readonly string[]): Promise<Leftovers> {
  const { cluster, prefix, recordNamespace, own } = stage;
  const before = own ? await everything(cluster) : undefined;
  const look = async () => {
    if (before === undefined) return traces(cluster, prefix, artifacts);
    return new Map([...(await everything(cluster))].filter(([uid]) => !before.has(uid)));
  };
  return {
    async clear() {
      await removeObject(cluster, {
        group: '',
        version: 'v1',
        kind: 'Namespace',
        namespace: '',
        name: recordNamespace,
      });
      const left = await awaitNothing(look, limitMs);
      if (left.size > 0) throw new VidraError('DEMO_FAILED', `${describeNames(left)} is left in the cluster`);
      if (before === undefined) return "Nothing in the cluster is the demo's any more.";
      return `Before the first step the cluster held ${countOf(before.size, 'object')}, and now it holds the very same ones and no other.`;
    },
  };
}

function describeNames(names: Names): string {
  const shown = [...names.values()].sort().slice(0, mostNamed);
  const others = names.size - shown.length;
  return shown.join(', ') + (others > 0 ? ` and ${countOf(others, 'other')}` : '');
}
