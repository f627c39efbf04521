import { expect, inject, it } from 'vitest';
import { startHelm } from '../support/helm.ts';

it('The helm of the tests is a helm v4', async () => {
  const helm = startHelm(inject('kubeconfig'));
  expect(await helm(['version', '--short'])).toMatch(/^v4\./);
});
