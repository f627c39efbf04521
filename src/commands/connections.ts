/** Names of connections, and the connections, for who watches what definitions have left in clusters. */
import type { Definition } from '../definition/definition.ts';
import { type ClusterDestination, destinationKey } from '../destination/destination.ts';
import type { Destinations } from '../destination/destinations.ts';
import type { OwnerHeader } from '../inventory/inventory.ts';
import { destinationOf } from '../operator/destination-of.ts';
import { isOwnerOf } from '../operator/part.ts';

export function namedConnections({ of }: Destinations) {
  const named = new Map<string, ClusterDestination>();
  return {
    /** Of an owner: by whom its definition says that it is written, if that is there. */
    nameOf: (owner: OwnerHeader, definitions: readonly Definition[]): string => {
      const definition = definitions.find((one) => isOwnerOf(one, owner));
      const destination = { ...(definition && destinationOf(definition)), server: owner.server };
      const name = destinationKey(destination);
      named.set(name, destination);
      return name;
    },
    clusterAt: async (name: string) => of(named.get(name) ?? {}),
  };
}
