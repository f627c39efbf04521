/** Wishes as they were saved, with the values of Secrets from where they stand today. */
import { defaultPolicy } from '../definition/policy.ts';
import { type Intents, leaving, type OwnerIntent, waiting, wanted } from '../engine/intent.ts';
import { withoutNamesakes } from '../engine/namesakes.ts';
import type { InventoryRecord } from '../inventory/inventory.ts';
import { keyOf, type LocatedManifest, type Manifest, referenceOf } from '../manifest/manifest.ts';
import { isSecret, replaceSecrets } from '../plan/mask.ts';
import { changeId, type OwnerPlan, type Problem } from '../plan/plan.ts';
import { saltedDigest } from '../plan/salted.ts';
import type { SavedPlan } from './saved-plan.ts';

export interface Refilled {
  readonly intents: Intents;
  /** Secrets whose values are not to be had any more, by `changeId`. */
  readonly refused: ReadonlyMap<string, Problem>;
}

const valuesGone: Problem = {
  code: 'PLAN_OUTDATED',
  message: 'its values are others now, and the saved plan holds only digests of them',
};

/** `today` is what the owners would have if the plan were made anew. */
export function savedIntents(
  { plan, salt, options }: SavedPlan,
  records: readonly InventoryRecord[],
  today: readonly OwnerIntent[],
): Refilled {
  const own = records.filter(({ elsewhere }) => elsewhere === undefined);
  const byName = new Map(own.map((record) => [record.header.name, record]));
  const candidates = secretsOf(today);
  const refused = new Map<string, Problem>();

  const fill = (owner: OwnerPlan, { manifest, origin }: LocatedManifest): LocatedManifest => {
    const key = keyOf(referenceOf(manifest));
    const found = refill(manifest, key, salt, candidates.get(key) ?? []);
    if (found) return { manifest: found, origin };
    refused.set(changeId(owner.owner.name, key), valuesGone);
    return { manifest: replaceSecrets(manifest, () => undefined), origin };
  };
  const intentOf = (owner: OwnerPlan): OwnerIntent[] => {
    const record = byName.get(owner.owner.name);
    // An owner that leaves or waits is one of its record.
    if (owner.leaving) return record ? [leaving(record, 'the saved plan gives it up')] : [];
    const { problems, notes } = owner;
    if (owner.waiting) return record ? [{ ...waiting(record, notes.at(-1) ?? 'it waits'), problems }] : [];
    const manifests = owner.desired.map((desired) => fill(owner, desired));
    const policy = { ...defaultPolicy, ...owner.policy };
    const decoded = { manifests, problems: [], warnings: notes };
    const intent = wanted(owner.header, decoded, options.namespace, record, plan.set, policy);
    return [{ ...intent, problems: [...intent.problems, ...problems] }];
  };
  const intents = { owners: plan.owners.flatMap(intentOf), problems: plan.problems, notes: plan.notes };
  return { intents: withoutNamesakes(intents, records), refused };
}

/** The manifest with its values, if one of the candidates has all of them. */
function refill(sealed: Manifest, key: string, salt: string, candidates: readonly Manifest[]): Manifest | undefined {
  if (!isSecret(sealed)) return sealed;
  for (const candidate of [...candidates, sealed]) {
    const values = new Map<string, unknown>();
    replaceSecrets(candidate, (path, value) => void values.set(path, value));
    let isWhole = true;
    const filled = replaceSecrets(sealed, (path, digest) => {
      const value = values.get(path) as string | undefined;
      if (saltedDigest(salt, [key, path, value ?? null]) !== digest) isWhole = false;
      return value;
    });
    if (isWhole) return filled;
  }
  return undefined;
}

function secretsOf(intents: readonly OwnerIntent[]): Map<string, Manifest[]> {
  const secrets = new Map<string, Manifest[]>();
  for (const { wish } of intents) {
    if (wish.type !== 'wanted') continue;
    for (const { manifest } of wish.manifests.filter((one) => isSecret(one.manifest))) {
      const { namespace = wish.namespace } = manifest.metadata;
      const key = keyOf({ ...referenceOf(manifest), namespace });
      secrets.set(key, [...(secrets.get(key) ?? []), manifest]);
    }
  }
  return secrets;
}
