/** The faults that a proxy makes: which requests they hit, and what happens to those. */

/** What is done to a request instead of, or before, passing it on. */
export type Fault =
  /** Passed on after a time. */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** Answered by the proxy with a Status object; the server never sees it. `retryAfter` in seconds. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: number }
  /** The connection is reset; the server never sees it. */
  | { readonly kind: 'reset' }
  /** The server carries it out; the connection is reset instead of the answer. */
  | { readonly kind: 'lose-answer' }
  /** The server answers, and the connection is reset after so many bytes of the answer's body. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** The server answers, and after so many bytes of the answer's body nothing comes any more; the connection stays. */
  | { readonly kind: 'freeze'; readonly afterBytes: number }
  /** The server answers, which calls `answered`, and the answer is passed on later. */
  | { readonly kind: 'hold'; readonly answered: () => void; readonly until: Promise<void> }
  /** Answered by the proxy with this body; the server never sees it. */
  | { readonly kind: 'say'; readonly body: string }
  /** Passed on with another query. */
  | { readonly kind: 'rewrite'; readonly query: (query: string) => string };

/** Which requests: all that match what is given. `path` is tested against path and query. */
export interface Match {
  readonly method?: string;
  readonly path?: RegExp;
  /** Only what changes something: neither a GET nor a dry-run. */
  readonly writes?: boolean;
}

/** The requests that match, from the `from`-th (1 is the next one) on, `times` of them (all, if not given). */
export interface FaultRule extends Match {
  readonly from?: number;
  readonly times?: number;
  readonly fault: Fault;
}

/** A request as it arrived. */
export interface SeenRequest {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly query: string;
  readonly contentType: string;
}

/** A rule and how many requests have matched it. */
export interface RuleState {
  readonly rule: FaultRule;
  seen: number;
}

/** Whether a request is one of those meant. */
export function matches({ method, path, writes }: Match, seen: SeenRequest): boolean {
  if (writes && (seen.method === 'GET' || /\bdryRun=/.test(seen.query))) return false;
  if (method !== undefined && method !== seen.method) return false;
  return path === undefined || path.test(seen.query ? `${seen.path}?${seen.query}` : seen.path);
}

/** The fault for a request, if any. Each rule counts the requests that match it, also those for which it does not hold yet or any more. */
export function chooseFault(rules: readonly RuleState[], seen: SeenRequest): Fault | undefined {
  let chosen: Fault | undefined;
  for (const entry of rules) {
    if (!matches(entry.rule, seen)) continue;
    const { from = 1, times = Number.POSITIVE_INFINITY, fault } = entry.rule;
    const number = ++entry.seen;
    if (number >= from && number < from + times) chosen ??= fault;
  }
  return chosen;
}
