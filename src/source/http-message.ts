/** What is asked of a server and what it answers. */

import type { VidraError } from '../errors.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Begins with a slash, percent-encoded, relative to the base address. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** The most bytes that the answer may have; 64 MiB when absent. */
  readonly maxBytes?: number;
  /** Overrides the client's number of attempts. */
  readonly attempts?: number;
  /** Whether a 5xx answer would come again, so that asking again is of no use. */
  readonly permanent?: (answer: HttpAnswer) => boolean;
}

export interface HttpAnswer {
  readonly status: number;
  /** Lower case and without parameters: `application/json`; empty when the server sent none. */
  readonly contentType: string;
  readonly body: Uint8Array;
  /** As sent: seconds or a date. */
  readonly retryAfter: string | undefined;
}

/** What came of one attempt: an answer, or an error and whether another attempt may do better. */
export type Attempt = { readonly answer: HttpAnswer } | { readonly error: VidraError; readonly passing: boolean };
