/** From a kubeconfig to a connected cluster. */
import type { KubeConfig } from '@kubernetes/client-node';
import { type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import { VidraError } from '../errors.ts';
import type { Cluster } from './cluster.ts';
import { credentialsOf, type TlsOptions } from './credentials.ts';
import { type KubeconfigSelection, loadKubeconfig } from './kubeconfig.ts';
import { createKubernetes } from './kubernetes.ts';
import { createStreams } from './stream.ts';
import { createTransport } from './transport.ts';

export interface ConnectOptions extends KubeconfigSelection {
  /** Instead of a context's name: the URL of a server that one of the contexts points to. */
  readonly server?: string | undefined;
  readonly signal: AbortSignal;
  /** How long a watch may be silent before its connection is taken for dead; bookmarks come about every minute. */
  readonly silenceMs?: number;
}

const parallel = 16;
const silenceMs = 150_000;

/** Throws KUBECONFIG_INVALID, or CLUSTER_* when the server does not answer or lets nobody in. */
export async function connectCluster(options: ConnectOptions): Promise<Cluster> {
  const config = await loadContext(options);
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new VidraError('KUBECONFIG_INVALID', `context ${config.currentContext} has no cluster`);
  const credentials = credentialsOf(config, () => loadContext(options));
  const tls = await credentials.tls();
  const proxy = proxyOf(cluster.proxyUrl, options.environment);
  const common = { server: cluster.server, credentials, signal: options.signal };
  const dispatcher = dispatcherOf(cluster.server, tls, proxy, parallel);
  const transport = createTransport({ ...common, dispatcher, parallel });
  const streams = createStreams({
    ...common,
    dispatcher: () => dispatcherOf(cluster.server, tls, proxy, null),
    silenceMs: options.silenceMs ?? silenceMs,
  });
  try {
    return await createKubernetes(cluster.server, transport, streams);
  } catch (error) {
    await transport.close();
    throw error;
  }
}

async function loadContext(options: ConnectOptions): Promise<KubeConfig> {
  const config = await loadKubeconfig(options);
  if (options.server) config.setCurrentContext(contextOf(config.contexts, config.clusters, options.server));
  return config;
}

function contextOf(
  contexts: readonly { name: string; cluster: string }[],
  clusters: readonly { name: string; server: string }[],
  server: string,
): string {
  const wanted = server.replace(/\/$/, '');
  const names = clusters
    .filter((cluster) => cluster.server.replace(/\/$/, '') === wanted)
    .map((cluster) => cluster.name);
  const context = contexts.find((candidate) => names.includes(candidate.cluster));
  if (context) return context.name;
  throw new VidraError('KUBECONFIG_INVALID', `no context of the kubeconfig points to the server ${server}`);
}

type Proxy = { readonly url: string; readonly except: string } | undefined;

/** The context's own proxy, otherwise that of the environment. */
function proxyOf(proxyUrl: string | undefined, environment: ConnectOptions['environment']): Proxy {
  if (proxyUrl) return { url: proxyUrl, except: '' };
  const url = environment['HTTPS_PROXY'] || environment['https_proxy'];
  return url ? { url, except: environment['NO_PROXY'] || environment['no_proxy'] || '' } : undefined;
}

/** `connections` null: as many as there are requests. Throws KUBECONFIG_INVALID for addresses that are none; they are not shown, since they may hold a password. */
function dispatcherOf(server: string, tls: TlsOptions, proxy: Proxy, connections: number | null): Dispatcher {
  if (!URL.canParse(server)) throw new VidraError('KUBECONFIG_INVALID', 'the server of the context is not a URL');
  if (proxy && !URL.canParse(proxy.url)) {
    throw new VidraError('KUBECONFIG_INVALID', 'the proxy (proxy-url or HTTPS_PROXY) is not a URL');
  }
  const common = {
    connections,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: 60_000,
    keepAliveMaxTimeout: 600_000,
    headersTimeout: 120_000,
  };
  const connect = { ...tls, timeout: 10_000, keepAlive: true, keepAliveInitialDelay: 30_000 };
  if (!proxy) return new Pool(new URL(server).origin, { ...common, connect });
  const { url: httpsProxy, except: noProxy } = proxy;
  return new EnvHttpProxyAgent({ ...common, httpsProxy, noProxy, connect, requestTls: connect });
}
