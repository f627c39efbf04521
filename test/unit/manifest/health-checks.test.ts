import { describe, expect, test } from 'vitest';
import { healthOf } from '../../../src/manifest/health.ts';
import { type HealthExpressions, healthRules } from '../../../src/manifest/health-checks.ts';
import { parseJson } from '../../../src/manifest/json.ts';
import { groupVersion, type JsonObject, type Manifest } from '../../../src/manifest/manifest.ts';

const thing = (rest: JsonObject, metadata: JsonObject = {}) =>
  ({ apiVersion: 'a.io/v1', kind: 'Thing', metadata: { name: 'one', ...metadata }, ...rest }) as Manifest;

function judge(object: Manifest, check: Partial<HealthExpressions>) {
  const { apiVersion, kind } = object;
  const rule = healthRules([{ apiVersion, kind, current: 'true', ...check }])({ ...groupVersion(apiVersion), kind });
  return healthOf(object, rule);
}

const ready = `status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')`;

describe('a check', () => {
  test.each<[string, string, JsonObject]>([
    ['reads conditions', ready, { status: { conditions: [{ type: 'Ready', status: 'True' }] } }],
    [
      'compares integers',
      'status.ready == spec.wanted && status.ready >= 3',
      { spec: { wanted: 3 }, status: { ready: 3 } },
    ],
    ['compares other numbers', 'status.ratio > 0.5 && status.ratio < 1', { status: { ratio: 0.75 } }],
    ['reads data', `data.ready == 'yes'`, { data: { ready: 'yes' } }],
    ['reads fields of any name', `self.phase == 'done' && self.kind == 'Thing'`, { phase: 'done' }],
    ['asks whether there is a field', '!has(status.error)', {}],
    ['gives a field that is missing a value', 'status.?count.orValue(5) == 5', {}],
    ['reads metadata', `metadata.name == 'one'`, {}],
  ])('%s', (_title, current, rest) => {
    expect(judge(thing(rest), { current })).toEqual({ state: 'current', reason: '' });
  });

  test('does not lose digits', () => {
    const object = parseJson(JSON.stringify(thing({ spec: {} })).replace('{}', '{"id":9007199254740993}')) as Manifest;
    expect(judge(object, { current: 'spec.id == 9007199254740993' }).state).toBe('current');
    expect(judge(object, { current: 'spec.id == 9007199254740992' }).state).toBe('progressing');
  });

  test('decides in the order of being in progress, failed, current', () => {
    const object = thing({ status: { phase: 'Error' } });
    const failed = `status.phase == 'Error'`;
    expect(judge(object, { failed })).toEqual({ state: 'failed', reason: `its check has failed: ${failed}` });
    expect(judge(object, { failed, inProgress: 'true' })).toEqual({
      state: 'progressing',
      reason: 'it is in progress: true',
    });
    expect(judge(object, { failed: 'false', inProgress: 'status.none == 1' }).state).toBe('current');
  });

  test('that does not hold says itself, and why it cannot be said', () => {
    expect(judge(thing({ status: { phase: 'New' } }), { current: `status.phase\n == 'Done'` })).toEqual({
      state: 'progressing',
      reason: `its check does not hold yet: status.phase == 'Done'`,
    });
    expect(judge(thing({}), { current: `status.phase == 'Done'` }).reason).toBe(
      `its check does not hold yet: status.phase == 'Done' (No such key: phase, at character 8)`,
    );
    expect(judge(thing({ status: { ok: 'yes' } }), { current: 'status.ok' }).reason).toBe(
      'its check does not hold yet: status.ok (it is neither true nor false)',
    );
    expect(judge(thing({}), { current: 'status.' }).reason).toContain('is not valid CEL');
  });

  test('tells nothing of what is in a Secret', () => {
    const secret = { ...thing({ data: { number: 'topsecret' } }), apiVersion: 'v1', kind: 'Secret' };
    const { reason } = judge(secret, { current: 'timestamp(data.number) == timestamp(data.number)' });
    expect(reason).toBe('its check does not hold yet: timestamp(data.number) == timestamp(data.number)');
  });

  test('is not asked while its controller is behind, or the object goes', () => {
    const old = thing({ status: { observedGeneration: 1 } }, { generation: 2 });
    expect(judge(old, {}).reason).toBe('its controller has not seen the newest version');
    expect(judge(thing({}, { deletionTimestamp: 'now' }), {}).state).toBe('progressing');
  });

  test('cannot reach what is not the object', () => {
    for (const current of ['self.constructor != null', 'metadata.__proto__ != null', 'self.toString != null']) {
      expect(judge(thing({}), { current }).state).toBe('progressing');
    }
  });
});

describe('the rule for a kind', () => {
  const checks = [
    { apiVersion: 'a.io/v1beta1', kind: 'Thing', current: 'false' },
    { apiVersion: 'a.io/v1', kind: 'Thing', current: 'true' },
    { apiVersion: 'apps/v1', kind: 'Deployment', current: 'true' },
  ];
  const stateOf = (apiVersion: string, kind: string) =>
    healthRules(checks)({ ...groupVersion(apiVersion), kind })?.(thing({})).state;

  test('is that for its very version, otherwise the first for the kind', () => {
    expect([stateOf('a.io/v1', 'Thing'), stateOf('a.io/v1beta1', 'Thing')]).toEqual(['current', 'progressing']);
    expect(stateOf('a.io/v2', 'Thing')).toBe('progressing');
  });

  test('is there for built-in kinds, too, and for no other kind', () => {
    expect(stateOf('apps/v1', 'Deployment')).toBe('current');
    expect([stateOf('b.io/v1', 'Thing'), stateOf('v1', 'ConfigMap')]).toEqual([undefined, undefined]);
  });
});
