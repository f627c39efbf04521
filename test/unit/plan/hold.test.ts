/** What stays until its owner has all that it wants. */
import { expect, test } from 'vitest';
import { holdRemovals } from '../../../src/plan/hold.ts';
import type { DeleteChange } from '../../../src/plan/plan.ts';
import { desired, id, ref } from '../../support/make.ts';
import { ownerPlan, remove, skip } from '../../support/plan-builder.ts';

const lacks = skip('ConfigMap shop/wanted', { reason: 'is refused', code: 'CLUSTER_REFUSED' });
const lacking = { desired: [desired('ConfigMap shop/wanted')] };
const rows = (...plans: Parameters<typeof holdRemovals>[0]) =>
  holdRemovals(plans).flatMap(({ changes }) => changes.map(({ action, reason }) => `${action}: ${reason}`));
const removal = (text: string, more: Partial<DeleteChange> = {}): DeleteChange => ({
  ...remove(text),
  reason: 'left the manifests',
  ...more,
});

test('what an owner leaves stays while it lacks something, and so does what comes after that, whosever it is', () => {
  const inside = removal('ConfigMap shop/old');
  const around = removal('Namespace shop', { after: [id('a', 'ConfigMap shop/old')] });
  expect(rows(ownerPlan('a', [lacks, inside], lacking), ownerPlan('b', [around, removal('Secret other/x')]))).toEqual([
    'skip: is refused',
    'skip: left the manifests; is kept until everything that its owner wants is there',
    'skip: left the manifests; comes after ConfigMap shop/old, which stays',
    'delete: left the manifests',
  ]);
});

test('what makes room goes all the same, and what owners leave that lack nothing', () => {
  const makesRoom = removal('Service shop/old', { renamedTo: { reference: ref('Service shop/new'), first: 'old' } });
  expect(rows(ownerPlan('a', [lacks, makesRoom], lacking), ownerPlan('b', [removal('Secret shop/x')]))).toEqual([
    'skip: is refused',
    'delete: left the manifests',
    'delete: left the manifests',
  ]);
});
