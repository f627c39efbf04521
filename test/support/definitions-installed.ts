/** The kinds of definitions on a control plane of a test. */
import { customResourceDefinitions } from '../../src/definition/crd.ts';
import type { Cluster, KubeObject } from './cluster.ts';
import { waitFor } from './wait-for.ts';

interface Definition extends KubeObject {
  status: { conditions?: { type: string; status: string }[] | null };
}

/** Returns when they are served. */
export async function installKinds(cluster: Cluster): Promise<void> {
  const kinds = customResourceDefinitions();
  for (const manifest of kinds) await cluster.apply(manifest, 'test');
  for (const manifest of kinds) {
    await waitFor(`${manifest.metadata.name} to be established`, async () => {
      const { status } = await cluster.get<Definition>(manifest);
      return status.conditions?.some(({ type, status: is }) => type === 'Established' && is === 'True');
    });
  }
  // Established comes before discovery.
  for (const kind of ['InfrahubSync', 'VidraResource']) {
    const list = () => cluster.list('infrahub.operators.com/v1alpha1', kind).catch(() => undefined);
    await waitFor(`${kind} to be served`, list);
  }
}
