/** What asks for a reconcile. */
export type Trigger =
  | { readonly type: 'start' }
  | { readonly type: 'interval' }
  /** After a run that did not come to a good end. */
  | { readonly type: 'retry' }
  /** There may be another way to its cluster now. */
  | { readonly type: 'access' }
  | { readonly type: 'definitions' }
  /** A source has a newer revision than the one that is being applied. */
  | { readonly type: 'source' }
  /** Somebody changed or removed these objects, as in `Deployment shop/web`. */
  | { readonly type: 'drift'; readonly objects: readonly string[] };

/** Whether a run that is under way works on something that is not wanted any more. */
export function supersedes({ type }: Trigger): boolean {
  return type === 'definitions' || type === 'source';
}

/** Whether a run that is under way has to end for it: drift is told of only when nothing is left of a run but waiting. */
export function interrupts(trigger: Trigger): boolean {
  return supersedes(trigger) || trigger.type === 'drift';
}

/** One trigger for two: what both ask for. */
export function merge(one: Trigger | undefined, other: Trigger): Trigger {
  if (!one) return other;
  if (one.type === 'drift' && other.type === 'drift')
    return { type: 'drift', objects: [...new Set([...one.objects, ...other.objects])] };
  return supersedes(one) || other.type === 'drift' || other.type === 'retry' ? one : other;
}
