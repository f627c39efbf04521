/** HTTP to one API server: keep-alive connections, credentials, back-pressure, and retries of what can pass. */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { VidraError } from '../errors.ts';
import type { WriteFence } from './cluster.ts';
import type { Connection } from './connection.ts';
import { fencedDispatcher } from './fenced-dispatcher.ts';
import { createLimiter } from './limiter.ts';

export interface ClusterRequest {
  readonly method: 'GET' | 'PATCH' | 'POST' | 'PUT' | 'DELETE';
  /** Path with query, below the server's own path. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly accept?: string;
  /** It changes something. Once it may have been sent it is seen through, even when the run is aborted: an answer may take some time then. */
  readonly write?: boolean;
  /** Sent only while it is held. */
  readonly fence?: WriteFence;
  /** Ends this request; the transport's signal if missing. */
  readonly signal?: AbortSignal;
}

export interface ClusterAnswer {
  readonly status: number;
  readonly body: string;
}

export interface Transport {
  /** Resolves with any final HTTP status. Throws CLUSTER_UNREACHABLE when no answer came, INTERRUPTED when aborted. */
  send(request: ClusterRequest): Promise<ClusterAnswer>;
  close(): Promise<void>;
}

export interface TransportOptions {
  readonly connection: Connection;
  /** Requests under way at once. */
  readonly parallel: number;
  /** Ends what only reads. */
  readonly signal: AbortSignal;
}

const attempts = 6;
/** Longer than a webhook usually takes, and short enough to record what is known before somebody ends the process. */
const lastAnswerMs = 15_000;

export function createTransport(options: TransportOptions): Transport {
  const { connection } = options;
  const { origin, pathname } = new URL(connection.server);
  const prefix = pathname.replace(/\/$/, '');
  const limiter = createLimiter(options.parallel);
  // Every request under way listens for it.
  setMaxListeners(0, options.signal);

  const once = async (request: ClusterRequest, renew: boolean, signal: AbortSignal) => {
    const { headers, dispatcher: plain } = await connection.authorize(renew);
    const dispatcher = request.fence ? fencedDispatcher(plain, request.fence) : plain;
    const answer = await dispatcher.request({
      origin,
      path: prefix + request.path,
      method: request.method,
      headers: { ...headers, ...headersOf(request) },
      body: request.body ?? null,
      signal,
    });
    return { status: answer.statusCode, retryAfter: answer.headers['retry-after'], body: await answer.body.text() };
  };

  const attempt = async (request: ClusterRequest, signal: AbortSignal): Promise<ClusterAnswer> => {
    let renew = false;
    for (let number = 1; ; number++) {
      const last = number >= attempts;
      try {
        const answer = await limiter.run(() => once(request, renew, signal));
        if (answer.status === 401 && !renew) {
          renew = true;
          continue;
        }
        if (answer.status === 429) limiter.slowDown();
        if (last || !isPassing(answer.status)) return answer;
        await pause(number, Number(answer.retryAfter), signal);
      } catch (cause) {
        if (signal.aborted) throw interrupted(request, cause);
        if (cause instanceof VidraError) throw cause;
        if (last || !mayConnectLater(cause)) throw unreachable(connection.server, cause);
        await pause(number, Number.NaN, signal);
      }
    }
  };
  const send = async (request: ClusterRequest): Promise<ClusterAnswer> => {
    if (!request.write) return attempt(request, request.signal ?? options.signal);
    const patience = patienceAfter(options.signal);
    try {
      return await attempt(request, patience.signal);
    } finally {
      patience.end();
    }
  };
  return { send, close: () => connection.close() };
}

/** Aborts some time after `signal`, or from now on where that has aborted already. */
function patienceAfter(signal: AbortSignal): { readonly signal: AbortSignal; readonly end: () => void } {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const start = () => {
    timer = setTimeout(() => controller.abort(), lastAnswerMs);
  };
  if (signal.aborted) start();
  else signal.addEventListener('abort', start);
  const end = () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', start);
  };
  return { signal: controller.signal, end };
}

function interrupted({ write }: ClusterRequest, cause: unknown): VidraError {
  const message = write ? 'no answer came before the end: it may be written' : 'stopped by request';
  return new VidraError('INTERRUPTED', message, { cause });
}

/** What is sent and accepted. */
export function headersOf(request: Pick<ClusterRequest, 'body' | 'contentType' | 'accept'>) {
  return {
    accept: request.accept ?? 'application/json',
    'user-agent': 'vidra',
    ...(request.body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' }),
  };
}

// 500 is final: the API server uses it for manifests that do not fit the schema.
function isPassing(status: number): boolean {
  return status === 429 || status === 502 || status === 503 || status === 504;
}

// Every write carries its expectation (a uid, a resourceVersion, a field manager), so sending it twice does no harm.
function mayConnectLater(cause: unknown): boolean {
  const code = codeOf(cause);
  return ['ECONNRESET', 'EPIPE', 'ECONNREFUSED', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'].includes(
    code,
  );
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}

async function pause(attempt: number, retryAfterSeconds: number, signal: AbortSignal): Promise<void> {
  const backoffMs = 100 * 2 ** attempt * (0.5 + Math.random());
  const waitMs = Number.isFinite(retryAfterSeconds)
    ? Math.min(Math.max(retryAfterSeconds, 0), 60) * 1000 * (1 + Math.random() / 10)
    : backoffMs;
  try {
    await sleep(waitMs, undefined, { signal });
  } catch (cause) {
    throw new VidraError('INTERRUPTED', 'stopped by request', { cause });
  }
}

/** What became of a request that got no answer. */
export function unreachable(server: string, cause: unknown): VidraError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new VidraError('CLUSTER_UNREACHABLE', detail || codeOf(cause), { subject: server, cause });
}
