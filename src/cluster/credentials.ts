/** What lets requests in at one API server, fresh enough for rotating tokens. */
import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { VidraError } from '../errors.ts';

export interface TlsOptions {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized: boolean;
}

/** The way to a server, and what it lets requests in for. */
export interface Grant {
  /** Its URL. */
  readonly server: string;
  /** Authorization and impersonation, by small names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsOptions;
  readonly proxyUrl?: string;
}

export interface Credentials {
  /** `renew` asks the plugin, file or Secret again, as after a 401. The same object while nothing was read again. */
  grant(renew?: boolean): Promise<Grant>;
}

const freshMs = 60_000;

/** Many requests that get a 401 together want one renewal. */
const renewedMs = 5_000;

interface CacheOptions {
  /** Says something else when what was read is not valid any more. */
  readonly version?: () => string;
  /** How long a grant is good without being asked for again. */
  readonly freshMs?: number;
}

/** Reads once at a time, however many requests wait. A reading that fails is tried again with the next request. */
export function cachedCredentials(
  read: (renew: boolean) => Promise<Grant>,
  { version = () => '', freshMs = Number.POSITIVE_INFINITY }: CacheOptions,
): Credentials {
  let current: Promise<Grant> | undefined;
  let readAt = 0;
  let readVersion = version();
  return {
    grant(renew = false) {
      const age = Date.now() - readAt;
      const isOutdated = version() !== readVersion;
      if (current && !isOutdated && age <= freshMs && !(renew && age > renewedMs)) return current;
      readAt = Date.now();
      readVersion = version();
      const reading = read(renew || isOutdated);
      current = reading;
      reading.catch(() => {
        if (current === reading) current = undefined;
      });
      return reading;
    },
  };
}

/** Credentials of the config's current context. `reload` reads the config again: the one at hand keeps what a plugin gave until that expires, also when the server refuses it. */
export function credentialsOf(first: KubeConfig, reload: () => Promise<KubeConfig>): Credentials {
  let config = first;
  const read = async (renew: boolean) => {
    if (renew) config = await reload();
    return grantOf(config);
  };
  return cachedCredentials(read, { freshMs });
}

async function grantOf(config: KubeConfig): Promise<Grant> {
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new VidraError('KUBECONFIG_INVALID', `context ${config.currentContext} has no cluster`);
  const options = await resolve(config);
  return {
    server: cluster.server,
    headers: headersOf(options),
    tls: tlsOf(options, cluster.skipTLSVerify === true),
    ...(cluster.proxyUrl ? { proxyUrl: cluster.proxyUrl } : {}),
  };
}

async function resolve(config: KubeConfig): Promise<RequestOptions> {
  // Without a user, client-node leaves out the cluster's CA as well.
  if (!config.getCurrentUser()) {
    config.addUser({ name: 'nobody' });
    const context = config.getContextObject(config.currentContext);
    if (context) Object.assign(context, { user: 'nobody' });
  }
  const options: RequestOptions = { headers: {} };
  try {
    await config.applyToHTTPSOptions(options);
  } catch (cause) {
    const detail = (cause instanceof Error ? cause.message : String(cause)).trim();
    throw new VidraError('CLUSTER_UNAUTHORIZED', `cannot get credentials: ${detail}`, {
      subject: `context ${config.currentContext}`,
      cause,
    });
  }
  return options;
}

function tlsOf(options: RequestOptions, skipVerify: boolean): TlsOptions {
  const { ca, cert, key, servername } = options as TlsOptions;
  return {
    ...(ca ? { ca } : {}),
    ...(cert ? { cert } : {}),
    ...(key ? { key } : {}),
    ...(servername ? { servername } : {}),
    rejectUnauthorized: !skipVerify,
  };
}

function headersOf(options: RequestOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (typeof value === 'string') headers[name.toLowerCase()] = value;
  }
  if (options.auth) headers['authorization'] = basicAuthorization(options.auth);
  return headers;
}

/** The header for `user:password`. */
export function basicAuthorization(userAndPassword: string): string {
  return `Basic ${Buffer.from(userAndPassword).toString('base64')}`;
}
