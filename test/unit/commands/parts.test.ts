import { describe, expect, test } from 'vitest';
import { isPlain, partsOf } from '../../../src/commands/parts.ts';
import type { Definition } from '../../../src/definition/definition.ts';
import { parseDefinitions } from '../../../src/definition/parse.ts';

function definitionsOf(specs: Readonly<Record<string, string>>): readonly Definition[] {
  const documents = Object.entries(specs).map(
    ([name, spec]) => `apiVersion: infrahub.operators.com/v1alpha1
kind: VidraResource
metadata: { name: ${name} }
spec: { manifest: "", ${spec} }
`,
  );
  const { definitions, problems } = parseDefinitions([{ name: 'definitions.yaml', content: documents.join('---\n') }]);
  expect(problems).toEqual([]);
  return definitions;
}

const after = (name: string) => `dependsOn: [{ kind: VidraResource, name: ${name} }]`;
const namesOf = (specs: Readonly<Record<string, string>>) =>
  partsOf(definitionsOf(specs)).map(({ definitions }) => definitions.map(({ name }) => name));

describe('definitions are planned', () => {
  test('together, unless one of them says otherwise', () => {
    expect(namesOf({ one: '', two: '' })).toEqual([['one', 'two']]);
    expect(partsOf([])).toEqual([]);
  });

  test('in the order of dependsOn, those that wait for nothing first', () => {
    expect(namesOf({ last: after('middle'), middle: after('first'), first: '', other: '' })).toEqual([
      ['first', 'other'],
      ['middle'],
      ['last'],
    ]);
    expect(namesOf({ web: after('elsewhere'), other: '' })).toEqual([['other'], ['web']]);
  });

  test('by whom they are written as, and alone where somebody decides', () => {
    const parts = partsOf(
      definitionsOf({
        asked: 'mode: Approve',
        one: 'serviceAccountName: shop/a',
        seen: 'mode: Observe',
        two: 'serviceAccountName: shop/a',
        three: 'serviceAccountName: shop/b',
        plain: '',
      }),
    );
    expect(parts.map(({ definitions }) => definitions.map(({ name }) => name))).toEqual([
      ['plain'],
      ['asked'],
      ['one', 'two'],
      ['seen'],
      ['three'],
    ]);
    expect(parts.map(isPlain)).toEqual([true, false, false, false, false]);
    expect(parts.map(({ alone }) => alone?.name)).toEqual([undefined, 'asked', undefined, 'seen', undefined]);
  });

  test('never where they wait for each other', () => {
    expect(() => namesOf({ one: after('two'), two: after('one') })).toThrow(/VidraResource \w+: waits for itself/);
  });
});
