/** Who asks: an API key, a login that is renewed in time, or nobody. */

import { VidraError } from '../errors.ts';
import type { HttpClient } from './http.ts';
import type { HttpAnswer } from './http-message.ts';
import { answerError, record } from './infrahub-error.ts';
import { unlessAborted } from './retry.ts';

export type InfrahubCredentials =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'apiKey'; readonly apiKey: string }
  | { readonly kind: 'password'; readonly username: string; readonly password: string };

export interface Session {
  /** The headers for one request; logs in first where that is needed. */
  headers(signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
  /** After a 401 for these headers: whether another try with new headers makes sense. Throws when the login fails. */
  renew(refused: Readonly<Record<string, string>>, signal: AbortSignal): Promise<boolean>;
}

interface Tokens {
  readonly access: string;
  readonly refresh: string;
  /** Milliseconds of this machine's clock, somewhat before the access token ends. */
  readonly renewAt: number;
}

/** One session per Infrahub and credentials, whatever the number of its users: they share one login at a time. */
export function createSession(http: HttpClient, credentials: InfrahubCredentials, closed: AbortSignal): Session {
  if (credentials.kind === 'password') return passwordSession(http, credentials, closed);
  const headers =
    credentials.kind === 'apiKey' ? { 'x-infrahub-key': headerValue(credentials.apiKey, 'The API key') } : {};
  return { headers: async () => headers, renew: async () => false };
}

function passwordSession(
  http: HttpClient,
  credentials: { readonly username: string; readonly password: string },
  closed: AbortSignal,
): Session {
  let tokens: Tokens | undefined;
  let renewing: Promise<Tokens> | undefined;
  // The login belongs to everybody who waits for it, so only closing the client ends it.
  const renewed = (): Promise<Tokens> => {
    renewing ??= (tokens ? refresh(http, tokens, closed) : Promise.resolve(undefined))
      .then((fresh) => {
        tokens = fresh;
        return fresh ?? login(http, credentials, closed);
      })
      .then((fresh) => (tokens = fresh))
      .finally(() => (renewing = undefined));
    return renewing;
  };
  return {
    async headers(signal) {
      const current =
        tokens && tokens.renewAt > Date.now() ? tokens : await unlessAborted(renewed(), signal, http.address);
      return { authorization: `Bearer ${current.access}` };
    },
    async renew(refused, signal) {
      if (refused['authorization'] === `Bearer ${tokens?.access}`) await unlessAborted(renewed(), signal, http.address);
      return true;
    },
  };
}

async function login(
  http: HttpClient,
  user: { username: string; password: string },
  signal: AbortSignal,
): Promise<Tokens> {
  const body = JSON.stringify({ username: user.username, password: user.password });
  const headers = { 'content-type': 'application/json' };
  const answer = await http.send({ method: 'POST', path: '/api/auth/login', headers, body, signal });
  if (answer.status === 404 && /login user/.test(new TextDecoder().decode(answer.body))) {
    throw new VidraError('SOURCE_UNAUTHORIZED', `does not know the user ${user.username}`, { subject: http.address });
  }
  if (answer.status !== 200) throw answerError(answer, http.address, `The login of ${user.username}`);
  const { access_token: access, refresh_token: refreshToken } = json(answer);
  if (typeof access !== 'string' || typeof refreshToken !== 'string') {
    throw new VidraError('SOURCE_INVALID_ANSWER', 'the login was answered without tokens', { subject: http.address });
  }
  return {
    access: headerValue(access, 'The access token'),
    refresh: headerValue(refreshToken, 'The refresh token'),
    renewAt: renewAt(access, Date.now()),
  };
}

/** Nothing when the refresh token is not taken (any more): then it takes a login. */
async function refresh(http: HttpClient, tokens: Tokens, signal: AbortSignal): Promise<Tokens | undefined> {
  const headers = { authorization: `Bearer ${tokens.refresh}` };
  const answer = await http.send({ method: 'POST', path: '/api/auth/refresh', headers, signal });
  if (answer.status >= 500 || answer.status === 429) throw answerError(answer, http.address, 'Renewing the login');
  const { access_token: access } = json(answer);
  if (answer.status !== 200 || typeof access !== 'string') return undefined;
  return {
    access: headerValue(access, 'The access token'),
    refresh: tokens.refresh,
    renewAt: renewAt(access, Date.now()),
  };
}

/** By the token's lifetime and not by its end, so that a clock that differs from the server's does no harm. */
function renewAt(token: string, now: number): number {
  let claims: Readonly<Record<string, unknown>> = {};
  try {
    claims = record(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()));
  } catch {
    return Number.POSITIVE_INFINITY;
  }
  const { exp, iat } = claims;
  if (typeof exp !== 'number') return Number.POSITIVE_INFINITY;
  const lifetime = Math.max(0, exp * 1000 - (typeof iat === 'number' ? iat * 1000 : now));
  return now + lifetime - Math.min(30_000, lifetime / 4);
}

function json(answer: HttpAnswer): Readonly<Record<string, unknown>> {
  try {
    return record(JSON.parse(new TextDecoder().decode(answer.body)));
  } catch {
    return {};
  }
}

function headerValue(secret: string, subject: string): string {
  const value = secret.trim();
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new VidraError('SOURCE_UNAUTHORIZED', 'is empty or holds characters that no header may have', { subject });
}
