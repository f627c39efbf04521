/** What a file of tests stands on: a cluster, and in it a namespace for each test. A call at the head of the file says which cluster. */
import { afterAll, beforeAll, beforeEach, inject } from 'vitest';
import { startControlPlane } from '../../src/sandbox/control-plane.ts';
import { type Cluster, connect } from './cluster.ts';
import { installKinds } from './definitions-installed.ts';

export let cluster: Cluster;
/** The test's own. */
export let namespace: string;
/** For `vidra`: leads it to the cluster, and on the shared one to records of the test's own. */
export let environment: Record<string, string>;

/** The control plane of the run, which many files use at once. */
export function useSharedCluster(): void {
  beforeAll(() => {
    cluster = connect(inject('kubeconfig'));
  });
  beforeEach(async () => {
    namespace = await cluster.createNamespace();
    environment = { KUBECONFIG: cluster.kubeconfig, VIDRA_NAMESPACE: namespace };
  });
  afterAll(() => cluster?.close());
}

/** A control plane for this file alone, with the kinds of definitions or without. */
export function useOwnCluster({ kinds }: { readonly kinds: boolean }): void {
  beforeAll(async () => {
    const controlPlane = await startControlPlane();
    cluster = connect(controlPlane.kubeconfig);
    environment = { KUBECONFIG: cluster.kubeconfig };
    if (kinds) await installKinds(cluster);
    return async () => {
      await cluster.close();
      await controlPlane.stop();
    };
  });
  beforeEach(async () => {
    namespace = await cluster.createNamespace();
  });
}

/** Of the test's namespace. */
export function configMap(name: string, data: Record<string, string> = {}) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
}

/** Of a ConfigMap in the test's namespace. */
export async function dataOf(name: string): Promise<Record<string, string> | undefined> {
  return (await cluster.get(configMap(name))).data;
}
