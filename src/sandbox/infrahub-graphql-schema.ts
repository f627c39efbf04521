/** The types that the double knows, named as Infrahub names them, and what they hold at one moment. */

import type { InfrahubVersion } from './infrahub-answer.ts';
import type { ArtifactRevision, Branch, NodeReference } from './infrahub-state.ts';

export interface FieldType {
  /** A type of the schema; a scalar when absent. */
  readonly type?: string;
  readonly arguments?: readonly string[];
}

const filters = [
  ...['ids', 'name__value', 'name__values', 'status__value', 'status__values', 'checksum__value', 'storage_id__value'],
  ...['content_type__value', 'definition__ids', 'definition__name__value', 'object__ids', 'offset', 'limit', 'order'],
] as const;
const attribute = { id: {}, value: {}, updated_at: {}, __typename: {} };
const node = { id: {}, display_label: {}, __typename: {} };
const text = { type: 'TextAttribute' };

/** Fields by type; 1.2 knows no status of a branch. */
export function schemaOf(version: InfrahubVersion): Readonly<Record<string, Readonly<Record<string, FieldType>>>> {
  return {
    Query: {
      CoreArtifact: { type: 'PaginatedCoreArtifact', arguments: filters },
      Branch: { type: 'Branch', arguments: ['ids', 'name'] },
      InfrahubInfo: { type: 'Info' },
    },
    Mutation: {},
    PaginatedCoreArtifact: { count: {}, edges: { type: 'EdgedCoreArtifact' }, __typename: {} },
    EdgedCoreArtifact: { node: { type: 'CoreArtifact' }, __typename: {} },
    CoreArtifact: {
      ...node,
      ...{ name: text, status: text, content_type: text, checksum: text, storage_id: text, parameters: text },
      object: { type: 'NestedEdgedCoreArtifactTarget' },
      definition: { type: 'NestedEdgedCoreArtifactDefinition' },
    },
    TextAttribute: attribute,
    NestedEdgedCoreArtifactTarget: { node: { type: 'CoreArtifactTarget' } },
    NestedEdgedCoreArtifactDefinition: { node: { type: 'CoreArtifactDefinition' } },
    CoreArtifactTarget: node,
    CoreArtifactDefinition: node,
    Branch: {
      ...{ id: {}, name: {}, is_default: {}, origin_branch: {}, branched_from: {}, has_schema_changes: {} },
      ...{ sync_with_git: {}, ...(version === '1.11.9' && { status: {} }) },
    },
    Info: { version: {}, deployment_id: {} },
  };
}

/** The nodes of CoreArtifact after filters, offset and limit, and their number before the latter two. */
export function selectArtifacts(
  artifacts: readonly ArtifactRevision[],
  wanted: Readonly<Record<string, unknown>>,
): { count: number; edges: { node: object }[] } {
  const matching = artifacts.filter((artifact) => tests.every((test) => test(artifact, wanted)));
  const unordered = (wanted['order'] as { disable?: boolean } | undefined)?.disable === true;
  if (unordered) matching.sort((left, right) => (left.id < right.id ? -1 : 1));
  const offset = (wanted['offset'] as number | undefined) ?? 0;
  const page = matching.slice(offset, offset + ((wanted['limit'] as number | undefined) ?? matching.length));
  return { count: matching.length, edges: page.map((artifact) => ({ node: artifactNode(artifact) })) };
}

/** A branch as GraphQL shows it. */
export function branchNode(branch: Branch): object {
  const { id, name, status, createdAt } = branch;
  const from = new Date(createdAt).toISOString();
  const fixed = { origin_branch: 'main', has_schema_changes: false, sync_with_git: true };
  return { id, name, status, is_default: name === 'main', branched_from: from, ...fixed };
}

type Test = (artifact: ArtifactRevision, wanted: Readonly<Record<string, unknown>>) => boolean;

/** One filter: null and absence mean no filter, an empty list matches nothing. */
function oneOf(argument: string, read: (artifact: ArtifactRevision) => string | null | undefined): Test {
  return (artifact, wanted) => {
    const value = wanted[argument];
    if (value === undefined || value === null) return true;
    return (Array.isArray(value) ? value : [value]).includes(read(artifact));
  };
}

const tests: readonly Test[] = [
  oneOf('ids', ({ id }) => id),
  oneOf('name__value', ({ name }) => name),
  oneOf('name__values', ({ name }) => name),
  oneOf('status__value', ({ status }) => status),
  oneOf('status__values', ({ status }) => status),
  oneOf('checksum__value', ({ checksum }) => checksum),
  oneOf('storage_id__value', ({ storageId }) => storageId),
  oneOf('content_type__value', ({ contentType }) => contentType),
  oneOf('definition__ids', ({ definition }) => definition?.id),
  oneOf('definition__name__value', ({ definition }) => definition?.label),
  oneOf('object__ids', ({ object }) => object?.id),
];

function artifactNode(artifact: ArtifactRevision): object {
  const updated = new Date(artifact.at).toISOString().replace('Z', '+00:00');
  const attributeOf = (name: string, value: string | null) => ({
    id: `${artifact.attributeId}-${name}`,
    value,
    updated_at: updated,
    __typename: 'TextAttribute',
  });
  return {
    id: artifact.id,
    display_label: artifact.name,
    __typename: 'CoreArtifact',
    name: attributeOf('name', artifact.name),
    status: attributeOf('status', artifact.status),
    content_type: attributeOf('content_type', artifact.contentType),
    checksum: attributeOf('checksum', artifact.checksum),
    storage_id: { ...attributeOf('storage_id', artifact.storageId), id: artifact.attributeId },
    parameters: attributeOf('parameters', null),
    object: { node: reference(artifact.object, 'CoreArtifactTarget') },
    definition: { node: reference(artifact.definition, 'CoreArtifactDefinition') },
  };
}

function reference(target: NodeReference | undefined, kind: string): object | null {
  return target ? { id: target.id, display_label: target.label, __typename: target.kind ?? kind } : null;
}
