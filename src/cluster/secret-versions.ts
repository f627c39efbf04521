/** Tells when Secrets change, by watches in the home cluster that see no contents. */
import { setTimeout as sleep } from 'node:timers/promises';
import { VidraError } from '../errors.ts';
import type { Cluster, Selection } from './cluster.ts';
import { secretKind } from './labelled-secrets.ts';

export interface SecretVersions {
  /** Says something else when the Secret, or any that carries the label, may have changed. The first question starts the watch. */
  versionOf(secret: { readonly namespace: string; readonly name: string } | undefined): string;
}

export interface FollowOptions {
  readonly home: () => Promise<Cluster>;
  readonly label: string;
  /** Watched alone when Secrets may not be watched everywhere. */
  readonly namespace: string;
  readonly signal: AbortSignal;
}

/** What may not be watched counts as changed so often. */
const blindMs = 30_000;

export function followSecrets({ home, label, namespace, signal }: FollowOptions): SecretVersions {
  const watches = new Map<string, () => string>();
  const labelled: Selection[] = [{ labelSelector: label }, { labelSelector: label, namespace }];
  return {
    versionOf(secret) {
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
