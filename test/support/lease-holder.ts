/**
 * A program that holds shards and, under their fences, makes ConfigMaps `<key>-<number>` as fast as it can, heeding nothing but
 * the fence. It goes on from the highest number, so of two that work on one key at once, one meets what the other has made.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { connectCluster } from '../../src/cluster/connect.ts';
import { VidraError } from '../../src/errors.ts';
import type { Fence } from '../../src/lease/fence.ts';
import { holdShards } from '../../src/lease/hold.ts';

const [file = '', namespace = '', identity = '', shards = '1', keys = ''] = process.argv.slice(2);
const say = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`);
const connect = () => connectCluster({ file, environment: {}, signal: new AbortController().signal });
const [cluster, own] = await Promise.all([connect(), connect()]);
const type = cluster.typeOf({ group: '', version: 'v1', kind: 'ConfigMap' });
if (!type) throw new Error('The server has no ConfigMaps.');

let isEnding = false;
const holder = holdShards({
  cluster: own,
  namespace,
  name: 'writers',
  identity,
  shards: Number(shards),
  durationMs: 3_000,
  renewMs: 2_000,
  retryMs: 400,
  emit: (event) => say(event.type === 'failed' ? { ...event, error: event.error.code } : event),
});

async function highest(key: string): Promise<number> {
  const labelSelector = `key=${key}`;
  const made = await cluster.listMetadata(type as never, { namespace, labelSelector });
  return Math.max(0, ...made.map(({ reference }) => Number(reference.name.slice(key.length + 1))));
}

async function writeAll(key: string, fence: Fence, fenced: Cluster): Promise<void> {
  // Goes on also under a lost one, until it is refused.
  const goesOn = () => !isEnding && (holder.fenceOf(key) === fence || fence.signal.aborted);
  for (let number = (await highest(key)) + 1; goesOn(); number++) {
    const metadata = { name: `${key}-${number}`, namespace, labels: { key } };
    const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { writer: identity } };
    const made = await fenced.create(type as never, manifest);
    say(made ? { type: 'wrote', key, number } : { type: 'collided', key, number });
    await sleep(40);
  }
}

const working = keys.split(',').map(async (key) => {
  while (!isEnding) {
    const fence = holder.fenceOf(key);
    if (fence) {
      await fence
        .during(() => writeAll(key, fence, cluster.fenced(fence)))
        .catch((error) => {
          if (!(error instanceof VidraError)) throw error;
          say({ type: 'stopped', key, code: error.code });
        });
    }
    await sleep(20);
  }
});
process.once('SIGTERM', async () => {
  isEnding = true;
  await holder.release();
  await Promise.all(working);
  await Promise.all([cluster.close(), own.close()]);
});
