/** What Vidra left of each object, and whether a live one still is so. Pure. */
import type { ObjectMetadata } from '../cluster/metadata.ts';
import type { InventoryRecord } from '../inventory/inventory.ts';
import { keyOf, type ObjectReference } from '../manifest/manifest.ts';
import { ownerOf } from '../manifest/owner.ts';
import { itsServer, type NameOf } from './effect.ts';

/** One owner's part in an object. */
interface Part {
  readonly manager: string;
  readonly uid: string;
  /** Digest of the owner's entry in managedFields. */
  readonly fields: string;
}

export interface Expected {
  readonly reference: ObjectReference;
  readonly parts: readonly Part[];
}

/** What there is to know of a live object. */
export type Seen = Pick<ObjectMetadata, 'uid' | 'deleting' | 'managers'>;

/** By destination (empty for the home cluster), then by identity. Only what has been applied. */
export type Expectations = ReadonlyMap<string, ReadonlyMap<string, Expected>>;

/** `records` are those that are watched; `home` is the uid of their cluster; `nameOf` names the connection of an owner. */
export function expectationsOf(
  records: readonly InventoryRecord[],
  home: string,
  nameOf: NameOf = itsServer,
): Expectations {
  const servers = new Map<string, Map<string, Expected>>();
  for (const { header, entries } of records) {
    const place = nameOf(header);
    const objects = servers.get(place) ?? new Map<string, Expected>();
    servers.set(place, objects);
    const { manager } = ownerOf(header.name, home);
    for (const { state, reference, uid, fields } of entries.values()) {
      if (state !== 'applied' || uid === undefined || fields === undefined) continue;
      const key = keyOf(reference);
      const parts = [...(objects.get(key)?.parts ?? []), { manager, uid, fields }];
      objects.set(key, { reference, parts });
    }
  }
  return servers;
}

/** Whether nobody has taken anything from the owners; `live` is nothing when the object is gone, or has lost its label. */
export function isAsLeft({ parts }: Expected, live: Seen | undefined): boolean {
  if (!live || live.deleting) return false;
  return parts.every(({ manager, uid, fields }) => {
    const entry = live.managers.find((one) => one.manager === manager && one.operation === 'Apply');
    return live.uid === uid && entry?.fields === fields;
  });
}
