/** Connections that are kept alive, through a proxy where the environment names one. */

import { type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { VidraError } from '../errors.ts';
import { trustedRoots } from './trusted-roots.ts';

export interface ConnectionOptions {
  readonly certificateAuthority?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  readonly connectTimeoutMs?: number;
}

/** At most 16 connections to one origin. Throws USAGE for a proxy or certificate that cannot be used. */
export function createDispatcher(options: ConnectionOptions): Dispatcher {
  const ca = options.certificateAuthority ? trustedRoots(options.certificateAuthority) : undefined;
  const connect = { timeout: options.connectTimeoutMs ?? 10_000, ...(ca && { ca }) };
  // An empty string, and not undefined, keeps undici from reading the process environment.
  const read = (name: string) => options.environment?.[name.toLowerCase()] ?? options.environment?.[name] ?? '';
  try {
    return new EnvHttpProxyAgent({
      connect,
      requestTls: connect,
      proxyTls: connect,
      headersTimeout: options.timeoutMs,
      bodyTimeout: options.timeoutMs,
      connections: 16,
      httpProxy: read('HTTP_PROXY'),
      httpsProxy: read('HTTPS_PROXY'),
      noProxy: read('NO_PROXY'),
    });
  } catch {
    // The cause is not kept: it may hold the proxy's password.
    throw new VidraError('USAGE', 'is not the address of a proxy', { subject: 'HTTP_PROXY or HTTPS_PROXY' });
  }
}
