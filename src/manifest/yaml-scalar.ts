/** What an unquoted YAML word means to kubectl: the rules of goyaml.v2, which are neither YAML 1.1 nor 1.2. */

const words = new Map<string, boolean | null>();
for (const word of ['true', 'yes', 'on']) for (const form of formsOf(word)) words.set(form, true);
for (const word of ['false', 'no', 'off']) for (const form of formsOf(word)) words.set(form, false);
for (const form of ['y', 'Y']) words.set(form, true);
for (const form of ['n', 'N']) words.set(form, false);
for (const form of ['', '~', ...formsOf('null')]) words.set(form, null);

/** A first character that no boolean, null or number starts with means that the word is a string. */
const mayBeMore = /^[-+.0-9yYnNtTfFoO~]/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const notFinite = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
/** 64 binary digits with sign and prefix. */
const longestInteger = 67;
const integer = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|([1-9][0-9]*|0))$/;

/** The value of a plain scalar. `undefined` stands for a number that JSON has no form for (`.inf`, `.nan`). */
export function resolvePlain(source: string): null | boolean | number | bigint | string | undefined {
  if (source === '') return null;
  if (!mayBeMore.test(source)) return source;
  const word = words.get(source);
  if (word !== undefined) return word;
  if (notFinite.test(source)) return undefined;
  return resolveNumber(source) ?? source;
}

function resolveNumber(source: string): number | bigint | undefined {
  const digits = source.startsWith('._') ? source : source.replaceAll('_', '');
  return resolveInteger(digits) ?? resolveFloat(digits);
}

/** Integers up to the ranges of int64 and uint64; those that no JavaScript number holds exactly are `bigint`. */
function resolveInteger(digits: string): number | bigint | undefined {
  const match = digits.length <= longestInteger ? integer.exec(digits) : null;
  if (!match) return undefined;
  const [, sign, hexadecimal, binary, octal, decimal] = match;
  const magnitude = BigInt(prefixed(hexadecimal, binary, octal) ?? decimal ?? 0);
  const value = sign === '-' ? -magnitude : magnitude;
  if (value < -(2n ** 63n) || value >= 2n ** 64n) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function prefixed(hexadecimal?: string, binary?: string, octal?: string): string | undefined {
  if (hexadecimal) return `0x${hexadecimal}`;
  if (binary) return `0b${binary}`;
  return octal && `0o${octal}`;
}

/** Numbers too large for a float stay what they are written as: strings. */
function resolveFloat(digits: string): number | undefined {
  if (!float.test(digits)) return undefined;
  const value = Number(digits);
  return Number.isFinite(value) ? value + 0 : undefined;
}

function formsOf(word: string): string[] {
  return [word, word.charAt(0).toUpperCase() + word.slice(1), word.toUpperCase()];
}
