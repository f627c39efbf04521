/** A plan that was saved to be carried out later: what it would do, and what it was made from. Holds no value of a Secret. */
import type { Access } from '../definition/definition.ts';
import type { Limit, Policy } from '../definition/policy.ts';
import type { Guard, Plan } from '../plan/plan.ts';
import type { Origins } from './origins.ts';

export const savedPlanKind = 'SavedPlan';
/** Another one is refused: a plan that is understood by half must not be carried out. */
export const savedPlanVersion = '1';

/** What was said at the command line, so that planning anew plans the same. */
export interface SavedOptions {
  /** Files, folders, patterns, as they were given. */
  readonly filenames: readonly string[];
  readonly namespace: string;
  readonly prune: boolean;
  readonly overrides: Partial<Policy>;
  /** The most deletions, whatever the definitions say. */
  readonly maxDeletions?: Limit;
  /** How the definitions say that their clusters are reached. */
  readonly access?: Access;
}

export interface SavedPlan {
  /** Of the Vidra that made it. */
  readonly version: string;
  /** ISO 8601. */
  readonly created: string;
  /** Uid of the namespace kube-system of the home cluster. */
  readonly home: string;
  /** Of all digests in it. */
  readonly salt: string;
  readonly options: SavedOptions;
  readonly origins: Origins;
  /** Guards that were confirmed when it was made. */
  readonly confirmed: readonly Guard[];
  /** Sealed with the salt, with the digest of what it does. */
  readonly plan: Plan & { readonly digest: string };
}
