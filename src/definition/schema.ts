/** From rules to the schema that the API server checks custom resources with. */
import type { JsonObject } from '../manifest/manifest.ts';
import { describeRule } from './describe.ts';
import { durationPattern } from './duration.ts';
import type { Fields, ListRule, MappingRule, Rule, TextRule, Validation } from './rule.ts';
import { sharePattern } from './text-rules.ts';

/** The structural schema of a value that keeps the rule. */
export function schemaOf(rule: Rule): JsonObject {
  const description = describeRule(rule);
  return {
    ...(description && { description }),
    ...(rule.default !== undefined && { default: rule.default }),
    ...shapeOf(rule),
  };
}

/** What a mapping with these fields is. */
export function objectOf(fields: Fields, validations: readonly Validation[] = []): JsonObject {
  const required = Object.keys(fields).filter((name) => fields[name]?.required === true);
  return {
    type: 'object',
    ...(required.length > 0 && { required }),
    properties: Object.fromEntries(Object.entries(fields).map(([name, rule]) => [name, schemaOf(rule)])),
    ...(validations.length > 0 && { 'x-kubernetes-validations': validations.map(validationOf) }),
  };
}

function shapeOf(rule: Rule): JsonObject {
  switch (rule.type) {
    case 'text':
      return textOf(rule);
    case 'mapping':
      return mappingOf(rule);
    case 'list':
      return listOf(rule);
    case 'choice':
      return { type: 'string', enum: Object.keys(rule.choices) };
    case 'count':
      return rule.percent ? countOrShare : { type: 'integer', format: 'int64', minimum: 0 };
    case 'boolean':
      return { type: 'boolean' };
    case 'time':
      return { type: 'string', format: 'date-time' };
    case 'duration':
      return { type: 'string', pattern: patternOf(durationPattern) };
    case 'anything':
      return { type: 'object' };
  }
}

const countOrShare = {
  'x-kubernetes-int-or-string': true,
  anyOf: [{ type: 'integer' }, { type: 'string' }],
  minimum: 0,
  pattern: patternOf(sharePattern),
};

function textOf({ filled, longest, pattern }: TextRule): JsonObject {
  return {
    type: 'string',
    ...(filled && { minLength: 1 }),
    ...(longest !== undefined && { maxLength: longest }),
    ...(pattern && { pattern: patternOf(pattern) }),
  };
}

/** Only JavaScript needs slashes to be escaped. */
function patternOf({ source }: RegExp): string {
  return source.replaceAll('\\/', '/');
}

function mappingOf({ fields, validations }: MappingRule): JsonObject {
  return objectOf(fields, validations);
}

function listOf({ items, most, keys }: ListRule): JsonObject {
  return {
    type: 'array',
    ...(most !== undefined && { maxItems: most }),
    ...(keys && { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys }),
    items: schemaOf(items),
  };
}

function validationOf({ rule, message, field }: Validation): JsonObject {
  return { rule, message, fieldPath: field };
}
