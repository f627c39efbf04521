/** Tells when Secrets change, by watches in the home cluster that see no contents. */
import { setTimeout as sleep } from 'node:timers/promises';
import { VidraError } from '../errors.ts';
import type { Cluster, Selection } from './cluster.ts';
import { placesToWatch } from './counted-namespaces.ts';
import { secretKind } from './labelled-secrets.ts';

/** Nothing: whichever carries the label. */
export type Which = { readonly namespace: string; readonly name: string } | undefined;

export interface SecretVersions {
  /** Says something else when the Secret, or any that carries the label, may have changed. The first question starts the watch. */
  versionOf(secret: Which): string;
}

export interface FollowOptions {
  readonly home: () => Promise<Cluster>;
  readonly label: string;
  /** Where labelled Secrets count. */
  readonly namespaces: readonly string[];
  readonly signal: AbortSignal;
  /** Told of what was asked for before, when it may have changed. */
  readonly onChange?: (secret: Which) => void;
}

/** What may not be watched counts as changed so often. */
const blindMs = 30_000;

export function followSecrets({ home, label, namespaces, signal, onChange }: FollowOptions): SecretVersions {
  const watches = new Map<string, readonly (() => string)[]>();
  return {
    versionOf(secret) {
      const key = secret ? `${secret.namespace}/${secret.name}` : '';
      const places = secret ? [[{ namespace: secret.namespace, name: secret.name }]] : placesToWatch(namespaces, label);
      const follow = (selections: readonly Selection[]) =>
        followOne(home, selections, signal, () => onChange?.(secret));
      const versions = watches.get(key) ?? places.map(follow);
      watches.set(key, versions);
      return versions.map((version) => version()).join(' ');
    },
  };
}

/** Follows the first selection that may be watched. */
function followOne(
  home: () => Promise<Cluster>,
  selections: readonly Selection[],
  signal: AbortSignal,
  onChange: () => void,
): () => string {
  let changes = 0;
  let isBlind = false;
  const watchOne = async (selection: Selection) => {
    try {
      const cluster = await home();
      const type = cluster.typeOf(secretKind);
      // The list comes first: what changed before counts, too.
      for await (const _event of type ? cluster.watchMetadata(type, selection, signal) : []) {
        if (changes++ > 0) onChange();
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
