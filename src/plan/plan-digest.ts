/** A digest of what a plan would do: the same as long as planning again would do the same. */
import { canonicalJson } from '../manifest/json.ts';
import { keyOf } from '../manifest/manifest.ts';
import type { Change, OwnerPlan, Plan } from './plan.ts';
import { differencesOfRow, factsOf, isAction, saidOf } from './row.ts';
import { saltedDigest } from './salted.ts';
import { sealPlan } from './seal.ts';

/** Without the salt it tells nothing. Masked differences count if the plan was made with that salt, too. */
export function planDigest(plan: Plan, salt: string): string {
  return digestOfSealed(sealPlan(plan, salt), salt);
}

/** The same of a plan that is sealed with this salt. */
export function digestOfSealed(plan: Plan, salt: string): string {
  return saltedDigest(salt, [plan.set, ...plan.owners.flatMap(rowsOf).sort()]);
}

function rowsOf({ owner, header, changes }: OwnerPlan): string[] {
  return changes
    .filter(isAction)
    .map((change) => `${owner.id} ${header.server} ${keyOf(change.reference)} ${textOf(change)}`);
}

function textOf(change: Change): string {
  const differences = differencesOfRow(change).map((each) => saidOf(change, each));
  return canonicalJson([Object.fromEntries(factsOf(change)), differences.sort()]);
}
