/** Namespaces and CustomResourceDefinitions: their deletion takes along what they hold, so they stay while that is wanted. */
import type { ObjectMetadata } from '../cluster/metadata.ts';
import { describe, keyOf, type ObjectReference } from '../manifest/manifest.ts';
import { ownersBut } from '../manifest/owner.ts';
import { type Interests, interestKey } from './interest.ts';
import type { DestinationObservation, OwnerObservation, Tenants } from './observation.ts';
import type { Change, OwnerPlan } from './plan.ts';

type Kind = Pick<ObjectReference, 'group' | 'kind'>;

export function isNamespace({ group, kind }: Kind): boolean {
  return group === '' && kind === 'Namespace';
}

export function isDefinition({ group, kind }: Kind): boolean {
  return group === 'apiextensions.k8s.io' && kind === 'CustomResourceDefinition';
}

/** Whether deleting an object of this kind takes along what others have made. */
export function isContainer(reference: Kind): boolean {
  return isNamespace(reference) || isDefinition(reference);
}

/** What would go along, and no deletion of the plan speaks of; `deleted` holds those, by `interestKey`. */
export function contentsOutside(
  { objects, unlisted = [] }: Tenants = { objects: [] },
  server: string,
  deleted: ReadonlySet<string>,
): { objects: readonly ObjectMetadata[]; unlisted: readonly string[] } {
  const outside = objects.filter(
    ({ deleting, reference }) => !deleting && !deleted.has(interestKey(server, keyOf(reference))),
  );
  return { objects: outside, unlisted };
}

/** The same plans, with `skip` for each deletion of what holds something that anybody in Vidra wants, or that stays. */
export function keepInhabited(
  plans: readonly OwnerPlan[],
  owners: readonly OwnerObservation[],
  interests: Interests,
): OwnerPlan[] {
  const destinations = owners.map(({ destination }) => destination);
  const doomed = new Set(
    plans.flatMap(({ changes }, index) => changes.flatMap((change) => containerOf(change, destinations[index]) ?? [])),
  );
  if (doomed.size === 0) return [...plans];
  const inhabitants = new Map([
    ...markedIn(doomed, destinations, interests),
    ...recordedIn(doomed, interests),
    ...plannedIn(doomed, plans, destinations),
  ]);
  return plans.map((plan, index) => ({
    ...plan,
    changes: plan.changes.map((change): Change => {
      const inhabitant = inhabitants.get(containerOf(change, destinations[index]) ?? '');
      if (inhabitant === undefined) return change;
      return { action: 'skip', reference: change.reference, reason: `still holds ${inhabitant}`, after: [] };
    }),
  }));
}

/** The key of what a change deletes, if that is a container whose contents can be told. */
function containerOf(change: Change, destination: DestinationObservation | undefined): string | undefined {
  if (change.action !== 'delete' || !destination) return undefined;
  const { reference } = change;
  if (isNamespace(reference)) return namespaceKey(destination.server, reference.name);
  const kind = isDefinition(reference) ? destination.tenants.get(keyOf(reference))?.kind : undefined;
  return kind && kindKey(destination.server, kind);
}

/** The containers that an object is in. */
function containersOf(server: string, reference: Omit<ObjectReference, 'version'>): [string, string] {
  return [namespaceKey(server, reference.namespace), kindKey(server, reference)];
}

// One object for each of the containers, for people; as are the answers of the next two. Live objects with the mark of an owner
// that does not leave them.
function markedIn(
  doomed: ReadonlySet<string>,
  destinations: readonly DestinationObservation[],
  { leaving }: Interests,
): Map<string, string> {
  const found = new Map<string, string>();
  for (const { server, live, tenants } of new Set(destinations)) {
    const others = [...tenants.values()].flatMap(({ objects }) => objects);
    for (const object of [...live.values(), ...others]) {
      const containers = containersOf(server, object.reference).filter((key) => doomed.has(key));
      if (containers.length === 0) continue;
      const names = ownersBut(leaving.get(interestKey(server, keyOf(object.reference)))?.owners ?? [], object);
      if (names.length === 0) continue;
      for (const key of containers) found.set(key, `${describe(object.reference)} of ${names.join(', ')}`);
    }
  }
  return found;
}

function recordedIn(doomed: ReadonlySet<string>, { recorded }: Interests): Map<string, string> {
  const found = new Map<string, string>();
  for (const [place, names] of recorded) {
    const { server, reference } = readPlace(place);
    for (const key of containersOf(server, reference)) {
      if (doomed.has(key)) found.set(key, `${describe(reference)} of ${names.join(', ')}`);
    }
  }
  return found;
}

// Changes that leave something where it is.
function plannedIn(
  doomed: ReadonlySet<string>,
  plans: readonly OwnerPlan[],
  destinations: readonly DestinationObservation[],
): Map<string, string> {
  const found = new Map<string, string>();
  const deleted = new Set<string>();
  const each = (visit: (change: Change, server: string) => void) => {
    for (const [index, { changes }] of plans.entries())
      for (const change of changes) visit(change, destinations[index]?.server ?? '');
  };
  each((change, server) => {
    if (change.action === 'delete') deleted.add(interestKey(server, keyOf(change.reference)));
  });
  each((change, server) => {
    if (!stays(change) || deleted.has(interestKey(server, keyOf(change.reference)))) return;
    for (const key of containersOf(server, change.reference)) {
      if (doomed.has(key)) found.set(key, describe(change.reference));
    }
  });
  return found;
}

function stays(change: Change): boolean {
  return change.action !== 'delete' && !(change.action === 'skip' && change.deleting === true);
}

function namespaceKey(server: string, name: string): string {
  return `${server} namespace ${name}`;
}

function kindKey(server: string, { group, kind }: Kind): string {
  return `${server} kind ${group}/${kind}`;
}

function readPlace(place: string): { server: string; reference: Omit<ObjectReference, 'version'> } {
  const space = place.indexOf(' ');
  const [group = '', kind = '', namespace = '', name = ''] = place.slice(space + 1).split('/');
  return { server: place.slice(0, space), reference: { group, kind, namespace, name } };
}
