/** Runs work in the order of its dependencies, everything else side by side. */

export interface GraphNode {
  readonly id: string;
  /** Ids that must have succeeded before. Ids that are not in the graph count as settled. */
  readonly after: readonly string[];
}

export type NodeResult = 'succeeded' | 'failed';

export interface GraphOptions<N extends GraphNode> {
  /** If it throws, nothing new is started and the run of the graph throws, too, when what runs has ended. */
  readonly execute: (node: N) => Promise<NodeResult>;
  /** Told of each node that is not run, because one before it failed, or because it depends on itself. */
  readonly blocked: (node: N, because: string) => void;
  /** Told of each node that is not run, because the run ended before. */
  readonly stopped: (node: N) => void;
  readonly parallel: number;
  readonly signal: AbortSignal;
}

/** Ends when every node was executed, blocked or stopped. An abort lets what runs end and starts nothing new. */
export async function runGraph<N extends GraphNode>(nodes: readonly N[], options: GraphOptions<N>): Promise<void> {
  const graph = linkNodes(nodes);
  const settled = new Set<string>();
  const ready = nodes.filter((node) => graph.waitingFor.get(node.id) === 0);
  let next = 0;
  let running = 0;
  let failure: { readonly cause: unknown } | undefined;

  const release = (node: N) => {
    for (const dependant of graph.dependants.get(node.id) ?? []) {
      const left = (graph.waitingFor.get(dependant.id) ?? 0) - 1;
      graph.waitingFor.set(dependant.id, left);
      if (left === 0 && !settled.has(dependant.id)) ready.push(dependant);
    }
  };
  const block = (node: N) => {
    const queue = [...(graph.dependants.get(node.id) ?? [])];
    for (let dependant = queue.pop(); dependant; dependant = queue.pop()) {
      if (settled.has(dependant.id)) continue;
      settled.add(dependant.id);
      options.blocked(dependant, node.id);
      queue.push(...(graph.dependants.get(dependant.id) ?? []));
    }
  };
  await new Promise<void>((resolve) => {
    const run = async (node: N) => {
      try {
        if ((await options.execute(node)) === 'failed') block(node);
        else release(node);
      } catch (cause) {
        failure ??= { cause };
      }
      running--;
      fill();
    };
    const fill = () => {
      while (running < options.parallel && next < ready.length && !options.signal.aborted && !failure) {
        const node = ready[next++] as N;
        running++;
        settled.add(node.id);
        void run(node);
      }
      if (running === 0) resolve();
    };
    fill();
  });
  if (failure) throw (failure as { readonly cause: unknown }).cause;
  for (const node of nodes.filter((candidate) => !settled.has(candidate.id))) {
    if (options.signal.aborted) options.stopped(node);
    else options.blocked(node, 'a circle of dependencies');
  }
}

function linkNodes<N extends GraphNode>(nodes: readonly N[]) {
  const ids = new Set(nodes.map((node) => node.id));
  const waitingFor = new Map<string, number>();
  const dependants = new Map<string, N[]>();
  for (const node of nodes) {
    const before = [...new Set(node.after)].filter((id) => ids.has(id));
    waitingFor.set(node.id, before.length);
    for (const id of before) {
      const others = dependants.get(id);
      if (others) others.push(node);
      else dependants.set(id, [node]);
    }
  }
  return { waitingFor, dependants };
}
