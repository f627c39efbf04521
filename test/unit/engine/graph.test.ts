import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type GraphNode, type NodeResult, runGraph } from '../../../src/engine/graph.ts';

interface Behaviour {
  readonly fails?: readonly string[];
  readonly throws?: string;
  readonly parallel?: number;
  readonly signal?: AbortSignal;
  readonly onStart?: (id: string) => void;
}

/** Runs the graph and tells what was started and ended in which order, blocked by what, and stopped. */
async function run(nodes: readonly GraphNode[], behaviour: Behaviour = {}) {
  const told = { events: [] as string[], blocked: {} as Record<string, string>, stopped: [] as string[], most: 0 };
  let running = 0;
  await runGraph(nodes, {
    parallel: behaviour.parallel ?? 10,
    signal: behaviour.signal ?? new AbortController().signal,
    blocked: ({ id }, because) => {
      told.blocked[id] = because;
    },
    stopped: ({ id }) => void told.stopped.push(id),
    execute: async ({ id }): Promise<NodeResult> => {
      told.events.push(`+${id}`);
      told.most = Math.max(told.most, ++running);
      behaviour.onStart?.(id);
      await nextTurn();
      running--;
      told.events.push(`-${id}`);
      if (behaviour.throws === id) throw new Error(`defect in ${id}`);
      return behaviour.fails?.includes(id) ? 'failed' : 'succeeded';
    },
  });
  return told;
}

const node = (id: string, ...after: string[]): GraphNode => ({ id, after });

describe('runGraph', () => {
  test('ends at once when there is nothing to do', async () => {
    expect((await run([])).events).toEqual([]);
  });

  test('starts a node when all before it have succeeded, and the others side by side', async () => {
    const { events } = await run([node('c', 'a', 'b'), node('a'), node('b', 'a'), node('d')]);
    expect(events).toEqual(['+a', '+d', '-a', '+b', '-d', '-b', '+c', '-c']);
  });

  test('counts a dependency that is named twice once, and one that is not in the graph as settled', async () => {
    expect((await run([node('b', 'a', 'a', 'elsewhere'), node('a')])).events).toEqual(['+a', '-a', '+b', '-b']);
  });

  test.each([1, 3])('runs at most %i at the same time, and all in the end', async (parallel) => {
    const nodes = Array.from({ length: 20 }, (_, index) => node(`n${index}`));
    const { most, events } = await run(nodes, { parallel });
    expect(most).toBe(parallel);
    expect(events).toHaveLength(40);
  });

  test('blocks what depends on a failed node, however far away, and nothing else', async () => {
    const nodes = [node('a'), node('b', 'a'), node('c', 'b'), node('d', 'c', 'x'), node('x'), node('y', 'x')];
    const { events, blocked, stopped } = await run(nodes, { fails: ['a'] });
    expect(blocked).toEqual({ b: 'a', c: 'a', d: 'a' });
    expect(events.filter((event) => event.startsWith('-')).sort()).toEqual(['-a', '-x', '-y']);
    expect(stopped).toEqual([]);
  });

  test('tells of a node once that two failed ones block', async () => {
    const blocks: string[] = [];
    await runGraph([node('a'), node('b'), node('c', 'a', 'b'), node('d', 'c')], {
      parallel: 1,
      signal: new AbortController().signal,
      blocked: ({ id }) => void blocks.push(id),
      stopped: () => undefined,
      execute: async () => 'failed',
    });
    expect(blocks).toEqual(['c', 'd']);
  });

  test('blocks circles, and what depends on them, and runs the rest', async () => {
    const nodes = [node('a', 'b'), node('b', 'a'), node('c', 'a'), node('self', 'self'), node('free')];
    const { events, blocked } = await run(nodes);
    expect(Object.keys(blocked).sort()).toEqual(['a', 'b', 'c', 'self']);
    expect(blocked['a']).toBe('a circle of dependencies');
    expect(events).toEqual(['+free', '-free']);
  });

  test('an abort lets what runs end, and starts nothing new', async () => {
    const controller = new AbortController();
    const nodes = [node('a'), node('b'), node('c'), node('d', 'a')];
    const onStart = (id: string) => id === 'b' && controller.abort();
    const { events, stopped, blocked } = await run(nodes, { parallel: 2, signal: controller.signal, onStart });
    expect(events).toEqual(['+a', '+b', '-a', '-b']);
    expect(stopped).toEqual(['c', 'd']);
    expect(blocked).toEqual({});
  });

  test('an abort before the start runs nothing', async () => {
    const { events, stopped } = await run([node('a'), node('b', 'a')], { signal: AbortSignal.abort() });
    expect(events).toEqual([]);
    expect(stopped).toEqual(['a', 'b']);
  });

  test('what fails while an abort waits for it still blocks its dependants', async () => {
    const controller = new AbortController();
    const onStart = () => controller.abort();
    const nodes = [node('a'), node('b', 'a'), node('c')];
    const { blocked, stopped } = await run(nodes, { parallel: 1, signal: controller.signal, onStart, fails: ['a'] });
    expect(blocked).toEqual({ b: 'a' });
    expect(stopped).toEqual(['c']);
  });

  test('a defect ends the run as soon as what runs has ended, and is not swallowed', async () => {
    const started: string[] = [];
    const nodes = [node('a'), node('b'), node('c')];
    const running = run(nodes, { throws: 'a', parallel: 2, onStart: (id) => void started.push(id) });
    await expect(running).rejects.toThrow('defect in a');
    expect(started).toEqual(['a', 'b']);
  });

  test('a long chain and a wide fan take one step for each node', async () => {
    const chain = Array.from({ length: 3000 }, (_, index) => node(`c${index}`, ...(index ? [`c${index - 1}`] : [])));
    const fan = Array.from({ length: 3000 }, (_, index) => node(`f${index}`, 'c2999'));
    const { events } = await run([...fan, ...chain], { parallel: 64 });
    expect(events).toHaveLength(12_000);
    expect(events.indexOf('-c2999')).toBeLessThan(events.findIndex((event) => event.startsWith('+f')));
  });
});
