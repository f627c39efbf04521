/** Values that carry a tag: the few of YAML's own that a manifest may use. Every other tag is refused. */

import { resolvePlain } from './yaml-scalar.ts';

type Resolved = null | boolean | number | bigint | string | undefined | { readonly refusal: string };

const base = 'tag:yaml.org,2002:';

/** What a tagged scalar means. `undefined` stands for a number that JSON has no form for. */
export function resolveTagged(tag: string, source: string): Resolved {
  const value = resolvePlain(source);
  switch (tag) {
    case '!':
    case `${base}str`:
    case `${base}timestamp`:
      return source;
    case `${base}binary`:
      return decodeBinary(source);
    case `${base}null`:
      return value === null ? null : misfit('null');
    case `${base}bool`:
      return typeof value === 'boolean' ? value : misfit('bool');
    case `${base}int`:
      return isWhole(value) ? value : misfit('int');
    case `${base}float`:
      return value === undefined || typeof value === 'number' || typeof value === 'bigint' ? value : misfit('float');
    default:
      return { refusal: unknownTag };
  }
}

/** On a tag that no manifest may use. Its name is not told: it may be a password that should have been in quotes. */
export const unknownTag = 'a tag that Kubernetes does not know; put text that begins with ! in quotes';

function isWhole(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || Number.isInteger(value);
}

function misfit(tag: string): { refusal: string } {
  return { refusal: `the value is not a !!${tag}` };
}

/** kubectl takes the decoded bytes as text. Bytes that are no text would be lost, so they are refused. */
function decodeBinary(source: string): string | { refusal: string } {
  const digits = source.replaceAll('\n', '');
  if (!/^(?:[\w+/]{4})*(?:[\w+/]{2}==|[\w+/]{3}=)?$/.test(digits) || digits.includes('_')) {
    return { refusal: '!!binary is not valid base64' };
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(digits, 'base64'));
  } catch {
    return { refusal: '!!binary holds bytes that are not UTF-8 text; for a Secret, write the base64 as a string' };
  }
}
