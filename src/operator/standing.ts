/** How a definition stands, in the order in which a run gets there. Plain data. */

import type { Result } from '../engine/run.ts';
import type { Plan, Problem } from '../plan/plan.ts';
import type { Snapshot } from '../source/source.ts';

export type Standing =
  /** It is not reconciled, because it says so itself. */
  | { readonly type: 'suspended' }
  /** It cannot be read. */
  | { readonly type: 'invalid'; readonly problems: readonly Problem[] }
  /** It waits for another definition. */
  | { readonly type: 'held'; readonly reason: string }
  /** A run has begun. */
  | { readonly type: 'running'; readonly reason: string }
  /** No plan could be made. */
  | { readonly type: 'failed'; readonly problem: Problem }
  /** What would be done, and is not: it only observes, or nobody has approved it yet. */
  | {
      readonly type: 'planned';
      readonly mode: 'Observe' | 'Approve';
      readonly plan: Plan;
      readonly digest: string;
      readonly snapshot?: Snapshot | undefined;
    }
  /** All is written, and what is not healthy or not gone yet is waited for. */
  | { readonly type: 'waiting'; readonly result: Result; readonly snapshot?: Snapshot | undefined }
  /**
   * The run has ended; `waited` is what it had done when the waiting began. `cut`: early, for something newer or because all ends,
   * and another one goes on.
   */
  | Ended;

export interface Ended {
  readonly type: 'ended' | 'cut';
  readonly result: Result;
  readonly snapshot?: Snapshot | undefined;
  readonly waited?: Result;
  /** How the objects are was not looked at, because the definition does not wait for that. */
  readonly unwatched?: boolean | undefined;
}
