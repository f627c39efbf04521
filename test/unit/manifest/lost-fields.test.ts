/** What a kind forgets when its definition becomes another one. */
import { expect, it } from 'vitest';
import { lostFields } from '../../../src/manifest/lost-fields.ts';
import type { JsonObject, Manifest } from '../../../src/manifest/manifest.ts';

function definition(properties: JsonObject): Manifest {
  const versions = [{ name: 'v1', schema: { openAPIV3Schema: { type: 'object', properties } } }];
  return { apiVersion: 'x/v1', kind: 'CustomResourceDefinition', metadata: { name: 'a' }, spec: { versions } };
}
const text = { type: 'string' };
const list = (properties: JsonObject) => ({ type: 'array', items: { type: 'object', properties } });

it('names fields that go, also in lists, and not what is below them', () => {
  const before = definition({ a: text, list: list({ x: text, y: text }), gone: { properties: { inner: text } } });
  const after = definition({ a: text, list: list({ x: text }), fresh: text });
  expect(lostFields(before, after)).toEqual(['gone', 'list[].y']);
  expect(lostFields(after, definition({ a: text, list: list({ x: text, y: text }), fresh: text }))).toEqual([]);
});

it('names nothing where nothing changes', () => {
  const one = definition({ a: text, list: list({ x: text }) });
  expect(lostFields(one, one)).toEqual([]);
});
