/** Keeps CustomResourceDefinitions whose deletion would take instances with it. */
import { describe, keyOf } from '../manifest/manifest.ts';
import { interestKey } from './interest.ts';
import type { OwnerObservation } from './observation.ts';
import { isWrite } from './order.ts';
import type { Change, DeleteChange, OwnerPlan } from './plan.ts';

/** The same plans, with `skip` for each deletion of a definition that has, or gets, an instance that the plan does not delete. */
export function keepInstantiated(plans: readonly OwnerPlan[], owners: readonly OwnerObservation[]): OwnerPlan[] {
  if (!plans.some(({ changes }) => changes.some(isDefinitionDeletion))) return [...plans];
  const { deleted, written } = changesByPlace(plans, owners);
  const instanceOf = ({ reference }: DeleteChange, { destination }: OwnerObservation): string | undefined => {
    const tenants = destination.tenants.get(keyOf(reference));
    const stays = tenants?.objects.find((object) => {
      return !object.deleting && !deleted.has(interestKey(destination.server, keyOf(object.reference)));
    });
    if (stays) return describe(stays.reference);
    return tenants?.kind && written.get(interestKey(destination.server, `${tenants.kind.group}/${tenants.kind.kind}`));
  };
  return plans.map((plan, index) => ({
    ...plan,
    changes: plan.changes.map((change): Change => {
      if (!isDefinitionDeletion(change)) return change;
      const instance = instanceOf(change, owners[index] as OwnerObservation);
      if (instance === undefined) return change;
      return { action: 'skip', reference: change.reference, reason: `still has ${instance}`, after: [] };
    }),
  }));
}

/** Identities that the plan deletes, and one object that it writes for each kind, for people. */
function changesByPlace(
  plans: readonly OwnerPlan[],
  owners: readonly OwnerObservation[],
): { deleted: Set<string>; written: Map<string, string> } {
  const deleted = new Set<string>();
  const written = new Map<string, string>();
  for (const [index, { changes }] of plans.entries()) {
    const server = owners[index]?.destination.server ?? '';
    for (const change of changes) {
      const { group, kind } = change.reference;
      if (change.action === 'delete') deleted.add(interestKey(server, keyOf(change.reference)));
      else if (isWrite(change)) written.set(interestKey(server, `${group}/${kind}`), describe(change.reference));
    }
  }
  return { deleted, written };
}

function isDefinitionDeletion(change: Change): change is DeleteChange {
  const { group, kind } = change.reference;
  return change.action === 'delete' && group === 'apiextensions.k8s.io' && kind === 'CustomResourceDefinition';
}
