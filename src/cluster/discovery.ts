/** Kinds to REST paths: the two answers of aggregated discovery. */
import { VidraError } from '../errors.ts';
import type { ResourceType } from './cluster.ts';

/** What the server must be asked for; a server before 1.30 knows v2beta1 only. */
export const discoveryAccept = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .join(',');

interface GroupDiscoveryList {
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly {
      readonly version: string;
      readonly resources?: readonly {
        readonly resource: string;
        readonly responseKind?: { readonly group: string; readonly version: string; readonly kind: string };
        readonly scope: 'Namespaced' | 'Cluster';
        readonly verbs?: readonly string[];
        readonly subresources?: readonly { readonly subresource: string }[];
      }[];
    }[];
  }[];
}

export interface Discovery {
  /** Every kind once, at its preferred version. */
  readonly types: readonly ResourceType[];
  /** The type at the wanted version, or at the server's preferred one when that version is not served. */
  typeOf(kind: { group: string; version: string; kind: string }): ResourceType | undefined;
}

/**
 * `lists` are the bodies of `/api` and `/apis`. A group whose server is down is simply not in them. Throws CLUSTER_REFUSED
 * when one is not of the aggregated kind: without kinds, everything would look as if it did not exist.
 */
export function readDiscovery(lists: readonly GroupDiscoveryList[]): Discovery {
  if (!lists.every((list) => Array.isArray(list.items))) {
    const message = 'does not answer with the aggregated kind: Kubernetes 1.27 or newer is needed';
    throw new VidraError('CLUSTER_REFUSED', message, { subject: 'discovery' });
  }
  const byVersion = new Map<string, ResourceType>();
  const preferred = new Map<string, ResourceType>();
  for (const list of lists) {
    for (const type of typesOf(list)) {
      byVersion.set(`${type.group}/${type.version}/${type.kind}`, type);
      const key = `${type.group}/${type.kind}`;
      // The server lists versions with the preferred one first.
      if (!preferred.has(key)) preferred.set(key, type);
    }
  }
  return {
    types: [...preferred.values()],
    typeOf: ({ group, version, kind }) =>
      byVersion.get(`${group}/${version}/${kind}`) ?? preferred.get(`${group}/${kind}`),
  };
}

function* typesOf(list: GroupDiscoveryList): Generator<ResourceType> {
  for (const item of list.items ?? []) {
    const group = item.metadata?.name ?? '';
    for (const { version, resources } of item.versions ?? []) {
      for (const { resource, responseKind, scope, verbs, subresources } of resources ?? []) {
        if (!responseKind?.kind) continue;
        yield {
          group,
          version,
          kind: responseKind.kind,
          resource,
          namespaced: scope === 'Namespaced',
          verbs: verbs ?? [],
          subresources: (subresources ?? []).map(({ subresource }) => subresource),
        };
      }
    }
  }
}
