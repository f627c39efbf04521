/** Copies the records in VidraResources to Secrets, where they are found when the kind is gone. */
import type { Cluster } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import { resourcePieces, vidraResource } from './resources.ts';
import { secretPieces } from './secrets.ts';

/** How many there are. Throws INVENTORY_CONTESTED when somebody else writes them. */
export async function keepInSecrets(home: Cluster, namespace: string): Promise<number> {
  const type = home.typeOf(vidraResource);
  if (!type) return 0;
  const secrets = secretPieces(home, await home.identity(), namespace);
  const [pieces, kept] = await Promise.all([resourcePieces(home, type).list(false), secrets.list(false)]);
  const full = pieces.filter(({ entries, shards }) => entries.length > 0 || shards > 1);
  for (const { stored: _, ...piece } of full) {
    const before = kept.find(
      ({ header, index, elsewhere }) => header.name === piece.header.name && index === 0 && elsewhere === undefined,
    );
    const written = await secrets.write(before?.stored ? { ...piece, stored: before.stored } : piece);
    if (!written) throw new VidraError('INVENTORY_CONTESTED', 'the record changes', { subject: piece.header.name });
  }
  return full.length;
}
