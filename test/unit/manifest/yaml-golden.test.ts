/** YAML is read as kubectl's own library reads it; where Vidra differs on purpose, the table says why. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { canonicalJson, parseJson } from '../../../src/manifest/json.ts';
import { withLineFeeds } from '../../../src/manifest/text-position.ts';
import { readYaml } from '../../../src/manifest/yaml.ts';

interface Sample {
  readonly text: string;
  readonly json?: string;
  readonly error?: string;
  /** kubectl's library refuses it only when it looks for duplicate keys. */
  readonly strict?: boolean;
}

const path = join(import.meta.dirname, '../../fixtures/yaml-golden/golden.json');
const samples: readonly Sample[] = JSON.parse(readFileSync(path, 'utf8'));

const unknownTag = 'a tag that Kubernetes does not know; put text that begins with ! in quotes';
/** What kubectl takes and Vidra does not: the message. */
const refusedHere = new Map<string, string>([
  ['v: !!binary /w==\n', '!!binary holds bytes that are not UTF-8 text; for a Secret, write the base64 as a string'],
  ['v: !foo bar\n', unknownTag],
  ['v: !!foo bar\n', unknownTag],
  ['v: !!set {a, b}\n', unknownTag],
  ['v: !!omap [a: 1]\n', unknownTag],
  ['.inf: a\n', '.inf is a number that JSON has no form for'],
  ['.nan: a\n', '.nan is a number that JSON has no form for'],
  ['"1": a\n1: b\n', 'the key "1" is written twice'],
  ['1: a\n1: b\n', 'the key "1" is written twice'],
  ['a: 1\na: 2\n', 'the key "a" is written twice'],
  ['{a: 1, a: 2}\n', 'the key "a" is written twice'],
  ['true: a\n"true": b\n', 'the key "true" is written twice'],
  ['a: {\n\tb: 1}\n', 'is not valid YAML: Flow map in block collection must be sufficiently indented and end with a }'],
  ['a: "x\n\ty"\n', 'is not valid YAML: Missing closing "quote'],
  ['%TAG ! tag:x,2000:\n---\na: !b 1\n', unknownTag],
  ['"a"\n: b\n', 'is not valid YAML: Unexpected map-value-ind token in YAML stream'],
  ['a\n: b\n', 'is not valid YAML: Unexpected map-value-ind token in YAML stream'],
  [
    'key: [a,\nb]\n',
    'is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
  [
    'key: {\na: b\n}\n',
    'is not valid YAML: Flow map in block collection must be sufficiently indented and end with a }',
  ],
  ['a: !!map\n', unknownTag],
  ['a: !!seq\n', unknownTag],
  ['a: !!str {}\n', unknownTag],
  ['a: !!int [1]\n', unknownTag],
  ['a: !x {b: 1}\n', unknownTag],
  ['a: !x [1]\n', unknownTag],
  ['a: !!python/object:os.system {}\n', unknownTag],
  ['yes: 1\ntrue: 2\n', 'the key "true" is written twice'],
  ['1: x\n0x1: y\n', 'the key "1" is written twice'],
]);
/** What Vidra takes and kubectl does not: the value. */
const takenHere = new Map<string, string>([
  ['18446744073709551615: a\n', '{"18446744073709551615":"a"}'],
  ['a: 1\n\t\nb: 2\n', '{"a":1,"b":2}'],
  ['- a\n-\tb\n', '["a","b"]'],
  ['%YAML 1.2\n---\na: 1\n', '{"a":1}'],
  ['%YAML 2.0\n---\na: 1\n', '{"a":1}'],
  ['%FOO x\n---\na: 1\n', '{"a":1}'],
  ['a: "\\/"\n', '{"a":"/"}'],
  ['a: "\\ud83d\\ude00"\n', '{"a":"\ud83d\ude00"}'],
  ['a: \u0085b\n', '{"a":"\u0085b"}'],
  ['a: x\u2028b\n', '{"a":"x\u2028b"}'],
]);
/** What both take and Vidra reads in another way: the value. */
const readOtherwise = new Map<string, string>([
  // As it is written, where kubectl rounds to 32 bits.
  ['100000000.5: a\n', '{"100000000.5":"a"}'],
  // Python's notation, which Infrahub writes: None is its null.
  ["[{'apiVersion': 'v1', 'x': None, 'y': True, 'z': False}]\n", '[{"apiVersion":"v1","x":null,"y":true,"z":false}]'],
]);

describe('as kubectl', () => {
  const different = new Set([...refusedHere.keys(), ...takenHere.keys(), ...readOtherwise.keys()]);
  const alike = samples.filter(({ text }) => !different.has(text));

  test.each(alike)('$text', ({ text, json }) => {
    expect(readFirst(text)).toEqual(json === undefined ? { refused: expect.any(String) } : { value: canonical(json) });
  });
});

describe('refused here, though kubectl takes it', () => {
  test.each([...refusedHere])('%j', (text, message) => {
    expect(samples.find((sample) => sample.text === text)?.json).toBeDefined();
    expect(readFirst(text)).toEqual({ refused: message });
  });
});

describe('taken here, though kubectl refuses it', () => {
  test.each([...takenHere])('%j', (text, json) => {
    expect(samples.find((sample) => sample.text === text)?.error).toBeDefined();
    expect(readFirst(text)).toEqual({ value: canonical(json) });
  });
});

describe('read otherwise than by kubectl', () => {
  test.each([...readOtherwise])('%j', (text, json) => {
    expect(samples.find((sample) => sample.text === text)?.json).not.toBe(json);
    expect(readFirst(text)).toEqual({ value: canonical(json) });
  });
});

test('only merges are taken that kubectl refuses when it looks for duplicate keys', () => {
  const taken = samples.filter(({ text, strict }) => strict && !refusedHere.has(text));
  expect(taken.length).toBeGreaterThan(4);
  expect(taken.filter(({ text }) => !text.includes('<<'))).toEqual([]);
});

function readFirst(text: string): { value: string } | { refused: string } {
  const [first] = readYaml(withLineFeeds(text));
  if (!first) return { value: 'null' };
  return 'problem' in first ? { refused: first.problem.message } : { value: canonicalJson(first.value) };
}

function canonical(json: string): string {
  return canonicalJson(parseJson(json));
}
