/** Holds a value to rules and says everything that is wrong, field by field. */

import type { JsonObject, JsonValue } from '../manifest/manifest.ts';
import { nearest } from '../manifest/nearest.ts';
import { describePath, type Path } from '../manifest/read-document.ts';
import { type Finding, isObject } from '../manifest/shape.ts';
import { parseDuration } from './duration.ts';
import type { ListRule, MappingRule, Rule, TextRule } from './rule.ts';
import { sharePattern } from './text-rules.ts';

/** Sentences that each start with the field; none when the value keeps the rule. */
export function check(value: JsonValue | undefined, rule: Rule, path: Path = []): readonly Finding[] {
  if (rule.type === 'mapping' && isObject(value)) return checkFields(value, rule, path);
  if (rule.type === 'list' && Array.isArray(value)) return checkItems(value, rule, path);
  const fault = faultOf(value, rule);
  return fault ? [{ path, message: `${describePath(path)} ${fault}` }] : [];
}

function faultOf(value: JsonValue | undefined, rule: Rule): string | undefined {
  if (value === undefined || value === null)
    return rule.required && rule.default === undefined ? 'is missing' : undefined;
  switch (rule.type) {
    case 'anything':
      return undefined;
    case 'mapping':
      return `must be a mapping, not ${typeName(value)}`;
    case 'list':
      return `must be a list, not ${typeName(value)}`;
    case 'choice':
      return typeof value === 'string' && Object.hasOwn(rule.choices, value)
        ? undefined
        : `must be ${Object.keys(rule.choices).join(' or ')}, not ${typeof value === 'string' ? show(value) : typeName(value)}`;
    case 'count':
      return isCount(value, rule.percent === true)
        ? undefined
        : `must be a whole number from 0 on${rule.percent ? ', or a share such as 20%' : ''}`;
    case 'duration':
      return typeof value === 'string' && parseDuration(value) !== undefined
        ? undefined
        : 'must be a duration such as 90s, 5m or 1h30m';
    case 'time':
      return typeof value === 'string' && time.test(value) ? undefined : 'must be a time such as 2026-11-22T12:00:00Z';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `must be true or false, not ${typeName(value)}`;
    case 'text':
      return typeof value === 'string'
        ? faultOfText(value, rule)
        : `must be text, not ${typeName(value)}${advice(value)}`;
  }
}

const time = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[-+]\d{2}:\d{2})$/;

function isCount(value: JsonValue, percent: boolean): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0;
  return percent && typeof value === 'string' && sharePattern.test(value);
}

function faultOfText(value: string, { filled, longest, pattern, example }: TextRule): string | undefined {
  if (filled && value === '') return 'must not be empty';
  if (longest !== undefined && value.length > longest) return `must not be longer than ${longest} characters`;
  return pattern && !pattern.test(value) ? `must look like ${example}, not ${show(value)}` : undefined;
}

function advice(value: JsonValue): string {
  return typeof value === 'object' ? '' : '; put it in quotes';
}

function checkFields(object: JsonObject, rule: MappingRule, path: Path): readonly Finding[] {
  const known = Object.keys(rule.fields);
  const unknown = Object.keys(object).filter((name) => !Object.hasOwn(rule.fields, name));
  return [
    ...unknown.map((name) => describeUnknown(name, known, path)),
    ...Object.entries(rule.fields).flatMap(([name, each]) => check(object[name], each, [...path, name])),
  ];
}

function checkItems(items: readonly JsonValue[], { items: each, most }: ListRule, path: Path): readonly Finding[] {
  const findings = items.flatMap((item, index) => check(item, each, [...path, index]));
  if (most === undefined || items.length <= most) return findings;
  return [...findings, { path, message: `${describePath(path)} must not hold more than ${most} items` }];
}

function describeUnknown(name: string, known: readonly string[], parent: Path): Finding {
  const path = [...parent, name];
  const guess = nearest(name, known);
  const help = guess ? `did you mean ${guess}?` : `known are ${known.join(', ')}`;
  return { path, message: `${describePath(path)} is not known; ${help}` };
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
