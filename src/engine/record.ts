/** Writes down what is about to be owned, and afterwards what is true. */
import type { Inventory, InventoryEntry } from '../inventory/inventory.ts';
import { keyOf } from '../manifest/manifest.ts';
import { isWrite } from '../plan/order.ts';
import type { OwnerPlan } from '../plan/plan.ts';
import type { Outcome } from './run.ts';

/** Before the first write, so that a crash at any point leaves nothing that nobody knows. */
export async function recordIntent(inventory: Inventory, plan: OwnerPlan, run: string): Promise<void> {
  const put = plan.changes
    .filter(isWrite)
    .filter((change) => !change.recorded)
    .map((change): InventoryEntry => ({ reference: change.reference, state: 'pending', run }));
  if (put.length > 0) await inventory.write({ header: plan.header, run, put, drop: [] });
}

/** `outcomes` are those of this owner. Objects whose deletion did not end stay in the record. */
export async function recordOutcome(
  inventory: Inventory,
  plan: OwnerPlan,
  outcomes: readonly Outcome[],
  run: string,
): Promise<void> {
  const put: InventoryEntry[] = [];
  const drop = [...plan.forget];
  for (const change of plan.changes) {
    if (change.action !== 'keep' || !change.proof) continue;
    put.push({ reference: change.reference, state: 'applied', ...change.proof });
  }
  for (const outcome of outcomes) {
    const entry = entryAfter(outcome);
    if (entry === 'none') drop.push(keyOf(outcome.change.reference));
    else if (entry) put.push(entry);
  }
  const clean = outcomes.every((outcome) => outcome.result === 'succeeded') && plan.problems.length === 0;
  const { checksum: _unfinished, ...header } = plan.header;
  await inventory.write({ header: clean ? plan.header : header, run, put, drop }, { gone: plan.leaving });
}

/** The entry that an outcome leaves, `none` when the object is not this owner's; nothing when the record stays as it is. */
function entryAfter({ change, result, proof, gone, problem }: Outcome): InventoryEntry | 'none' | undefined {
  const { reference } = change;
  if (isWrite(change)) {
    if (result === 'succeeded') return { reference, state: 'applied', digest: change.desired.digest, ...proof };
    // Announced, and certainly not written: a server that did not answer may have written it all the same.
    const isCertain = result !== 'failed' || problem?.code !== 'CLUSTER_UNREACHABLE';
    return !change.recorded && isCertain ? 'none' : undefined;
  }
  if (result !== 'succeeded') return undefined;
  if (change.action === 'release' || gone) return 'none';
  return change.action === 'delete' ? { reference, state: 'deleting', uid: change.uid } : undefined;
}
