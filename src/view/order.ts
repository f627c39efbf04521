/** The order in which owners and changes are shown, the same for people and machines; and an owner's title. */
import { describe } from '../manifest/manifest.ts';
import type { Change, OwnerPlan } from '../plan/plan.ts';
import { printableLine } from './printable.ts';
import type { Style } from './style.ts';

/** A sorted copy: owners by sync, artifact and name; changes by namespace, kind, name and group; numbers in names as numbers. */
export function inReadingOrder<T extends Change | OwnerPlan>(things: readonly T[]): T[] {
  return things
    .map((thing) => ({ thing, fields: 'owner' in thing ? ownerFields(thing) : changeFields(thing) }))
    .sort((one, other) => compareFields(one.fields, other.fields))
    .map(({ thing }) => thing);
}

const collator = new Intl.Collator('en', { numeric: true });

/** By the first field that differs: as people sort, and where that makes no difference, by code units. */
export function compareFields(one: readonly string[], other: readonly string[]): number {
  for (const [index, text] of one.entries()) {
    const against = other[index] ?? '';
    if (text === against) continue;
    return collator.compare(text, against) || (text < against ? -1 : 1);
  }
  return 0;
}

/** What an owner is called, and what else tells it from others: `sync web`, `on https://…`, each in a word and a value. */
export interface OwnerName {
  readonly title: string;
  readonly details: readonly { readonly word?: 'sync' | 'on' | 'leaving'; readonly value?: string }[];
}

/** The owner's name tells the sync and the artifact's id. */
export function ownerName({ owner, header, leaving }: OwnerPlan): OwnerName {
  const { artifact, sync, server } = header;
  return {
    title: artifact ? withoutId(artifact, owner.name) : owner.name,
    details: [
      ...(artifact && artifact !== owner.name ? [{ value: owner.name }] : []),
      ...(sync && !owner.name.startsWith(`${sync}-`) ? [{ word: 'sync' as const, value: sync }] : []),
      ...(server ? [{ word: 'on' as const, value: server }] : []),
      ...(leaving ? [{ word: 'leaving' as const }] : []),
    ],
  };
}

/** `Webserver_Manifest (web-18f0…, on https://…, leaving)`. */
export function ownerTitle(owner: OwnerPlan, style: Style): string {
  const { title, details } = ownerName(owner);
  const bold = style.colour.bold(printableLine(title));
  const more = details.map(({ word, value }) => [word, value].filter(Boolean).join(' ')).join(', ');
  return more === '' ? bold : `${bold} ${style.colour.dim(`(${printableLine(more)})`)}`;
}

/** An artifact's name without the id behind it, where the owner's name ends with that id. */
function withoutId(artifact: string, owner: string): string {
  const id = / \((\S+)\)$/.exec(artifact)?.[1];
  return id !== undefined && owner.endsWith(id) ? artifact.slice(0, -id.length - 3) : artifact;
}

/** `Deployment shop/web`, safe to print. */
export function changeName(change: Change): string {
  return printableLine(describe(change.reference));
}

function ownerFields({ owner, header }: OwnerPlan): string[] {
  return [header.sync ?? '', header.artifact ?? '', owner.name];
}

function changeFields({ reference }: Change): string[] {
  return [reference.namespace, reference.kind, reference.name, reference.group];
}
