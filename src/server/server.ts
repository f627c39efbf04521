/** HTTP for those who watch over Vidra: small answers to GET, nothing is taken in. */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { VidraError } from '../errors.ts';
import type { Address } from './address.ts';

export interface Question {
  /** Below the route's own path, without the slash between them. */
  readonly rest: string;
  readonly query: URLSearchParams;
  /** The value of the header, or nothing. */
  readonly authorization: string;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

/** By path, such as `/readyz`, which gets what is below it, too. */
export type Routes = Readonly<Record<string, (question: Question) => Reply | Promise<Reply>>>;

/** As PEM. */
export interface Certificate {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

export interface ServerOptions {
  readonly address: Address;
  readonly routes: Routes;
  /** With it the server speaks TLS. */
  readonly certificate?: Certificate;
  /** An answer that could not be given. */
  readonly onProblem: (error: VidraError) => void;
}

export interface RunningServer {
  readonly port: number;
  /** For connections that come from here on. */
  renew(certificate: Certificate): void;
  /** Ends connections as soon as they have had their answer, and at the latest after some seconds. */
  close(): Promise<void>;
}

const limits = { headersTimeout: 5_000, requestTimeout: 10_000, maxHeaderSize: 16_384, keepAliveTimeout: 60_000 };
const mostConnections = 100;
const closingMs = 3_000;

/** Throws USAGE when nobody may listen there. */
export async function startServer({ address, routes, certificate, onProblem }: ServerOptions): Promise<RunningServer> {
  const listener: RequestListener = async (request, response) => {
    const reply = await replyTo(routes, request, onProblem);
    write(reply, request, response, !server.listening);
  };
  const secure = certificate && createSecureServer({ ...limits, ...certificate, minVersion: 'TLSv1.2' }, listener);
  const server = secure ?? createServer(limits, listener);
  server.maxConnections = mostConnections;
  await listen(server, address);
  return {
    port: (server.address() as AddressInfo).port,
    renew: (renewed) => secure?.setSecureContext({ ...renewed }),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      const timer = setTimeout(() => server.closeAllConnections(), closingMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

async function listen(server: Server, { host, port }: Address): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, ...(host ? { host } : {}) }, resolve);
    });
  } catch (cause) {
    const subject = `${host ?? ''}:${port}`;
    throw new VidraError('USAGE', `cannot listen: ${cause instanceof Error ? cause.message : cause}`, {
      subject,
      cause,
    });
  }
}

function write(
  { status, body, type = 'text/plain; charset=utf-8' }: Reply,
  { method, headers }: IncomingMessage,
  response: ServerResponse,
  isLast: boolean,
): void {
  // Nobody has a body to send: the connection goes, and with it the rest.
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(hasBody || isLast ? { connection: 'close' } : {}),
  });
  response.end(method === 'HEAD' ? undefined : body);
}

async function replyTo(
  routes: Routes,
  request: IncomingMessage,
  onProblem: ServerOptions['onProblem'],
): Promise<Reply> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, body: 'only GET is answered\n' };
  const target = `http://any${request.url ?? '/'}`;
  if (!URL.canParse(target)) return { status: 400, body: 'the path cannot be read\n' };
  const { pathname, searchParams } = new URL(target);
  const path = Object.keys(routes).find((route) => pathname === route || pathname.startsWith(`${route}/`));
  const route = path === undefined ? undefined : routes[path];
  if (path === undefined || !route) return { status: 404, body: 'not found\n' };
  const { authorization = '' } = request.headers;
  try {
    return await route({ rest: pathname.slice(path.length + 1), query: searchParams, authorization });
  } catch (error) {
    if (!(error instanceof VidraError)) throw error;
    onProblem(error);
    return { status: 503, body: 'this cannot be answered now: see the log\n' };
  }
}
