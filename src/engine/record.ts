/** Writes down what is about to be owned, and afterwards what is true. */
import type { ErrorCode } from '../errors.ts';
import { type Inventory, type InventoryEntry, startOf } from '../inventory/inventory.ts';
import { digestsOf } from '../manifest/content.ts';
import { keyOf } from '../manifest/manifest.ts';
import { isProtected } from '../manifest/protection.ts';
import { isWrite } from '../plan/order.ts';
import { isIncomplete, type OwnerPlan } from '../plan/plan.ts';
import type { Outcome } from './run.ts';

/** Failures after which an object may exist all the same: the server did not say that it refused. */
const uncertain: ReadonlySet<ErrorCode> = new Set(['CLUSTER_UNREACHABLE', 'CLUSTER_FAILED', 'TIMEOUT', 'INTERRUPTED']);

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
  const withdraw: string[] = [];
  const wanted = plan.desired.filter(({ manifest }) => isProtected(manifest.metadata.annotations));
  const keys = new Set(wanted.map(({ reference }) => keyOf(reference)));
  const asWanted = (entry: InventoryEntry): InventoryEntry =>
    keys.has(keyOf(entry.reference)) ? { ...entry, protected: true } : entry;
  for (const change of plan.changes) {
    if (change.action !== 'keep' || !change.proof) continue;
    put.push(asWanted({ reference: change.reference, state: 'applied', ...change.proof }));
  }
  for (const outcome of outcomes) {
    const entry = entryAfter(outcome, run);
    if (entry === 'none') drop.push(keyOf(outcome.change.reference));
    else if (entry === 'unwritten') withdraw.push(keyOf(outcome.change.reference));
    else if (entry) put.push(entry.state === 'applied' ? asWanted(entry) : entry);
  }
  const clean = outcomes.every((outcome) => outcome.result === 'succeeded') && !isIncomplete(plan);
  const { checksum: _unfinished, ...header } = plan.header;
  await inventory.write({ header: clean ? plan.header : header, run, put, drop, withdraw }, { gone: plan.leaving });
}

/**
 * The entry that an outcome leaves, `none` when nothing of this owner is on the object any more, `unwritten` when it was
 * announced and certainly never written; nothing when the record stays as it is.
 */
function entryAfter(
  { change, result, proof, gone, problem }: Outcome,
  run: string,
): InventoryEntry | 'none' | 'unwritten' | undefined {
  const { reference } = change;
  if (isWrite(change)) {
    const contest = change.contest && { contest: { since: startOf(run), ...change.contest } };
    if (result === 'succeeded')
      return { reference, state: 'applied', ...digestsOf(change.desired), ...proof, ...contest };
    const isCertain = result !== 'failed' || (problem !== undefined && !uncertain.has(problem.code));
    return !change.recorded && isCertain ? 'unwritten' : undefined;
  }
  if (result !== 'succeeded') return undefined;
  if (change.action === 'release' || gone) return 'none';
  return change.action === 'delete' ? { reference, state: 'deleting', uid: change.uid } : undefined;
}
