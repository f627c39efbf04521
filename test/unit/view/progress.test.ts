/** What a run says while it is busy. */
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../src/engine/run.ts';
import { createProgress } from '../../../src/view/progress.ts';
import { outcome, write } from '../../support/plan-builder.ts';

const change = write('create', 'ConfigMap shop/a');
const problem = { code: 'CLUSTER_REFUSED', message: 'is\nrefused \u001b[2J' } as const;
const events: readonly RunEvent[] = [
  { type: 'fetching', source: 'https://infrahub' },
  { type: 'fetched', source: 'https://infrahub', artifacts: 1, revision: 'r1' },
  { type: 'observing', kinds: 1, objects: 2 },
  { type: 'trying', done: 1, total: 2 },
  { type: 'planned' },
  { type: 'acting', done: 1, total: 2 },
  { type: 'acted', outcome: outcome('web', change) },
  { type: 'acted', outcome: outcome('web', change, { result: 'failed', problem }) },
  { type: 'waiting', objects: [{ name: 'Deployment shop/a', reason: '0 of 2 Pods are ready' }] },
  { type: 'waiting', objects: [{ name: 'Deployment shop/a', reason: '0 of 2 Pods are ready' }] },
  {
    type: 'waiting',
    objects: [
      { name: 'Deployment shop/a', reason: '1 of 2 Pods is ready' },
      { name: 'Job shop/b', reason: 'it runs' },
    ],
  },
  { type: 'waiting', objects: [{ name: 'Job shop/b', reason: 'it runs' }] },
  { type: 'waiting', objects: [] },
];

async function heard(options: { terminal: boolean; verbose: boolean }): Promise<string> {
  const stream = new PassThrough();
  const progress = await createProgress({ stream, ...options });
  for (const event of events) progress.emit(event);
  progress.stop();
  stream.end();
  return (await stream.toArray()).join('');
}

describe('progress', () => {
  it('is one line per thing that happened, when it is asked for', async () => {
    expect(await heard({ terminal: false, verbose: true })).toMatchInlineSnapshot(`
      "Reading https://infrahub
      Read 1 artifact from https://infrahub
      Looking at 2 objects of 1 kind
      create ConfigMap shop/a: succeeded
      create ConfigMap shop/a: failed: is refused \\u001b[2J
      Waiting for Deployment shop/a: 0 of 2 Pods are ready
      Waiting for Deployment shop/a: 1 of 2 Pods is ready
      Waiting for Job shop/b: it runs
      "
    `);
  });

  it('is nothing when nobody looks', async () => {
    expect(await heard({ terminal: false, verbose: false })).toBe('');
  });
});
