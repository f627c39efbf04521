/** Where the connection to a destination comes from: the definition's Secret, then the workstation's kubeconfig, then a Secret by its label. */
import { isSameAddress } from '../cluster/address.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Grant } from '../cluster/credentials.ts';
import { contextFor, type ForeignContext, type ForeignKubeconfig, grantOf } from '../cluster/foreign-kubeconfig.ts';
import { contextOfServer, type KubeconfigSelection } from '../cluster/kubeconfig.ts';
import { VidraError } from '../errors.ts';
import { destinationServer } from '../inventory/inventory.ts';
import type { ClusterDestination, SecretReference } from './destination.ts';
import { hostLabel, labelledKubeconfigs, namedKubeconfig, strangeKubeconfigs } from './kubeconfig-secrets.ts';

export type Access = HomeAccess | SecretAccess | ContextAccess;

interface CommonAccess {
  readonly server: string;
  /** What leads there, for people. */
  readonly origin: string;
}

interface HomeAccess extends CommonAccess {
  readonly type: 'home';
}

export interface SecretAccess extends CommonAccess {
  readonly type: 'secret';
  readonly grant: Grant;
}

interface ContextAccess extends CommonAccess {
  readonly type: 'context';
  /** Of the workstation's kubeconfig. */
  readonly context: string;
}

/** Whether a connection by one is as good as by the other. */
export function isSameAccess(one: Access, other: Access): boolean {
  const isSameContext = one.type !== 'context' || other.type !== 'context' || one.context === other.context;
  return one.type === other.type && isSameAddress(one.server, other.server) && isSameContext;
}

export interface ResolveOptions {
  readonly home: Cluster;
  /** Of the workstation; the context is that of home. */
  readonly kubeconfig: KubeconfigSelection;
  /** Where labelled Secrets count. */
  readonly secretNamespaces: readonly string[];
}

/** Throws DESTINATION_UNKNOWN, DESTINATION_INVALID, KUBECONFIG_INVALID and, of the home cluster, CLUSTER_*. */
export async function resolveAccess(destination: ClusterDestination, options: ResolveOptions): Promise<Access> {
  const server = destinationServer(destination.server);
  const { kubeconfigSecret } = destination;
  if (kubeconfigSecret) return secretAccess(...(await namedContext(kubeconfigSecret, server, options.home)));
  if (server === '' || isSameAddress(server, options.home.server))
    return { type: 'home', server: options.home.server, origin: 'home' };
  // What whoever runs this has written himself comes before what others have put into the cluster.
  const context = await contextOfServer(options.kubeconfig, server);
  if (context !== undefined) return { type: 'context', context, server, origin: `context ${context}` };
  return secretAccess(...(await labelledContext(server, options)));
}

/** The URL of a destination's server, as records name it. */
export async function serverOf(destination: ClusterDestination, home: () => Promise<Cluster>): Promise<string> {
  const server = destinationServer(destination.server);
  const { kubeconfigSecret } = destination;
  if (server !== '' || !kubeconfigSecret) return server;
  const [, context] = await namedContext(kubeconfigSecret, server, await home());
  return destinationServer(context.server);
}

type Found = [kubeconfig: ForeignKubeconfig, context: ForeignContext];

function secretAccess(kubeconfig: ForeignKubeconfig, context: ForeignContext): SecretAccess {
  return { type: 'secret', server: context.server, grant: grantOf(kubeconfig, context), origin: kubeconfig.place };
}

async function namedContext(reference: SecretReference, server: string, home: Cluster): Promise<Found> {
  const kubeconfig = await namedKubeconfig(home, reference);
  const context = chosen(kubeconfig, reference.context, server);
  if (context && (server === '' || isSameAddress(context.server, server))) return [kubeconfig, context];
  const field =
    reference.context === undefined ? 'destination.kubeconfigSecretRef' : 'destination.kubeconfigSecretRef.context';
  const wanted = [reference.context, server && `to ${server}`].filter(Boolean).join(' ');
  const message = `${kubeconfig.place} has no context ${wanted || 'that is the current one'}; ${contextsText(kubeconfig)}`;
  throw new VidraError('DESTINATION_UNKNOWN', message, { subject: field });
}

function chosen(kubeconfig: ForeignKubeconfig, name: string | undefined, server: string): ForeignContext | undefined {
  const { contexts, current } = kubeconfig;
  if (name === undefined && server !== '') return contextFor(kubeconfig, server);
  if (name === undefined && current === '' && contexts.length === 1) return contexts[0];
  return contexts.find((context) => context.name === (name ?? current));
}

/** The first that fits. Throws DESTINATION_UNKNOWN with all that was looked at. */
async function labelledContext(server: string, { home, secretNamespaces }: ResolveOptions): Promise<Found> {
  const host = URL.canParse(server) ? new URL(server).hostname : '';
  const { found, missing } = await labelledKubeconfigs(home, host, secretNamespaces);
  for (const kubeconfig of found) {
    const context = kubeconfig instanceof VidraError ? undefined : contextFor(kubeconfig, server);
    if (context) return [kubeconfig as ForeignKubeconfig, context];
  }
  const parts = found.map((one) => (one instanceof VidraError ? one.message : `${one.place} has ${contextsText(one)}`));
  const looked = [
    'no context of the kubeconfig leads to it',
    parts.length === 0 ? missing : `no Secret labelled ${hostLabel}=${host} does: ${parts.join(', ')}`,
    await strangeKubeconfigs(home, host, secretNamespaces),
  ];
  throw new VidraError('DESTINATION_UNKNOWN', looked.filter(Boolean).join('; '), {
    subject: `destination.server ${server}`,
  });
}

function contextsText({ contexts }: ForeignKubeconfig): string {
  return contexts.map(({ name, server }) => `${name} to ${server}`).join(', ') || 'no contexts';
}
