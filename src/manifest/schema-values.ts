/** What the schemas of CustomResourceDefinitions demand and JSON Schema does not know: keyed lists, formats, embedded objects. */
import { isIPv4, isIPv6 } from 'node:net';
import { canonicalJson } from './json.ts';
import type { JsonObject, JsonValue } from './manifest.ts';
import { describePath, type Path } from './read-document.ts';
import { type Finding, isObject } from './shape.ts';

/** Findings in a value that has its defaults already. Values of a wrong type are left to others. */
export function* checkValues(value: JsonValue | undefined, schema: JsonObject, path: Path = []): Generator<Finding> {
  if (Array.isArray(value)) {
    yield* checkList(value, schema, path);
    const { items } = schema;
    if (isObject(items)) for (const [index, item] of value.entries()) yield* checkValues(item, items, [...path, index]);
  } else if (isObject(value)) {
    if (schema['x-kubernetes-embedded-resource'] === true) yield* checkEmbedded(value, path);
    const { properties, additionalProperties } = schema;
    for (const [name, field] of Object.entries(value)) {
      const known = isObject(properties) && Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
      if (isObject(known)) yield* checkValues(field, known, [...path, name]);
    }
  } else {
    const what = formats.get(schema['format']);
    if (what && value !== undefined && value !== null && !what.fits(value))
      yield { path, message: `${describePath(path)} must be ${what.name}` };
  }
}

function* checkList(list: readonly JsonValue[], schema: JsonObject, path: Path): Generator<Finding> {
  const type = schema['x-kubernetes-list-type'];
  if (type !== 'set' && type !== 'map') return;
  const keys = type === 'map' ? (schema['x-kubernetes-list-map-keys'] as readonly string[] | undefined) : undefined;
  if (type === 'map' && !keys) return;
  const first = new Map<string, number>();
  for (const [index, item] of list.entries()) {
    if (keys && !isObject(item)) continue;
    // Keys that are missing are fields that are required.
    if (keys?.some((key) => (item as JsonObject)[key] === undefined)) continue;
    const value = canonicalJson(keys ? keys.map((key) => (item as JsonObject)[key] ?? null) : item);
    const earlier = first.get(value);
    if (earlier === undefined) first.set(value, index);
    else yield { path: [...path, index], message: describeDouble(path, index, earlier, keys) };
  }
}

function describeDouble(path: Path, index: number, earlier: number, keys: readonly string[] | undefined): string {
  const what = keys ? `has the same ${keys.join(' and ')} as` : 'says the same as';
  return `${describePath([...path, index])} ${what} ${describePath([...path, earlier])}; remove one of the two`;
}

function* checkEmbedded(value: JsonObject, path: Path): Generator<Finding> {
  for (const field of ['apiVersion', 'kind']) {
    if (typeof value[field] === 'string' && value[field] !== '') continue;
    yield { path, message: `${describePath([...path, field])} is missing: it must be a whole object` };
  }
}

interface Format {
  readonly name: string;
  readonly fits: (value: JsonValue) => boolean;
}

const text = (name: string, fits: (text: string) => boolean): Format => ({
  name,
  fits: (value) => typeof value !== 'string' || fits(value),
});
const integer = (bits: number): Format => {
  const limit = 2n ** BigInt(bits - 1);
  return {
    name: `an integer of ${bits} bits`,
    fits: (value) => {
      const isWhole = typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
      return !isWhole || (BigInt(value) >= -limit && BigInt(value) < limit);
    },
  };
};

/** Those that are easily told as the API server tells them; what has another format is left to it. */
const formats: ReadonlyMap<JsonValue | undefined, Format> = new Map([
  ['int32', integer(32)],
  ['int64', integer(64)],
  ['ipv4', text('an IPv4 address', isIPv4)],
  ['ipv6', text('an IPv6 address', isIPv6)],
  ['uuid', text('a UUID', (value) => /^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i.test(value))],
  ['date', text('a date such as 2026-11-22', isDate)],
  ['date-time', text('a time such as 2026-11-22T12:00:00Z', isTime)],
]);

function isDate(value: string): boolean {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value) ?? [];
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return year !== '' && month >= '01' && month <= '12' && day >= '01' && Number(day) <= days;
}

function isTime(value: string): boolean {
  const [date = '', time = ''] = value.split(/t/i);
  const [, hours = '', minutes = '', seconds = ''] =
    /^(\d{2}):(\d{2}):(\d{2})(?:.\d+)?(?:z|[+-]\d{2}:\d{2})$/i.exec(time) ?? [];
  return isDate(date) && hours !== '' && hours <= '23' && minutes <= '59' && seconds <= '59';
}
