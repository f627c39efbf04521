import { describe, expect, test } from 'vitest';
import type { ObjectMetadata } from '../../../src/cluster/metadata.ts';
import type { Policy } from '../../../src/definition/policy.ts';
import { changeOf, desired, live, observed, owner, planFor, tried } from '../../support/make.ts';

const web = 'Deployment shop/web';
const helm = { 'meta.helm.sh/release-name': 'store' };
const byHelm = { 'app.kubernetes.io/managed-by': 'Helm' };

const tools: [tool: string, more: Partial<ObjectMetadata>][] = [
  ['Helm (release store)', { labels: byHelm, annotations: helm }],
  [
    'Argo CD (application shop)',
    { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/web', ...helm }, labels: byHelm },
  ],
  ['Flux (Kustomization apps)', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } }],
  ['Flux (HelmRelease store)', { labels: { 'helm.toolkit.fluxcd.io/name': 'store', ...byHelm }, annotations: helm }],
  ['kapp (app 17)', { labels: { 'kapp.k14s.io/app': '17' } }],
  ['kubectl (ApplySet x-v1)', { labels: { 'applyset.kubernetes.io/part-of': 'x-v1' } }],
  ['cli-utils (inventory abc)', { annotations: { 'config.k8s.io/owning-inventory': 'abc' } }],
  ['Shop web', { controller: { kind: 'Shop', name: 'web' } }],
];

/** What becomes of a live object with these marks that a wants. */
function rowOf(adopt: Policy['adopt'], more: Partial<ObjectMetadata>) {
  const facts = { wants: [desired(web)], verdicts: { [web]: tried() }, policy: { adopt } };
  const row = changeOf(planFor([observed(owner('a'), facts, { live: [live(web, [], more)] })]), web);
  return 'code' in row ? [row.action, row.code, row.reason] : [row.action];
}

describe('an object of another tool', () => {
  test.each(tools)('is not taken from %s, unless always', (tool, more) => {
    const reason = `exists, and is managed by ${tool}`;
    expect(rowOf('IfUnowned', more)).toEqual(['skip', 'NOT_ADOPTED', reason]);
    expect(rowOf('Never', more)).toEqual(['skip', 'NOT_ADOPTED', reason]);
    expect(rowOf('Always', more)).toEqual(['adopt']);
  });
});

describe('an object of no tool', () => {
  const scaler = { manager: 'hpa', operation: 'Update', subresource: 'scale', fields: 'x' };
  const writer = { manager: 'ansible', operation: 'Update', subresource: '', fields: 'x' };

  test.each<[what: string, more: Partial<ObjectMetadata>]>([
    ['no marks', {}],
    ['the label of a chart that was applied by hand', { labels: byHelm }],
    ['a release that was uninstalled', { annotations: helm }],
  ])('that has %s is adopted where nobody owns it', (_, more) => {
    expect(rowOf('IfUnowned', more)).toEqual(['adopt']);
    expect(rowOf('Never', more)[1]).toBe('NOT_ADOPTED');
  });

  test('is refused with the names of those who wrote it', () => {
    expect(rowOf('Never', {})[2]).toBe('exists, and is not managed by Vidra');
    expect(rowOf('Never', { managers: [writer, scaler, writer] })[2]).toBe(
      'exists, and is not managed by Vidra, but written by "ansible"',
    );
  });
});
