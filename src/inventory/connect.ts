/** The inventory of a home cluster: VidraResources where their kind is installed, Secrets where it is not and for all that is too large. */
import type { Cluster } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import { keyOf } from '../manifest/manifest.ts';
import { isAwaited } from './announcement.ts';
import type { Inventory, InventoryChange, InventoryEntry, InventoryRecord } from './inventory.ts';
import { mergeEntries } from './merge.ts';
import type { Piece, PieceStore } from './piece.ts';
import { resourcePieces, vidraResource } from './resources.ts';
import { secretPieces } from './secrets.ts';
import { distribute, shardsFor } from './shard.ts';

const attempts = 10;

/**
 * `namespace` is Vidra's own; it is made when the first record is. A VidraResource that somebody deletes while it is a record
 * moves into a Secret, goes, and is made anew at the next write; where its owner goes, too, it is kept until that is done.
 */
export async function connectInventory(home: Cluster, namespace: string): Promise<Inventory> {
  const secrets = secretPieces(home, await home.identity(), namespace);
  const type = home.typeOf(vidraResource);
  return createInventory(secrets, type && resourcePieces(home, type));
}

/** A piece and the place that it was found in. */
interface Found {
  readonly piece: Piece;
  readonly store: PieceStore;
}

function createInventory(secrets: PieceStore, resources: PieceStore | undefined): Inventory {
  let known: Map<string, Found[]> | undefined;
  /** How many writes there were, and which one wrote an owner last. */
  let writes = 0;
  const written = new Map<string, number>();

  const readAll = async (whole: boolean) => {
    const stores = resources ? [resources, secrets] : [secrets];
    const lists = await Promise.all(
      stores.map(async (store) => (await store.list(whole)).map((piece) => ({ piece, store }))),
    );
    return lists.flat();
  };
  /** What was read is older than what was written since; without what was written, it is not remembered. */
  const remember = (all: readonly Found[], since: number) => {
    const own = all.filter(({ piece }) => piece.elsewhere === undefined);
    const next = groupBy(own, ({ piece }) => piece.header.name);
    if (!known && writes !== since) return next;
    for (const [owner, write] of written) if (write > since) next.set(owner, known?.get(owner) ?? []);
    known = next;
    return next;
  };
  const read = async () => {
    const since = writes;
    return remember(await readAll(false), since);
  };

  return {
    permissions(owners) {
      if (owners.length === 0) return [];
      const { create, update } = (resources ?? secrets).permissions;
      return owners.every((owner) => known?.has(owner)) ? [update] : [create, update];
    },
    async list({ whole = false } = {}) {
      const since = writes;
      const all = await readAll(whole);
      const others = all.filter(({ piece }) => piece.elsewhere !== undefined);
      const groups = groupBy(others, ({ piece }) => `${piece.elsewhere}/${piece.header.name}`);
      const own = [...remember(all, since).values()].filter((found) => found.length > 0);
      return [...own, ...groups.values()].map(recordOf);
    },
    recall(isWanted) {
      if (!known) return undefined;
      const all = [...known.values()].filter(([first]) => first !== undefined && isWanted(first.piece.header));
      return all.map(recordOf);
    },
    async write(change, options = {}) {
      for (let attempt = 0; attempt < attempts; attempt++) {
        const all = known ?? (await read());
        const result = await writeOnce(
          all.get(change.header.name) ?? [],
          change,
          options.gone ?? false,
          secrets,
          resources,
        );
        if (result) {
          written.set(change.header.name, ++writes);
          known?.set(change.header.name, result);
          return;
        }
        known = undefined;
      }
      throw new VidraError('INVENTORY_CONTESTED', 'the record changes all the time', { subject: change.header.name });
    },
  };
}

// The first piece is written last: it says how many there are. A crash before leaves entries twice, never nowhere.
async function writeOnce(
  found: readonly Found[],
  change: InventoryChange,
  gone: boolean,
  secrets: PieceStore,
  resources: PieceStore | undefined,
): Promise<Found[] | undefined> {
  if (!gone && changesNothing(found, change, resources ?? secrets)) return [...found];
  const entries = mergeEntries(entriesOf(found), change, Date.now());
  if (gone && entries.size === 0) {
    for (const { piece, store } of [...found].sort(byIndexDescending)) await store.remove(piece);
    return [];
  }
  const current = Math.max(0, ...found.map(({ piece }) => piece.index + 1));
  const shards = shardsFor(entries.values(), current);
  const contents = distribute(entries.values(), shards);
  const isMoved = !gone && found.some(({ piece }) => piece.going);
  const place = resources && !isMoved ? resources : secrets;
  const result: Found[] = [];
  for (let index = shards - 1; index >= 0; index--) {
    const store = index === 0 ? place : secrets;
    const before = found.find((other) => other.piece.index === index && other.store === store);
    const next: Piece = { header: change.header, index, shards, entries: contents[index] ?? [] };
    if (before && isSame(before.piece, next)) {
      result.push(before);
      continue;
    }
    const written = await store.write(before?.piece.stored ? { ...next, stored: before.piece.stored } : next);
    if (!written) return undefined;
    result.push({ piece: written, store });
  }
  // A record that began as a Secret has moved into its VidraResource, or out of one that goes.
  const moved = found.filter(({ piece, store }) => piece.index === 0 && store !== place);
  for (const { piece, store } of moved) await store.remove(piece);
  return result;
}

/** Whether the record is as the change wants it, in its right place; or is not needed. */
function changesNothing(found: readonly Found[], change: InventoryChange, place: PieceStore): boolean {
  const { header, put, drop, withdraw = [] } = change;
  if (put.length + drop.length + withdraw.length > 0) return false;
  const first = found.filter(({ piece }) => piece.index === 0);
  const isRight = ({ piece, store }: Found) =>
    store === place && !piece.going && JSON.stringify(piece.header) === JSON.stringify(header);
  return found.length === 0 || (first.length === 1 && first.every(isRight));
}

function byIndexDescending(a: Found, b: Found): number {
  return b.piece.index - a.piece.index;
}

function isSame(before: Piece, next: Piece): boolean {
  const content = ({ header, shards, entries }: Piece) => JSON.stringify([header, shards, entries]);
  return content(before) === content(next);
}

function entriesOf(found: readonly Found[]): Map<string, InventoryEntry> {
  return new Map(found.flatMap(({ piece }) => piece.entries.map((entry) => [keyOf(entry.reference), entry] as const)));
}

function recordOf(found: readonly Found[]): InventoryRecord {
  const first = found.find(({ piece }) => piece.index === 0) ?? found[0];
  if (!first) throw new Error('a record has at least one piece');
  const { header, elsewhere, written } = first.piece;
  const entries = entriesOf(found);
  const overdue = [...entries].filter(([, entry]) => entry.state === 'pending' && !isAwaited(entry, Date.now()));
  return {
    header,
    entries,
    ...(overdue.length > 0 && { overdue: new Set(overdue.map(([key]) => key)) }),
    ...(elsewhere === undefined ? {} : { elsewhere }),
    ...(written && { written }),
  };
}

function groupBy(all: readonly Found[], keyOfGroup: (found: Found) => string): Map<string, Found[]> {
  const groups = new Map<string, Found[]>();
  for (const found of all) {
    const group = groups.get(keyOfGroup(found));
    if (group) group.push(found);
    else groups.set(keyOfGroup(found), [found]);
  }
  return groups;
}
