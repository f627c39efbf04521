/** Waits until the kind that a CustomResourceDefinition defines is served. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import { type Health, healthOf } from '../manifest/health.ts';
import type { JsonObject, Manifest, ObjectReference } from '../manifest/manifest.ts';
import { awaitObjects } from './await-objects.ts';

const timeoutMs = 30_000;
const pollMs = 100;

/** Established as the definition's conditions say it, and to be found in discovery. Throws TIMEOUT, INTERRUPTED. */
export async function awaitEstablished(
  cluster: Cluster,
  reference: ObjectReference,
  signal: AbortSignal,
): Promise<void> {
  const until = Date.now() + timeoutMs;
  const judge = (object: Manifest | undefined): Health =>
    object ? healthOf(object) : { state: 'failed', reason: 'it is not there any more' };
  const [sight] = await awaitObjects([{ cluster, reference, judge }], { signal, until });
  const spec = sight?.object?.['spec'] as JsonObject | undefined;
  if (sight?.health?.state === 'current') {
    // Discovery follows some moments after the condition.
    do {
      await cluster.discover();
      if (isServed(cluster, spec)) return;
      await sleep(pollMs);
    } while (Date.now() < until && !signal.aborted);
  }
  if (signal.aborted) throw new VidraError('INTERRUPTED', 'stopped by request');
  const reason = sight?.health?.reason;
  throw new VidraError('TIMEOUT', `the kind that it defines is not served yet${reason ? `: ${reason}` : ''}`);
}

function isServed(cluster: Cluster, spec: JsonObject | undefined): boolean {
  const names = spec?.['names'] as { kind?: string } | undefined;
  const kind = { group: String(spec?.['group']), kind: names?.kind ?? '' };
  const versions = (spec?.['versions'] ?? []) as readonly { name: string; served: boolean }[];
  const served = versions.filter((version) => version.served);
  return served.every(({ name }) => cluster.typeOf({ ...kind, version: name })?.version === name);
}
