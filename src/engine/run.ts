/** What a run says aloud, and what comes of each change. Listeners hear; none of them can steer. */
import type { Change, Plan, Problem, Proof } from '../plan/plan.ts';

export type RunEvent =
  | { readonly type: 'fetching'; readonly source: string }
  | { readonly type: 'fetched'; readonly source: string; readonly artifacts: number; readonly revision: string }
  | { readonly type: 'observing'; readonly kinds: number; readonly objects: number }
  | { readonly type: 'trying'; readonly done: number; readonly total: number }
  | { readonly type: 'planned' }
  | { readonly type: 'acting'; readonly done: number; readonly total: number }
  | { readonly type: 'acted'; readonly outcome: Outcome }
  /** All that was to be done is done and recorded; what comes now is waiting. */
  | { readonly type: 'recorded'; readonly plan: Plan; readonly outcomes: readonly Outcome[] }
  /** Objects that are not ready or not gone yet, each with what it waits for. */
  | { readonly type: 'waiting'; readonly objects: readonly { readonly name: string; readonly reason: string }[] };

export interface Run {
  /** Aborted: no new request is sent, and what was done so far is recorded. */
  readonly signal: AbortSignal;
  readonly emit: (event: RunEvent) => void;
}

/** What came of one change. */
export interface Outcome {
  readonly owner: string;
  readonly change: Change;
  /** `blocked`: something that it depends on failed; `stopped`: the run was interrupted before it. */
  readonly result: 'succeeded' | 'failed' | 'blocked' | 'stopped';
  /** Why it failed or was blocked, or what it still waits for. */
  readonly problem?: Problem;
  /** Set by a write that succeeded: the proof for the inventory. */
  readonly proof?: Proof;
  /** Set by a removal that succeeded: whether nothing of this owner is left, or the object still waits for something. */
  readonly gone?: boolean;
}

export interface Result {
  /** Of the run: its start in ISO 8601 and a random part. */
  readonly id: string;
  readonly plan: Plan;
  /** In the order in which they ended. Changes `keep` and `skip` have none, but for deletions under way that were waited for. */
  readonly outcomes: readonly Outcome[];
  /** For people: what did not go as it should, besides the objects. */
  readonly notes: readonly string[];
  /** Objects that were written and are not healthy in time, with the reason. */
  readonly unhealthy: readonly {
    readonly owner: string;
    readonly name: string;
    readonly reason: string;
    readonly failed: boolean;
  }[];
}
