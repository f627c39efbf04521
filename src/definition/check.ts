/** Holds a value to rules and says everything that is wrong, field by field. */

import type { JsonObject, JsonValue } from '../manifest/manifest.ts';
import { describePath, type Path } from '../manifest/read-document.ts';
import { isObject } from '../manifest/shape.ts';
import { nearest } from './nearest.ts';
import type { MappingRule, Rule } from './rules.ts';

/** Sentences that each start with the field; none when the value keeps the rule. */
export function check(value: JsonValue | undefined, rule: Rule, path: Path = []): readonly string[] {
  const field = describePath(path);
  if (value === undefined || value === null) return rule.required ? [`${field} is missing`] : [];
  if (rule.type === 'anything') return [];
  if (rule.type === 'mapping') {
    return isObject(value) ? checkFields(value, rule, path) : [`${field} must be a mapping, not ${typeName(value)}`];
  }
  if (rule.type === 'boolean') {
    return typeof value === 'boolean' ? [] : [`${field} must be true or false, not ${typeName(value)}`];
  }
  if (typeof value !== 'string') return [`${field} must be text, not ${typeName(value)}; put it in quotes`];
  if (rule.filled && value === '') return [`${field} must not be empty`];
  return rule.pattern && !rule.pattern.test(value)
    ? [`${field} must look like ${rule.example}, not ${show(value)}`]
    : [];
}

function checkFields(object: JsonObject, rule: MappingRule, path: Path): readonly string[] {
  const known = Object.keys(rule.fields);
  const unknown = Object.keys(object).filter((name) => !Object.hasOwn(rule.fields, name));
  return [
    ...unknown.map((name) => describeUnknown(name, known, path)),
    ...Object.entries(rule.fields).flatMap(([name, each]) => check(object[name], each, [...path, name])),
  ];
}

function describeUnknown(name: string, known: readonly string[], path: Path): string {
  const guess = nearest(name, known);
  const advice = guess ? `did you mean ${guess}?` : `known are ${known.join(', ')}`;
  return `${describePath([...path, name])} is not known; ${advice}`;
}

function typeName(value: JsonValue): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'bigint'
    ? 'a number'
    : { string: 'text', boolean: 'a boolean', number: 'a number' }[typeof value as 'string'];
}

/** Short, and without the user and password that a URL may hold. */
function show(value: string): string {
  const shown = value.replace(/\/\/[^/@]*@/, '//…@');
  return JSON.stringify(shown.length > 80 ? `${shown.slice(0, 80)}…` : shown);
}
