/** The CustomResourceDefinitions of Vidra's kinds, as this version has them and as a cluster has them. */
import type { Cluster } from '../cluster/cluster.ts';
import { customResourceDefinitions } from '../definition/crd.ts';
import { describe, type Manifest, type ObjectReference, referenceOf } from '../manifest/manifest.ts';
import { typeIn } from './home.ts';

export const definitionKind = { group: 'apiextensions.k8s.io', version: 'v1', kind: 'CustomResourceDefinition' };

export interface InstalledKind {
  readonly wanted: Manifest;
  readonly reference: ObjectReference;
  /** `CustomResourceDefinition vidraresources.infrahub.operators.com`. */
  readonly name: string;
  /** Nothing where it is not installed. */
  readonly live?: Manifest;
}

export function installedKinds(cluster: Cluster): Promise<InstalledKind[]> {
  const type = typeIn(cluster, definitionKind);
  return Promise.all(
    customResourceDefinitions().map(async (wanted) => {
      const reference = referenceOf(wanted);
      const live = await cluster.get(type, reference);
      return { wanted, reference, name: describe(reference), ...(live && { live }) };
    }),
  );
}
