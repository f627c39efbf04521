/** From a kubeconfig, or from credentials found elsewhere, to a connected cluster. */
import { VidraError } from '../errors.ts';
import type { Cluster } from './cluster.ts';
import { createConnection } from './connection.ts';
import { type Credentials, credentialsOf } from './credentials.ts';
import { impersonated, impersonating, type ServiceAccount } from './impersonation.ts';
import { type KubeconfigSelection, loadKubeconfig } from './kubeconfig.ts';
import { createKubernetes } from './kubernetes.ts';
import { createStreams } from './stream.ts';
import { createTransport } from './transport.ts';

interface CommonOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Whom requests act as; whoever the credentials are of needs the right to impersonate it. */
  readonly serviceAccount?: ServiceAccount | undefined;
  /** How long a watch may be silent before its connection is taken for dead; bookmarks come about every minute. */
  readonly silenceMs?: number;
}

export interface ConnectOptions extends KubeconfigSelection, CommonOptions {}

export interface CredentialsOptions extends CommonOptions {
  readonly credentials: Credentials;
}

const parallel = 16;
const silenceMs = 150_000;

/** Throws KUBECONFIG_INVALID, or CLUSTER_* when the server does not answer or lets nobody in. */
export async function connectCluster(options: ConnectOptions): Promise<Cluster> {
  const config = await loadKubeconfig(options);
  return connectWith({ ...options, credentials: credentialsOf(config, () => loadKubeconfig(options)) });
}

/** The same with credentials that come from somewhere else. */
export async function connectWith(options: CredentialsOptions): Promise<Cluster> {
  const { environment, signal, serviceAccount } = options;
  const credentials = serviceAccount ? impersonating(options.credentials, serviceAccount) : options.credentials;
  const { server } = await credentials.grant();
  if (!URL.canParse(server)) throw new VidraError('KUBECONFIG_INVALID', 'the server of the context is not a URL');
  const connect = (connections: number | null) => createConnection({ server, credentials, connections, environment });
  const plain = createTransport({ connection: connect(parallel), parallel, signal });
  const transport = serviceAccount ? impersonated(plain, serviceAccount) : plain;
  const streams = createStreams({ connection: connect(null), signal, silenceMs: options.silenceMs ?? silenceMs });
  try {
    return await createKubernetes(server, transport, streams);
  } catch (error) {
    await transport.close();
    throw error;
  }
}
