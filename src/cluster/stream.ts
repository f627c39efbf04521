/** Answers that go on for minutes: each has a connection of its own, outside of the pool and the limit of other requests. */
import { VidraError } from '../errors.ts';
import type { Connection } from './connection.ts';
import { headersOf, unreachable } from './transport.ts';

export interface ClusterStream {
  readonly status: number;
  /** Of the header Retry-After; NaN if there is none. */
  readonly retryAfterSeconds: number;
  /** Throws CLUSTER_UNREACHABLE when the connection breaks, or nothing has come for too long. */
  readonly body: AsyncIterable<Uint8Array>;
  /** The rest of the body as text, for refusals. */
  text(): Promise<string>;
}

export interface Streams {
  /** Aborted when the run is, or when these streams are closed. */
  readonly signal: AbortSignal;
  /** GET. Resolves with any HTTP status; throws CLUSTER_UNREACHABLE when no answer came. */
  open(path: string, accept: string | undefined, signal: AbortSignal): Promise<ClusterStream>;
  /** Ends all streams that are open. */
  close(): Promise<void>;
}

export interface StreamsOptions {
  readonly connection: Connection;
  readonly signal: AbortSignal;
  /** How long an open stream may be silent before its connection is taken for dead. */
  readonly silenceMs: number;
}

const headersMs = 60_000;

export function createStreams(options: StreamsOptions): Streams {
  const { connection } = options;
  const { origin, pathname } = new URL(connection.server);
  const prefix = pathname.replace(/\/$/, '');
  const closing = new AbortController();

  const request = async (path: string, accept: string | undefined, signal: AbortSignal, renew: boolean) => {
    const { headers: granted, dispatcher } = await connection.authorize(renew);
    const headers = { ...granted, ...headersOf(accept ? { accept } : {}) };
    const timeouts = { headersTimeout: headersMs, bodyTimeout: options.silenceMs };
    try {
      return await dispatcher.request({ origin, path: prefix + path, method: 'GET', headers, signal, ...timeouts });
    } catch (cause) {
      throw unreachable(connection.server, cause);
    }
  };
  return {
    signal: AbortSignal.any([options.signal, closing.signal]),
    async open(path, accept, signal) {
      let answer = await request(path, accept, signal, false);
      if (answer.statusCode === 401) {
        await answer.body.dump();
        answer = await request(path, accept, signal, true);
      }
      const { statusCode, headers, body } = answer;
      return {
        status: statusCode,
        retryAfterSeconds: Number(headers['retry-after'] ?? Number.NaN),
        body: readable(body, connection.server),
        text: () => body.text(),
      };
    },
    async close() {
      closing.abort();
      await connection.destroy();
    },
  };
}

async function* readable(body: AsyncIterable<Uint8Array>, server: string): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw cause instanceof VidraError ? cause : unreachable(server, cause);
  }
}
