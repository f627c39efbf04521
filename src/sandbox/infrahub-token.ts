/** JSON web tokens (HS256) as Infrahub signs them. */

import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

export type TokenKind = 'access' | 'refresh';

export interface TokenClaims {
  readonly sub: string;
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  readonly fresh: boolean;
  readonly type: TokenKind;
  readonly session_id: string;
}

/** Claims of a new token that lives for this many seconds from `now` (milliseconds). */
export function claimsOf(
  account: string,
  type: TokenKind,
  session: string,
  lifetime: number,
  now: number,
): TokenClaims {
  const iat = now / 1000;
  return { sub: account, iat, nbf: iat, exp: iat + lifetime, fresh: false, type, session_id: session };
}

/** A signed token. */
export function signToken(claims: TokenClaims, secret: string): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${text}.${signature(text, secret)}`;
}

/** The claims of a token that this secret signed, also when it has expired; nothing for any other text. */
export function verifyToken(token: string, secret: string): TokenClaims | undefined {
  const [head, body, signed, ...more] = token.split('.');
  if (!head || !body || !signed || more.length > 0) return undefined;
  const expected = Buffer.from(signature(`${head}.${body}`, secret));
  const given = Buffer.from(signed);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  return JSON.parse(Buffer.from(body, 'base64url').toString()) as TokenClaims;
}

/** A name for a session that no other has. */
export function newSession(): string {
  return randomUUID();
}

function signature(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url');
}
