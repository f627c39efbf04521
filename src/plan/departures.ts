/** What goes when several owners of one plan give the same field up: no dry-run of one of them alone can show it. */
import { difference, type FieldSet, isEmpty, managedFieldsOf, unionOf, without } from '../manifest/field-set.ts';
import { keyOf, type Manifest } from '../manifest/manifest.ts';
import { differencesOf, inFields } from './diff.ts';
import { interestKey } from './interest.ts';
import type { OwnerObservation, Verdict } from './observation.ts';
import type { Change, Difference, OwnerPlan, ReleaseChange, WriteChange } from './plan.ts';

type Shared = NonNullable<Extract<Verdict, { type: 'tried' }>['shared']>;

/** One owner's part in the change of an object. */
interface Part {
  readonly change: WriteChange | ReleaseChange;
  readonly manager: string;
  readonly shared: Shared;
  readonly salt: string | undefined;
}

/** What a row shows besides its own dry-run, and what it does not show because another row keeps it. */
interface Correction {
  readonly gone: readonly Difference[];
  readonly kept: readonly Difference[];
}

/** The same plans; the last row that gives a field up shows that it goes, and none shows what another row keeps. */
export function showDepartures(plans: readonly OwnerPlan[], owners: readonly OwnerObservation[]): OwnerPlan[] {
  const corrections = new Map<Change, Correction>();
  for (const parts of partsByObject(plans, owners).values()) {
    if (parts.length > 1) for (const [change, correction] of correct(parts)) corrections.set(change, correction);
  }
  if (corrections.size === 0) return [...plans];
  const corrected = (change: Change) => withCorrection(change, corrections.get(change));
  return plans.map((plan) => ({ ...plan, changes: plan.changes.map(corrected) }));
}

function partsByObject(plans: readonly OwnerPlan[], owners: readonly OwnerObservation[]): Map<string, Part[]> {
  const parts = new Map<string, Part[]>();
  for (const [index, { owner, changes }] of plans.entries()) {
    const { verdicts, destination, salt } = owners[index] as OwnerObservation;
    for (const change of changes) {
      const key = keyOf(change.reference);
      const verdict = verdicts.get(key);
      if (!('differences' in change) || verdict?.type !== 'tried' || !verdict.shared) continue;
      if (change.action === 'release' && change.leave) continue;
      const place = interestKey(destination.server, key);
      const part = { change, manager: owner.manager, shared: verdict.shared, salt };
      parts.set(place, [...(parts.get(place) ?? []), part]);
    }
  }
  return parts;
}

function correct(parts: readonly Part[]): Map<Change, Correction> {
  const {
    shared: { current },
    salt,
  } = parts[0] as Part;
  const goingWith = (fields: FieldSet) =>
    isEmpty(fields) ? [] : differencesOf(current, without(current, fields) as Manifest, salt);
  const managers = new Set(parts.map(({ manager }) => manager));
  const others = managedFieldsOf(current).filter(({ manager = '' }) => !managers.has(manager));
  const foreign = others.map(({ fieldsV1 }) => fieldsV1 ?? {});
  const corrections = new Map<Change, Correction>();
  let shown: FieldSet = {};
  for (const part of [...parts].reverse()) {
    const rest = parts.filter((other) => other !== part);
    const dropped = difference(heldBefore(part), part.shared.held);
    const stays = unionOf([...foreign, ...rest.map(({ shared }) => shared.held)]);
    const goes = difference(dropped, stays);
    // What nobody else held before is what its own dry-run has shown.
    const alone = difference(dropped, unionOf([...foreign, ...rest.map(heldBefore)]));
    const together = difference(difference(goes, alone), shown);
    const kept = difference(alone, goes);
    shown = unionOf([shown, together]);
    corrections.set(part.change, { gone: goingWith(together), kept: goingWith(kept) });
  }
  return corrections;
}

function heldBefore({ manager, shared }: Part): FieldSet {
  const entry = managedFieldsOf(shared.current).find((one) => one.manager === manager && one.operation === 'Apply');
  return entry?.fieldsV1 ?? {};
}

function withCorrection(change: Change, correction: Correction | undefined): Change {
  if (!correction || !('differences' in change)) return change;
  const goingFields = (differences: readonly Difference[]) => differences.flatMap(inFields);
  const paths = (differences: readonly Difference[]) => new Set(differences.map(({ path }) => path));
  const kept = paths(goingFields(correction.kept));
  // The server takes a whole object away with its last field: what of it stays is told by its fields.
  const isKept = (one: Difference) => one.after === undefined && kept.has(one.path);
  const fields = kept.size > 0 ? goingFields(change.differences) : change.differences;
  const own = fields.filter((one) => !isKept(one));
  const known = paths(own);
  return { ...change, differences: [...own, ...correction.gone.filter(({ path }) => !known.has(path))] };
}
