/** One request and its answer on the wire. */

import type { Dispatcher } from 'undici';
import { VidraError } from '../errors.ts';
import type { Address } from './http-address.ts';
import type { HttpAnswer, HttpRequest } from './http-message.ts';

const defaultMaxBytes = 64 * 1024 * 1024;
const mostRedirects = 5;

/** Sends one request, follows redirects within the origin, and reads the answer up to its limit. */
export async function exchange(
  dispatcher: Dispatcher,
  base: Address,
  wanted: HttpRequest,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  let target = new URL(`${base.url.pathname.replace(/\/$/, '')}${wanted.path}`, base.url);
  for (const [name, value] of Object.entries(wanted.query ?? {})) target.searchParams.set(name, value);
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const { method, headers = {}, body } = wanted;
    const { origin, pathname, search } = target;
    const path = pathname + search;
    const response = await dispatcher.request({ origin, path, method, headers, body: body ?? null, signal });
    const next = redirectTarget(response, target, method, base.description);
    if (!next) return readAnswer(response, wanted.maxBytes ?? defaultMaxBytes, base.description);
    await response.body.dump();
    target = next;
  }
  throw new VidraError('SOURCE_REFUSED', `redirects more than ${mostRedirects} times`, { subject: base.description });
}

/** Credentials never leave the origin that they were given for, so a redirect elsewhere ends the request. */
function redirectTarget(
  response: Dispatcher.ResponseData,
  from: URL,
  method: string,
  subject: string,
): URL | undefined {
  const location = headerOf(response, 'location');
  const keepsMethod = response.statusCode === 307 || response.statusCode === 308;
  const redirects = keepsMethod || [301, 302, 303].includes(response.statusCode);
  if (!redirects || !location || !URL.canParse(location, from.href)) return undefined;
  const target = new URL(location, from);
  if (target.origin !== from.origin) {
    throw new VidraError('SOURCE_REFUSED', `redirects to ${target.origin}; give that address instead`, { subject });
  }
  if (!keepsMethod && method !== 'GET') {
    throw new VidraError('SOURCE_REFUSED', `redirects a ${method} request to ${target.pathname}`, { subject });
  }
  return target;
}

async function readAnswer(response: Dispatcher.ResponseData, maxBytes: number, subject: string): Promise<HttpAnswer> {
  const tooLarge = () => new VidraError('SOURCE_TOO_LARGE', `the answer is larger than ${maxBytes} bytes`, { subject });
  if (Number(headerOf(response, 'content-length') ?? 0) > maxBytes) {
    response.body.on('error', () => {}).destroy();
    throw tooLarge();
  }
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body as AsyncIterable<Uint8Array>) {
    size += piece.length;
    if (size > maxBytes) throw tooLarge();
    pieces.push(piece);
  }
  return {
    status: response.statusCode,
    contentType: (headerOf(response, 'content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '',
    body: Buffer.concat(pieces),
    retryAfter: headerOf(response, 'retry-after'),
  };
}

function headerOf(response: Dispatcher.ResponseData, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
