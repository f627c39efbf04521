/** Names of owners and of objects in texts that must not become long. */
import { describe, type ObjectReference } from '../manifest/manifest.ts';

/** Things that a note or a reason names. */
const mostNamed = 3;

/** `a`, `a and 1 other`, `a and 2 others`. */
export function firstOf(names: readonly string[]): string {
  const others = names.length - 1;
  return `${names[0] ?? ''}${others > 0 ? ` and ${others} other${others === 1 ? '' : 's'}` : ''}`;
}

/** At most one note that says something of some objects by name, and of all others `rest`. */
export function boundedNote(
  objects: readonly { readonly reference: ObjectReference; readonly text: string }[],
  rest: string,
): string[] {
  if (objects.length === 0) return [];
  const named = objects.slice(0, mostNamed).map(({ reference, text }) => `${describe(reference)}: ${text}`);
  const more = objects.length - mostNamed;
  return [[...named, ...(more > 0 ? [`${more} more objects ${rest}`] : [])].join('; ')];
}

/** `a, b, c and 4 more`. */
export function listOf(names: readonly string[]): string {
  const more = names.length - mostNamed;
  return names.slice(0, mostNamed).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** `1 object`, `2 objects`. */
export function countOf(count: number, singular: string): string {
  return `${count} ${singular}${count === 1 ? '' : 's'}`;
}

/** What to call an object of a plan, to name it back; those of other clusters than the home one with their server. */
export function subjectOf(reference: ObjectReference, server: string): string {
  return describe(reference) + (server ? ` on ${server}` : '');
}
