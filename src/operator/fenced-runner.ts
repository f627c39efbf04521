/** Runs tasks under the right to work on them: what they write is refused, and they end, as soon as that is lost. */
import type { WriteFence } from '../cluster/cluster.ts';
import type { Destinations } from '../destination/destinations.ts';
import type { Target } from '../engine/target.ts';
import type { Fence } from '../lease/fence.ts';
import type { Task } from './queue.ts';
import { createRunner, type RunnerContext } from './runner.ts';
import type { Share } from './share.ts';

export interface FencedContext extends Omit<RunnerContext, 'base' | 'clusterFor'> {
  readonly clusterFor: Destinations['of'];
  /** What may write only while the fence is held. */
  readonly fenced: (fence: WriteFence) => Promise<Target>;
  readonly share: Share;
}

type Runner = ReturnType<typeof createRunner>;

/** What runs tasks of one shard. */
export function createFencedRunner(context: FencedContext): Runner {
  const { share, clusterFor } = context;
  const runners = new WeakMap<Fence, Promise<Runner>>();
  const start = async (fence: Fence) =>
    createRunner({
      ...context,
      base: await context.fenced(fence),
      clusterFor: async (destination) => (await clusterFor(destination)).fenced(fence),
    });
  return async (tasks) => {
    const [{ key }] = tasks as readonly [Task];
    const fence = share.fenceOf(key);
    if (!fence) {
      for (const { end } of tasks) end(true);
      return;
    }
    const runner = runners.get(fence) ?? start(fence);
    runners.set(fence, runner);
    const under = (task: Task) => ({ ...task, signal: AbortSignal.any([task.signal, fence.signal]) });
    await fence.during(async () => (await runner)(tasks.map(under)));
  };
}
