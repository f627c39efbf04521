import { describe, expect, test } from 'vitest';
import { fieldConflicts } from '../../../src/cluster/status-error.ts';
import { resolveConflicts, withoutFields } from '../../../src/plan/conflict.ts';
import { manifest, owner } from '../../support/make.ts';

const replicas = '.spec.replicas';

/** As the API server of Kubernetes 1.36 words it. */
function answer(...causes: readonly (readonly [field: string, message: string])[]) {
  return fieldConflicts({
    details: { causes: causes.map(([field, message]) => ({ reason: 'FieldManagerConflict', field, message })) },
  });
}

describe('fieldConflicts', () => {
  test.each([
    ['conflict with "argo"', { manager: 'argo' }],
    ['conflict with "kubectl-edit" using apps/v1 at 2026-08-01T10:00:00Z', { manager: 'kubectl-edit' }],
    [
      'conflict with "hpa" with subresource "scale" using apps/v1 at 2026-08-01T10:00:00Z',
      { manager: 'hpa', subresource: 'scale' },
    ],
    ['conflict with "say \\"hi\\"" using v1', { manager: 'say "hi"' }],
    ['no manager here', { manager: 'no manager here' }],
  ])('reads %s', (message, holder) => {
    expect(answer([replicas, message])).toEqual([{ field: replicas, ...holder }]);
  });

  test('finds nothing in a 409 that has another cause', () => {
    expect(fieldConflicts({ reason: 'AlreadyExists', details: { causes: [{ reason: 'FieldValueInvalid' }] } })).toEqual(
      [],
    );
    expect(fieldConflicts({ reason: 'Conflict' })).toEqual([]);
  });
});

describe('resolveConflicts', () => {
  test.each([
    'kubectl',
    'kubectl-edit',
    'kubectl-client-side-apply',
    'k9s',
    'helm',
    'Helm',
    'Mozilla',
    'kubernetes-dashboard',
    'dashboard-api',
    'before-first-apply',
  ])('takes back what people set by hand with %s', (manager) => {
    const resolution = resolveConflicts([{ field: replicas, manager }], false);
    expect(resolution).toEqual({ force: true, yield: [], blocked: [] });
  });

  test.each([
    'argocd-controller',
    'kustomize-controller',
    'kubectlish',
    'my-helm',
    'kube-controller-manager',
    owner('b').manager,
  ])('does not touch what %s holds', (manager) => {
    const conflicts = [{ field: replicas, manager }];
    expect(resolveConflicts(conflicts, false)).toEqual({ force: false, yield: [], blocked: conflicts });
  });

  test('yields what was written through the scale subresource', () => {
    const conflicts = answer([replicas, 'conflict with "hpa" with subresource "scale" using apps/v1']);
    expect(resolveConflicts(conflicts, false)).toEqual({ force: false, yield: [['spec', 'replicas']], blocked: [] });
  });

  test('yields only those fields of a manager that it wrote through the scale subresource', () => {
    const conflicts = answer(
      [replicas, 'conflict with "kubectl" with subresource "scale" using apps/v1'],
      ['.spec.paused', 'conflict with "kubectl" using apps/v1'],
    );
    expect(resolveConflicts(conflicts, false)).toEqual({ force: true, yield: [['spec', 'replicas']], blocked: [] });
  });

  test('blocks on a field inside a list that a scaler holds: it cannot be left out', () => {
    const conflicts = [{ field: '.spec.items[name="a"].count', manager: 'hpa', subresource: 'scale' }];
    expect(resolveConflicts(conflicts, false)).toEqual({ force: false, yield: [], blocked: conflicts });
  });

  test('blocks on one field though another one could be taken back', () => {
    const mine = { field: replicas, manager: 'kubectl-edit' };
    const theirs = { field: '.spec.paused', manager: 'argo' };
    expect(resolveConflicts([mine, theirs], false).blocked).toEqual([theirs]);
  });

  test('overrules everybody but other owners of Vidra when it adopts', () => {
    const other = { field: replicas, manager: owner('b', 'another home').manager };
    expect(resolveConflicts([{ field: replicas, manager: 'argo' }], true)).toEqual({
      force: true,
      yield: [],
      blocked: [],
    });
    expect(resolveConflicts([other], true).blocked).toEqual([other]);
  });
});

describe('withoutFields', () => {
  test('leaves out the named fields and nothing else', () => {
    const written = manifest('Deployment shop/web', { spec: { replicas: 3, paused: false }, other: { replicas: 1 } });
    expect(withoutFields(written, [['spec', 'replicas']])).toEqual(
      manifest('Deployment shop/web', { spec: { paused: false }, other: { replicas: 1 } }),
    );
  });

  test('changes nothing where the field is not there', () => {
    const written = manifest('Deployment shop/web', { spec: { paused: false }, list: [{ replicas: 1 }] });
    expect(
      withoutFields(written, [
        ['spec', 'replicas'],
        ['none', 'at', 'all'],
        ['list', 'replicas'],
      ]),
    ).toEqual(written);
  });
});
