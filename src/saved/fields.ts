/** Checks of plain data, field by field. What is wrong is named with its place. */
import { VidraError } from '../errors.ts';
import type { JsonValue } from '../manifest/manifest.ts';
import { isObject } from '../manifest/shape.ts';

/** Throws PLAN_INVALID. */
export type Check = (value: JsonValue | undefined, path: string) => void;

export const text: Check = (value, path) => must(typeof value === 'string', path, 'must be text', value);
export const flag: Check = (value, path) => must(typeof value === 'boolean', path, 'must be true or false', value);

export function oneOf(texts: readonly string[]): Check {
  return (value, path) =>
    must(typeof value === 'string' && texts.includes(value), path, `must be one of ${texts.join(', ')}`, value);
}

export function optional(check: Check): Check {
  return (value, path) => {
    if (value !== undefined) check(value, path);
  };
}

export function list(check: Check): Check {
  return (value, path) => {
    if (!Array.isArray(value)) return must(false, path, 'must be a list', value);
    for (const [index, item] of value.entries()) check(item, `${path}[${index}]`);
  };
}

/** Other fields than these are let pass. */
export function object(fields: Readonly<Record<string, Check>>): Check {
  return (value, path) => {
    if (!isObject(value)) return must(false, path, 'must be an object', value);
    for (const [name, check] of Object.entries(fields)) check(value[name], path === '' ? name : `${path}.${name}`);
  };
}

/** For what is wrong in a way of its own. */
export function must(isRight: boolean, path: string, rule: string, value?: JsonValue): void {
  if (isRight) return;
  const missing = value === undefined || value === null;
  throw new VidraError('PLAN_INVALID', `${path || 'the document'} ${missing ? 'is missing' : rule}`);
}
