/** What the caller must be allowed to do for a plan, and what becomes of changes that are forbidden. */
import { keyOf, type ObjectReference } from '../manifest/manifest.ts';
import type { Change, Plan } from './plan.ts';

export interface Need {
  /** Empty for the home cluster. */
  readonly server: string;
  readonly verb: 'create' | 'patch' | 'delete';
  readonly reference: ObjectReference;
}

/** What is forbidden, in words, by `needKey`. */
export type Forbidden = ReadonlyMap<string, string>;

export function needKey({ server, verb, reference }: Need): string {
  return `${server} ${verb} ${keyOf(reference)}`;
}

/** All that no dry-run has shown to be allowed, and that can be asked for: who may do what in a Namespace to come shows when it is there. */
export function needsOf({ owners }: Plan): Need[] {
  const places = new Set<string>();
  for (const { header, changes } of owners) {
    for (const { action, reference } of changes)
      if (action === 'create' && reference.kind === 'Namespace') places.add(`${header.server} ${reference.name}`);
  }
  return owners.flatMap(({ header: { server }, changes }) =>
    changes
      .filter(({ reference }) => !places.has(`${server} ${reference.namespace}`))
      .flatMap((change) => verbsOf(change).map((verb) => ({ server, verb, reference: change.reference }))),
  );
}

/** The change, or why it is left out. */
export function permitted(change: Change, server: string, forbidden: Forbidden): Change {
  const { reference } = change;
  const verb = verbsOf(change).find((each) => forbidden.has(needKey({ server, verb: each, reference })));
  if (verb === undefined) return change;
  const reason = forbidden.get(needKey({ server, verb, reference })) ?? '';
  return { action: 'skip', reference, reason, after: [], code: 'CLUSTER_FORBIDDEN' };
}

function verbsOf(change: Change): Need['verb'][] {
  switch (change.action) {
    case 'delete':
      return ['delete'];
    case 'release':
      return ['patch'];
    case 'create':
      return change.confidence === 'server' ? [] : ['patch', 'create'];
    case 'replace':
      return change.confidence === 'server' ? ['delete', 'create'] : ['delete', 'patch', 'create'];
    case 'update':
    case 'adopt':
      return change.confidence === 'server' ? [] : ['patch'];
    default:
      return [];
  }
}
