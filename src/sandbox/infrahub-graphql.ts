/** Runs GraphQL on the state of the double: checks fields, arguments and variables, and answers what was selected. */

import type { InfrahubVersion } from './infrahub-answer.ts';
import { branchNode, schemaOf, selectArtifacts } from './infrahub-graphql-schema.ts';
import type { Field, Location, Operation, Value, Variable } from './infrahub-graphql-syntax.ts';
import type { ArtifactRevision, Branch } from './infrahub-state.ts';

export interface GraphqlError {
  readonly message: string;
  readonly locations: readonly Location[];
}

/** What a query can see. */
export interface View {
  readonly version: InfrahubVersion;
  readonly deployment: string;
  readonly branches: readonly Branch[];
  readonly artifacts: readonly ArtifactRevision[];
}

type Variables = Readonly<Record<string, unknown>>;

/** `data` of the answer, or the errors for which there is none. */
export function execute(
  operation: Operation,
  variables: Variables,
  view: View,
): { readonly data: unknown } | { readonly errors: readonly GraphqlError[] } {
  const wrongVariables = operation.variables.flatMap((variable) => checkVariable(variable, variables[variable.name]));
  if (wrongVariables.length > 0) return { errors: wrongVariables };
  const root = operation.kind === 'query' ? 'Query' : 'Mutation';
  const errors = operation.fields.flatMap((field) => checkField(field, root, schemaOf(view.version)));
  if (errors.length > 0) return { errors };
  const entries = operation.fields.map((field) => [
    field.alias,
    project(resolve(field, variables, view), field.fields),
  ]);
  return { data: Object.fromEntries(entries) };
}

function resolve(field: Field, variables: Variables, view: View): unknown {
  const given = Object.fromEntries([...field.arguments].map(([name, { value }]) => [name, plain(value, variables)]));
  if (field.name === 'CoreArtifact') return selectArtifacts(view.artifacts, given);
  if (field.name === 'InfrahubInfo') return { version: view.version, deployment_id: view.deployment };
  const { name } = given;
  return view.branches.filter((branch) => name === undefined || name === branch.name).map(branchNode);
}

function project(value: unknown, fields: readonly Field[]): unknown {
  if (fields.length === 0 || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => project(item, fields));
  const source = value as Record<string, unknown>;
  return Object.fromEntries(fields.map((field) => [field.alias, project(source[field.name], field.fields)]));
}

function plain(value: Value, variables: Variables): unknown {
  if ('variable' in value) return variables[value.variable];
  if ('literal' in value) return value.literal;
  if ('list' in value) return value.list.map((item) => plain(item, variables));
  return Object.fromEntries([...value.object].map(([name, item]) => [name, plain(item, variables)]));
}

function checkField(field: Field, owner: string, schema: ReturnType<typeof schemaOf>): GraphqlError[] {
  const locations = [field.location];
  const definition = schema[owner]?.[field.name];
  if (!definition) return [{ message: `Cannot query field '${field.name}' on type '${owner}'.`, locations }];
  const unknown = [...field.arguments]
    .filter(([name]) => !definition.arguments?.includes(name))
    .map(([name, { location }]) => ({
      message: `Unknown argument '${name}' on field '${owner}.${field.name}'.`,
      locations: [location],
    }));
  const { type } = definition;
  if (type && field.fields.length === 0) {
    const message = `Field '${field.name}' of type '${type}' must have a selection of subfields. Did you mean '${field.name} { ... }'?`;
    return [...unknown, { message, locations }];
  }
  if (!type && field.fields.length > 0) {
    const message = `Field '${field.name}' must not have a selection since type 'String' has no subfields.`;
    return [...unknown, { message, locations }];
  }
  return [...unknown, ...field.fields.flatMap((child) => checkField(child, type ?? '', schema))];
}

function checkVariable(variable: Variable, value: unknown): GraphqlError[] {
  const { name, type, location } = variable;
  const locations = [location];
  if (type.endsWith('!') && value === undefined) {
    return [{ message: `Variable '$${name}' of required type '${type}' was not provided.`, locations }];
  }
  if (type.endsWith('!') && value === null) {
    return [{ message: `Variable '$${name}' of non-null type '${type}' must not be null.`, locations }];
  }
  if (value === undefined || value === null || !/^\[?String/.test(type)) return [];
  const listed = type.startsWith('[') && Array.isArray(value);
  return (listed ? value : [value]).flatMap((item, index) => {
    if (typeof item === 'string' || (listed && item === null)) return [];
    const place = listed ? ` at '${name}[${index}]'` : '';
    const message = `Variable '$${name}' got invalid value ${python(item)}${place}; String cannot represent a non string value: ${python(item)}`;
    return [{ message, locations }];
  });
}

/** As Python prints a value. */
function python(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`;
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value !== 'object') return String(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `'${key}': ${python(item)}`)
    .join(', ')}}`;
}
