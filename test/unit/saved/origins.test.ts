import { describe, expect, test } from 'vitest';
import { defaultConduct } from '../../../src/definition/conduct.ts';
import type { InfrahubSync } from '../../../src/definition/definition.ts';
import { defaultPolicy } from '../../../src/definition/policy.ts';
import { VidraError } from '../../../src/errors.ts';
import { movesSince, originsOf } from '../../../src/saved/origins.ts';
import type { Snapshot } from '../../../src/source/source.ts';

const sync = (name: string, branch = 'main', file = 'a.yaml'): InfrahubSync => ({
  kind: 'InfrahubSync',
  name,
  origin: { source: file, document: 1, line: 1, column: 1 },
  source: { infrahubAPIURL: 'https://infrahub.example.com', artefactName: 'Web', targetBranch: branch },
  destination: { reconcileOnEvents: false },
  policy: defaultPolicy,
  ...defaultConduct,
});
const snapshot = (revision: string, content: string, more: Partial<Snapshot> = {}): Snapshot => ({
  revision,
  complete: true,
  artifacts: [{ id: '1', name: 'Web', digest: 'md5', content }],
  pending: [],
  warnings: [],
  ...more,
});
const origins = (definitions: readonly InfrahubSync[], fetched: Record<string, Snapshot | VidraError> = {}) =>
  originsOf(definitions, new Map(Object.entries(fetched)), 'salt');
const unreachable = new VidraError('SOURCE_UNREACHABLE', 'no route', { subject: 'https://infrahub.example.com' });

describe('What a plan was made from', () => {
  test('is the same in another file, with other warnings, and in another order', () => {
    const before = origins([sync('a'), sync('b')], { a: snapshot('r1', 'x') });
    const now = origins([sync('b', 'main', 'b.yaml'), sync('a')], { a: snapshot('r1', 'x', { warnings: ['old'] }) });
    expect(movesSince(before, now)).toEqual([]);
  });

  test('are the same to a Vidra that knows of more policies, and where a default is written', () => {
    const { historyLimit: _, ...older } = defaultPolicy;
    const before = origins([{ ...sync('a'), policy: older as typeof defaultPolicy }]);
    const today = { ...defaultPolicy, conflicts: [] };
    expect(movesSince(before, origins([{ ...sync('a'), policy: today }]))).toEqual([]);
    const adopting = { ...defaultPolicy, adopt: 'IfUnowned' as const };
    expect(movesSince(before, origins([{ ...sync('a'), policy: adopting }]))).toHaveLength(1);
  });

  test.each<[string, ReturnType<typeof origins>, ReturnType<typeof origins>, RegExp]>([
    [
      'a changed definition',
      origins([sync('a')]),
      origins([sync('a', 'dev')]),
      /^InfrahubSync a was changed \(\S{8} → \S{8}\)$/,
    ],
    ['a new definition', origins([]), origins([sync('a')]), /^InfrahubSync a is new$/],
    ['a definition that left', origins([sync('a')]), origins([]), /^InfrahubSync a is not there any more$/],
    [
      'a new revision',
      origins([], { a: snapshot('revision1', 'x') }),
      origins([], { a: snapshot('revision2', 'y') }),
      /^the source of a moved from revision to revision$/,
    ],
    [
      'other content of the same revision',
      origins([], { a: snapshot('r', 'x') }),
      origins([], { a: snapshot('r', 'y') }),
      /^the source of a gives other artifacts of the same revision now$/,
    ],
    [
      'a listing that is not complete any more',
      origins([], { a: snapshot('r', 'x') }),
      origins([], { a: snapshot('r', 'x', { complete: false }) }),
      /same revision/,
    ],
    [
      'a source that does not answer',
      origins([], { a: snapshot('r', 'x') }),
      origins([], { a: unreachable }),
      /^the source of a cannot be read now: https:\S+: no route$/,
    ],
    [
      'a source that answers again',
      origins([], { a: unreachable }),
      origins([], { a: snapshot('r', 'x') }),
      /^the source of a could not be read then, and is at r now$/,
    ],
  ])('moves with %s', (_case, before, now, message) => {
    expect(movesSince(before, now)).toEqual([expect.stringMatching(message)]);
  });

  test('is saved without its contents, and without digests that need no salt', () => {
    const text = JSON.stringify(origins([sync('a')], { a: snapshot('r', 'secret text') }));
    expect(text).not.toMatch(/secret text|md5/);
    const other = originsOf([sync('a')], new Map(), 'another salt');
    expect(other.definitions[0]?.digest).not.toBe(origins([sync('a')]).definitions[0]?.digest);
  });
});
