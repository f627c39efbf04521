/** What the server says of a write, without the values of a Secret: it may quote what it refuses, and what it has. */
import type { Cluster } from '../cluster/cluster.ts';
import { refusalOf } from '../cluster/refusal.ts';
import { VidraError } from '../errors.ts';
import { apiVersionOf, type Manifest, type ObjectReference } from '../manifest/manifest.ts';
import { isSecret, maskMessage } from '../plan/mask.ts';

/** `desired` is what was sent, if anything was. */
export async function maskedMessage(
  cluster: Cluster,
  reference: ObjectReference,
  error: VidraError,
  desired: Manifest | undefined,
): Promise<string> {
  const message = maskMessage(desired, error.message);
  if (!isSecret({ apiVersion: apiVersionOf(reference), kind: reference.kind }) || !refusalOf(error)) return message;
  return maskMessage(await liveOf(cluster, reference), message);
}

/** Nothing when it is gone, or may not be read. */
async function liveOf(cluster: Cluster, reference: ObjectReference): Promise<Manifest | undefined> {
  try {
    const type = cluster.typeOf(reference);
    return type && (await cluster.get(type, reference));
  } catch (error) {
    if (error instanceof VidraError) return undefined;
    throw error;
  }
}
