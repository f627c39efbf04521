/** One HTTP client per server: keep-alive, proxies, private CA, time and size limits, and a retry of what can pass. */

import type { Dispatcher } from 'undici';
import { VidraError } from '../errors.ts';
import { type Address, parseAddress } from './http-address.ts';
import { createDispatcher } from './http-dispatcher.ts';
import { networkError } from './http-error.ts';
import { exchange } from './http-exchange.ts';
import type { Attempt, HttpAnswer, HttpRequest } from './http-message.ts';
import { interrupted, pause, retryDelay } from './retry.ts';

export interface HttpOptions {
  /** Base address, `https://infrahub.example/prefix`. Credentials in it are refused. */
  readonly address: string;
  /** PEM text of certificate authorities that are trusted besides the default ones. */
  readonly certificateAuthority?: string;
  /** Where HTTP_PROXY, HTTPS_PROXY and NO_PROXY (or lower case) are looked up; no proxy when absent. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Until the answer begins, and between two pieces of it; 60 000 when absent. Infrahub was seen to need 22 s. */
  readonly timeoutMs?: number;
  /** Until the connection stands; 10 000 when absent. */
  readonly connectTimeoutMs?: number;
  /** How often one request is sent at most; 4 when absent. */
  readonly attempts?: number;
  /** The first pause between two attempts; it doubles each time; 500 when absent. */
  readonly retryMs?: number;
}

export interface HttpClient {
  /** The base address, for people. */
  readonly address: string;
  /** Any status is an answer. Throws SOURCE_UNREACHABLE, SOURCE_TOO_LARGE, SOURCE_REFUSED or INTERRUPTED. */
  send(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** One answer may take this many times `timeoutMs` from first to last byte. */
const totalTimeouts = 10;

/** Opens nothing before the first request. Throws USAGE for an address, proxy or certificate that cannot be used. */
export function createHttpClient(options: HttpOptions): HttpClient {
  const base = parseAddress(options.address);
  const timeoutMs = options.timeoutMs ?? 60_000;
  const dispatcher = createDispatcher({ ...options, timeoutMs });
  const send = async (wanted: HttpRequest): Promise<HttpAnswer> => {
    const attempts = wanted.attempts ?? options.attempts ?? 4;
    for (let attempt = 1; ; attempt++) {
      const outcome = await attemptOnce(dispatcher, base, wanted, timeoutMs);
      const delay =
        attempt < attempts ? retryDelay(outcome, attempt, options.retryMs ?? 500, wanted.permanent) : undefined;
      if (delay === undefined) {
        if ('error' in outcome) throw outcome.error;
        return outcome.answer;
      }
      await pause(delay, wanted.signal, base.description);
    }
  };
  return { address: base.description, send, close: () => dispatcher.destroy() };
}

async function attemptOnce(
  dispatcher: Dispatcher,
  base: Address,
  wanted: HttpRequest,
  timeoutMs: number,
): Promise<Attempt> {
  const deadline = AbortSignal.timeout(timeoutMs * totalTimeouts);
  const signal = AbortSignal.any([wanted.signal, deadline]);
  try {
    return { answer: await exchange(dispatcher, base, wanted, signal) };
  } catch (error) {
    if (wanted.signal.aborted) throw interrupted(base.description);
    if (error instanceof VidraError) throw error;
    return networkError(error, base.description, timeoutMs);
  }
}
