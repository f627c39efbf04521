/** The parts of a set of definitions, and what a run of one of them works on. */
import type { Access } from '../definition/definition.ts';
import type { Destinations } from '../destination/destinations.ts';
import type { Target } from '../engine/target.ts';
import { consentOf } from '../operator/consent.ts';
import { destinationBy } from '../operator/destination-of.ts';
import { isPlain, type Part, partsOf } from './parts.ts';

/** Whose definitions left the set is for one part to say: the first, or one of its own. */
export function partsIn({ definitions, prune }: Target): Part[] {
  const parts = partsOf(definitions);
  return parts.some(isPlain) || (parts.length > 0 && !prune) ? parts : [{ definitions: [] }, ...parts];
}

export function targetOf(target: Target, part: Part, destinations: Destinations): Target {
  const { definitions, access, alone } = part;
  const others = target.definitions.filter((definition) => !definitions.includes(definition));
  const whole = isPlain(part);
  const confirmed = alone?.stored ? consentOf(alone.stored).confirmed : [];
  return {
    ...target,
    definitions,
    ...(whole ? { others } : { partial: true, prune: false }),
    ...(access && reachedBy(access, destinations)),
    consent: { ...target.consent, confirmed: [...target.consent.confirmed, ...confirmed] },
    // As the operator plans it, so that both name it by the same digest.
    ...(alone?.stored && alone.mode !== 'Enforce' && { salt: alone.stored.uid, validate: false }),
  };
}

/** What of a target says how its clusters are reached. */
export function reachedBy(access: Access, destinations: Destinations): Pick<Target, 'access' | 'clusterOf'> {
  return { access, clusterOf: (server) => destinations.of(destinationBy(access, server)) };
}
