/** One Infrahub as one user: requests with the right headers. Shared by everything that reads from there as that user. */

import { createHttpClient, type HttpOptions } from './http.ts';
import type { HttpAnswer, HttpRequest } from './http-message.ts';
import { answerError, isPermanent, record } from './infrahub-error.ts';
import { createSession, type InfrahubCredentials } from './infrahub-session.ts';

export interface InfrahubClientOptions extends HttpOptions {
  readonly credentials: InfrahubCredentials;
}

export interface InfrahubClient {
  /** Without credentials, for people. */
  readonly address: string;
  readonly anonymous: boolean;
  /** Why raw GraphQL is not used (any more), once it was refused. */
  graphqlRefused: string | undefined;
  /** Any answer but a 401, which becomes SOURCE_UNAUTHORIZED once a new login did not help. Anonymous clients get it as it is. */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Such as `1.11.9`; nothing when the server does not tell. Asked once. */
  version(signal: AbortSignal): Promise<string | undefined>;
  /** Ends connections and requests under way. */
  close(): Promise<void>;
}

/** Connects and logs in with the first request. Throws USAGE or SOURCE_UNAUTHORIZED for options that cannot be used. */
export function createInfrahubClient(options: InfrahubClientOptions): InfrahubClient {
  const http = createHttpClient(options);
  const closed = new AbortController();
  const session = createSession(http, options.credentials, closed.signal);
  const anonymous = options.credentials.kind === 'anonymous';
  let version: string | undefined | null = null;

  const send = async (request: HttpRequest): Promise<HttpAnswer> => {
    const signal = AbortSignal.any([request.signal, closed.signal]);
    for (let attempt = 1; ; attempt++) {
      const headers = await session.headers(signal);
      const answer = await http.send({
        permanent: isPermanent,
        ...request,
        headers: { accept: '*/*', 'accept-encoding': 'identity', ...request.headers, ...headers },
        signal,
      });
      if (answer.status !== 401 || anonymous) return answer;
      if (attempt > 1 || !(await session.renew(headers, signal))) {
        throw answerError(answer, http.address, `${request.method} ${request.path}`);
      }
    }
  };

  return {
    address: http.address,
    anonymous,
    graphqlRefused: undefined,
    send,
    async version(signal) {
      if (version === null) version = await askVersion(send, signal);
      return version;
    },
    async close() {
      closed.abort();
      await http.close();
    },
  };
}

/** A server that keeps its version to itself is no reason to fail, so this is asked once and not again. */
async function askVersion(send: InfrahubClient['send'], signal: AbortSignal): Promise<string | undefined> {
  try {
    const answer = await send({ method: 'GET', path: '/api/info', signal, attempts: 1, maxBytes: 65_536 });
    const { version } = record(JSON.parse(new TextDecoder().decode(answer.body)));
    return typeof version === 'string' && /^\d+\.\d+/.test(version) ? version : undefined;
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}

/** Whether this version keeps artifacts whose object left the group: all before 1.11 do. */
export function keepsAbandonedArtifacts(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < 1 || (major === 1 && minor < 11);
}
