/** What refusals are about. The answers are those of a Kubernetes 1.36 API server. */
import { expect, test } from 'vitest';
import { isAboutTheCluster, refusalOf, refusedFields, webhookWithoutDryRun } from '../../../src/cluster/refusal.ts';
import { statusError } from '../../../src/cluster/status-error.ts';
import { VidraError } from '../../../src/errors.ts';

const port = { reason: 'FieldValueInvalid', message: 'must be between 1 and 65535', field: 'spec.ports[0].port' };
const untyped =
  'failed to create typed patch object (shop/a; /v1, Kind=Service): .spec.prots: field not declared in schema';
const webhook = 'admission webhook "hook.example.org"';

test.each([
  [
    'a field that is wrong',
    422,
    { reason: 'Invalid', message: 'is invalid', details: { causes: [port] } },
    ['spec.ports[0].port'],
  ],
  ['a field that does not exist', 500, { message: untyped }, []],
])('%s is about the fields', (_, httpStatus, status, fields) => {
  expect(refusedFields(statusError(httpStatus, status, 'Service shop/a'))).toEqual(fields);
});

test.each([
  ['a policy', 422, { reason: 'Invalid', message: 'is forbidden: …', details: { causes: [{ message: 'denied' }] } }],
  ['a webhook', 422, { reason: 'Invalid', message: `${webhook} denied the request: no`, details: { causes: [port] } }],
  ['a quota', 403, { reason: 'Forbidden', message: 'exceeded quota' }],
  ['a webhook that is dead', 500, { reason: 'InternalError', message: 'failed calling webhook' }],
  ['a conflict', 409, { reason: 'Conflict', details: { causes: [port] } }],
])('the refusal of %s is not', (_, httpStatus, status) => {
  expect(refusedFields(statusError(httpStatus, status, 'Service shop/a'))).toBeUndefined();
});

test('a webhook that takes no dry-runs is named', () => {
  const named = (httpStatus: number, message: string) =>
    webhookWithoutDryRun(statusError(httpStatus, { message }, 'ConfigMap shop/a'));
  expect(named(400, `${webhook} does not support dry run`)).toBe('hook.example.org');
  expect(named(400, `${webhook} denied the request: does not support dry run`)).toBeUndefined();
  expect(named(500, `${webhook} does not support dry run`)).toBeUndefined();
});

test('errors that are no answers are no refusals', () => {
  for (const error of [
    new VidraError('CLUSTER_UNREACHABLE', 'gone', { cause: new Error('ECONNRESET') }),
    new Error('x'),
    5,
  ]) {
    expect([refusalOf(error), refusedFields(error), webhookWithoutDryRun(error)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  }
});

test.each([
  ['CLUSTER_UNREACHABLE', true],
  ['CLUSTER_UNAUTHORIZED', true],
  ['INTERRUPTED', true],
  ['CLUSTER_FORBIDDEN', false],
  ['CLUSTER_FAILED', false],
] as const)('%s is about the cluster as a whole: %s', (code, expected) => {
  expect(isAboutTheCluster(new VidraError(code, ''))).toBe(expected);
});
