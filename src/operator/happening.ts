/** Something that is worth a Kubernetes Event. Plain data. */
import type { ObjectReference } from '../manifest/manifest.ts';
import { listOf } from '../plan/names.ts';
import type { Problem } from '../plan/plan.ts';
import { reasonOf } from './conditions.ts';

/** What an Event tells, besides whom it is about and when. */
export interface Happening {
  readonly type: 'Normal' | 'Warning';
  /** One word in CamelCase, as `action`. */
  readonly reason: string;
  /** What Vidra did, or tried to do. */
  readonly action: string;
  readonly note: string;
  /** The object that it happened to, when that is one of the home cluster. */
  readonly related?: ObjectReference;
}

/** The most of one run. */
const mostEvents = 20;

export function normal(reason: string, action: string, note: string): Happening {
  return { type: 'Normal', reason, action, note };
}

export function warning(reason: string, action: string, note: string): Happening {
  return { type: 'Warning', reason, action, note };
}

export function failure({ code, message }: Problem, action: string): Happening {
  return warning(reasonOf(code), action, message);
}

/** Each reason has its share; what goes beyond it is summed up in one. */
export function bounded(all: readonly Happening[]): Happening[] {
  const byReason = new Map<string, Happening[]>();
  for (const one of all) {
    const some = byReason.get(one.reason) ?? [];
    byReason.set(one.reason, some);
    some.push(one);
  }
  const share = Math.max(1, Math.floor(mostEvents / byReason.size));
  return [...byReason.values()].flatMap((some) => {
    const rest = some.slice(share - 1);
    const [first] = rest;
    if (some.length <= share || !first) return some;
    const { related: _, ...summary } = first;
    return [
      ...some.slice(0, share - 1),
      { ...summary, note: `${rest.length} more: ${listOf(rest.map(({ note }) => note))}` },
    ];
  });
}
