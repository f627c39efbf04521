/** Tells when Secrets with kubeconfigs change, by watches in the home cluster that see no contents. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, Selection } from '../cluster/cluster.ts';
import { secretKind } from '../cluster/labelled-secrets.ts';
import { VidraError } from '../errors.ts';
import type { ClusterDestination } from './destination.ts';
import { hostLabel } from './kubeconfig-secrets.ts';

export interface Rotation {
  /** Says something else when what leads to the destination may have changed. The first question starts the watch. */
  versionOf(destination: ClusterDestination): string;
}

/** What may not be watched counts as changed so often. */
const blindMs = 30_000;

/** `namespace` is watched alone when Secrets may not be watched everywhere. */
export function followSecrets(home: () => Promise<Cluster>, namespace: string, signal: AbortSignal): Rotation {
  const watches = new Map<string, () => string>();
  const labelled: Selection[] = [{ labelSelector: hostLabel }, { labelSelector: hostLabel, namespace }];
  return {
    versionOf({ kubeconfigSecret: secret }) {
      const key = secret ? `${secret.namespace}/${secret.name}` : '';
      const selections = secret ? [{ namespace: secret.namespace, name: secret.name }] : labelled;
      const version = watches.get(key) ?? followOne(home, selections, signal);
      watches.set(key, version);
      return version();
    },
  };
}

/** Follows the first selection that may be watched. */
function followOne(home: () => Promise<Cluster>, selections: readonly Selection[], signal: AbortSignal): () => string {
  let changes = 0;
  let isBlind = false;
  const watchOne = async (selection: Selection) => {
    try {
      const cluster = await home();
      const type = cluster.typeOf(secretKind);
      // The list comes first: what changed before counts, too.
      for await (const _event of type ? cluster.watchMetadata(type, selection, signal) : []) {
        changes++;
        isBlind = false;
      }
    } catch (error) {
      if (!(error instanceof VidraError)) throw error;
    }
  };
  const run = async () => {
    while (!signal.aborted) {
      for (const selection of selections) await watchOne(selection);
      isBlind = true;
      await sleep(blindMs, undefined, { signal }).catch(() => undefined);
    }
  };
  void run();
  return () => (isBlind ? `${changes} ${Math.floor(performance.now() / blindMs)}` : `${changes}`);
}
