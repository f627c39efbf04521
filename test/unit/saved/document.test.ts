import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VidraError } from '../../../src/errors.ts';
import { parseJson, stringifyJson } from '../../../src/manifest/json.ts';
import type { JsonValue } from '../../../src/manifest/manifest.ts';
import { digestOfSealed } from '../../../src/plan/plan-digest.ts';
import { sealPlan } from '../../../src/plan/seal.ts';
import { parseSavedPlan, savedPlanText } from '../../../src/saved/document.ts';
import type { SavedPlan } from '../../../src/saved/saved-plan.ts';
import { documentText, planDocument } from '../../../src/view/document.ts';
import { planLines } from '../../../src/view/plan-text.ts';
import { styleFor } from '../../../src/view/style.ts';
import { desired, entry, live, observed, owner, planFor, tried } from '../../support/make.ts';

const salt = 'salt';
const [one, two] = [owner('one'), owner('two')];
const config = (name: string) => `ConfigMap shop/${name}`;

function example(): SavedPlan {
  const wants = [desired(config('a'), { data: { size: 2n ** 64n } }), desired(config('b')), desired(config('c'))];
  const differences = [{ path: 'data.size', before: 1, after: 2n ** 64n }];
  const verdicts = {
    [config('b')]: tried({ differences }),
    [config('c')]: { type: 'conflict' as const, conflicts: [] },
  };
  const world = { live: [live(config('b'), [one]), live(config('c'), [one]), live(config('d'), [one, two])] };
  const leaving = observed(two, { leaves: 'it left', recorded: [entry(config('d'))] }, world);
  const sealed = sealPlan(
    planFor([observed(one, { wants, verdicts, recorded: [entry(config('d'))] }, world), leaving]),
    salt,
  );
  return {
    version: '0.1.0',
    created: '2026-01-01T00:00:00.000Z',
    home: 'home',
    salt,
    options: { filenames: ['web.yaml'], namespace: 'default', prune: true, overrides: { adopt: 'IfUnowned' } },
    origins: {
      definitions: [{ kind: 'InfrahubSync', name: 'web', digest: 'x' }],
      snapshots: [{ sync: 'web', revision: 'r', digest: 'y' }],
    },
    confirmed: [{ type: 'volume', subject: 'PersistentVolumeClaim shop/x', changes: ['one|x'], message: 'it goes' }],
    plan: { ...sealed, digest: digestOfSealed(sealed, salt) },
  };
}

/** The document with what stands at `path` replaced, or taken out. */
function withChange(document: JsonValue, path: readonly string[], value: JsonValue | undefined): JsonValue {
  const [field, ...deeper] = path;
  if (field === undefined) return value as JsonValue;
  const copy = (Array.isArray(document) ? [...document] : { ...(document as object) }) as Record<
    string,
    JsonValue | undefined
  >;
  copy[field] = deeper.length === 0 ? value : withChange(copy[field] as JsonValue, deeper, value);
  return copy as JsonValue;
}

function pathsIn(value: JsonValue): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([field, inner]) => [
    [field],
    ...pathsIn(inner as JsonValue).map((deeper) => [field, ...deeper]),
  ]);
}

const text = savedPlanText(example());
const document = parseJson(text);

describe('A saved plan', () => {
  test('is the same after it was written and read, to the digit', () => {
    expect(parseSavedPlan(text)).toEqual(example());
    expect(text).toContain('18446744073709551616');
  });

  test.each<[string, readonly string[], JsonValue | undefined, string]>([
    ['a missing field', ['salt'], undefined, 'salt is missing'],
    ['no salt', ['salt'], '', 'salt must not be empty'],
    ['another type', ['options', 'prune'], 'yes', 'options.prune must be true or false'],
    ['no list', ['plan', 'owners'], {}, 'plan.owners must be a list'],
    ['no object', ['plan', 'owners', '0', 'header'], 'x', 'plan.owners[0].header must be an object'],
    [
      'a code that nobody knows',
      ['plan', 'owners', '0', 'changes', '2', 'code'],
      'NEW',
      'plan.owners[0].changes[2].code must be one of',
    ],
    [
      'a row without a uid',
      ['plan', 'owners', '1', 'changes', '0', 'uid'],
      undefined,
      'plan.owners[1].changes[0].uid is missing',
    ],
    [
      'a row without a manifest',
      ['plan', 'owners', '0', 'desired'],
      [],
      'plan.owners[0].changes[0] writes what is not in plan.owners[0].desired',
    ],
    ['a row that says something else', ['plan', 'owners', '1', 'changes', '0', 'uid'], 'x', 'does not fit its digest'],
  ])('is refused for %s', (_case, path, value, message) => {
    const changed = stringifyJson(withChange(document, path, value));
    expect(() => parseSavedPlan(changed)).toThrow(
      expect.objectContaining({ code: 'PLAN_INVALID', message: expect.stringContaining(message) }),
    );
  });

  test('is refused by name, or can be shown, whatever stands in it', () => {
    const style = styleFor({ terminal: false, colour: false, environment: {} });
    const anyValue = fc.constantFrom<JsonValue | undefined>(undefined, null, 0, '', 'x', true, [], {}, [null], [{}]);
    fc.assert(
      fc.property(fc.constantFrom(...pathsIn(document)), anyValue, (path, value) => {
        try {
          const { plan } = parseSavedPlan(stringifyJson(withChange(document, path, value)));
          planLines(plan, style);
          documentText(planDocument(plan), 'json');
        } catch (error) {
          expect(error).toBeInstanceOf(VidraError);
          expect(error).toMatchObject({ code: 'PLAN_INVALID' });
        }
      }),
      { numRuns: 3000 },
    );
  });
});
