/** Says how a definition stands: in its status, in Events, and to those that wait for it. */
import type { Target } from '../engine/target.ts';
import type { InventoryRecord } from '../inventory/inventory.ts';
import { happeningsOf } from './events.ts';
import type { Followed } from './followed.ts';
import type { Ready } from './member.ts';
import type { Queue } from './queue.ts';
import { dependentsOf, isReady, isSuspended } from './readiness.ts';
import type { Recorder } from './record-events.ts';
import { writeStatus } from './report.ts';
import type { Standing } from './standing.ts';

export interface StatusesContext {
  readonly base: Pick<Target, 'home'>;
  readonly known: Map<string, Followed>;
  readonly queue: Pick<Queue, 'add'>;
  readonly recorder: Pick<Recorder, 'record'>;
}

export interface Statuses {
  /** In Events alone, for what has no status any more. */
  readonly tell: (followed: Followed, standing: Standing) => void;
  /** Throws a VidraError when the home cluster cannot be written to. */
  readonly say: (
    of: Pick<Ready, 'key' | 'stored'>,
    standing: Standing,
    own?: readonly InventoryRecord[],
  ) => Promise<void>;
}

export function createStatuses({ base, known, queue, recorder }: StatusesContext): Statuses {
  const tell: Statuses['tell'] = (followed, standing) =>
    recorder.record(base.home, followed, happeningsOf(standing, isSuspended(followed) && !followed.stored.deleting));

  /** Of the version that was worked on: what came meanwhile is not done yet. */
  const say: Statuses['say'] = async ({ key, stored }, standing, own) => {
    const latest = known.get(key);
    if (!latest) return;
    const followed = { ...latest, stored };
    const wasReady = isReady(latest);
    tell(followed, standing);
    const object = await writeStatus(base.home, followed, standing, own);
    const now = known.get(key);
    if (now?.stored.uid !== stored.uid) return;
    const next = { ...now, object: { ...now.object, status: object['status'] ?? {} } };
    known.set(key, next);
    if (!wasReady && isReady(next)) for (const other of dependentsOf(key, known)) queue.add(other, { type: 'start' });
  };
  return { tell, say };
}
