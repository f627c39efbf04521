import { describe, expect, test } from 'vitest';
import { immutableFields, takenFields } from '../../../src/cluster/immutable.ts';
import { statusError } from '../../../src/cluster/status-error.ts';

const status = (reason: string, ...causes: readonly [field: string, message: string][]) => ({
  reason,
  details: { causes: causes.map(([field, message]) => ({ field, message })) },
});
const invalid = (...causes: readonly [field: string, message: string][]) =>
  statusError(422, status('Invalid', ...causes), 'ConfigMap shop/web');

// As an API server 1.36 writes them; test/integration/immutable.test.ts asks one.
describe('a field is immutable', () => {
  test.each([
    ['spec.selector', 'Invalid value: {"matchLabels":{"a":"2"}}: field is immutable'],
    ['spec.healthCheckNodePort', 'Forbidden: field is immutable'],
    ['data', 'Forbidden: field is immutable when `immutable` is set'],
    ['spec.clusterIPs[0]', 'Invalid value: ["None"]: may not change once set'],
    ['value', 'Forbidden: may not be changed in an update.'],
    ['roleRef', 'Invalid value: {"APIGroup":"g","Kind":"ClusterRole","Name":"edit"}: cannot change roleRef'],
    ['parameters', 'Forbidden: updates to parameters are forbidden.'],
    ['spec', "Forbidden: updates to statefulset spec for fields other than 'replicas' and 'template' are forbidden"],
    ['spec', 'Forbidden: pod updates may not change fields other than `spec.containers[*].image`\n@@ -1,2 +1,2 @@\n {'],
    ['spec', 'Forbidden: spec is immutable after creation except resources.requests\n@@ -1,6 +1,6 @@\n {\n'],
    ['spec.a', 'Invalid value: "2": Value is immutable'],
    ['spec.a', 'Invalid value: "2": the region and the zone are immutable after creation'],
    ['spec.b', 'Invalid value: "2": failed rule: self == oldSelf'],
  ])('%s: %s', (field, message) => {
    expect(immutableFields(invalid([field, message]))).toEqual([field]);
  });

  test('and so are others, each named once', () => {
    const message = 'Forbidden: field is immutable when `immutable` is set';
    const error = invalid(['immutable', message], ['data', message], ['data', message]);
    expect(immutableFields(error)).toEqual(['immutable', 'data']);
  });
});

describe('nothing is concluded', () => {
  test.each([
    ['from any other message', 'Invalid value: -1: must be greater than or equal to 0'],
    ['from a value that says it', 'Invalid value: "x: field is immutable": must be lower case'],
    ['from a value in a list', 'Invalid value: {"a":"these are immutable"}: must be a number'],
    ['from a rule that forbids another change', 'Invalid value: "1": may only grow'],
    ['from what must be, and is not', 'Invalid value: false: must be immutable'],
    ['from no message', ''],
  ])('%s', (_, message) => {
    expect(immutableFields(invalid(['spec.a', message]))).toBeUndefined();
  });

  test('when something else is wrong, too', () => {
    const error = invalid(
      ['spec.selector', 'Invalid value: {}: field is immutable'],
      ['spec.replicas', 'Invalid value: -1: must be greater than or equal to 0'],
    );
    expect(immutableFields(error)).toBeUndefined();
  });

  test('from answers of another kind', () => {
    const cause: [string, string] = ['spec.selector', 'Invalid value: {}: field is immutable'];
    expect(immutableFields(statusError(409, status('Invalid', cause), 'x'))).toBeUndefined();
    expect(immutableFields(statusError(422, status('Conflict', cause), 'x'))).toBeUndefined();
    expect(immutableFields(invalid())).toBeUndefined();
    expect(immutableFields(new Error('field is immutable'))).toBeUndefined();
  });
});

test('a port of the nodes that another Service has is told apart', () => {
  const cause: [string, string] = [
    'spec.ports[0].nodePort',
    'Invalid value: 30999: provided port is already allocated',
  ];
  expect(takenFields(invalid(cause))).toEqual(['spec.ports[0].nodePort']);
  expect(immutableFields(invalid(cause))).toBeUndefined();
  expect(takenFields(invalid(cause, ['spec.ports', 'Required value']))).toBeUndefined();
});
