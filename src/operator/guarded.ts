/** Deletions that wait for somebody's word, and how it is given. Pure. */
import { definitionAnnotations } from '../definition/annotations.ts';
import { keyOf } from '../manifest/manifest.ts';
import { changeId, type Plan } from '../plan/plan.ts';

/** A line for each guard that holds something back of the owners in a plan. */
export function guardedIn({ owners, guards }: Plan): string[] {
  const own = new Set(
    owners.flatMap(({ owner, changes }) => changes.map(({ reference }) => changeId(owner.name, keyOf(reference)))),
  );
  return guards
    .filter(({ changes }) => changes.some((id) => own.has(id)))
    .map(
      ({ subject, message }) => `${message}; to allow it, annotate with ${definitionAnnotations.confirm}: "${subject}"`,
    );
}
