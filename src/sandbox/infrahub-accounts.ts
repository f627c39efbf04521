/** Who may ask: accounts, API keys, sessions, and the routes under /api/auth. */

import { randomUUID } from 'node:crypto';
import { type Answer, invalidInput, json, restError } from './infrahub-answer.ts';
import { claimsOf, newSession, signToken, type TokenKind, verifyToken } from './infrahub-token.ts';

export interface AccountOptions {
  /** Password by user name; `{ admin: 'infrahub' }` when absent. */
  readonly accounts?: Readonly<Record<string, string>>;
  /** Keys that are taken; none when absent. */
  readonly apiKeys?: readonly string[];
  /** Whether GET requests and GraphQL queries need no credentials; true when absent. */
  readonly anonymous?: boolean;
  /** Seconds; 3600 when absent. */
  readonly accessLifetime?: number;
  /** Seconds; 30 days when absent. */
  readonly refreshLifetime?: number;
}

export interface Caller {
  readonly apiKey: string | undefined;
  readonly bearer: string | undefined;
}

export interface Accounts {
  readonly anonymousAllowed: boolean;
  /** Whether the caller is somebody, or the words of the 401. */
  authenticate(caller: Caller): { readonly authenticated: boolean } | { readonly refused: string };
  login(contentType: string, body: string): Answer;
  refresh(caller: Caller): Answer;
  logout(caller: Caller): Answer;
  /** A token as a login would give it, that ends after this many seconds. */
  issue(kind: TokenKind, lifetime: number): string;
  /** Sets a password; sessions stay. */
  setPassword(username: string, password: string): void;
  /** Makes every refresh token useless, as when an administrator ends the sessions. */
  endSessions(): void;
  /** Makes every access token that was given so far invalid, as a restart with another secret does. */
  replaceSecret(): void;
}

/** Accounts with tokens that end by the clock `now` (milliseconds). */
export function createAccounts(options: AccountOptions, now: () => number): Accounts {
  const passwords = new Map(Object.entries(options.accounts ?? { admin: 'infrahub' }));
  const keys = new Set(options.apiKeys ?? []);
  const sessions = new Set<string>();
  const accessLifetime = options.accessLifetime ?? 3600;
  const refreshLifetime = options.refreshLifetime ?? 30 * 86_400;
  const account = randomUUID();
  let secret: string = randomUUID();
  const sign = (kind: TokenKind, session: string, lifetime: number) =>
    signToken(claimsOf(account, kind, session, lifetime, now()), secret);
  const cookie = (kind: TokenKind, token: string, age: number) =>
    `${kind}_token=${token}; HttpOnly; Max-Age=${age}; Path=/; SameSite=lax`;
  const claims = (token: string) => {
    const verified = verifyToken(token, secret);
    if (!verified) return { refused: 'Invalid token' };
    return verified.exp * 1000 <= now() ? { refused: 'Expired Signature' } : { verified };
  };
  const issue = (kind: TokenKind, lifetime: number) => {
    const session = newSession();
    sessions.add(session);
    return sign(kind, session, lifetime);
  };

  return {
    anonymousAllowed: options.anonymous ?? true,
    issue,
    authenticate({ apiKey, bearer }) {
      if (apiKey !== undefined) return keys.has(apiKey) ? { authenticated: true } : { refused: 'Invalid token' };
      if (bearer === undefined) return { authenticated: false };
      const { refused, verified } = claims(bearer);
      if (refused !== undefined) return { refused };
      return verified.type === 'access' ? { authenticated: true } : { refused: 'Invalid token' };
    },
    login(contentType, body) {
      const input = credentialsOf(contentType, body);
      if ('refused' in input) return input.refused;
      const password = passwords.get(input.username);
      if (password === undefined) return restError(404, "That login user doesn't exist in the system");
      if (password !== input.password) return restError(401, 'Incorrect password');
      const session = newSession();
      sessions.add(session);
      const [access, refresh] = [sign('access', session, accessLifetime), sign('refresh', session, refreshLifetime)];
      const cookies = [cookie('access', access, accessLifetime), cookie('refresh', refresh, refreshLifetime)];
      return json({ access_token: access, refresh_token: refresh }, 200, { 'set-cookie': cookies });
    },
    refresh({ bearer }) {
      if (bearer === undefined) return restError(401, 'A JWT refresh token is required to perform this operation.');
      const { refused, verified } = claims(bearer);
      if (refused !== undefined) return restError(401, refused);
      if (verified.type !== 'refresh') return restError(401, 'Invalid token, current token is not a refresh token');
      if (!sessions.has(verified.session_id)) {
        return restError(401, 'The provided refresh token has been invalidated in the database');
      }
      const access = sign('access', verified.session_id, accessLifetime);
      return json({ access_token: access }, 200, { 'set-cookie': [cookie('access', access, accessLifetime)] });
    },
    logout({ bearer }) {
      const { refused, verified } = claims(bearer ?? '');
      if (refused !== undefined) return restError(401, refused);
      sessions.delete(verified.session_id);
      return json(null);
    },
    setPassword: (username, password) => void passwords.set(username, password),
    endSessions: () => sessions.clear(),
    replaceSecret() {
      secret = randomUUID();
    },
  };
}

function credentialsOf(
  contentType: string,
  body: string,
): { username: string; password: string } | { refused: Answer } {
  const notAnObject = (input: unknown) => ({
    type: 'model_attributes_type',
    loc: ['body'],
    msg: 'Input should be a valid dictionary or object to extract fields from',
    input,
  });
  if (!contentType.startsWith('application/json')) return { refused: invalidInput(notAnObject(body)) };
  let input: unknown;
  try {
    input = JSON.parse(body);
  } catch {
    const ctx = { error: 'Expecting value' };
    return {
      refused: invalidInput({ type: 'json_invalid', loc: ['body', 0], msg: 'JSON decode error', input: {}, ctx }),
    };
  }
  if (typeof input !== 'object' || input === null) return { refused: invalidInput(notAnObject(input)) };
  const { username, password } = input as Record<string, unknown>;
  const wrong = Object.entries({ username, password }).flatMap(([field, value]) => {
    if (value === undefined) return [{ type: 'missing', loc: ['body', field], msg: 'Field required', input }];
    if (typeof value === 'string') return [];
    return [{ type: 'string_type', loc: ['body', field], msg: 'Input should be a valid string', input: value }];
  });
  if (wrong.length > 0) return { refused: invalidInput(...wrong) };
  return { username: username as string, password: password as string };
}
