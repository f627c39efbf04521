/** Vidra's kinds on a control plane of a test. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Cluster, KubeObject, Reference } from './cluster.ts';
import { waitFor } from './wait-for.ts';

const files = ['infrahubsyncs.yaml', 'vidraresources.yaml'];

interface Definition extends KubeObject {
  status: { conditions?: { type: string; status: string }[] | null };
}

/** Applies crds/, and waits until the kinds are served. */
export async function installKinds(cluster: Cluster): Promise<void> {
  for (const file of files) {
    const manifest = parse(readFileSync(join(import.meta.dirname, '../../crds', file), 'utf8')) as Reference;
    await cluster.apply(manifest, 'test');
    await waitFor(`${file} to be established`, async () => {
      const { status } = await cluster.get<Definition>(manifest);
      return status.conditions?.some(({ type, status: is }) => type === 'Established' && is === 'True');
    });
  }
}
