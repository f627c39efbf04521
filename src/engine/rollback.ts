/** Back to what one owner wanted at an earlier revision. */
import { defaultPolicy } from '../definition/policy.ts';
import { VidraError } from '../errors.ts';
import type { Content, Revision } from '../history/history.ts';
import type { InventoryRecord } from '../inventory/inventory.ts';
import type { Plan } from '../plan/plan.ts';
import { wanted } from './intent.ts';
import { planIntents } from './prepare.ts';
import { contentDigest } from './record-history.ts';
import type { Run } from './run.ts';
import type { Target } from './target.ts';

/** What an owner goes back to. */
export interface Rollback {
  readonly revision: Revision;
  readonly content: Content;
  readonly records: readonly InventoryRecord[];
}

/**
 * Without a number: the newest revision that differs from what the owner has now. Owners that were pruned come back. Throws
 * HISTORY_UNKNOWN or HISTORY_INVALID.
 */
export async function findRevision(
  target: Pick<Target, 'inventory' | 'history'>,
  owner: string,
  number?: number,
): Promise<Rollback> {
  const [records, revisions] = await Promise.all([target.inventory.list(), target.history.list(owner)]);
  const revision = choose(owner, revisions, recordOf(owner, records), number);
  const content = await target.history.read(revision);
  if (!content)
    throw new VidraError('HISTORY_UNKNOWN', `revision ${revision.number} is not kept any more`, { subject: owner });
  return { revision, content, records };
}

export async function prepareRollback(target: Target, run: Run, rollback: Rollback): Promise<Plan> {
  const { revision, content, records } = rollback;
  const { owner } = revision;
  run.signal.throwIfAborted();
  const intent = intentOf(content, revision, recordOf(owner, records), target);
  const note = `${owner} goes back to revision ${revision.number}; the next apply follows its definition again`;
  return planIntents(target, run, records, { owners: [intent], problems: [], notes: [note] });
}

function recordOf(owner: string, records: readonly InventoryRecord[]): InventoryRecord | undefined {
  return records.find(({ header, elsewhere }) => header.name === owner && elsewhere === undefined);
}

function choose(
  owner: string,
  revisions: readonly Revision[],
  record: InventoryRecord | undefined,
  number: number | undefined,
): Revision {
  const kept = revisions.map((revision) => revision.number).join(', ');
  if (revisions.length === 0) throw new VidraError('HISTORY_UNKNOWN', 'has no history', { subject: owner });
  const now = record && contentDigest(record.entries.values());
  const found =
    number === undefined
      ? revisions.findLast(({ digest }) => digest !== now)
      : revisions.find((revision) => revision.number === number);
  if (found) return found;
  const message = number === undefined ? 'has no earlier revision' : `has no revision ${number}; it has ${kept}`;
  throw new VidraError('HISTORY_UNKNOWN', message, { subject: owner });
}

function intentOf(content: Content, { number, owner }: Revision, record: InventoryRecord | undefined, target: Target) {
  // Its checksum is that of the artifact: what is applied now did not come from there.
  const { checksum: _, ...header } = record?.header ?? content.header;
  const origin = { source: `revision ${number} of ${owner}`, line: 1, column: 1 };
  const manifests = content.manifests.map((manifest, index) => ({
    manifest,
    origin: { ...origin, document: index + 1 },
  }));
  const policy = { ...defaultPolicy, ...content.policy, ...target.overrides };
  const decoded = { manifests, problems: [], warnings: [] };
  return wanted(header, decoded, target.namespace, record, header.set, policy);
}
