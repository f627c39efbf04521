/** Which definitions a daemon works on while others do, too. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { connectCluster } from '../cluster/connect.ts';
import type { LeaseEvent } from '../lease/event.ts';
import { holdShards } from '../lease/hold.ts';
import { shardOf } from '../lease/layout.ts';
import type { Share } from '../operator/share.ts';
import type { Connected } from './target.ts';

/** Of the Lease, and the beginning of its name if there are several. */
const leaseName = 'vidra';

export interface HeldShare {
  readonly share: Share;
  /** When nothing runs any more: others take it at once. */
  release(): Promise<void>;
}

/** Throws CLUSTER_* when the home cluster does not answer. */
export async function holdShare(
  { kubeconfig, namespace }: Pick<Connected, 'kubeconfig' | 'namespace'>,
  shards: number,
  emit: (event: LeaseEvent) => void,
): Promise<HeldShare> {
  // It outlasts the signal that ends all else: what runs then still needs the right to.
  const ended = new AbortController();
  const cluster = await connectCluster({ ...kubeconfig, signal: ended.signal });
  let onChange: () => void = () => undefined;
  const held = holdShards({
    ...{ cluster, namespace, shards, name: leaseName },
    identity: `${hostname()}_${randomUUID()}`,
    emit: (event) => {
      emit(event);
      onChange();
    },
  });
  return {
    share: {
      shardOf: (key) => shardOf(key, shards),
      fenceOf: held.fenceOf,
      follow: (listener) => {
        onChange = listener;
      },
    },
    release: async () => {
      await held.release();
      ended.abort();
      await cluster.close();
    },
  };
}
