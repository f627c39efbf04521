/** What an object says of whose it is. */
import type { KubeObject } from '../../support/cluster.ts';
import type { OwnerName } from './step.ts';

interface World {
  readonly namespace: string;
}

/** Whether an object says by its annotation that an owner wants it. */
export function isMarked({ namespace }: World, owner: OwnerName, object: KubeObject): boolean {
  return Object.values(object.metadata.annotations ?? {}).some((mark) => mark.endsWith(`/${namespace}-${owner}`));
}

/** Whether an owner has applied an object. */
export function holds(world: World, owner: OwnerName, object: KubeObject): boolean {
  return entriesOf(world, owner, object).length > 0;
}

/** The keys that an owner holds. */
export function keysOf(world: World, owner: OwnerName, object: KubeObject): string[] {
  return entriesOf(world, owner, object).flatMap(keysIn);
}

function entriesOf({ namespace }: World, owner: OwnerName, object: KubeObject) {
  const entries = object.metadata.managedFields ?? [];
  return entries.filter(({ manager }) => manager.startsWith(`vidra:${namespace}-${owner}@`));
}

/** The keys that an entry of managedFields holds. */
export function keysIn({ fieldsV1 }: { readonly fieldsV1?: unknown }): string[] {
  const data = (fieldsV1 as Record<string, Record<string, unknown>> | undefined)?.['f:data'] ?? {};
  return Object.keys(data)
    .filter((key) => key !== '.')
    .map((key) => key.slice(2));
}
