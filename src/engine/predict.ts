/** What can be said of objects that the server cannot try as they will be, because the plan makes what they need first. */
import type { Cluster } from '../cluster/cluster.ts';
import type { ObjectMetadata } from '../cluster/metadata.ts';
import type { DesiredObject } from '../manifest/desired-set.ts';
import { apiVersionOf, keyOf } from '../manifest/manifest.ts';
import type { OwnerObservation } from '../plan/observation.ts';
import { createJudge } from './schemas.ts';

export interface Prediction {
  /** Why the server cannot know, as a clause for people. */
  readonly reason: string;
  /** What is wrong with the object all the same. */
  readonly fault?: string;
  /** Where the server may be asked: with what it has now, in another namespace, or not at all. */
  readonly ask: 'here' | 'elsewhere' | 'nowhere';
}

/** Nothing for objects that the server can try. */
export type Predict = (desired: DesiredObject, live: ObjectMetadata | undefined) => Prediction | undefined;

/** `owners` are all of one destination, which `cluster` is. */
export async function createPredict(cluster: Cluster, owners: readonly OwnerObservation[]): Promise<Predict> {
  const judge = await createJudge(cluster, owners);
  const namespaces = newNamespaces(owners);
  return (desired, live) => {
    const { reference } = desired;
    const type = cluster.typeOf(reference);
    const judgement = judge(desired);
    // Objects of a kind that nobody defines were found out before.
    if (!type) return { ...judgement, reason: 'this plan makes its kind', ask: 'nowhere' };
    if (type.version !== reference.version)
      return { ...judgement, reason: `this plan adds ${apiVersionOf(reference)}`, ask: 'nowhere' };
    if (!live && namespaces.has(reference.namespace))
      return { ...judgement, reason: 'this plan makes its Namespace', ask: judgement ? 'nowhere' : 'elsewhere' };
    return judgement && { ...judgement, reason: 'this plan changes its CustomResourceDefinition', ask: 'here' };
  };
}

function newNamespaces(owners: readonly OwnerObservation[]): Set<string> {
  const names = new Set<string>();
  for (const { wish, destination } of owners) {
    if (wish.type !== 'wanted') continue;
    for (const { reference } of wish.desired.objects) {
      const isNamespace = reference.group === '' && reference.kind === 'Namespace';
      if (!isNamespace) continue;
      const live = destination.live.get(keyOf(reference));
      if (!live || live.deleting) names.add(reference.name);
    }
  }
  return names;
}
