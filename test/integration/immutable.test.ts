/** What the API server does not change, by kind, and what of it is replaced where that is allowed. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { VidraResource } from '../../src/definition/definition.ts';
import type { Change, Plan } from '../../src/plan/plan.ts';
import { resource } from '../support/engine.ts';
import { engine, useEngine } from '../support/engine-stage.ts';
import { cluster, namespace } from '../support/stage.ts';

let owner: string;

useEngine();
beforeEach(() => {
  owner = `${namespace}-web`;
});

interface Written {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly annotations?: object };
}
const pod = (image: string) => ({ restartPolicy: 'Never', containers: [{ name: 'c', image }] });
const job = (image: string, more: object = {}): Written => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'migrate', namespace, ...more },
  ...{ spec: { template: { spec: pod(image) } } },
});
const allowing = (...manifests: readonly object[]) => {
  const definition = resource(owner, ...manifests) as VidraResource;
  return [{ ...definition, policy: { ...definition.policy, replace: 'WhenImmutable' as const } }];
};
const changes = (plan: Plan): Change[] => plan.owners.flatMap((each) => each.changes);
const uidOf = async (manifest: Written) => (await cluster.get(manifest)).metadata.uid;

describe('what the API server does not change', () => {
  const template = (label: string) => ({
    metadata: { labels: { a: label } },
    spec: { containers: [{ name: 'c', image: 'i' }] },
  });
  const workload = (label: string) => ({
    replicas: 0,
    selector: { matchLabels: { a: label } },
    template: template(label),
  });
  const binding = (role: string) => ({
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
  });
  const port = { port: 80, protocol: 'TCP' };
  const daemon = (label: string) => ({
    selector: { matchLabels: { a: label } },
    template: { ...template(label), spec: { ...template(label).spec, nodeSelector: { no: 'where' } } },
  });

  it.each<[string, string, string, (variant: 0 | 1) => object, boolean]>([
    ['spec.selector', 'apps/v1', 'Deployment', (v) => ({ spec: workload(`${v}`) }), true],
    ['spec.selector', 'apps/v1', 'DaemonSet', (v) => ({ spec: daemon(`${v}`) }), true],
    ['spec', 'apps/v1', 'StatefulSet', (v) => ({ spec: { ...workload('x'), serviceName: `s${v}` } }), true],
    [
      'spec.completions',
      'batch/v1',
      'Job',
      (v) => ({ spec: { suspend: true, completions: v + 1, template: { spec: pod('i') } } }),
      true,
    ],
    [
      'spec.clusterIPs[0]',
      'v1',
      'Service',
      (v) => ({ spec: { ports: [port], ...(v ? { clusterIP: 'None' } : {}) } }),
      true,
    ],
    [
      'spec.loadBalancerClass',
      'v1',
      'Service',
      (v) => ({
        spec: { type: 'LoadBalancer', loadBalancerClass: `a.b/c${v}`, ports: [{ ...port, nodePort: 30_555 }] },
      }),
      true,
    ],
    ['data', 'v1', 'ConfigMap', (v) => ({ immutable: true, data: { a: `${v}` } }), true],
    ['immutable and data', 'v1', 'ConfigMap', (v) => ({ immutable: v === 0, data: { a: `${v}` } }), true],
    ['data', 'v1', 'Secret', (v) => ({ immutable: true, stringData: { a: `value-${v}` } }), true],
    ['type', 'v1', 'Secret', (v) => ({ type: `a/${v}` }), true],
    [
      'spec',
      'v1',
      'Pod',
      (v) => ({
        spec: {
          nodeSelector: { no: 'where' },
          containers: [{ name: 'c', image: 'i', env: [{ name: 'A', value: `${v}` }] }],
        },
      }),
      true,
    ],
    [
      'addressType',
      'discovery.k8s.io/v1',
      'EndpointSlice',
      (v) => ({ addressType: v ? 'IPv6' : 'IPv4', endpoints: [] }),
      true,
    ],
    ['roleRef', 'rbac.authorization.k8s.io/v1', 'RoleBinding', (v) => binding(v ? 'edit' : 'view'), true],
    ['roleRef', 'rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', (v) => binding(v ? 'edit' : 'view'), false],
    [
      'parameters',
      'storage.k8s.io/v1',
      'StorageClass',
      (v) => ({ provisioner: 'a.b/c', parameters: { a: `${v}` } }),
      false,
    ],
    ['provisioner', 'storage.k8s.io/v1', 'StorageClass', (v) => ({ provisioner: `a.b/c${v}` }), false],
    ['spec.attachedRequired', 'storage.k8s.io/v1', 'CSIDriver', (v) => ({ spec: { attachRequired: v === 0 } }), false],
    ['value', 'scheduling.k8s.io/v1', 'PriorityClass', (v) => ({ value: 5 + v }), false],
    ['handler', 'node.k8s.io/v1', 'RuntimeClass', (v) => ({ handler: `a${v}` }), false],
    ['spec.controller', 'networking.k8s.io/v1', 'IngressClass', (v) => ({ spec: { controller: `a.b/c${v}` } }), false],
  ])('is told, and replaced where allowed: %s of %s %s', async (fields, apiVersion, kind, body, namespaced) => {
    const metadata = namespaced ? { name: 'x', namespace } : { name: `x-${namespace}` };
    const manifest = (variant: 0 | 1) => ({ apiVersion, kind, metadata, ...body(variant) });
    await engine.apply([resource(owner, manifest(0))]);
    const before = await uidOf(manifest(0));
    const because = `${fields} ${fields.includes(' and ') ? 'are' : 'is'} immutable`;
    expect(changes(await engine.plan([resource(owner, manifest(1))]))).toMatchObject([
      { action: 'skip', code: 'IMMUTABLE', reason: because },
    ]);
    const result = await engine.apply(allowing(manifest(1)));
    expect(changes(result.plan)).toMatchObject([{ action: 'replace', reason: `replaced because ${because}` }]);
    expect(JSON.stringify({ ...changes(result.plan)[0], desired: undefined })).not.toMatch(/value-\d/);
    expect(result.outcomes).toMatchObject([{ result: 'succeeded' }]);
    expect(await uidOf(manifest(1))).not.toBe(before);
    expect(changes(await engine.plan(allowing(manifest(1))))).toMatchObject([{ action: 'keep' }]);
    await engine.apply([resource(owner)]);
  });

  it('is never replaced in volumes and claims to them, however they are allowed', async () => {
    const claim = (accessMode: string): Written => ({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'x', namespace, annotations: { 'vidra.infrahub.operators.com/replace': 'WhenImmutable' } },
      ...{ spec: { accessModes: [accessMode], resources: { requests: { storage: '1Gi' } } } },
    });
    const volume = (path: string): Written => ({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `x-${namespace}`, annotations: { 'vidra.infrahub.operators.com/replace': 'WhenImmutable' } },
      ...{ spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path } } },
    });
    await engine.apply(allowing(claim('ReadWriteOnce'), volume('/a')));
    const before = [await uidOf(claim('')), await uidOf(volume(''))];
    const { plan } = await engine.apply(allowing(claim('ReadWriteMany'), volume('/b')));
    expect(changes(plan)).toMatchObject([
      { action: 'skip', code: 'IMMUTABLE', reason: 'spec is immutable, and a PersistentVolumeClaim is never replaced' },
      { action: 'skip', code: 'IMMUTABLE' },
    ]);
    expect([await uidOf(claim('')), await uidOf(volume(''))]).toEqual(before);
  });

  it('is told of custom resources where their definition says so in words', async () => {
    const group = `${namespace}.example`;
    const rule = (message?: string) => ({
      type: 'string',
      'x-kubernetes-validations': [{ rule: 'self == oldSelf', ...(message ? { message } : {}) }],
    });
    const only = {
      type: 'string',
      'x-kubernetes-validations': [{ rule: 'self >= oldSelf', message: 'may only grow' }],
    };
    const properties = { a: rule('Value is immutable'), b: rule(), c: only };
    const schema = { type: 'object', properties: { spec: { type: 'object', properties } } };
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `widgets.${group}` },
      spec: {
        group,
        scope: 'Namespaced',
        names: { kind: 'Widget', plural: 'widgets', singular: 'widget' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
      },
    };
    const widget = (name: string, spec: object): Written => ({
      apiVersion: `${group}/v1`,
      kind: 'Widget',
      metadata: { name, namespace },
      ...{ spec },
    });
    const all = (a: string, b: string, c: string) => [widget('a', { a }), widget('b', { b }), widget('c', { c })];
    await engine.apply(allowing(definition, ...all('1', '1', '1')));
    const other = await engine.plan(allowing({ ...definition, spec: { ...definition.spec, scope: 'Cluster' } }));
    expect(changes(other).find(({ reference }) => reference.kind === 'CustomResourceDefinition')).toMatchObject({
      action: 'skip',
      reason: 'spec.scope is immutable, and a CustomResourceDefinition is never replaced',
    });
    const result = await engine.apply(allowing(definition, ...all('2', '2', '0')));
    const widgets = changes(result.plan).filter(({ reference }) => reference.kind === 'Widget');
    expect(widgets).toMatchObject([
      { action: 'replace', reason: 'replaced because spec.a is immutable' },
      { action: 'replace', reason: 'replaced because spec.b is immutable' },
      { action: 'skip', code: 'CLUSTER_REFUSED' },
    ]);
    await engine.apply([resource(owner)]);
  });

  it('is not replaced in objects that are about to be adopted', async () => {
    await cluster.create(job('a:1') as never);
    const before = await uidOf(job('a:1'));
    const [definition] = allowing(job('a:2')) as [VidraResource];
    const adopting = { ...definition, policy: { ...definition.policy, adopt: 'Always' as const } };
    const { plan } = await engine.apply([adopting]);
    expect(changes(plan)).toMatchObject([{ action: 'skip', code: 'IMMUTABLE' }]);
    expect(await uidOf(job('a:1'))).toBe(before);
  });
});
