/** The connections to the clusters of definitions, made when they are asked for. */
import { isSameAddress } from '../cluster/address.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { connectCluster } from '../cluster/connect.ts';
import type { KubeconfigSelection } from '../cluster/kubeconfig.ts';
import { followSecrets, type Which } from '../cluster/secret-versions.ts';
import { destinationServer } from '../inventory/inventory.ts';
import { type ClusterDestination, destinationKey } from './destination.ts';
import { keepConnections } from './keep.ts';
import { hostLabel } from './kubeconfig-secrets.ts';
import { createOpen, type Opened } from './open.ts';
import { resolveAccess, serverOf } from './resolve.ts';

export interface DestinationsOptions {
  /** Its context is home; the others are what definitions may name by their server. */
  readonly kubeconfig: KubeconfigSelection;
  /** Where labelled Secrets count, the first before the others; `*` is all. */
  readonly secretNamespaces: readonly string[];
  readonly signal: AbortSignal;
  /** Told once of each connection that is less safe than it should be. */
  readonly warn: (text: string) => void;
  /** Watch the Secrets with kubeconfigs, for whoever stays. What a server refuses is read again in any case. */
  readonly rotation?: boolean;
}

export interface Destinations {
  /**
   * The same one until its Secret is for another server; its credentials follow the Secret. Throws DESTINATION_*,
   * KUBECONFIG_INVALID, or CLUSTER_* when its server does not answer or lets nobody in.
   */
  readonly of: (destination: ClusterDestination) => Promise<Cluster>;
  /** The URL of its server, as records name it; empty for home. */
  readonly resolveServer: (destination: ClusterDestination) => Promise<string>;
  /** Calls when the Secrets change by which some destinations are reached, where these are watched. */
  readonly follow: (onChange: (isReached: (destination: ClusterDestination) => boolean) => void) => void;
  close(): Promise<void>;
}

/** Opens nothing before the first is asked for. */
export function createDestinations(options: DestinationsOptions): Destinations {
  const { kubeconfig, secretNamespaces, warn } = options;
  const ended = new AbortController();
  const signal = AbortSignal.any([options.signal, ended.signal]);
  const homes = keepConnections<Pick<Opened, 'cluster'>>();
  const others = keepConnections<Opened>();

  const connectHome = async () => ({ cluster: await connectCluster({ ...kubeconfig, signal }) });
  const home = async () => (await homes.of('', '', connectHome)).cluster;
  const isHome = async ({ server, kubeconfigSecret, serviceAccount }: ClusterDestination) => {
    if (kubeconfigSecret || serviceAccount) return false;
    const address = destinationServer(server);
    return address === '' || isSameAddress(address, (await home()).server);
  };
  const followers: Parameters<Destinations['follow']>[0][] = [];
  const onChange = (changed: Which) => {
    const isReached = ({ server, kubeconfigSecret: secret }: ClusterDestination) =>
      changed
        ? secret?.namespace === changed.namespace && secret.name === changed.name
        : !secret && destinationServer(server) !== '';
    for (const follow of followers) follow(isReached);
  };
  const versions = options.rotation
    ? followSecrets({ home, label: hostLabel, namespaces: secretNamespaces, signal, onChange })
    : undefined;
  const versionOf = (destination: ClusterDestination) => versions?.versionOf(destination.kubeconfigSecret) ?? '';
  const accessOf = async (destination: ClusterDestination) =>
    resolveAccess(destination, { home: await home(), kubeconfig, secretNamespaces });
  const open = createOpen({ kubeconfig, signal, accessOf, versionOf, warn });

  return {
    of: async (destination) => {
      if (await isHome(destination)) return home();
      const key = destinationKey(destination);
      return (await others.of(key, versionOf(destination), (before) => open(destination, before))).cluster;
    },
    resolveServer: (destination) => serverOf(destination, home),
    follow: (follower) => void followers.push(follower),
    close: async () => {
      ended.abort();
      await Promise.all([others.close(), homes.close()]);
    },
  };
}
