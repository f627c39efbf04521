/** The records of single definitions, read no more often than they must be. */
import type { Definition } from '../definition/definition.ts';
import type { Inventory, InventoryRecord, OwnerHeader } from '../inventory/inventory.ts';
import { isOwnerOf } from './part.ts';

export type OwnRecords = (definition: Definition) => Promise<InventoryRecord[]>;

/** Those of other Vidras are left out. */
export function createOwnRecords(inventory: Inventory): OwnRecords {
  const list = sharing(() => inventory.list());
  return async (definition) => {
    const isOwn = (header: OwnerHeader) => isOwnerOf(definition, header);
    const own = inventory.recall(isOwn) ?? (await list()).filter(({ header }) => isOwn(header));
    return own.filter(({ elsewhere }) => elsewhere === undefined);
  };
}

/** Whoever asks while an answer is on its way shares it with whoever asked just before. */
function sharing<T>(ask: () => Promise<T>): () => Promise<T> {
  let next: Promise<T> | undefined;
  return () => {
    // Asked in a moment, so that it is of a time after everybody who shares it has asked.
    next ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      next = undefined;
      return ask();
    });
    return next;
  };
}
