/** The CustomResourceDefinitions of both kinds of definitions, made of their rules. */
import { groupVersion, type JsonObject, type Manifest } from '../manifest/manifest.ts';
import { type Column, columns } from './columns.ts';
import { type Definition, definitionApiVersion } from './definition.ts';
import type { Fields } from './rule.ts';
import { specRules, validations } from './rules.ts';
import { objectOf } from './schema.ts';
import { statusRules } from './status-rules.ts';

interface Kind {
  readonly shortName: string;
  readonly description: string;
}

/** What each kind is for. */
export const kinds: Readonly<Record<Definition['kind'], Kind>> = {
  InfrahubSync: { shortName: 'isync', description: 'Artifacts of an Infrahub that are kept in a cluster.' },
  VidraResource: {
    shortName: 'vres',
    description: 'Manifests that are kept in a cluster, and the record of what was applied.',
  },
};

/** As they are in crds/, in the same order. */
export function customResourceDefinitions(): Manifest[] {
  return Object.entries(kinds).map(([kind, facts]) => definitionOf(kind as Definition['kind'], facts));
}

function definitionOf(kind: Definition['kind'], { shortName, description }: Kind): Manifest {
  const { group, version } = groupVersion(definitionApiVersion);
  const singular = kind.toLowerCase();
  const plural = `${singular}s`;
  const names = { kind, listKind: `${kind}List`, plural, singular, shortNames: [shortName], categories: ['vidra'] };
  const served: JsonObject = {
    name: version,
    served: true,
    storage: true,
    subresources: { status: {} },
    additionalPrinterColumns: columns[kind].map(columnOf),
    schema: { openAPIV3Schema: { description, ...wholeOf(kind) } },
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: { group, scope: 'Cluster', names, versions: [served] },
  };
}

function columnOf({ wide, ...column }: Column): JsonObject {
  return { ...column, ...(wide && { priority: 1 }) };
}

/** The API server itself checks the first three fields. */
function wholeOf(kind: Definition['kind']): JsonObject {
  const fields: Fields = {
    apiVersion: { type: 'text' },
    kind: { type: 'text' },
    metadata: { type: 'anything' },
    spec: specRules[kind],
    status: statusRules[kind],
  };
  return objectOf(fields, validations);
}
