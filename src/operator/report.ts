/** Writes down in a definition's status how it stands, when that is news. */
import type { Cluster } from '../cluster/cluster.ts';
import { definitionApiVersion } from '../definition/definition.ts';
import { VidraError } from '../errors.ts';
import type { InventoryRecord } from '../inventory/inventory.ts';
import type { JsonObject, Manifest } from '../manifest/manifest.ts';
import type { Followed } from './followed.ts';
import type { Standing } from './standing.ts';
import { statusAfter } from './status.ts';

type About = Pick<Followed, 'object' | 'stored' | 'kind' | 'name' | 'type'>;

const manager = 'vidra-status';

/**
 * The object as it is then; the same when there is no news. A definition that is gone meanwhile has no status any more. Throws
 * a VidraError when the home cluster cannot be written to.
 */
export async function writeStatus(
  home: Cluster,
  about: About,
  standing: Standing,
  records?: readonly InventoryRecord[],
): Promise<Manifest> {
  const { object, stored, kind, name, type } = about;
  const status = statusAfter({ object, stored, standing, records, now: new Date().toISOString() });
  if (!status) return object;
  const manifest = { apiVersion: definitionApiVersion, kind, metadata: { name }, status };
  const options = { manager, force: true, subresource: 'status', expect: { uid: stored.uid } } as const;
  try {
    await home.apply(type, manifest, options);
  } catch (error) {
    if (!(error instanceof VidraError)) throw error;
    // Nothing is applied to what was stored under another schema and does not fit any more.
    if (error.code === 'CLUSTER_REFUSED') await replaceStatus(home, about, status);
    else if (error.code !== 'NOT_FOUND') throw error;
  }
  return { ...object, status: { ...(object['status'] as object), ...status } };
}

async function replaceStatus(home: Cluster, { type, name, stored }: About, status: JsonObject): Promise<void> {
  const live = await home.get(type, { ...type, namespace: '', name });
  if (live?.metadata['uid'] !== stored.uid) return;
  await home.replace(type, { ...live, status: { ...(live['status'] as object), ...status } }, 'status');
}
