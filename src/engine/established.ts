/** Waits until the kind that a CustomResourceDefinition defines is served. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, ResourceType } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import type { JsonObject, ObjectReference } from '../manifest/manifest.ts';

const timeoutMs = 30_000;
const pollMs = 100;

/** Established as the definition's conditions say it, and to be found in discovery. Throws TIMEOUT. */
export async function awaitEstablished(
  cluster: Cluster,
  type: ResourceType,
  reference: ObjectReference,
  signal: AbortSignal,
): Promise<void> {
  const until = Date.now() + timeoutMs;
  while (Date.now() < until && !signal.aborted) {
    const definition = await cluster.get(type, reference);
    const spec = definition?.['spec'] as JsonObject | undefined;
    const names = spec?.['names'] as { kind?: string } | undefined;
    if (definition && isEstablished(definition['status'] as JsonObject | undefined)) {
      const kind = { group: String(spec?.['group']), kind: names?.kind ?? '' };
      // Discovery follows some moments after the condition.
      await cluster.discover();
      if (servedVersions(spec).every((version) => cluster.typeOf({ ...kind, version })?.version === version)) return;
    }
    await sleep(pollMs);
  }
  throw new VidraError('TIMEOUT', 'the kind that it defines is not served yet');
}

function servedVersions(spec: JsonObject | undefined): string[] {
  const versions = (spec?.['versions'] ?? []) as readonly { name: string; served: boolean }[];
  return versions.filter(({ served }) => served).map(({ name }) => name);
}

function isEstablished(status: JsonObject | undefined): boolean {
  const conditions = (status?.['conditions'] ?? []) as readonly { type?: string; status?: string }[];
  return conditions.some((condition) => condition.type === 'Established' && condition.status === 'True');
}
