import { statSync } from 'node:fs';
import { expect, inject, test } from 'vitest';

test('The kubeconfig of the run can be read by this user alone', () => {
  expect(statSync(inject('kubeconfig')).mode & 0o777).toBe(0o600);
});
