/** How much of a plan or a result is shown, in text and in Markdown alike. */
import { type Change, isWrong, type OwnerPlan } from '../plan/plan.ts';
import { countOf } from './quantity.ts';

export interface Detail {
  /** Lines around each changed line, and every difference in full; nothing for one line, and long differences cut. */
  readonly context?: number;
  /** Objects that stay as they are, too. */
  readonly unchanged: boolean;
  /** Only what is wrong, what is held back, and the summary. */
  readonly quiet: boolean;
}

export const usualDetail: Detail = { unchanged: false, quiet: false };

/** Whether a change has a line of its own. */
export function isShown(change: Change, { unchanged, quiet }: Detail): boolean {
  if (quiet) return isWrong(change);
  return unchanged || change.action !== 'keep';
}

/** What people should know of an owner. */
export function notesOf({ notes, forget }: OwnerPlan, { quiet }: Detail): readonly string[] {
  if (quiet) return [];
  const count = forget.length;
  if (count === 0) return notes;
  return [
    ...notes,
    `${countOf(count, 'recorded object')} ${count === 1 ? 'is' : 'are'} gone or not this owner's any more`,
  ];
}
