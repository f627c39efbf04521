import { describe, expect, test } from 'vitest';
import { fieldConflicts } from '../../../src/cluster/status-error.ts';
import type { ConflictRule } from '../../../src/definition/policy.ts';
import { describeConflicts, isYielded, resolveConflicts, withoutFields } from '../../../src/plan/conflict.ts';
import { manifest, owner } from '../../support/make.ts';

const replicas = '.spec.replicas';
const image = '.spec.containers[name="web"].image';
const web = manifest('Deployment shop/web', {
  spec: { replicas: 3, paused: false, containers: [{ name: 'web', image: 'a' }], tolerations: [{ key: 'x' }] },
});

/** As the API server of Kubernetes 1.36 words it. */
function answer(...causes: readonly (readonly [field: string, message: string])[]) {
  return fieldConflicts({
    details: { causes: causes.map(([field, message]) => ({ reason: 'FieldManagerConflict', field, message })) },
  });
}

const resolve = (
  conflicts: Parameters<typeof resolveConflicts>[0],
  more: Partial<Parameters<typeof resolveConflicts>[1]> = {},
) => resolveConflicts(conflicts, { manifest: web, rules: [], adopting: false, ...more });

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

describe('resolveConflicts, without rules,', () => {
  test.each([
    'kubectl',
    'kubectl-client-side-apply',
    'kubectl-edit',
    'kubectl-label',
    'kubectl-rollout',
    'oc',
    'k9s',
    'helm',
    'Helm',
    'Mozilla',
    'GoogleCloudConsole',
    'kubernetes-dashboard',
    'dashboard',
    'dashboard-api',
    'before-first-apply',
  ])('takes back what people set by hand with %s', (manager) => {
    const conflicts = [{ field: replicas, manager }];
    expect(resolve(conflicts)).toEqual({ take: conflicts, yield: [], blocked: [] });
  });

  test.each([
    'argocd-controller',
    'kustomize-controller',
    'helm-controller',
    'terraform-provider-helm_v3',
    'rancher',
    'kubectlish',
    'my-helm',
    'kube-controller-manager',
    owner('b').manager,
  ])('does not touch what %s holds', (manager) => {
    const conflicts = [{ field: replicas, manager }];
    expect(resolve(conflicts)).toEqual({ take: [], yield: [], blocked: conflicts });
  });

  test('yields what was written through the scale subresource', () => {
    const conflicts = answer([replicas, 'conflict with "keda" with subresource "scale" using apps/v1']);
    expect(resolve(conflicts)).toEqual({ take: [], yield: conflicts, blocked: [] });
    expect(resolve(conflicts, { adopting: true }).yield).toEqual(conflicts);
  });

  test('takes back what somebody set with kubectl scale', () => {
    const conflicts = answer([replicas, 'conflict with "kubectl" with subresource "scale" using apps/v1']);
    expect(resolve(conflicts)).toEqual({ take: conflicts, yield: [], blocked: [] });
  });

  test('yields to a HorizontalPodAutoscaler unless there certainly is none any more', () => {
    const conflicts = [{ field: replicas, manager: 'kube-controller-manager', subresource: 'scale' }];
    expect(resolve(conflicts, { autoscaler: 'web' }).yield).toEqual([{ ...conflicts[0], autoscaler: 'web' }]);
    expect(resolve(conflicts).yield).toEqual(conflicts);
    expect(resolve(conflicts, { autoscaler: null }).take).toEqual(conflicts);
  });

  test('yields fields in lists', () => {
    const conflicts = [{ field: image, manager: 'scaler', subresource: 'scale' }];
    expect(resolve(conflicts).yield).toEqual(conflicts);
  });

  test('blocks where what it should yield cannot be left out', () => {
    const conflicts = [{ field: '.spec.other[name="a"].count', manager: 'hpa', subresource: 'scale' }];
    expect(resolve(conflicts)).toEqual({ take: [], yield: [], blocked: conflicts });
  });

  test('decides over each field by itself', () => {
    const mine = { field: replicas, manager: 'kubectl-edit' };
    const theirs = { field: '.spec.paused', manager: 'argo' };
    const scaled = { field: image, manager: 'keda', subresource: 'scale' };
    expect(resolve([mine, theirs, scaled])).toEqual({ take: [mine], yield: [scaled], blocked: [theirs] });
  });

  test('overrules everybody but other owners of Vidra when it adopts', () => {
    const argo = { field: replicas, manager: 'argo' };
    const other = { field: replicas, manager: owner('b', 'another home').manager };
    expect(resolve([argo], { adopting: true })).toEqual({ take: [argo], yield: [], blocked: [] });
    expect(resolve([other], { adopting: true }).blocked).toEqual([other]);
  });

  test('takes from owners of the same plan what they give up', () => {
    const other = { field: replicas, manager: owner('b').manager };
    const givesWay = () => true;
    expect(resolve([other], { givesWay, rules: [{ action: 'Yield' }] }).take).toEqual([other]);
  });
});

describe('rules', () => {
  const decide = (rules: readonly ConflictRule[], conflict: object = {}, adopting = false) => {
    const resolution = resolve([{ field: image, manager: 'argocd-controller', ...conflict }], { rules, adopting });
    return Object.entries(resolution).flatMap(([what, conflicts]) => (conflicts.length > 0 ? [what] : []));
  };

  test.each<[why: string, rule: Partial<ConflictRule>, fits: boolean]>([
    ['nothing', {}, true],
    ['the manager', { manager: 'argocd-controller' }, true],
    ['another manager', { manager: 'argocd' }, false],
    ['some managers', { manager: 'argocd-*' }, true],
    ['the kind', { kind: 'Deployment' }, true],
    ['some kinds', { kind: '*Set' }, false],
    ['the path', { path: image }, true],
    ['the path as people write it', { path: 'spec.containers[name=web].image' }, true],
    ['what is above the path', { path: '.spec.containers' }, true],
    ['a path that only starts alike', { path: '.spec.cont' }, false],
    ['all items of the list', { path: '.spec.containers[*].image' }, true],
    ['another item', { path: '.spec.containers[name=side].image' }, false],
    ['any path', { path: '*.image' }, true],
    ['a path below', { path: `${image}.tag` }, false],
    ['all of it', { manager: 'argocd*', kind: 'Deployment', path: 'spec' }, true],
    ['not all of it', { manager: 'argocd*', kind: 'Service', path: 'spec' }, false],
  ])('that name %s decide or do not', (_, rule, fits) => {
    expect(decide([{ ...rule, action: 'Override' }])).toEqual([fits ? 'take' : 'blocked']);
  });

  test('decide in their order', () => {
    const rules: ConflictRule[] = [
      { manager: 'kubectl-*', action: 'Refuse' },
      { manager: '*', path: '.spec.containers', action: 'Yield' },
      { action: 'Override' },
    ];
    expect(decide(rules)).toEqual(['yield']);
    expect(decide(rules, { manager: 'kubectl-edit' })).toEqual(['blocked']);
    expect(decide(rules, { field: replicas })).toEqual(['take']);
    expect(decide(rules, { field: replicas, subresource: 'scale' })).toEqual(['take']);
    expect(decide([{ manager: 'argo*', action: 'Refuse' }], {}, true)).toEqual(['blocked']);
  });

  test('never overrule another owner of Vidra, and may yield to one', () => {
    const { manager } = owner('b');
    expect(decide([{ action: 'Override' }], { manager })).toEqual(['blocked']);
    expect(decide([{ manager: 'vidra:*', action: 'Yield' }], { manager })).toEqual(['yield']);
  });

  test('that name annotations fit names with dots and slashes', () => {
    const field = '.metadata.annotations.example.org/size';
    for (const path of ['.metadata.annotations.example.org/*', 'metadata.annotations["example.org/size"]'])
      expect(decide([{ path, action: 'Override' }], { field })).toEqual(['take']);
  });

  test('are asked again of what was yielded', () => {
    const scaled = { field: replicas, manager: 'keda', subresource: 'scale' };
    expect(isYielded(scaled, web, [])).toBe(true);
    expect(isYielded(scaled, web, [{ path: 'spec.replicas', action: 'Override' }])).toBe(false);
    expect(isYielded({ field: image, manager: 'argo' }, web, [])).toBe(false);
    expect(isYielded({ field: image, manager: 'argo' }, web, [{ action: 'Yield' }])).toBe(true);
  });
});

describe('withoutFields', () => {
  test('leaves out the named fields and nothing else', () => {
    const written = manifest('Deployment shop/web', { spec: { replicas: 3, paused: false }, other: { replicas: 1 } });
    expect(withoutFields(written, [{ field: replicas }])).toEqual(
      manifest('Deployment shop/web', { spec: { paused: false }, other: { replicas: 1 } }),
    );
  });

  test('changes nothing where the field is not there', () => {
    const fields = ['.spec.other', '.none.at.all', '.spec.containers[name="side"].image'];
    expect(
      withoutFields(
        web,
        fields.map((field) => ({ field })),
      ),
    ).toEqual(web);
  });
});

describe('describeConflicts', () => {
  const view = { owner: owner('a'), manifest: web };

  test('names the field and who holds it', () => {
    expect(describeConflicts([{ field: replicas, manager: 'argo' }], view)).toBe('.spec.replicas is held by "argo"');
  });

  test('names both owners, and the home of one that is of another', () => {
    expect(describeConflicts([{ field: replicas, manager: owner('b').manager }], view)).toBe(
      'a and b want different values of .spec.replicas',
    );
    expect(describeConflicts([{ field: replicas, manager: owner('a', 'deadbeef-1').manager }], view)).toBe(
      'a and a of another home (deadbeef) want different values of .spec.replicas',
    );
  });

  test('names owners whose names are too long for a field manager by what the object says', () => {
    const long = owner('b'.repeat(130), 'deadbeef-1');
    const annotations = { [`owner.vidra.infrahub.operators.com/${long.id}`]: `${long.home}/${long.name}` };
    expect(describeConflicts([{ field: replicas, manager: long.manager }], { ...view, live: { annotations } })).toBe(
      `a and ${long.name} of another home (deadbeef) want different values of .spec.replicas`,
    );
    expect(describeConflicts([{ field: replicas, manager: long.manager }], view)).toContain(`a and ${long.id} want`);
  });

  test('says where a list is one value', () => {
    expect(describeConflicts([{ field: '.spec.tolerations', manager: 'argo' }], view)).toBe(
      '.spec.tolerations (a list that is one value) is held by "argo"',
    );
  });
});
