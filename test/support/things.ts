/** A kind that has every sort of thing which a set of fields can name, and objects of it. */
import fc from 'fast-check';
import type { Cluster } from './cluster.ts';
import { thingKind } from './thing-kind.ts';
import { waitFor } from './wait-for.ts';

const text = { type: 'string' };
const struct = (properties: object) => ({ type: 'object', properties });
const map = (additionalProperties: object) => ({ type: 'object', additionalProperties });
const list = (items: object, kind: object) => ({ type: 'array', items, ...kind });
const item = {
  ...struct({ name: text, v: text, w: text, options: struct({ one: text, two: text }) }),
  required: ['name'],
};
const spec = struct({
  a: text,
  b: text,
  part: struct({ x: text, y: text, deep: struct({ m: text, n: text }) }),
  map: map(text),
  structs: map(struct({ p: text, q: text })),
  items: list(item, { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] }),
  set: list(text, { 'x-kubernetes-list-type': 'set' }),
  atomic: list(text, {}),
  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
});
/** Everything that an object of the kind can have. */
export const full = {
  a: '1',
  b: '2',
  part: { x: '1', y: '2', deep: { m: '1', n: '2' } },
  map: { one: '1', two: '2' },
  structs: { u: { p: '1', q: '2' }, v: { p: '3', q: '4' } },
  items: [
    { name: 'first', v: '1', w: '2', options: { one: '1', two: '2' } },
    { name: 'second', v: '3', w: '4', options: { one: '3' } },
  ],
  set: ['s', 't'],
  atomic: ['x', 'y'],
  free: { one: { two: '1', three: { four: '2' } }, five: '3' },
};

/** Makes the kind Thing of version v1 in a group, and waits until it is served. */
export async function defineThings(cluster: Cluster, group: string): Promise<void> {
  await cluster.create(thingKind(group, { schema: { openAPIV3Schema: struct({ spec }) } }));
  await waitFor('the kind', async () => (await cluster.request('GET', `/apis/${group}/v1`)).status === 200);
}

/** Some of the fields of a value, with their values. */
export function partOf(value: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(value) && typeof value[0] === 'string') return fc.constantFrom(undefined, value);
  if (Array.isArray(value))
    return fc
      .tuple(
        ...value.map((each) => fc.option(partOf(each).map((some) => Object.assign({}, some, { name: each.name })))),
      )
      .map((items) => items.filter((each) => each !== null))
      .map((items) => (items.length > 0 ? items : undefined));
  if (typeof value !== 'object' || value === null) return fc.constantFrom(undefined, value);
  const fields = Object.entries(value).map(([name, inner]) => partOf(inner).map((some) => [name, some] as const));
  return fc.tuple(...fields).map((some) => {
    const left = some.filter(([, inner]) => inner !== undefined);
    return left.length > 0 ? Object.fromEntries(left) : undefined;
  });
}
