import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/manifest/manifest.ts';
import { differencesOf } from '../../../src/plan/diff.ts';
import { maskMessage } from '../../../src/plan/mask.ts';
import { manifest } from '../../support/make.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const secret = (fields: JsonObject, annotations?: Record<string, string>) =>
  manifest('Secret shop/login', fields, annotations);

describe('differences of a Secret', () => {
  test.each<[string, JsonObject, JsonObject, string]>([
    ['a changed value', { data: { password: 'b2xk' } }, { data: { password: 'bmV3' } }, 'data.password'],
    ['a key with a dot', { data: { 'tls.key': 'b2xk' } }, { data: { 'tls.key': 'bmV3' } }, 'data["tls.key"]'],
    ['a value in stringData', { stringData: { a: 'old' } }, { stringData: { a: 'new' } }, 'stringData.a'],
    ['a value under a mistyped field', { stringdata: { a: 'old' } }, { stringdata: { a: 'new' } }, 'stringdata.a'],
  ])('hide %s', (_case, before, after, path) => {
    expect(differencesOf(secret(before), secret(after))).toEqual([
      { path, before: '*** (before)', after: '*** (after)' },
    ]);
  });

  test('hide all of data when it is new or goes away, and show which', () => {
    const full = secret({ data: { password: 'b2xk' } });
    expect(differencesOf(secret({}), full)).toEqual([{ path: 'data', after: '*** (after)' }]);
    expect(differencesOf(full, secret({}))).toEqual([{ path: 'data', before: '*** (before)' }]);
  });

  test('hide the copy that kubectl keeps in an annotation', () => {
    const name = 'kubectl.kubernetes.io/last-applied-configuration';
    const found = differencesOf(secret({}, { [name]: '{"data":{"a":"b2xk"}}' }), secret({}));
    expect(found).toEqual([{ path: `metadata.annotations["${name}"]`, before: '*** (before)' }]);
  });

  test('show what is not secret', () => {
    expect(differencesOf(secret({ type: 'Opaque' }), secret({ type: 'kubernetes.io/tls' }))).toEqual([
      { path: 'type', before: 'Opaque', after: 'kubernetes.io/tls' },
    ]);
  });

  test('differences of a ConfigMap and of another group’s Secret are shown', () => {
    const config = (value: string) => manifest('ConfigMap shop/config', { data: { a: value } });
    const other = (value: string) => ({ ...secret({ data: { a: value } }), apiVersion: 'example.org/v1' });
    const expected = [{ path: 'data.a', before: 'old', after: 'new' }];
    expect(differencesOf(config('old'), config('new'))).toEqual(expected);
    expect(differencesOf(other('old'), other('new'))).toEqual(expected);
  });
});

describe('maskMessage', () => {
  test.each<[string, string, string]>([
    ['in base64', 'hunter2', `invalid value "${base64('hunter2')}"`],
    ['in plain text', 'hunter2', 'password hunter2 is too weak'],
    ['as a quoted text', 'line one\nline two', 'refused: "line one\\nline two"'],
    ['by one line of it', '-----BEGIN\nabcdef\n-----END', 'cannot read abcdef'],
  ])('hides a value that the server quotes %s', (_case, value, message) => {
    const masked = maskMessage(secret({ data: { key: base64(value) } }), message);
    expect(masked).toContain('***');
    for (const line of [value, base64(value), ...value.split('\n')]) expect(masked).not.toContain(line);
  });

  test('hides a value under a field that a Secret does not have', () => {
    expect(maskMessage(secret({ stringdata: { a: 'hunter2' } }), 'hunter2 is refused')).toBe('*** is refused');
    expect(maskMessage(secret({ password: 'hunter2', type: 'Opaque' }), 'hunter2, Opaque')).toBe('***, Opaque');
  });

  test('hides the whole of a value that begins with another one', () => {
    const manifest = secret({ stringData: { a: 'abc', b: 'abcdef' } });
    expect(maskMessage(manifest, 'abcdef is refused, abc too')).toBe('*** is refused, *** too');
  });

  test('leaves other messages alone', () => {
    const config = manifest('ConfigMap shop/config', { data: { a: 'hunter2' } });
    expect(maskMessage(config, 'hunter2 is refused')).toBe('hunter2 is refused');
    expect(maskMessage(undefined, 'hunter2 is refused')).toBe('hunter2 is refused');
    expect(maskMessage(secret({ data: { a: '', b: 'YQ==' } }), 'a is refused')).toBe('a is refused');
  });
});
