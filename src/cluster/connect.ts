/** From a kubeconfig to a connected cluster. */
import type { KubeConfig } from '@kubernetes/client-node';
import { type Dispatcher, EnvHttpProxyAgent, Pool, ProxyAgent } from 'undici';
import { VidraError } from '../errors.ts';
import type { Cluster } from './cluster.ts';
import { credentialsOf, type TlsOptions } from './credentials.ts';
import { type KubeconfigSelection, loadKubeconfig } from './kubeconfig.ts';
import { createKubernetes } from './kubernetes.ts';
import { createTransport } from './transport.ts';

export interface ConnectOptions extends KubeconfigSelection {
  /** Instead of a context's name: the URL of a server that one of the contexts points to. */
  readonly server?: string | undefined;
  readonly signal: AbortSignal;
}

const parallel = 16;

/** Throws KUBECONFIG_INVALID, or CLUSTER_* when the server does not answer or lets nobody in. */
export async function connectCluster(options: ConnectOptions): Promise<Cluster> {
  const config = await loadContext(options);
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new VidraError('KUBECONFIG_INVALID', `context ${config.currentContext} has no cluster`);
  const credentials = credentialsOf(config, () => loadContext(options));
  const dispatcher = dispatcherOf(cluster.server, await credentials.tls(), cluster.proxyUrl, options.environment);
  const transport = createTransport({
    server: cluster.server,
    dispatcher,
    credentials,
    parallel,
    signal: options.signal,
  });
  try {
    return await createKubernetes(cluster.server, transport);
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

function dispatcherOf(
  server: string,
  tls: TlsOptions,
  proxyUrl: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Dispatcher {
  const common = {
    connections: parallel,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: 60_000,
    keepAliveMaxTimeout: 600_000,
    headersTimeout: 120_000,
  };
  const connect = { ...tls, timeout: 10_000, keepAlive: true, keepAliveInitialDelay: 30_000 };
  if (proxyUrl) return new ProxyAgent({ ...common, uri: proxyUrl, requestTls: connect });
  const httpsProxy = environment['HTTPS_PROXY'] || environment['https_proxy'];
  if (!httpsProxy) return new Pool(new URL(server).origin, { ...common, connect });
  const noProxy = environment['NO_PROXY'] || environment['no_proxy'] || '';
  return new EnvHttpProxyAgent({ ...common, httpsProxy, noProxy, connect, requestTls: connect });
}
