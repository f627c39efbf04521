/** Deletions that are not made unless somebody says so, by naming what goes. */
import type { Limit } from '../definition/policy.ts';
import { describe, keyOf } from '../manifest/manifest.ts';
import { contentsOutside, isContainer, isNamespace } from './containers.ts';
import { deletionGuards } from './deletion-limits.ts';
import { interestKey } from './interest.ts';
import { countOf, listOf, subjectOf } from './names.ts';
import type { OwnerObservation } from './observation.ts';
import { type Change, changeId, type DeleteChange, type Guard, type OwnerPlan } from './plan.ts';

/** What the caller says of deletions, whatever the definitions say. */
export interface Consent {
  /** Subjects of guards. */
  readonly confirmed: readonly string[];
  /** For the whole run, in place of the limits of the definitions. */
  readonly maxDeletions?: Limit;
}

/** A deletion of the plan, with what was observed for its owner. */
interface Doomed {
  readonly change: DeleteChange;
  readonly subject: string;
  readonly id: string;
  readonly observed: OwnerObservation;
}

/** What is not confirmed of what has to be; notes are on what is confirmed in vain. `owners` are those of the plans, in their order. */
export function guardsOf(
  plans: readonly OwnerPlan[],
  owners: readonly OwnerObservation[],
  { confirmed, maxDeletions }: Consent,
): { guards: readonly Guard[]; notes: readonly string[] } {
  const doomed = plans.flatMap((plan, index) => {
    const observed = owners[index] as OwnerObservation;
    return plan.changes.filter(isDeletion).map((change): Doomed => {
      const subject = subjectOf(change.reference, observed.destination.server);
      return { change, observed, subject, id: changeId(plan.owner.name, keyOf(change.reference)) };
    });
  });
  const deleted = new Set(
    doomed.map(({ change, observed }) => interestKey(observed.destination.server, keyOf(change.reference))),
  );
  const all = [...deletionGuards(plans, owners, maxDeletions), ...doomed.flatMap((one) => guardOf(one, deleted))];
  const subjects = new Set([...all, ...doomed].map(({ subject }) => subject));
  return {
    guards: all.filter(({ subject }) => !confirmed.includes(subject)),
    notes: confirmed
      .filter((subject) => !subjects.has(subject))
      .map((subject) => `--confirm "${subject}": nothing of that name would be deleted`),
  };
}

function guardOf({ change, id, observed, subject }: Doomed, deleted: ReadonlySet<string>): Guard[] {
  const { server, tenants } = observed.destination;
  const { group, kind } = change.reference;
  if (group === '' && (kind === 'PersistentVolume' || kind === 'PersistentVolumeClaim'))
    return [
      { type: 'volume', subject, changes: [id], message: `${subject} would be deleted, and what is stored in it` },
    ];
  if (!isContainer(change.reference)) return [];
  const { objects, unlisted } = contentsOutside(tenants.get(keyOf(change.reference)), server, deleted);
  if (objects.length + unlisted.length === 0) return [];
  const [type, word] = isNamespace(change.reference)
    ? (['namespace', 'object'] as const)
    : (['definition', 'instance'] as const);
  const names = listOf(objects.map(({ reference }) => describe(reference)));
  const parts = [
    objects.length > 0 && `holds ${countOf(objects.length, word)} that Vidra does not manage: ${names}`,
    unlisted.length > 0 && `may hold ${listOf(unlisted)}, which could not be listed`,
  ];
  return [{ type, subject, changes: [id], message: `${subject} ${parts.filter(Boolean).join('; and ')}` }];
}

function isDeletion(change: Change): change is DeleteChange {
  return change.action === 'delete';
}
