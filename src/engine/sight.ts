/** An object that is waited for, and what has been seen of it. */
import type { Cluster } from '../cluster/cluster.ts';
import type { Health } from '../manifest/health.ts';
import type { Manifest, ObjectReference } from '../manifest/manifest.ts';

/** One object that is waited for. */
export interface Awaited {
  readonly cluster: Cluster;
  readonly reference: ObjectReference;
  /** What to think of the object as it is now; nothing when it is not there. `before` is how it was when it was there. */
  readonly judge: (object: Manifest | undefined, before: Manifest | undefined) => Health;
  /** The judgement may become another one though the object stays as it is. */
  readonly changesWithTime?: boolean;
}

/** What has been seen of an object; changes while it is waited for. */
export interface Sight<T extends Awaited = Awaited> {
  readonly awaited: T;
  /** Nothing before the first look. */
  health?: Health;
  /** As it was when it was last there. */
  object?: Manifest;
}

/** Whether it is still waited for: it is neither as it should be, nor has it failed for good. */
export function isLeft({ health }: Sight): boolean {
  return health === undefined || health.state === 'progressing';
}

/** Takes a new look in. What was settled stays so. */
export function see(sight: Sight, object: Manifest | undefined): void {
  if (!isLeft(sight)) return;
  sight.health = sight.awaited.judge(object, sight.object);
  if (object) sight.object = object;
}

/** Judges again what was seen at last, where time may have changed the judgement. */
export function reconsider(sight: Sight): void {
  if (sight.awaited.changesWithTime && sight.object) see(sight, sight.object);
}
