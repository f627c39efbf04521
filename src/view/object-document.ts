/** Objects of a cluster for machines: as kubectl would apply them, without what the server adds, values of Secrets hidden. */
import type { JsonObject, Manifest } from '../manifest/manifest.ts';
import { isSecret } from '../plan/mask.ts';

/** What kubectl remembers of a Secret holds its values, too. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

export interface ObjectDocumentOptions {
  readonly secrets: 'hidden' | 'shown';
}

export function objectDocument(object: Manifest, { secrets }: ObjectDocumentOptions): Manifest {
  const { apiVersion, kind, metadata, ...rest } = object;
  const { name, namespace, labels, annotations } = metadata;
  const { [lastApplied]: _, ...ownAnnotations } = annotations ?? {};
  const document = {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace && { namespace }),
      ...(labels && { labels }),
      ...(Object.keys(ownAnnotations).length > 0 && { annotations: ownAnnotations }),
    },
    ...rest,
  };
  return secrets === 'hidden' ? withoutSecrets(document) : document;
}

/** A `List`, which kubectl takes like a single object. */
export function listDocument(objects: readonly Manifest[], options: ObjectDocumentOptions): object {
  return { apiVersion: 'v1', kind: 'List', items: objects.map((object) => objectDocument(object, options)) };
}

/** The same manifest; the values of a Secret are `***`. */
export function withoutSecrets(manifest: Manifest): Manifest {
  if (!isSecret(manifest)) return manifest;
  const hidden = (values: unknown) =>
    Object.fromEntries(Object.keys((values ?? {}) as JsonObject).map((key) => [key, '***']));
  return {
    ...manifest,
    ...(manifest['data'] !== undefined && { data: hidden(manifest['data']) }),
    ...(manifest['stringData'] !== undefined && { stringData: hidden(manifest['stringData']) }),
  };
}
