/** The cluster of the context, for verbs that need no definitions. */
import { setMaxListeners } from 'node:events';
import type { Cluster, ResourceType } from '../cluster/cluster.ts';
import { connectCluster } from '../cluster/connect.ts';
import { configFolder } from '../config/folder.ts';
import { readProfiles } from '../config/profile.ts';
import { mergeSettings } from '../config/settings.ts';
import { VidraError } from '../errors.ts';
import { apiVersionOf } from '../manifest/manifest.ts';
import type { ClusterOptions } from './flags.ts';
import type { Terminal } from './terminal.ts';

export interface Home {
  readonly cluster: Cluster;
  /** Vidra's own. */
  readonly namespace: string;
  /** Where Secrets and ConfigMaps count that are found by a label. */
  readonly secretNamespaces: readonly string[];
}

/** Calls `use` with the cluster, and ends its connections afterwards, whatever happened. */
export async function withHome<T>(
  options: ClusterOptions,
  terminal: Terminal,
  use: (home: Home) => Promise<T>,
): Promise<T> {
  const { environment } = terminal;
  const settings = mergeSettings(options, environment, await readProfiles(configFolder(environment)));
  const { kubeconfig: file, context, recordNamespace: namespace, secretNamespaces } = settings;
  const signal = AbortSignal.any([terminal.signal]);
  // Every request under way listens for it.
  setMaxListeners(0, signal);
  const cluster = await connectCluster({ file, context, environment, signal });
  try {
    return await use({ cluster, namespace, secretNamespaces });
  } finally {
    await cluster.close();
  }
}

/** Throws KIND_UNKNOWN with the way out. */
export function typeIn(cluster: Cluster, kind: { group: string; version: string; kind: string }): ResourceType {
  const type = cluster.typeOf(kind);
  if (type) return type;
  throw new VidraError('KIND_UNKNOWN', `the cluster does not serve ${kind.kind} of ${apiVersionOf(kind)}`, {
    subject: cluster.server,
  });
}
