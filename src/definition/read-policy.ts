/** From the fields of a definition that keeps its rules to what it lets Vidra do. */
import type { JsonObject } from '../manifest/manifest.ts';
import { defaultPolicy, type Limit, type Policy } from './policy.ts';

/** What is not written is the default. */
export function readPolicy(spec: JsonObject): Policy {
  const written = Object.keys(defaultPolicy).filter((field) => spec[field] !== undefined && spec[field] !== null);
  const fields = Object.fromEntries(written.map((field) => [field, spec[field]]));
  const limit = readLimit(spec['maxDeletions'] as number | string | null | undefined);
  return { ...defaultPolicy, ...(fields as Partial<Policy>), ...(limit && { maxDeletions: limit }) };
}

/** `20`, or a share such as `20%`; nothing where there is none. */
export function readLimit(text: number | string | null | undefined): Limit | undefined {
  if (text === undefined || text === null) return undefined;
  if (typeof text === 'string' && text.endsWith('%')) return { percent: Number(text.slice(0, -1)) };
  return { count: Number(text) };
}
