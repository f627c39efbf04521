/** One owner's apply as a dry-run: with force where that is allowed, and with what it takes over before. */
import type { ApplyAnswer, Cluster, FieldConflict, ResourceType } from '../cluster/cluster.ts';
import { webhookWithoutDryRun } from '../cluster/refusal.ts';
import type { DesiredObject } from '../manifest/desired-set.ts';
import { withValues } from '../manifest/field-set-place.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { markedBy, type Owner } from '../manifest/owner.ts';
import { type Resolution, withoutFields } from '../plan/conflict.ts';
import type { Means, Verdict } from '../plan/observation.ts';
import { agree } from './agree.ts';
import { type Inheritance, tryMigration, untriedMigration } from './try-migration.ts';
import { type Current, verdictOf } from './verdict.ts';

export interface Question {
  readonly cluster: Cluster;
  readonly type: ResourceType;
  readonly owner: Owner;
  readonly desired: DesiredObject;
  readonly now: Current;
  /** Missing when nothing is inherited, or by somebody else. */
  readonly inheritance: Inheritance | undefined;
  readonly resolve: (conflicts: readonly FieldConflict[]) => Promise<Resolution>;
}

type Answered =
  | Exclude<ApplyAnswer, { type: 'outdated' | 'conflict' }>
  | { readonly type: 'untried'; readonly reason: string };

const atThisMoment = 'it changes at this moment';

/** `means` are those that are known before. */
export async function tryApply(question: Question, means: Means): Promise<Verdict> {
  const { cluster, type, owner, desired, now, resolve } = question;
  const { object } = now;
  const sent = markedBy(owner, desired.manifest);
  // What is given up before the apply stays as it is, which the server can only be told by its value.
  const marked = object && means.giveUp ? (withValues(sent, means.giveUp, object) as Manifest) : sent;
  const first = await tryOnce(question, marked, false);
  if (first.type !== 'conflict') return conclude(question, first, means);
  const { manifest, conflicts } = object
    ? await agree(cluster, type, owner.manager, marked, object, first.conflicts)
    : { manifest: marked, conflicts: first.conflicts };
  const { blocked, take, yield: yielded } = await resolve(conflicts);
  if (blocked.length > 0) return { type: 'conflict', conflicts: blocked };
  const resolved = { ...means, take, yield: yielded };
  const second = await tryOnce(question, withoutFields(manifest, yielded), take.length > 0);
  const answer = second.type === 'conflict' ? ({ type: 'untried', reason: atThisMoment } as const) : second;
  return conclude(question, answer, resolved);
}

/** The server finds conflicts before it asks webhooks: those of an object that it cannot try are known. */
async function tryOnce(
  { cluster, type, owner }: Question,
  manifest: Manifest,
  force: boolean,
): Promise<Answered | Extract<ApplyAnswer, { type: 'conflict' }>> {
  try {
    const answer = await cluster.apply(type, manifest, { manager: owner.manager, force, dryRun: true });
    return answer.type === 'outdated' ? { type: 'untried', reason: describeOutdated(answer.versions) } : answer;
  } catch (error) {
    const webhook = webhookWithoutDryRun(error);
    if (webhook === undefined) throw error;
    return { type: 'untried', reason: `the webhook ${webhook} takes no dry-runs` };
  }
}

async function conclude(question: Question, answer: Answered, means: Means): Promise<Verdict> {
  const { cluster, type, owner, now, inheritance } = question;
  if (answer.type !== 'applied') {
    const reason = answer.type === 'untried' ? answer.reason : atThisMoment;
    return { ...means, ...(inheritance && untriedMigration(inheritance, means)), type: 'predicted', reason };
  }
  if (!inheritance) return verdictOf(answer, owner, now, means);
  const { result, ...more } = await tryMigration(cluster, type, inheritance, answer.object, means);
  const all = { ...means, ...more };
  return result ? verdictOf(answer, owner, now, all, result) : { ...all, type: 'predicted', reason: atThisMoment };
}

function describeOutdated(versions: readonly string[]): string {
  return `who holds its fields is on record at ${versions.join(', ')}, which the cluster cannot read any more, and is brought up to date first`;
}
