/** Keeps Namespaces whose deletion would take something with it that is still wanted. */
import { describe, keyOf, type ObjectReference } from '../manifest/manifest.ts';
import { ownersBut } from '../manifest/owner.ts';
import { type Interests, interestKey } from './interest.ts';
import type { OwnerObservation } from './observation.ts';
import type { Change, DeleteChange, OwnerPlan } from './plan.ts';

/** The same plans, with `skip` for each deletion of a Namespace that holds what somebody wants, in the plan or on record. */
export function keepInhabited(
  plans: readonly OwnerPlan[],
  owners: readonly OwnerObservation[],
  interests: Interests,
): OwnerPlan[] {
  const servers = owners.map(({ destination }) => destination.server);
  const doomed = new Set(
    plans.flatMap((plan, index) =>
      plan.changes
        .filter(isNamespaceDeletion)
        .map(({ reference }) => interestKey(servers[index] ?? '', reference.name)),
    ),
  );
  if (doomed.size === 0) return [...plans];
  const inhabitants = new Map([
    ...strangersIn(doomed, owners, interests),
    ...recordedIn(doomed, interests),
    ...plannedIn(doomed, plans, servers),
  ]);
  return plans.map((plan, index) => ({
    ...plan,
    changes: plan.changes.map((change): Change => {
      if (!isNamespaceDeletion(change)) return change;
      const inhabitant = inhabitants.get(interestKey(servers[index] ?? '', change.reference.name));
      if (inhabitant === undefined) return change;
      return { action: 'skip', reference: change.reference, reason: `still holds ${inhabitant}`, after: [] };
    }),
  }));
}

/** One change that leaves something where it is, for each of the Namespaces; as are the answers of the next two, for people. */
function plannedIn(
  namespaces: ReadonlySet<string>,
  plans: readonly OwnerPlan[],
  servers: readonly string[],
): Map<string, string> {
  const found = new Map<string, string>();
  const deleted = new Set<string>();
  const each = (visit: (change: Change, server: string) => void) => {
    for (const [index, plan] of plans.entries()) for (const change of plan.changes) visit(change, servers[index] ?? '');
  };
  each((change, server) => {
    if (change.action === 'delete') deleted.add(interestKey(server, keyOf(change.reference)));
  });
  each((change, server) => {
    const namespace = interestKey(server, change.reference.namespace);
    if (namespaces.has(namespace) && stays(change) && !deleted.has(interestKey(server, keyOf(change.reference)))) {
      found.set(namespace, describe(change.reference));
    }
  });
  return found;
}

function recordedIn(namespaces: ReadonlySet<string>, { recorded }: Interests): Map<string, string> {
  const found = new Map<string, string>();
  for (const [place, names] of recorded) {
    const { server, reference } = readPlace(place);
    const namespace = interestKey(server, reference.namespace);
    if (namespaces.has(namespace)) found.set(namespace, `${describe(reference)} of ${names.join(', ')}`);
  }
  return found;
}

// Live objects with the mark of an owner that does not leave them.
function strangersIn(
  namespaces: ReadonlySet<string>,
  owners: readonly OwnerObservation[],
  { leaving }: Interests,
): Map<string, string> {
  const found = new Map<string, string>();
  for (const { server, live, tenants } of new Set(owners.map(({ destination }) => destination))) {
    const others = [...tenants.values()].flatMap(({ objects }) => objects);
    for (const object of [...live.values(), ...others]) {
      const namespace = interestKey(server, object.reference.namespace);
      if (!namespaces.has(namespace)) continue;
      const names = ownersBut(leaving.get(interestKey(server, keyOf(object.reference))) ?? [], object);
      if (names.length > 0) found.set(namespace, `${describe(object.reference)} of ${names.join(', ')}`);
    }
  }
  return found;
}

// A skip without a code is one of what is on its way out.
function stays(change: Change): boolean {
  return change.action !== 'delete' && (change.action !== 'skip' || change.code !== undefined);
}

function isNamespaceDeletion(change: Change): change is DeleteChange {
  return change.action === 'delete' && change.reference.group === '' && change.reference.kind === 'Namespace';
}

function readPlace(place: string): { server: string; reference: Pick<ObjectReference, 'kind' | 'namespace' | 'name'> } {
  const space = place.indexOf(' ');
  const [, kind = '', namespace = '', name = ''] = place.slice(space + 1).split('/');
  return { server: place.slice(0, space), reference: { kind, namespace, name } };
}
