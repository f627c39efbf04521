import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, digestOf, parseJson, stringifyJson } from '../../../src/manifest/json.ts';
import type { JsonValue } from '../../../src/manifest/manifest.ts';

describe('parseJson', () => {
  test.each<[string, JsonValue]>([
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', 9007199254740993n],
    ['-9007199254740993', -9007199254740993n],
    ['18446744073709551615', 18446744073709551615n],
    ['1234567890123456.5', 1234567890123456.5],
    ['9007199254740993e2', 900719925474099300],
    [
      '{"a":[12345678901234567890,1.5,1e3],"b":"12345678901234567890"}',
      { a: [12345678901234567890n, 1.5, 1000], b: '12345678901234567890' },
    ],
    ['{"a":1,"a":12345678901234567890}', { a: 12345678901234567890n }],
  ])('reads %s', (text, value) => {
    expect(parseJson(text)).toEqual(value);
  });

  test.each(['{"__proto__":{"x":1}}', '{"__proto__":{"x":12345678901234567890}}'])(
    'gives no prototype to %s',
    (text) => {
      const value = parseJson(text) as object;
      expect(Object.hasOwn(value, '__proto__')).toBe(true);
      expect('x' in value).toBe(false);
    },
  );

  test.each(['', '{', '{"a":12345678901234567890', "{'a':1}", '[1,]'])('refuses %s with a SyntaxError', (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  });
});

test('stringifyJson writes every digit, and leaves out what is undefined', () => {
  expect(stringifyJson({ a: 12345678901234567890n, b: undefined, c: [null, 1.5] })).toBe(
    '{"a":12345678901234567890,"c":[null,1.5]}',
  );
  expect(stringifyJson({ a: 1, b: undefined })).toBe('{"a":1}');
});

test('stringifyJson passes on what is no matter of digits', () => {
  const error = new RangeError('mine');
  const value = {
    toJSON: () => {
      throw error;
    },
  };
  expect(() => stringifyJson(value as unknown as JsonValue)).toThrow(error);
});

test('canonicalJson sorts the keys of every object and keeps the order of lists', () => {
  expect(canonicalJson({ b: [{ d: 1, c: 2n }, 'x'], a: null, e: undefined })).toBe(
    '{"a":null,"b":[{"c":2,"d":1},"x"]}',
  );
});

describe('digestOf', () => {
  test('has 22 characters that fit into a URL', () => {
    expect(digestOf({ a: 1 })).toMatchInlineSnapshot(`"AVq9f1zFei3ZS3WQ8ErYCE"`);
  });

  test('differs where only the last digit of a large integer differs', () => {
    expect(digestOf({ a: 9007199254740992n })).not.toBe(digestOf({ a: 9007199254740993n }));
  });

  test('does not depend on the order of keys', () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, field]) => [key, reversed(field)]),
      );
    };
    fc.assert(
      fc.property(fc.object({ noNullPrototype: true } as never), (value) => {
        expect(digestOf(reversed(value) as JsonValue)).toBe(digestOf(value as JsonValue));
      }),
    );
  });
});

test('what is written is read back, digits and all', () => {
  const leaf = fc.oneof(
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n }),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('value')),
      fc.dictionary(fc.string(), tie('value'), { noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(value, (written) => {
      expect(parseJson(stringifyJson(written as JsonValue))).toEqual(written);
    }),
  );
});
