/** The fast reader of everyday YAML gives nothing that the exact reader would not give. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringifyJson } from '../../../src/manifest/json.ts';
import type { JsonValue } from '../../../src/manifest/manifest.ts';
import type { Path, ReadDocument } from '../../../src/manifest/read-document.ts';
import { withLineFeeds } from '../../../src/manifest/text-position.ts';
import { readYaml, readYamlExactly } from '../../../src/manifest/yaml.ts';
import { readSimpleYaml } from '../../../src/manifest/yaml-simple.ts';
import { sampleArtifacts } from '../../../src/sandbox/samples.ts';
import { readRecording, recordingNames } from '../../support/infrahub-recording.ts';
import { withFaults, yamlText } from '../../support/yaml-texts.ts';

const root = join(import.meta.dirname, '../../..');
const golden: readonly { text: string }[] = JSON.parse(
  readFileSync(join(root, 'test/fixtures/yaml-golden/golden.json'), 'utf8'),
);
const definitions = readdirSync(join(root, 'crds'))
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => readFileSync(join(root, 'crds', file), 'utf8'));
const samples = sampleArtifacts().map(({ content }) => content);
const recordings = (['1.11.9', '1.2.11'] as const).flatMap((version) =>
  recordingNames(version)
    .filter((name) => name !== 'websocket-subscription')
    .map((name) => readRecording(version, name))
    .filter(({ hasBody }) => hasBody)
    .map(({ answerBody }) => answerBody.toString('utf8')),
);

/** All that decoding can learn of a document: what it says, and the place of everything in it. */
function all(document: ReadDocument) {
  if ('problem' in document) return document;
  const { number, value, warnings, locate, locateItems } = document;
  const places = pathsIn(value).map((path) => [path, locate(path), locateItems(path)]);
  // The text tells keys in another order, which equal values may have.
  return { number, value, text: stringifyJson(value), warnings, places };
}

function pathsIn(value: JsonValue, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const fields: [string | number, JsonValue][] = Array.isArray(value)
    ? value.map((item: JsonValue, index) => [index, item])
    : (Object.entries(value) as [string, JsonValue][]);
  return [path, ...fields.flatMap(([step, field]) => pathsIn(field, [...path, step]))];
}

function parts(text: string): string[] {
  return text.split(/^(?=---$)/m);
}

function expectAlike(written: string): void {
  const text = withLineFeeds(written);
  expect([...readYaml(text)].map(all)).toEqual([...readYamlExactly(text)].map(all));
}

describe('both readers agree on', () => {
  test('every golden text', () => {
    for (const { text } of golden) expectAlike(text);
    expect(golden.filter(({ text }) => readSimpleYaml(text)).length).toBeGreaterThan(100);
  });

  test('the samples and the CustomResourceDefinitions, which are simple', () => {
    for (const text of [...samples, ...definitions]) {
      expectAlike(text);
      for (const part of parts(text)) expect(readSimpleYaml(part)).toBeDefined();
    }
  });

  test('all that the recorded Infrahubs answered', () => {
    expect(recordings.length).toBeGreaterThan(100);
    for (const text of recordings) expectAlike(text);
    expect(recordings.flatMap(parts).some((text) => readSimpleYaml(text))).toBe(true);
  });

  test('texts made by chance, many of them simple', () => {
    let simple = 0;
    fc.assert(
      fc.property(yamlText, (text) => {
        if (readSimpleYaml(text)) simple++;
        expectAlike(text);
      }),
      { numRuns: 1000 },
    );
    expect(simple).toBeGreaterThan(50);
  });

  test('JSON made by chance, as generators write it and with faults', () => {
    let simple = 0;
    const json = fc
      .tuple(fc.jsonValue(), fc.constantFrom(0, 2, '\t'))
      .map(([value, indent]) => JSON.stringify(value, null, indent));
    const text = fc.array(json, { minLength: 2, maxLength: 4 }).map((documents) => documents.join('\n---\n'));
    fc.assert(
      fc.property(fc.oneof(text, withFaults(text)), (written) => {
        if (parts(written).some((part) => readSimpleYaml(part))) simple++;
        expectAlike(written);
      }),
      { numRuns: 1000 },
    );
    expect(simple).toBeGreaterThan(300);
  });

  test('the same with faults in them, and golden and sample texts with faults', () => {
    const known = fc.constantFrom(...golden.map(({ text }) => text), ...samples);
    fc.assert(fc.property(withFaults(fc.oneof(yamlText, known)), expectAlike), { numRuns: 1000 });
  });
});

test.each([
  ['mappings and lists', 'a:\n  b: 1\n  c:\n  - d: 2\n    e: x\n  -\n    f: y\n  - - g\n  h:\n'],
  ['values of every type', 'a: [yes, null, 0644]\nb: 12345678901234567890\nc: 1.5e3\nd: 2020-01-01\ne: "0644"\n'],
  ['values in brackets and braces', 'a: {b: "c", "d e": [f g, {}]} # h\n'],
  ['block scalars', 'a: |\n  # b\n    c\n\nd: >-\n  e\n  f\n\n  g\nh: |+\n  i\n\n'],
  ['texts over several lines', "a: b\n  - c\n\n  d\ne: \"f: \\\"\n  g\"\nh: 'i: \n  it''s'\nj:\n  k\n"],
  ['comments', '---  # b\n   # c\na:  # d\n# e\n  b: c # f\n'],
  ['JSON on one line', '---\n{"a":1,"b":[null,true,"c\\n\\u00e9"],"__proto__":-1.5e3}\n'],
  ['JSON on several lines', '{\n  "a": [\n    {"b": "---"},\n    2\n  ]\n}\n'],
  ['a list in JSON', '[{"kind":"A"}, {"kind":"B"}]\n'],
  ['a list of objects', 'kind: List\nitems:\n- kind: A\n- kind: B\n'],
])('%s are simple', (_, text) => {
  expect(readSimpleYaml(text)).toBeDefined();
  expectAlike(text);
});

test.each([
  ['anchors', 'a: &b c\n'],
  ['tags', 'a: !!str c\n'],
  ['merges', 'a: 1\n<<: {b: 2}\n'],
  ['explicit keys', '? a\n: b\n'],
  ['keys that are no text', 'yes: 1\n'],
  ['keys that are numbers', '8080: a\n'],
  ['keys that are lists', '[a]: b\n'],
  ['keys that are written twice', 'a: 1\n"a": 2\n'],
  ['__proto__', '__proto__: 1\n'],
  ['tabs for indentation', 'a:\n\t- b\n'],
  ['tabs where lines are joined', 'a: "b\t\n  c"\n'],
  ['tabs after joined lines', 'a: "b\n  \tc"\n'],
  ['carriage returns', 'a: b\r\n'],
  ['a byte order mark', '\ufeffa: b\n'],
  ['other line breaks', 'a: b\u2028c\n'],
  ['control characters', 'a: b\u0007\n'],
  ['directives', '%YAML 1.1\n---\na: b\n'],
  ['end markers', 'a: b\n...\n'],
  ['an object behind the marker', '--- {a: b}\n'],
  ['an object in braces', '{a: b}\n'],
  ['JSON with a key that is written twice', '{"a":1,"b":{"c":1,"c":2}}\n'],
  ['JSON with tabs', '{\n\t"a":1\n}\n'],
  ['JSON with very long keys', `{"${'a'.repeat(1100)}":1}\n`],
  ['JSON with a key that is parted from its colon', '{"a"\n:1}\n'],
  ['JSON with numbers that it does not hold', '{"a":12345678901234567890}\n'],
  ['JSON with numbers that YAML does not hold', '{"a":1e400}\n'],
  ['JSON with a negative zero', '{"a":-0}\n'],
  ['JSON with a comma at its end', '{"a":1,}\n'],
  ['JSON with a comment', '{"a":1} # b\n'],
  ['deep JSON', `${'['.repeat(150)}${']'.repeat(150)}\n`],
  ['a single value', 'a\n'],
  ['nothing', '# a\n'],
  ['numbers without a form in JSON', 'a: .inf\n'],
  ['escapes that JSON does not know', 'a: "\\x41"\n'],
  ['brackets over several lines', 'a: [b,\n  c]\n'],
  ['comments without a space', 'a: "b"#c\n'],
  ['block scalars with a number', 'a: |2\n   b\n'],
  ['block scalars without a last line feed', 'a: |\n  b'],
  ['folded lines that are indented further', 'a: >\n  b\n    c\n'],
  ['lines indented like none above', 'a:\n    b: 1\n  c: 2\n'],
  ['lists indented like none above', 'a:\n    - b\n  - c\n'],
  ['a mapping behind a list', '- a\nb: c\n'],
  ['very long keys', `${'a'.repeat(1100)}: b\n`],
  ['long lines with brackets', `a: [${'"b", '.repeat(3000)}c]\n`],
  ['deep nesting', Array.from({ length: 150 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('')],
  ['deep brackets', `a: ${'['.repeat(150)}${']'.repeat(150)}\n`],
])('%s are for the exact reader', (_, text) => {
  expect(readSimpleYaml(text)).toBeUndefined();
  expectAlike(text);
});

test('a fault in a document that was read fast has the place that the exact reader gives', () => {
  const text = 'kind: List\nitems:\n- kind: A\n  metadata:\n    labels: {a: 5}\n';
  const [document] = readYaml(text);
  const path = ['items', 0, 'metadata', 'labels', 'a'];
  expect(document && 'locate' in document && document.locate(path)).toBe(text.indexOf('5'));
});

test.each([
  ['a text in quotes', `a: "b\n${'  c\n'.repeat(300_000)}  "\n`],
  ['a text without quotes', `a: b\n${'\n  c\n'.repeat(300_000)}`],
  ['a block scalar', `a: >\n${'  c\n\n'.repeat(300_000)}`],
  ['a list', '- a # b\n'.repeat(300_000)],
  ['a list of lists', '- ["a", "b"]\n'.repeat(300_000)],
])('%s of 300 000 lines is read in one go', (_, text) => {
  expect(readSimpleYaml(text)).toBeDefined();
});
