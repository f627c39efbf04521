/** What a group of definitions that share a run works on, and how long. */
import type { Destinations } from '../destination/destinations.ts';
import type { Target } from '../engine/target.ts';
import { consentOf } from './consent.ts';
import { accessOf, destinationOf } from './destination-of.ts';
import type { Ready } from './member.ts';

/** Members of a group have the same destination, and act as the same account. */
export function targetOf(
  { base, clusterFor }: { readonly base: Target; readonly clusterFor: Destinations['of'] },
  members: readonly Ready[],
): Target {
  const [{ definition, stored }] = members as [Ready];
  const destination = destinationOf(definition);
  const access = accessOf(definition);
  return {
    ...base,
    // Members of a group share more than the server.
    clusterOf: (server) => clusterFor({ ...destination, server }),
    definitions: members.map(({ definition, stored: now }) => ({ ...definition, stored: now })),
    consent: { confirmed: members.flatMap((member) => consentOf(member.stored).confirmed) },
    ...(access && { access }),
    partial: true,
    prune: false,
    // Members of a group that needs it are alone.
    ...(definition.mode !== 'Enforce' && { salt: stored.uid }),
  };
}

/** Aborts when none of the members wants the run any more: what one of them does not want is still wanted by the others. */
export function wholeSignal(members: readonly Ready[]): AbortSignal {
  const controller = new AbortController();
  let left = members.length;
  for (const { signal } of members) {
    const leave = () => {
      left--;
      if (left === 0) controller.abort();
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  }
  return controller.signal;
}
