/** The order in which owners and changes are shown, the same for people and machines; and an owner's title. */
import { describe } from '../manifest/manifest.ts';
import type { Change, OwnerPlan } from '../plan/plan.ts';
import { printableLine } from './printable.ts';
import type { Style } from './style.ts';

/** A sorted copy: owners by sync, artifact and name; changes by namespace, kind, name and group. */
export function inReadingOrder<T extends Change | OwnerPlan>(things: readonly T[]): T[] {
  return things
    .map((thing) => ({ thing, key: 'owner' in thing ? ownerKey(thing) : changeKey(thing) }))
    .sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0))
    .map(({ thing }) => thing);
}

/** `Webserver (sync web, on https://…, leaves the set)`. */
export function ownerTitle({ owner, header, leaving }: OwnerPlan, style: Style): string {
  const details = [
    ...(header.artifact && !header.artifact.includes(owner.name) ? [owner.name] : []),
    ...(header.sync ? [`sync ${header.sync}`] : []),
    ...(header.server ? [`on ${header.server}`] : []),
    ...(leaving ? ['no longer wanted'] : []),
  ];
  const title = style.colour.bold(printableLine(header.artifact ?? owner.name));
  return details.length === 0 ? title : `${title} ${style.colour.dim(`(${printableLine(details.join(', '))})`)}`;
}

/** `Deployment shop/web`, safe to print. */
export function changeName(change: Change): string {
  return printableLine(describe(change.reference));
}

function ownerKey({ owner, header }: OwnerPlan): string {
  return [header.sync ?? '', header.artifact ?? '', owner.name].join('\u0000');
}

function changeKey({ reference }: Change): string {
  return [reference.namespace, reference.kind, reference.name, reference.group].join('\u0000');
}
