/** Whether a value is a Kubernetes object: apiVersion, kind, a name that can stand in a URL, labels that are text. */

import type { JsonObject, JsonValue } from './manifest.ts';
import { describePath, type Path } from './read-document.ts';

/** What is wrong with an object, and at which of its fields. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
}

/** All reasons why the value is not an object that could be sent to a cluster; none when it is one. */
export function checkShape(value: JsonValue): readonly Finding[] {
  if (!isObject(value)) return [{ path: [], message: `is ${nameOf(value)}, not a Kubernetes object` }];
  const metadata = value['metadata'];
  return [
    ...checkApiVersion(value['apiVersion']),
    ...checkKind(value['kind']),
    ...(isObject(metadata) ? checkMetadata(metadata) : checkMissingMetadata(metadata)),
  ];
}

/** Whether the value is a JSON object, not a list. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkApiVersion(value: JsonValue | undefined): Finding[] {
  if (value === undefined || value === null) return [{ path: [], message: 'apiVersion is missing' }];
  if (typeof value === 'string' && /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\/)?[a-z0-9]+$/.test(value)) return [];
  return [{ path: ['apiVersion'], message: `apiVersion must look like v1 or apps/v1, not ${show(value)}` }];
}

function checkKind(value: JsonValue | undefined): Finding[] {
  if (value === undefined || value === null) return [{ path: [], message: 'kind is missing' }];
  if (typeof value === 'string' && /^[A-Za-z][A-Za-z0-9]*$/.test(value)) return [];
  return [{ path: ['kind'], message: `kind must be a name such as Deployment, not ${show(value)}` }];
}

function checkMissingMetadata(value: JsonValue | undefined): Finding[] {
  if (value === undefined || value === null) return [{ path: [], message: 'metadata.name is missing' }];
  return [{ path: ['metadata'], message: `metadata must be a mapping, not ${nameOf(value)}` }];
}

function checkMetadata(metadata: JsonObject): Finding[] {
  return [
    ...checkName(metadata),
    ...checkNamespace(metadata['namespace']),
    ...checkTexts(metadata['labels'], ['metadata', 'labels']),
    ...checkTexts(metadata['annotations'], ['metadata', 'annotations']),
  ];
}

function checkName(metadata: JsonObject): Finding[] {
  const { name, generateName } = metadata;
  if (name === undefined || name === null || name === '') {
    if (!generateName) return [{ path: ['metadata'], message: 'metadata.name is missing' }];
    const message =
      'metadata.generateName makes a new object at every apply, which nobody could keep or prune; write metadata.name';
    return [{ path: ['metadata', 'generateName'], message }];
  }
  return checkSegment(name, ['metadata', 'name']);
}

function checkNamespace(namespace: JsonValue | undefined): Finding[] {
  if (namespace === undefined || namespace === null || namespace === '') return [];
  const path = ['metadata', 'namespace'];
  if (typeof namespace === 'string' && !/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace)) {
    const message = `metadata.namespace may hold up to 63 of a-z, 0-9 and -, not ${show(namespace)}`;
    return [{ path, message }];
  }
  return checkSegment(namespace, path);
}

/** The server's own rule for every name, whatever the kind: it must be one segment of a path. */
function checkSegment(name: JsonValue, path: Path): Finding[] {
  if (typeof name === 'string' && name.length <= 253 && isSegment(name)) return [];
  return [{ path, message: `${describePath(path)} ${faultOfSegment(name)}` }];
}

function isSegment(name: string): boolean {
  return name !== '.' && name !== '..' && !/[/%]|[^\x21-\x7e]/.test(name);
}

function faultOfSegment(name: JsonValue): string {
  if (typeof name !== 'string') return `must be text, not ${nameOf(name)}${quoteAdvice(name)}`;
  if (name.length > 253) return 'is longer than 253 characters';
  return `may not hold a slash, a percent sign or white space, nor be . or .., and is ${show(name)}`;
}

/** Labels and annotations: text only, and what YAML takes for something else wants quotes. */
function checkTexts(texts: JsonValue | undefined, path: Path): Finding[] {
  if (texts === undefined || texts === null) return [];
  if (!isObject(texts)) return [{ path, message: `${describePath(path)} must be a mapping, not ${nameOf(texts)}` }];
  const findings: Finding[] = [];
  for (const [key, text] of Object.entries(texts)) {
    if (typeof text === 'string' || text === null || text === undefined) continue;
    const at = [...path, key];
    findings.push({ path: at, message: `${describePath(at)} must be text, not ${nameOf(text)}${quoteAdvice(text)}` });
  }
  return findings;
}

function quoteAdvice(value: JsonValue): string {
  if (typeof value === 'boolean') return '; put it in quotes: without them y, yes, on, n, no and off are booleans too';
  return typeof value === 'number' || typeof value === 'bigint' ? '; put it in quotes' : '';
}

function nameOf(value: JsonValue): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return 'text';
  return typeof value === 'boolean' ? `the boolean ${value}` : `the number ${value}`;
}

function show(value: JsonValue): string {
  if (typeof value !== 'string') return nameOf(value);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}
