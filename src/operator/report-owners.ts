/** Writes down in the VidraResource of each owner how that owner stands, as in a definition of its own. */
import type { Cluster } from '../cluster/cluster.ts';
import type { InventoryRecord } from '../inventory/inventory.ts';
import type { FollowedRecord } from './followed.ts';
import { resultOfOwners } from './part.ts';
import { writeStatus } from './report.ts';
import type { Ended } from './standing.ts';

/** Of what a sync's run did. Owners that are not seen yet are told of with the next run. Throws as `writeStatus` does. */
export async function writeOwnerStatuses(
  home: Cluster,
  seen: Map<string, FollowedRecord>,
  { result, unwatched }: Pick<Ended, 'result' | 'unwatched'>,
  records: readonly InventoryRecord[],
): Promise<void> {
  const present = result.plan.owners.filter(({ leaving, waiting }) => !leaving && !waiting);
  await Promise.all(
    present.map(async ({ header: { name } }) => {
      const record = seen.get(name);
      if (!record) return;
      const own = resultOfOwners(result, ({ header }) => header.name === name, []);
      const inventory = records.filter(({ header }) => header.name === name);
      const object = await writeStatus(home, record, { type: 'ended', result: own, unwatched }, inventory);
      if (seen.has(name)) seen.set(name, { ...record, object });
    }),
  );
}
