/** What a loop says aloud. */
import type { Result } from '../engine/run.ts';
import type { VidraError } from '../errors.ts';
import type { Trigger } from './trigger.ts';

interface Of {
  /** The definition that it is about, as in `InfrahubSync web`, where each is run by itself. */
  readonly definition?: string;
}

export type LoopEvent =
  | { readonly type: 'watching'; readonly set: string; readonly server: string; readonly intervalMs: number }
  | (Of & { readonly type: 'reconciling'; readonly trigger: Trigger })
  | (Of & {
      readonly type: 'reconciled';
      readonly trigger: Trigger;
      readonly result: Result;
      readonly milliseconds: number;
    })
  /** A newer wish, or the end of all, has ended it at a safe point. Without a result, nothing was done. */
  | (Of & {
      readonly type: 'superseded';
      readonly trigger: Trigger;
      readonly result?: Result;
      readonly milliseconds?: number;
    })
  | (Of & { readonly type: 'failed'; readonly trigger: Trigger; readonly error: VidraError })
  /** Nothing can be done before this is mended; it is tried again. */
  | { readonly type: 'waiting'; readonly error: VidraError }
  /** Several processes share the work: `leaving`, it begins nothing more of a shard; `lost`, others may have it by now. */
  | { readonly type: 'shard'; readonly shard: number; readonly state: 'acquired' | 'leaving' | 'released' | 'lost' }
  /** Something that is looked at with each interval only. */
  | { readonly type: 'blind'; readonly error: VidraError }
  /** Something that stops nothing, and that people should know. */
  | { readonly type: 'warned'; readonly error: VidraError }
  /** What holds for all definitions that say nothing else; an interval of 0 is never. */
  | {
      readonly type: 'settings';
      readonly syncIntervalMs: number;
      readonly resourceIntervalMs: number;
      readonly queryName: string;
      readonly reconcileOnEvents: boolean;
    }
  | { readonly type: 'definitions'; readonly count: number }
  /** The files cannot be read; what they said before holds. */
  | { readonly type: 'unreadable'; readonly error: VidraError }
  | { readonly type: 'ended' };
