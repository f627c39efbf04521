import { describe, expect, test } from 'vitest';
import { stringifyJson } from '../../../src/manifest/json.ts';
import type { JsonObject, JsonValue } from '../../../src/manifest/manifest.ts';
import { differencesOf } from '../../../src/plan/diff.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { planDigest } from '../../../src/plan/plan-digest.ts';
import { sealPlan } from '../../../src/plan/seal.ts';
import { desired, entry, live, manifest, observed, owner, planFor, tried } from '../../support/make.ts';

const one = owner('one');
const login = 'Secret shop/login';
const password = 'correct horse';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const lastApplied = { 'kubectl.kubernetes.io/last-applied-configuration': `{"stringData":{"a":"${password}"}}` };
const secret = (text: string, more: JsonObject = {}) =>
  desired(login, { data: { password: base64(text) }, ...more }, lastApplied);
const textOf = (plan: Plan) => stringifyJson(plan as unknown as JsonValue);

/** An update of a Secret that had another value. */
function updating(before: string, after: string, salt: string): Plan {
  const of = (text: string) => manifest(login, { data: { password: base64(text) } });
  const differences = differencesOf(of(before), of(after), salt);
  const wants = [
    secret(after, { stringData: { other: after }, stringdata: { typo: after }, token: after }),
    desired('ConfigMap shop/a', { data: { size: 3n ** 40n } }),
  ];
  const verdicts = { [login]: tried({ differences }) };
  const recorded = [entry(login, { digest: 'older' }), entry('ConfigMap shop/a', { digest: wants[1]?.digest ?? '' })];
  return planFor([
    observed(one, { wants, verdicts, recorded }, { live: [live(login, [one]), live('ConfigMap shop/a', [one])] }),
  ]);
}

describe('A sealed plan', () => {
  const plan = updating('old value', password, 'salt');
  const sealed = sealPlan(plan, 'salt');

  test('holds no value of a Secret, in no spelling, and no digest of one that does not need the salt', () => {
    const text = textOf(sealed);
    expect(textOf(plan)).toContain(base64(password));
    for (const hidden of [password, base64(password), 'old value', base64('old value'), secret(password).digest])
      expect(text).not.toContain(hidden);
    for (const { digest } of plan.owners.flatMap((each) => each.desired)) expect(text).not.toContain(digest);
    const checked = {
      ...plan,
      owners: plan.owners.map((each) => ({ ...each, header: { ...each.header, checksum: 'md5' } })),
    };
    expect(textOf(sealPlan(checked, 'salt'))).not.toContain('md5');
  });

  test('keeps everything else, to the digit', () => {
    const [kept] = sealed.owners[0]?.desired.filter(({ reference }) => reference.kind === 'ConfigMap') ?? [];
    expect(kept?.manifest['data']).toEqual({ size: 3n ** 40n });
    expect(sealed.owners[0]?.changes.map(({ action }) => action)).toEqual(
      plan.owners[0]?.changes.map(({ action }) => action),
    );
    const [hidden] = sealed.owners[0]?.desired.filter(({ reference }) => reference.kind === 'Secret') ?? [];
    expect(Object.keys(hidden?.manifest['data'] as object)).toEqual(['password']);
  });

  test('does not show which values are the same', () => {
    const text = textOf(
      sealPlan(planFor([observed(one, { wants: [secret(password, { data: { a: 'eA==', b: 'eA==' } })] })]), 'salt'),
    );
    const { a, b } = JSON.parse(/"data":(\{[^}]*\})/.exec(text)?.[1] ?? '{}') as { a: string; b: string };
    expect(a).toMatch(/^[\w-]{43}$/);
    expect(a).not.toBe(b);
  });
});

describe('The digest of a plan', () => {
  test('is the same for the same changes, in whatever circumstances', () => {
    const plan = updating('a', 'b', 'salt');
    const again = {
      ...plan,
      server: 'https://elsewhere',
      owners: plan.owners.map((each) => ({
        ...each,
        notes: ['a note'],
        changes: [...each.changes].reverse().map((change) => ({ ...change, reason: 'another', after: ['x'] })),
      })),
    };
    expect(planDigest(plan, 'salt')).toMatch(/^[\w-]{43}$/);
    expect(planDigest(again, 'salt')).toBe(planDigest(plan, 'salt'));
  });

  test('is another one for another change, another secret value, and another salt', () => {
    const plans = [
      planDigest(updating('a', 'b', 'salt'), 'salt'),
      planDigest(updating('a', 'c', 'salt'), 'salt'),
      planDigest(updating('x', 'b', 'salt'), 'salt'),
      planDigest(updating('a', 'b', 'other'), 'other'),
      planDigest(planFor([]), 'salt'),
    ];
    expect(new Set(plans).size).toBe(plans.length);
  });
});
