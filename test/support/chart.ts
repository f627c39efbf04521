/** The chart, as helm renders it. */
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from './cluster.ts';
import type { Helm, Values } from './helm.ts';

/** The folder of the chart. */
export const chart = join(import.meta.dirname, '../../charts/vidra');

/** The namespace of the rendered objects. */
export const chartNamespace = 'vidra-system';

export interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

/** The objects of a release `vidra`. */
export async function render(helm: Helm, values: Values = {}): Promise<KubeObject[]> {
  return readObjects(await helm(['template', 'vidra', chart, '--namespace', chartNamespace], values));
}

/** The objects in a stream of documents. */
export function readObjects(text: string): KubeObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [problem] = document.errors;
    if (problem) throw problem;
    return document.contents === null ? [] : [document.toJS() as KubeObject];
  });
}

/** The only object of a kind and name, which must be there. */
export function find(objects: readonly KubeObject[], kind: string, name?: string): KubeObject {
  const found = objects.filter(
    (object) => object.kind === kind && (name ?? object.metadata.name) === object.metadata.name,
  );
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} objects are ${kind} ${name}`);
  return found[0];
}

interface Binding extends KubeObject {
  roleRef: { kind: string; name: string };
  subjects: { kind: string; name: string; namespace: string }[];
}

/** What a ServiceAccount of the release's namespace is granted: lines of namespace (or *), verbs and what they are for. */
export function rightsOf(objects: readonly KubeObject[], account: string): string[] {
  const bindings = objects.filter(({ kind }) => kind.endsWith('RoleBinding')) as Binding[];
  const own = bindings.filter(({ subjects }) =>
    subjects.some(
      ({ kind, name, namespace }) => `${kind} ${namespace}/${name}` === `ServiceAccount ${chartNamespace}/${account}`,
    ),
  );
  return own.flatMap(({ metadata, roleRef }) => {
    const roles = objects.filter(({ kind, metadata: { name } }) => kind === roleRef.kind && name === roleRef.name);
    const role = roles.find((one) => one.metadata.namespace === metadata.namespace);
    if (!role) throw new Error(`There is no ${roleRef.kind} ${roleRef.name}.`);
    return (role['rules'] as Rule[]).map((rule) => `${metadata.namespace ?? '*'}: ${tell(rule)}`);
  });
}

function tell({ apiGroups = [], resources = [], resourceNames, verbs }: Rule): string {
  const names = resourceNames ? ` ${resourceNames.join(',')}` : '';
  return `${verbs.join(',')} ${resources.join(',')}.${apiGroups.join(',')}${names}`;
}
