/** The connections to one API server. Requests go over the way that is granted now; those under way end on the one they came by. */
import { isDeepStrictEqual } from 'node:util';
import { type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import { VidraError } from '../errors.ts';
import type { Credentials, Grant } from './credentials.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Connection {
  /** The server's URL; its path is put before every request's. */
  readonly server: string;
  /** What the next request is sent over, and with; `renew` after a 401. */
  authorize(renew: boolean): Promise<{ readonly headers: Grant['headers']; readonly dispatcher: Dispatcher }>;
  /** When all requests under way have ended. */
  close(): Promise<void>;
  /** Now. */
  destroy(): Promise<void>;
}

export interface ConnectionOptions {
  readonly server: string;
  readonly credentials: Credentials;
  /** At once; null: as many as there are requests. */
  readonly connections: number | null;
  readonly environment: Environment;
}

/** Opens nothing before the first request. */
export function createConnection({ server, credentials, connections, environment }: ConnectionOptions): Connection {
  let current: { grant: Grant; readonly dispatcher: Dispatcher } | undefined;
  let isClosed = false;

  const dispatcherFor = (grant: Grant): Dispatcher => {
    if (isClosed) throw new VidraError('CLUSTER_UNREACHABLE', 'the connection was closed', { subject: server });
    if (current && isSameWay(current.grant, grant)) {
      current.grant = grant;
      return current.dispatcher;
    }
    current?.dispatcher.close().catch(() => undefined);
    current = { grant, dispatcher: dispatcherOf(grant, proxyOf(grant.proxyUrl, environment), connections) };
    return current.dispatcher;
  };
  return {
    server,
    async authorize(renew) {
      const grant = await credentials.grant(renew);
      return { headers: grant.headers, dispatcher: dispatcherFor(grant) };
    },
    async close() {
      isClosed = true;
      await current?.dispatcher.close();
    },
    async destroy() {
      isClosed = true;
      await current?.dispatcher.destroy();
    },
  };
}

function isSameWay(one: Grant, other: Grant): boolean {
  return one === other || (one.proxyUrl === other.proxyUrl && isDeepStrictEqual(one.tls, other.tls));
}

type Proxy = { readonly url: string; readonly except: string } | undefined;

/** The context's own proxy, otherwise that of the environment. */
function proxyOf(proxyUrl: string | undefined, environment: Environment): Proxy {
  if (proxyUrl) return { url: proxyUrl, except: '' };
  const url = environment['HTTPS_PROXY'] || environment['https_proxy'];
  return url ? { url, except: environment['NO_PROXY'] || environment['no_proxy'] || '' } : undefined;
}

/** Throws KUBECONFIG_INVALID for a proxy that is none; it is not shown, since it may hold a password. */
function dispatcherOf({ server, tls }: Grant, proxy: Proxy, connections: number | null): Dispatcher {
  if (proxy && !URL.canParse(proxy.url)) {
    throw new VidraError('KUBECONFIG_INVALID', 'the proxy (proxy-url or HTTPS_PROXY) is not a URL');
  }
  const common = {
    connections,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: 60_000,
    keepAliveMaxTimeout: 600_000,
    // The API server itself ends after a minute what is no watch.
    headersTimeout: 65_000,
  };
  const connect = { ...tls, timeout: 10_000, keepAlive: true, keepAliveInitialDelay: 30_000 };
  if (!proxy) return new Pool(new URL(server).origin, { ...common, connect });
  const { url: httpsProxy, except: noProxy } = proxy;
  return new EnvHttpProxyAgent({ ...common, httpsProxy, noProxy, connect, requestTls: connect });
}
