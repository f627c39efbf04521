/** What the demo's Infrahub holds, and how it changes during the story. */
import { randomUUID } from 'node:crypto';
import { type Sample, type SampleOptions, sampleArtifacts } from '../sandbox/samples.ts';

/** The web server of the story, as Infrahub renders it. */
export type WebServer = Pick<SampleOptions, 'webserver' | 'replicas' | 'image'>;

export interface DemoArtifacts {
  readonly shared: Sample;
  readonly shop: Sample;
  readonly blog: Sample;
  readonly machine: Sample;
  /** The artifact of the shop once its data in Infrahub is changed. */
  shopWith(changed: WebServer): Sample;
}

const blogId = '18f0c0de-0000-4000-8000-000000000104';
const blogNode = '18f0c0de-0000-4000-8000-000000000304';

/** `prefix` starts the names that the whole cluster can see. Artifacts get ids of their own where others may play the demo, too. */
export function demoArtifacts(prefix: string, ids: 'fixed' | 'unique'): DemoArtifacts {
  const identified = (sample: Sample): Sample => (ids === 'unique' ? { ...sample, id: randomUUID() } : sample);
  const [shared, shop, machine] = sampleArtifacts({ prefix, image: 'caddy:2.8' });
  const [, second] = sampleArtifacts({ prefix, webserver: 'blog', replicas: 1, image: 'caddy:2.8' });
  const blog = { ...second, id: blogId, object: { id: blogNode, label: 'blog', kind: 'InfraWebserver' } };
  const first = identified(shop);
  return {
    shared: identified(shared),
    shop: first,
    blog: identified(blog),
    machine: identified(machine),
    shopWith: (changed) => ({ ...sampleArtifacts({ prefix, ...changed })[1], id: first.id }),
  };
}
