/** Which definitions are left as they are, with all that they have. */
import type { Definition } from '../definition/definition.ts';
import type { Target } from './target.ts';

/** Why, as what a definition says; nothing when it is planned. One that is being deleted is not to stay. */
export function heldBackBy(definition: Definition, { heldBack }: Pick<Target, 'heldBack'>): string | undefined {
  if (definition.stored?.deleting) return undefined;
  return definition.suspend ? 'suspend: true' : heldBack?.(definition);
}
