/** The definitions that this process works on, where several share them. */
import type { Fence } from '../lease/fence.ts';

export interface Share {
  /** Definitions that are run together are of one shard. */
  readonly shardOf: (key: string) => number;
  /** The right to work on a definition; nothing when that is another process's. */
  readonly fenceOf: (key: string) => Fence | undefined;
  /** Calls whenever other definitions may be its own. */
  readonly follow: (onChange: () => void) => void;
}

const freedom: Fence = {
  signal: new AbortController().signal,
  isHeld: () => true,
  during: (work) => work(),
};

/** Of a process that works on all of them. */
export const wholeShare: Share = { shardOf: () => 0, fenceOf: () => freedom, follow: () => undefined };
