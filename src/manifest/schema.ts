/** Whether custom resources fit the schema of their CustomResourceDefinition, as the API server would find. Loaded only by plans with such schemas. */
import { type OutputUnit, Validator } from '@cfworker/json-schema';
import type { JsonObject, JsonValue, Manifest } from './manifest.ts';
import { withDefaults } from './schema-defaults.ts';
import { checkValues } from './schema-values.ts';
import { findingOf } from './schema-wording.ts';
import type { Finding } from './shape.ts';
import { jsonSchemaOf } from './structural-schema.ts';

/** What the server would refuse; none where it cannot be said. `schema` is the `openAPIV3Schema` of a version. No finding holds a value. */
export type SchemaCheck = (manifest: Manifest, schema: JsonObject) => readonly Finding[];

/** For these schemas; loads what their rules take, too. */
export async function loadSchemaCheck(schemas: Iterable<JsonObject>): Promise<SchemaCheck> {
  const { checkRules } = [...schemas].some(hasRules) ? await import('./schema-rules.ts') : { checkRules: () => [] };
  const known = new WeakMap<JsonObject, { converted: JsonObject; validator: Validator }>();
  const prepare = (schema: JsonObject) => {
    const converted = jsonSchemaOf(schema);
    return { converted, validator: new Validator(converted, '4', false) };
  };
  return (manifest, schema) => {
    try {
      const { converted, validator } = known.get(schema) ?? prepare(schema);
      known.set(schema, { converted, validator });
      const filled = withDefaults(manifest, schema);
      const { errors } = validator.validate(plain(filled));
      const findings = withoutBranches(errors).map((error) => findingOf(error, converted));
      const faults = [...findings.filter((finding) => finding !== undefined), ...checkValues(filled, schema)];
      return faults.length > 0 ? faults : [...checkRules(filled, schema)];
    } catch {
      // A schema that the interpreter does not understand says nothing.
      return [];
    }
  };
}

function hasRules(schema: JsonValue | undefined): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  return Object.entries(schema).some(([name, inner]) => name === 'x-kubernetes-validations' || hasRules(inner));
}

/** Why none of several alternatives fits would be a sentence for each of them. */
function withoutBranches(errors: readonly OutputUnit[]): OutputUnit[] {
  const choices = errors.filter(({ keyword }) => ['anyOf', 'oneOf', 'not'].includes(keyword));
  return errors.filter(
    ({ keywordLocation }) => !choices.some((choice) => keywordLocation.startsWith(`${choice.keywordLocation}/`)),
  );
}

/** The interpreter knows no `bigint`. Only comparisons with numbers beyond 2^53 could tell the difference. */
function plain(value: JsonValue): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value as JsonObject).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.map(([name, field]) => [name, plain(field as JsonValue)]));
}
