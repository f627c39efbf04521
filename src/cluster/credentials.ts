/** TLS material and request headers for one cluster, from a kubeconfig, fresh enough for rotating tokens. */
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

export interface Credentials {
  /** At the time of the first call. */
  tls(): Promise<TlsOptions>;
  /** Authorization and impersonation headers; `renew` asks the plugin or file again, as after a 401. */
  headers(renew?: boolean): Promise<Readonly<Record<string, string>>>;
}

const freshMs = 60_000;

/** Many requests that get a 401 together want one renewal. */
const renewedMs = 5_000;

/**
 * Credentials of the config's current context. Exec plugins run once at a time, however many requests wait. `reload` reads the
 * config again: the one at hand keeps what a plugin gave until that expires, also when the server refuses it.
 */
export function credentialsOf(first: KubeConfig, reload: () => Promise<KubeConfig>): Credentials {
  let config = first;
  let current: Promise<RequestOptions> | undefined;
  let readAt = 0;

  const read = async (renew: boolean) => {
    if (renew) config = await reload();
    return resolve(config);
  };
  const options = (renew: boolean): Promise<RequestOptions> => {
    const age = Date.now() - readAt;
    if (!current || age > freshMs || (renew && age > renewedMs)) {
      readAt = Date.now();
      current = read(renew).catch((error) => {
        current = undefined;
        throw error;
      });
    }
    return current;
  };
  return {
    async tls() {
      return tlsOf(await options(false), config.getCurrentCluster()?.skipTLSVerify === true);
    },
    async headers(renew = false) {
      return headersOf(await options(renew));
    },
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
  if (options.auth) headers['authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  return headers;
}
