import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VidraError } from '../../../src/errors.ts';
import { decode } from '../../../src/manifest/decode.ts';
import { stringifyJson } from '../../../src/manifest/json.ts';
import type { JsonValue } from '../../../src/manifest/manifest.ts';

const map = (name: string, rest = '') => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n${rest}`;
const object = (name: string, rest: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  ...rest,
});

/** `name document:line:column` of each manifest. */
function places(text: string): string[] {
  return decode(text, { source: 'f.yaml' }).manifests.map(
    ({ manifest, origin }) => `${manifest.metadata.name} ${origin.document}:${origin.line}:${origin.column}`,
  );
}

function problems(text: string, artifact?: string): string[] {
  const { problems } = decode(text, { source: 'f.yaml', ...(artifact ? { artifact } : {}) });
  for (const problem of problems) expect(problem).toBeInstanceOf(VidraError);
  expect(problems.every((problem) => problem.code === 'MANIFEST_INVALID')).toBe(true);
  return problems.map((problem) => problem.message);
}

describe('documents', () => {
  test.each([
    ['one', map('a'), ['a 1:1:1']],
    ['several', `${map('a')}---\n${map('b')}`, ['a 1:1:1', 'b 2:5:1']],
    ['a marker first', `---\n${map('a')}`, ['a 1:2:1']],
    ['comments and empty documents', `# x\n---\n# y\n---\n---\n\n${map('a')}---\n`, ['a 3:7:1']],
    ['a comment before the first line', `# licence\n\n${map('a')}`, ['a 1:3:1']],
    ['a comment behind the marker', `--- # x\n${map('a')}`, ['a 1:2:1']],
    ['an object behind the marker', '--- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}', ['a 1:1:5']],
    ['an end marker', `${map('a')}...\n---\n${map('b')}...\n`, ['a 1:1:1', 'b 2:6:1']],
    ['an end marker alone between', `${map('a')}...\n${map('b')}`, ['a 1:1:1', 'b 2:5:1']],
    ['directives', `%YAML 1.2\n---\n${map('a')}...\n%YAML 1.1\n---\n${map('b')}`, ['a 1:3:1', 'b 2:9:1']],
    ['a byte order mark', `\ufeff${map('a')}`, ['a 1:1:2']],
    ['CRLF', `${map('a')}---\n${map('b')}`.replace(/\n/g, '\r\n'), ['a 1:1:1', 'b 2:5:1']],
    ['CR', `${map('a')}---\n${map('b')}`.replace(/\n/g, '\r'), ['a 1:1:1', 'b 2:5:1']],
    ['nothing', '', []],
    ['white space', ' \n\n', []],
    ['only comments', '# a\n# b', []],
    ['a marker in a block scalar, indented', map('a', 'data:\n  x: |\n    ---\n    y\n'), ['a 1:1:1']],
  ])('%s', (_, text, expected) => {
    expect(places(text)).toEqual(expected);
    expect(problems(text)).toEqual([]);
  });

  test('block scalars keep their lines under CRLF', () => {
    const [located] = decode(map('a', 'data:\r\n  x: |\r\n    1\r\n    2\r\n'), { source: 'f' }).manifests;
    expect(located?.manifest['data']).toEqual({ x: '1\n2\n' });
  });
});

describe('JSON', () => {
  test.each([
    ['one object', JSON.stringify(object('a')), ['a 1:1:1']],
    ['indented', `\n${JSON.stringify(object('a'), null, 2)}\n`, ['a 1:2:1']],
    [
      'one after the other',
      `${JSON.stringify(object('a'))}\n${JSON.stringify(object('b'))}${JSON.stringify(object('c'))}`,
      ['a 1:1:1', 'b 2:2:1', 'c 3:2:63'],
    ],
    ['a list of objects', `[${JSON.stringify(object('a'))},\n ${JSON.stringify(object('b'))}]`, ['a 1:1:2', 'b 1:2:2']],
    [
      'with markers',
      `---\n${JSON.stringify(object('a'))}\n---\n${JSON.stringify(object('b'))}`,
      ['a 1:2:1', 'b 2:4:1'],
    ],
    ['a byte order mark', `\ufeff${JSON.stringify(object('a'))}`, ['a 1:1:2']],
    ['strings with braces and quotes', JSON.stringify(object('a', { data: { x: '}"{\\', y: '\\"' } })), ['a 1:1:1']],
  ])('%s', (_, text, expected) => {
    expect(places(text)).toEqual(expected);
    expect(problems(text)).toEqual([]);
  });

  test.each([
    [
      'at the top',
      '{"apiVersion":"v1",\n "apiVersion":"v1"}',
      'line 2, column 2: the key "apiVersion" is written twice',
    ],
    [
      'deep inside',
      `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"\\u0061":"x",\n"a":"x"}}`,
      'line 2, column 1: the key "a" is written twice',
    ],
    ['in a list', '[[{"b":":","a":1}, {"a":1,"a":1}]]', 'line 1, column 27: the key "a" is written twice'],
  ])('a key that is written twice %s is refused', (_, text, expected) => {
    expect(problems(text)).toEqual([`f.yaml, document 1, ${expected}`]);
  });

  test('the place of a field is found behind strings and numbers', () => {
    const text = `{"kind": "ConfigMap", "x": [1, "]", {"y": -1.5e3}], "apiVersion": "v1",\n "metadata": {"name": "a",\n  "labels": {"b": "c", "d": 5}}}`;
    expect(problems(text)).toMatchInlineSnapshot(`
      [
        "f.yaml, document 1, line 3, column 29: metadata.labels.d must be text, not the number 5; put it in quotes",
      ]
    `);
  });

  test('what begins as JSON and is none is read as YAML', () => {
    expect(places('{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}')).toEqual(['a 1:1:1']);
    expect(problems('{"apiVersion": "v1", "kind": }{')).toMatchInlineSnapshot(`
      [
        "f.yaml, document 1, line 1, column 31: is not valid YAML: Unexpected flow-map-start at node end",
      ]
    `);
  });
});

describe('lists', () => {
  test.each([
    [
      'List',
      `apiVersion: v1\nkind: List\nitems:\n- ${map('a').trim().replace(/\n/g, '\n  ')}\n- ${JSON.stringify(object('b'))}\n`,
      ['a 1:4:3', 'b 1:7:3'],
    ],
    [
      'a list kind',
      `apiVersion: v1\nkind: ConfigMapList\nmetadata: {resourceVersion: "1"}\nitems: [${JSON.stringify(object('a'))}]`,
      ['a 1:4:9'],
    ],
    [
      'nested',
      JSON.stringify({ kind: 'List', items: [object('a'), { kind: 'List', items: [object('b')] }, [object('c')]] }),
      ['a 1:1:25', 'b 1:1:112', 'c 1:1:178'],
    ],
    [
      'a top-level sequence',
      `- ${JSON.stringify(object('a'))}\n- ${JSON.stringify(object('b'))}`,
      ['a 1:1:3', 'b 1:2:3'],
    ],
    ['an empty list', 'apiVersion: v1\nkind: List\nitems: []', []],
    ['a list without anything', 'apiVersion: v1\nkind: List\nitems:', []],
    ['an empty sequence', '[]', []],
  ])('%s', (_, text, expected) => {
    expect(places(text)).toEqual(expected);
    expect(problems(text)).toEqual([]);
  });

  test('a kind that is called …List and has a name is an object', () => {
    expect(places('apiVersion: a.example.com/v1\nkind: AllowList\nmetadata: {name: a}\nitems: [x]')).toEqual([
      'a 1:1:1',
    ]);
  });

  test('an element that is no object is refused where it stands, and the others are kept', () => {
    const text = `kind: List\nitems:\n- 5\n-\n- {kind: A}\n- ${JSON.stringify(object('b'))}`;
    expect(places(text)).toEqual(['b 1:6:3']);
    expect(problems(text)).toMatchInlineSnapshot(`
      [
        "f.yaml, document 1, line 3, column 3: is the number 5, not a Kubernetes object",
        "f.yaml, document 1, line 4, column 2: is empty, not a Kubernetes object",
        "f.yaml, document 1, line 5, column 3: apiVersion is missing",
        "f.yaml, document 1, line 5, column 3: metadata.name is missing",
      ]
    `);
  });
});

describe("Python's notation, as Infrahub writes lists", () => {
  test('is read with None, booleans and its escapes', () => {
    const text = String.raw`[{'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': {'name': 'a', 'namespace': None}, 'data': {'x': 'a\nb\t\\n', 'y': "it's\n", 'z': '\xe9\u263a\U0001f600', 'n': 'None'}, 'immutable': True}]`;
    const { manifests, problems } = decode(text, { source: 'f' });
    expect(problems).toEqual([]);
    expect(manifests[0]?.manifest).toEqual({
      ...object('a'),
      data: { x: 'a\nb\t\\n', y: "it's\n", z: 'é☺😀', n: 'None' },
      immutable: true,
    });
  });

  test('is not seen in what people write', () => {
    const text = `- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a}\n  data: {x: 'a\\nb', z: None}`;
    expect(decode(text, { source: 'f' }).manifests[0]?.manifest['data']).toEqual({ x: 'a\\nb', z: 'None' });
  });
});

describe('an invalid document does not take the others with it', () => {
  test.each([
    'a: [1, 2',
    'a: {b: c',
    'a: "x',
    "a: 'x",
    '"',
    'a: b: c',
    'a:\n\tb',
    '  x: |\n y',
    '&a *b',
    '@x',
    '!<a',
    '? ? ?',
    '%FOO',
    'data: !x y',
    '- [',
    '*a',
    'a: 1\na: 2',
    'a: .inf',
    'plain text',
    '5',
    'a: "\\q"',
    ']',
    '- a\nb: c',
    'a: |x',
    'a: "\u0001"',
    '{"a": 1,,}',
    '{"a"',
    ': : :',
    '<<: 5',
  ])('%j', (bad) => {
    const text = `${map('one')}---\n${bad}\n---\n${map('three')}`;
    expect(places(text).map((place) => place.split(' ')[0])).toEqual(['one', 'three']);
    const [problem] = problems(text);
    expect(problem).toMatch(/^f\.yaml, document 2, line (5|6|7), column \d+: /);
  });
});

describe('problems', () => {
  test('name the artifact too', () => {
    expect(problems('5', 'Webserver_Manifest (17ab)')).toMatchInlineSnapshot(`
      [
        "f.yaml, artifact Webserver_Manifest (17ab), document 1, line 1, column 1: is the number 5, not a Kubernetes object",
      ]
    `);
  });

  const unreadable: readonly (readonly [what: string, text: string])[] = [
    ['an HTML page', '<!DOCTYPE html>\n<html></html>'],
    ['an HTML page without a type', '\n <HTML lang="en">'],
    ['binary data', '\x89PNG\r\n\x1a\n\0\0\0'],
    ['an escape character', `${map('a')}data: {x: \u001b[31m}`],
    ['text', 'Internal Server Error'],
    ['deep flow nesting', '['.repeat(5000)],
    ['deep block nesting', '- '.repeat(2000)],
    ['deep JSON', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`],
    ['JSON just too deep', `${'[['.repeat(151)}${']]'.repeat(151)}`],
    ['YAML just too deep', `a: ${'[['.repeat(151)}${']]'.repeat(151)}`],
    [
      'an alias bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefgh'].map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[index]}`)}]\n`).join('')}`,
    ],
    ['an unknown anchor', 'a: *b'],
    ['an anchor inside of itself', 'a: &a [*a]'],
    ['an infinite number', 'a: [1, .inf]'],
    ['not a number', 'a: .nan'],
    ['no base64', 'a: !!binary "?"'],
    ['an integer that is none', 'a: !!int secret'],
    ['a key that is a list', '? [a]\n: b'],
    ['an empty key', '~: a'],
    ['two keys that mean the same', 'yes: 1\nTrue: 2'],
    ['a merge of text', 'a: {<<: b}'],
    ['a wrong token', 'a: "x" topsecret'],
    ['a wrong header', 'a: |topsecret'],
  ];

  test('of a text that cannot be read say why', () => {
    const found = Object.fromEntries(unreadable.map(([what, text]) => [what, problems(text)]));
    expect(found).toMatchInlineSnapshot(`
      {
        "JSON just too deep": [
          "f.yaml, document 1, line 1, column 1: is nested deeper than 300 levels",
        ],
        "YAML just too deep": [
          "f.yaml, document 1, line 1, column 304: is nested deeper than 300 levels",
        ],
        "a key that is a list": [
          "f.yaml, document 1, line 1, column 3: a key must be text, not a mapping or a list",
        ],
        "a merge of text": [
          "f.yaml, document 1, line 1, column 9: << takes a mapping or a list of mappings",
        ],
        "a wrong header": [
          "f.yaml, document 1, line 1, column 5: is not valid YAML: Block scalar header includes extra characters",
        ],
        "a wrong token": [
          "f.yaml, document 1, line 1, column 8: is not valid YAML: Unexpected scalar at node end",
        ],
        "an HTML page": [
          "f.yaml, document 1, line 1, column 1: this is an HTML page, not YAML; the address or a proxy on the way may be wrong",
        ],
        "an HTML page without a type": [
          "f.yaml, document 1, line 1, column 1: this is an HTML page, not YAML; the address or a proxy on the way may be wrong",
        ],
        "an alias bomb": [
          "f.yaml, document 1, line 6, column 14: aliases add more than 250000 values",
        ],
        "an anchor inside of itself": [
          "f.yaml, document 1, line 1, column 8: an alias inside of what it stands for",
        ],
        "an empty key": [
          "f.yaml, document 1, line 1, column 1: a key is empty",
        ],
        "an escape character": [
          "f.yaml, document 1, line 4, column 11: holds the control character 0x1b; write it as an escape in double quotes",
        ],
        "an infinite number": [
          "f.yaml, document 1, line 1, column 8: .inf is a number that JSON has no form for",
        ],
        "an integer that is none": [
          "f.yaml, document 1, line 1, column 10: the value is not a !!int",
        ],
        "an unknown anchor": [
          "f.yaml, document 1, line 1, column 4: an alias for an anchor that is not written before it; put text that begins with * in quotes",
        ],
        "binary data": [
          "f.yaml, document 1, line 3, column 1: this is binary data or UTF-16, not UTF-8 text",
        ],
        "deep JSON": [
          "f.yaml, document 1, line 1, column 1: is nested deeper than 300 levels",
        ],
        "deep block nesting": [
          "f.yaml, document 1, line 1, column 1: is nested deeper than 300 levels",
        ],
        "deep flow nesting": [
          "f.yaml, document 1, line 1, column 1: is nested deeper than 300 levels",
        ],
        "no base64": [
          "f.yaml, document 1, line 1, column 13: !!binary is not valid base64",
        ],
        "not a number": [
          "f.yaml, document 1, line 1, column 4: .nan is a number that JSON has no form for",
        ],
        "text": [
          "f.yaml, document 1, line 1, column 1: is text, not a Kubernetes object",
        ],
        "two keys that mean the same": [
          "f.yaml, document 1, line 2, column 1: the key "true" is written twice",
        ],
      }
    `);
    expect(JSON.stringify(found)).not.toContain('secret');
    expect(unreadable.flatMap(([, text]) => places(text))).toEqual([]);
  });

  const misshapen: readonly (readonly [what: string, text: string])[] = [
    ['nothing that it needs', 'a: 1'],
    ['no apiVersion', 'kind: A\nmetadata: {name: a}'],
    ['no kind', 'apiVersion: v1\nmetadata: {name: a}'],
    ['no name', 'apiVersion: v1\nkind: A\nmetadata: {labels: {}}'],
    ['an empty name', 'apiVersion: v1\nkind: A\nmetadata: {name: ""}'],
    ['a generated name', 'apiVersion: v1\nkind: A\nmetadata:\n  generateName: a-'],
    ['a number for a name', 'apiVersion: v1\nkind: A\nmetadata:\n  name: 5'],
    ['a slash in its name', 'apiVersion: v1\nkind: A\nmetadata: {name: a/b}'],
    ['a percent sign in its name', 'apiVersion: v1\nkind: A\nmetadata: {name: a%2fb}'],
    ['white space in its name', 'apiVersion: v1\nkind: A\nmetadata: {name: a b}'],
    ['two dots for a name', 'apiVersion: v1\nkind: A\nmetadata: {name: ..}'],
    ['a long name', `apiVersion: v1\nkind: A\nmetadata: {name: ${'a'.repeat(254)}}`],
    ['a wrong namespace', 'apiVersion: v1\nkind: A\nmetadata: {name: a, namespace: My_Space}'],
    ['a wrong apiVersion', 'apiVersion: a/b/c\nkind: A\nmetadata: {name: a}'],
    ['a number for an apiVersion', 'apiVersion: 1\nkind: A\nmetadata: {name: a}'],
    ['a wrong kind', 'apiVersion: v1\nkind: ../x\nmetadata: {name: a}'],
    ['text for metadata', 'apiVersion: v1\nkind: A\nmetadata: a'],
    [
      'labels that are no text',
      'apiVersion: v1\nkind: A\nmetadata:\n  name: a\n  labels:\n    a: yes\n    b: 1.50\n    c: {}\n    d: [x]\n    a.b/c: 007\n',
    ],
    ['a list of labels', 'apiVersion: v1\nkind: A\nmetadata: {name: a, labels: [a]}'],
    [
      'annotations that are no text',
      'apiVersion: v1\nkind: A\nmetadata: {name: a, annotations: {a: 12345678901234567890}}',
    ],
  ];

  test('of an object say which field must change', () => {
    const found = Object.fromEntries(misshapen.map(([what, text]) => [`an object with ${what}`, problems(text)]));
    expect(found).toMatchInlineSnapshot(`
      {
        "an object with a generated name": [
          "f.yaml, document 1, line 4, column 17: metadata.generateName makes a new object at every apply, which nobody could keep or prune; write metadata.name",
        ],
        "an object with a list of labels": [
          "f.yaml, document 1, line 3, column 29: metadata.labels must be a mapping, not a list",
        ],
        "an object with a long name": [
          "f.yaml, document 1, line 3, column 18: metadata.name is longer than 253 characters",
        ],
        "an object with a number for a name": [
          "f.yaml, document 1, line 4, column 9: metadata.name must be text, not the number 5; put it in quotes",
        ],
        "an object with a number for an apiVersion": [
          "f.yaml, document 1, line 1, column 13: apiVersion must look like v1 or apps/v1, not the number 1",
        ],
        "an object with a percent sign in its name": [
          "f.yaml, document 1, line 3, column 18: metadata.name may not hold a slash, a percent sign or white space, nor be . or .., and is "a%2fb"",
        ],
        "an object with a slash in its name": [
          "f.yaml, document 1, line 3, column 18: metadata.name may not hold a slash, a percent sign or white space, nor be . or .., and is "a/b"",
        ],
        "an object with a wrong apiVersion": [
          "f.yaml, document 1, line 1, column 13: apiVersion must look like v1 or apps/v1, not "a/b/c"",
        ],
        "an object with a wrong kind": [
          "f.yaml, document 1, line 2, column 7: kind must be a name such as Deployment, not "../x"",
        ],
        "an object with a wrong namespace": [
          "f.yaml, document 1, line 3, column 32: metadata.namespace may hold up to 63 of a-z, 0-9 and -, not "My_Space"",
        ],
        "an object with an empty name": [
          "f.yaml, document 1, line 3, column 11: metadata.name is missing",
        ],
        "an object with annotations that are no text": [
          "f.yaml, document 1, line 3, column 38: metadata.annotations.a must be text, not the number 12345678901234567890; put it in quotes",
        ],
        "an object with labels that are no text": [
          "f.yaml, document 1, line 6, column 8: metadata.labels.a must be text, not the boolean true; put it in quotes: without them y, yes, on, n, no and off are booleans too",
          "f.yaml, document 1, line 7, column 8: metadata.labels.b must be text, not the number 1.5; put it in quotes",
          "f.yaml, document 1, line 8, column 8: metadata.labels.c must be text, not a mapping",
          "f.yaml, document 1, line 9, column 8: metadata.labels.d must be text, not a list",
          "f.yaml, document 1, line 10, column 12: metadata.labels["a.b/c"] must be text, not the number 7; put it in quotes",
        ],
        "an object with no apiVersion": [
          "f.yaml, document 1, line 1, column 1: apiVersion is missing",
        ],
        "an object with no kind": [
          "f.yaml, document 1, line 1, column 1: kind is missing",
        ],
        "an object with no name": [
          "f.yaml, document 1, line 3, column 11: metadata.name is missing",
        ],
        "an object with nothing that it needs": [
          "f.yaml, document 1, line 1, column 1: apiVersion is missing",
          "f.yaml, document 1, line 1, column 1: kind is missing",
          "f.yaml, document 1, line 1, column 1: metadata.name is missing",
        ],
        "an object with text for metadata": [
          "f.yaml, document 1, line 3, column 11: metadata must be a mapping, not text",
        ],
        "an object with two dots for a name": [
          "f.yaml, document 1, line 3, column 18: metadata.name may not hold a slash, a percent sign or white space, nor be . or .., and is ".."",
        ],
        "an object with white space in its name": [
          "f.yaml, document 1, line 3, column 18: metadata.name may not hold a slash, a percent sign or white space, nor be . or .., and is "a b"",
        ],
      }
    `);
    expect(misshapen.flatMap(([, text]) => places(text))).toEqual([]);
  });

  test('are all reported, each with its place', () => {
    const text = `kind: 5\nmetadata:\n  name: a/b\n  labels: {x: on}\n---\n${map('b')}---\napiVersion: v1\n`;
    expect(problems(text)).toMatchInlineSnapshot(`
      [
        "f.yaml, document 1, line 1, column 1: apiVersion is missing",
        "f.yaml, document 1, line 1, column 7: kind must be a name such as Deployment, not the number 5",
        "f.yaml, document 1, line 3, column 9: metadata.name may not hold a slash, a percent sign or white space, nor be . or .., and is "a/b"",
        "f.yaml, document 1, line 4, column 15: metadata.labels.x must be text, not the boolean true; put it in quotes: without them y, yes, on, n, no and off are booleans too",
        "f.yaml, document 3, line 10, column 1: kind is missing",
        "f.yaml, document 3, line 10, column 1: metadata.name is missing",
      ]
    `);
  });
});

describe('warnings', () => {
  const warnings = (text: string) => decode(text, { source: 'f.yaml' }).warnings;

  test('tell that a merge replaces what stands before it', () => {
    expect(warnings(map('a', 'x: &x {a: 1}\nz: {a: 2, <<: *x}\n'))).toMatchInlineSnapshot(`
      [
        "f.yaml, document 1, line 5, column 11: << replaces the key "a" that is written before it, as with kubectl; write << first",
      ]
    `);
    expect(warnings(map('a', 'x: &x {a: 1}\nz: {<<: *x, a: 2}\n'))).toEqual([]);
  });

  test('tell that a key is taken for a boolean', () => {
    expect(warnings(map('a', 'data:\n  on: x\n'))).toMatchInlineSnapshot(`
      [
        "f.yaml, document 1, line 5, column 3: the key on means true, as with kubectl; put it in quotes if the word is meant",
      ]
    `);
    expect(warnings(map('a', 'data:\n  "on": x\n  true: y\n'))).toEqual([]);
  });
});

describe('aliases', () => {
  test('stand for what their anchor held when it was written last before them', () => {
    const text = map('a', 'x: &x 1\nz: [*x, &x 2, *x]\n');
    expect(decode(text, { source: 'f' }).manifests[0]?.manifest['z']).toEqual([1, 2, 2]);
  });

  test('do not lead to the documents before', () => {
    expect(problems(`${map('a', 'x: &x 1\n')}---\n${map('b', 'z: *x\n')}`)).toMatchInlineSnapshot(`
      [
        "f.yaml, document 2, line 9, column 4: an alias for an anchor that is not written before it; put text that begins with * in quotes",
      ]
    `);
  });

  test('lead to the place of what they stand for', () => {
    const text = `x: &labels\n  a: yes\napiVersion: v1\nkind: A\nmetadata:\n  name: a\n  labels: *labels\n`;
    expect(problems(text)[0]).toContain('line 2, column 6');
  });
});

test('__proto__ is a key like any other', () => {
  for (const text of [
    map('a', '__proto__: {polluted: 1}\nx: {<<: {__proto__: {polluted: 1}}}\n'),
    JSON.stringify(object('a')).replace('{', '{"__proto__":{"polluted":1},'),
  ]) {
    const manifest = decode(text, { source: 'f' }).manifests[0]?.manifest as object;
    expect(Object.hasOwn(manifest, '__proto__')).toBe(true);
    expect('polluted' in manifest).toBe(false);
  }
  expect('polluted' in {}).toBe(false);
});

test('a key called like a method of every object is no duplicate', () => {
  expect(problems(map('a', 'constructor: 1\ntoString: 2\nhasOwnProperty: 3\n'))).toEqual([]);
});

test('JSON of any manifest is decoded to the same, and so is its indented form read as YAML', () => {
  const leaf = fc.oneof(
    fc.string(),
    fc.boolean(),
    fc.integer(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n }),
    fc.double({ noNaN: true, min: -1e15, max: 1e15 }).map((n) => n + 0),
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
    fc.property(value, (spec) => {
      const written = { apiVersion: 'example.com/v1', kind: 'Any', metadata: { name: 'a' }, spec: spec as JsonValue };
      const text = stringifyJson(written);
      for (const each of [text, `---\n${text}`]) {
        const { manifests, problems } = decode(each, { source: 'f' });
        expect(problems).toEqual([]);
        expect(manifests[0]?.manifest).toEqual(written);
      }
    }),
  );
});

test('any text gives manifests or problems, never an exception', () => {
  const piece = fc.constantFrom(
    '---\n',
    '...\n',
    'a: ',
    '- ',
    '? ',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    '|\n',
    '>-\n',
    '&a ',
    '*a ',
    '!!int ',
    '<<: ',
    '\n',
    '  ',
    '\t',
    '# x\n',
    'kind: List\n',
    'items:\n',
    '%YAML 1.1\n',
    '\r\n',
    ',',
    ':',
    'x',
    '\\',
    '\u0000',
    '\ud800',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const { manifests, problems } = decode(pieces.join(''), { source: 'f' });
      expect(manifests).toEqual([]);
      for (const problem of problems) expect(problem.message).toMatch(/^f, document \d+, line \d+, column \d+: \S/);
    }),
    { numRuns: 500 },
  );
});

test('every one of 3 000 objects in a JSON list is refused at its own place', () => {
  const items = Array.from({ length: 3000 }, (_, index) =>
    object(`m${index}`, { data: { x: 'x'.repeat(1500), y: index } }),
  );
  const found = problems(JSON.stringify({ kind: 'List', items }));
  expect(found).toHaveLength(3000);
  expect(new Set(found.map((message) => /column \d+/.exec(message)?.[0])).size).toBe(3000);
});

test('3 000 objects of 5 MB are decoded', () => {
  const one = (name: number) =>
    `---\n${map(`m${name}`)}data:\n${Array.from({ length: 16 }, (_, line) => `  key-${line}: "${'x'.repeat(90)}"\n`).join('')}`;
  const text = Array.from({ length: 3000 }, (_, name) => one(name)).join('');
  const { manifests, problems } = decode(text, { source: 'f' });
  expect(text.length).toBeGreaterThan(5_000_000);
  expect(problems).toEqual([]);
  expect(manifests).toHaveLength(3000);
  expect(manifests.at(-1)?.origin).toEqual({ source: 'f', document: 3000, line: 62981, column: 1 });
});

test.each(['*top-secret', '!top-secret', '!!top-secret', '{top-secret', '"top-secret', '@top-secret', '%top-secret'])(
  'A password that is not in the right quotes is not told: %s',
  (password) => {
    const text = `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  password: ${password}\n`;
    const { problems } = decode(text, { source: 'f.yaml' });
    expect(problems).not.toEqual([]);
    for (const { message } of problems) expect(message).not.toContain('secret');
  },
);
