/** Failures and delays on request, so that what may go wrong with Infrahub can be tried. */

import { type Answer, restError, unhandled } from './infrahub-answer.ts';

interface FaultScope {
  /** Only requests whose path matches; all when absent. */
  readonly path?: RegExp;
  /** How many requests; one when absent. */
  readonly times?: number;
}

export interface Faults {
  /** Answers with this status: 429 as the admission layer does, 500 and more as an unhandled exception. */
  failNext(status: number, scope?: FaultScope & { readonly retryAfter?: string }): void;
  /** Gives this answer instead of its own. */
  answerNext(answer: Answer, scope?: FaultScope): void;
  /** Waits before it answers. */
  delay(ms: number, scope?: FaultScope): void;
  /** Breaks the connection off. */
  breakNext(scope?: FaultScope): void;
  /** Does this after a request was answered, e.g. changes what the next one will see. */
  afterNext(action: () => void, scope?: FaultScope): void;
  /** Takes back all that was to go wrong. */
  recover(): void;
}

export interface Fault {
  readonly answer?: Answer;
  readonly delayMs?: number;
  readonly broken?: boolean;
  readonly after?: () => void;
}

/** The faults that wait for their requests; `take` gives those of one request and counts them off. */
export function createFaults(): Faults & { take(path: string): readonly Fault[] } {
  const waiting: { fault: Fault; path: RegExp | undefined; left: number }[] = [];
  const add = (fault: Fault, scope: FaultScope = {}) => {
    waiting.push({ fault, path: scope.path, left: scope.times ?? 1 });
  };
  return {
    failNext: (status, scope) => add({ answer: failure(status, scope?.retryAfter) }, scope),
    answerNext: (answer, scope) => add({ answer }, scope),
    delay: (delayMs, scope) => add({ delayMs }, scope),
    breakNext: (scope) => add({ broken: true }, scope),
    afterNext: (after, scope) => add({ after }, scope),
    recover: () => void waiting.splice(0),
    take(path) {
      const fitting = waiting.filter((entry) => entry.left > 0 && (entry.path?.test(path) ?? true));
      const answering = fitting.find(({ fault }) => fault.answer || fault.broken);
      const taken = fitting.filter((entry) => entry === answering || !(entry.fault.answer || entry.fault.broken));
      for (const entry of taken) entry.left--;
      return taken.map(({ fault }) => fault);
    },
  };
}

function failure(status: number, retryAfter: string | undefined): Answer {
  if (status === 429) {
    const headers = { 'x-infrahub-admission': 'shed', ...(retryAfter !== undefined && { 'retry-after': retryAfter }) };
    return restError(429, 'Server is overloaded, please retry later', headers);
  }
  if (status === 500) return unhandled();
  return restError(status, `Failed on request with status ${status}`, retryAfter ? { 'retry-after': retryAfter } : {});
}
