/** What people let a definition do, by annotations on it. Pure. */
import { definitionAnnotations } from '../definition/annotations.ts';
import type { Stored } from '../definition/definition.ts';
import type { Consent } from '../plan/guards.ts';

/** Subjects of guards are separated by commas. */
export function consentOf({ annotations }: Stored): Consent {
  const confirmed = (annotations[definitionAnnotations.confirm] ?? '').split(',').map((subject) => subject.trim());
  return { confirmed: confirmed.filter((subject) => subject !== '') };
}
