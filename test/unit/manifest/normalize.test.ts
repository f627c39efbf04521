/** The traps that server-side apply sets. That the server agrees is shown by test/integration/manifest-traps.test.ts. */
import { describe, expect, test } from 'vitest';
import { decode } from '../../../src/manifest/decode.ts';
import type { Manifest } from '../../../src/manifest/manifest.ts';
import { normalize } from '../../../src/manifest/normalize.ts';

const decoded = (text: string) => {
  const { manifests, problems, warnings } = decode(text, { source: 'f.yaml' });
  return { manifest: manifests[0]?.manifest, problems: problems.map((problem) => problem.message), warnings };
};

const base = (kind: string, rest: object, apiVersion = 'v1') =>
  ({ apiVersion, kind, metadata: { name: 'a' }, ...rest }) as unknown as Manifest;

describe('Secrets', () => {
  test('have what is in stringData in data, where it wins', () => {
    const secret = base('Secret', { data: { a: 'eA==', b: 'eQ==' }, stringData: { a: 'Grüezi', c: '', d: null } });
    expect(normalize(secret)).toEqual({
      manifest: base('Secret', { data: { a: 'R3LDvGV6aQ==', b: 'eQ==', c: '', d: '' } }),
      problems: [],
      warnings: [],
    });
  });

  test('have it there also without data', () => {
    expect(normalize(base('Secret', { stringData: { a: 'x' } })).manifest).toEqual(
      base('Secret', { data: { a: 'eA==' } }),
    );
    expect(normalize(base('Secret', { stringData: { a: 'x' }, data: null })).manifest).toEqual(
      base('Secret', { data: { a: 'eA==' } }),
    );
  });

  test('are refused with the field, never with the value', () => {
    const { problems } = decoded(`apiVersion: v1
kind: Secret
metadata: {name: a}
data:
  password: topsecret
  padding: YQ=
  number: 123456
  "on": yes
stringData:
  list: [topsecret]
  pin: 4711
  map: {topsecret: x}
`);
    expect(problems).toMatchInlineSnapshot(`
      [
        "f.yaml, document 1, line 5, column 13: data.password is not base64; plain text goes into stringData",
        "f.yaml, document 1, line 6, column 12: data.padding is not base64; plain text goes into stringData",
        "f.yaml, document 1, line 7, column 11: data.number must be text, not a number; put it in quotes",
        "f.yaml, document 1, line 8, column 9: data.on must be text, not a boolean; put it in quotes",
        "f.yaml, document 1, line 10, column 9: stringData.list must be text, not a list; for a whole file, write | after the key",
        "f.yaml, document 1, line 11, column 8: stringData.pin must be text, not a number; put it in quotes",
        "f.yaml, document 1, line 12, column 8: stringData.map must be text, not a mapping; for a whole file, write | after the key",
      ]
    `);
    expect(problems.join()).not.toMatch(/topsecret|123456|4711/);
  });

  test('take base64 that is broken into lines', () => {
    expect(
      decoded('apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  a: |\n    aGVs\n    bG8=\n').problems,
    ).toEqual([]);
  });

  test('of another group are left alone', () => {
    const other = base('Secret', { stringData: { a: 5 } }, 'example.com/v1');
    expect(normalize(other)).toEqual({ manifest: other, problems: [], warnings: [] });
  });
});

test('ConfigMaps hold text only, and base64 in binaryData', () => {
  const text =
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: 5, b: on, c: {d: e}}\nbinaryData: {x: "?", y: eA==}';
  expect(decoded(text).problems).toMatchInlineSnapshot(`
    [
      "f.yaml, document 1, line 4, column 11: data.a must be text, not a number; put it in quotes",
      "f.yaml, document 1, line 4, column 17: data.b must be text, not a boolean; put it in quotes",
      "f.yaml, document 1, line 4, column 24: data.c must be text, not a mapping; for a whole file, write | after the key",
      "f.yaml, document 1, line 5, column 17: binaryData.x is not base64",
    ]
  `);
});

describe('nulls', () => {
  test('leave objects of the built-in kinds at any depth, but not lists', () => {
    const pod = base('Pod', { spec: { a: null, b: [{ c: null, d: 1 }, null], e: { f: null } } });
    expect(normalize(pod).manifest).toEqual(base('Pod', { spec: { b: [{ d: 1 }, null], e: {} } }));
  });

  test('are keys without text in the data of a ConfigMap', () => {
    expect(normalize(base('ConfigMap', { data: { a: null, b: 'x' } })).manifest).toEqual(
      base('ConfigMap', { data: { a: '', b: 'x' } }),
    );
  });

  test('stay in custom resources, where they may mean something, except for creationTimestamp', () => {
    const release = base(
      'HelmRelease',
      { spec: { values: { a: null, template: { metadata: { creationTimestamp: null, x: 1 } } } } },
      'helm.toolkit.fluxcd.io/v2',
    );
    expect(normalize(release).manifest['spec']).toEqual({ values: { a: null, template: { metadata: { x: 1 } } } });
  });

  test('leave the metadata of every kind', () => {
    const custom = {
      ...base('A', {}, 'example.com/v1'),
      metadata: { name: 'a', labels: { x: null }, annotations: null },
    };
    expect(normalize(custom as unknown as Manifest).manifest.metadata).toEqual({ name: 'a' });
  });
});

describe('what only the server writes', () => {
  test('is left out with one warning that names all of it', () => {
    const { manifest, warnings } = decoded(`apiVersion: v1
kind: Service
metadata:
  name: a
  uid: 7d
  resourceVersion: "5"
  generation: 2
  creationTimestamp: 2026-11-22T12:00:00Z
  deletionTimestamp: 2026-11-22T12:00:00Z
  deletionGracePeriodSeconds: 30
  selfLink: /a
  managedFields: [{manager: x}]
  ownerReferences: [{uid: x}]
  finalizers: [a/b]
status: {loadBalancer: {ingress: [{ip: 10.0.0.1}]}}
`);
    expect(manifest).toEqual({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a', ownerReferences: [{ uid: 'x' }], finalizers: ['a/b'] },
    });
    expect(warnings).toMatchInlineSnapshot(`
      [
        "f.yaml, document 1, line 15, column 9: status, metadata.creationTimestamp, metadata.deletionGracePeriodSeconds, metadata.deletionTimestamp, metadata.generation, metadata.managedFields, metadata.resourceVersion, metadata.selfLink, metadata.uid are left out: only the server writes this",
      ]
    `);
  });

  test.each([
    { status: {} },
    { status: null },
    { status: undefined },
    { status: { loadBalancer: {} } },
    { status: { acceptedNames: { kind: '', plural: '' }, conditions: [], storedVersions: [] } },
  ])('is left out silently where it is empty: %j', (rest) => {
    const { manifest, warnings } = normalize(base('A', rest, 'example.com/v1'));
    expect(manifest).toStrictEqual(base('A', {}, 'example.com/v1'));
    expect(warnings).toEqual([]);
  });
});

const container = {
  name: 'c',
  ports: [{ containerPort: 1 }, { containerPort: 1, protocol: 'UDP' }, { containerPort: 2, protocol: null }],
};
const pod = { containers: [container, { name: 'd' }], initContainers: [{ ...container, name: 'e' }] };
const template = { spec: pod };

describe('ports', () => {
  test.each([
    ['Pod', 'v1', { spec: pod }],
    ['PodTemplate', 'v1', { template }],
    ['ReplicationController', 'v1', { spec: { template } }],
    ['Deployment', 'apps/v1', { spec: { template } }],
    ['StatefulSet', 'apps/v1', { spec: { template } }],
    ['DaemonSet', 'apps/v1', { spec: { template } }],
    ['ReplicaSet', 'apps/v1', { spec: { template } }],
    ['Job', 'batch/v1', { spec: { template } }],
    ['CronJob', 'batch/v1', { spec: { jobTemplate: { spec: { template } } } }],
  ])('of every container of a %s are TCP unless they say otherwise', (kind, apiVersion, rest) => {
    const text = JSON.stringify(normalize(base(kind, rest, apiVersion)).manifest);
    const ports =
      '"ports":[{"containerPort":1,"protocol":"TCP"},{"containerPort":1,"protocol":"UDP"},{"containerPort":2,"protocol":"TCP"}]';
    expect(text.split(ports)).toHaveLength(3);
  });

  test('of a Service are TCP unless they say otherwise', () => {
    const service = base('Service', { spec: { ports: [{ port: 1 }, { port: 1, protocol: 'UDP' }] } });
    expect(normalize(service).manifest['spec']).toEqual({
      ports: [
        { port: 1, protocol: 'TCP' },
        { port: 1, protocol: 'UDP' },
      ],
    });
  });

  test.each([
    ['a Deployment of another group', base('Deployment', { spec: { template } }, 'example.com/v1')],
    ['a Service of another group', base('Service', { spec: { ports: [{ port: 1 }] } }, 'serving.knative.dev/v1')],
    ['ports that are no list', base('Service', { spec: { ports: { port: 1 } } })],
    ['containers that are none', base('Pod', { spec: { containers: ['x', 5] } })],
    ['a spec that is text', base('Pod', { spec: 'x' })],
  ])('of %s are left alone', (_, manifest) => {
    expect(normalize(manifest)).toEqual({ manifest, problems: [], warnings: [] });
  });

  test('are filled in without touching what was given', () => {
    const service = base('Service', { spec: { ports: [{ port: 1 }] } });
    normalize(Object.freeze(service));
    expect(service['spec']).toEqual({ ports: [{ port: 1 }] });
  });
});

test('elements of lists with keys are refused when an earlier one has the same key, with both indexes', () => {
  const { problems } = decoded(`apiVersion: apps/v1
kind: Deployment
metadata: {name: a}
spec:
  template:
    spec:
      imagePullSecrets: [{name: p}, {name: q}, {name: p}]
      hostAliases: [{ip: 1.1.1.1}, {ip: 1.1.1.1}]
      tolerations: [{key: a}, {key: a}]
      volumes: [{name: v}, {name: v}]
      topologySpreadConstraints: [{topologyKey: a, whenUnsatisfiable: x}, {topologyKey: a, whenUnsatisfiable: y}]
      initContainers:
      - {name: i}
      - name: i
        env:
        - {name: A}
        - {name: A}
        - {name: A}
      containers:
      - name: i
        ports: [{containerPort: 80}, {containerPort: 80, protocol: UDP}, {containerPort: 80, protocol: TCP}]
        volumeMounts: [{name: v, mountPath: /a}, {name: v, mountPath: /b}, {name: w, mountPath: /a}]
        volumeDevices: [{devicePath: /a}, {devicePath: /a}]
---
apiVersion: v1
kind: Service
metadata: {name: a}
spec: {ports: [{port: 1}, {port: 1, protocol: UDP}, {port: 1, name: x}]}
`);
  expect(problems).toMatchInlineSnapshot(`
    [
      "f.yaml, document 1, line 21, column 74: spec.template.spec.containers[0].ports[2] has the same containerPort 80 and protocol TCP as spec.template.spec.containers[0].ports[0]; remove one of the two",
      "f.yaml, document 1, line 22, column 76: spec.template.spec.containers[0].volumeMounts[2] has the same mountPath /a as spec.template.spec.containers[0].volumeMounts[0]; remove one of the two",
      "f.yaml, document 1, line 23, column 43: spec.template.spec.containers[0].volumeDevices[1] has the same devicePath /a as spec.template.spec.containers[0].volumeDevices[0]; remove one of the two",
      "f.yaml, document 1, line 14, column 9: spec.template.spec.initContainers[1] has the same name i as spec.template.spec.initContainers[0]; remove one of the two",
      "f.yaml, document 1, line 17, column 11: spec.template.spec.initContainers[1].env[1] has the same name A as spec.template.spec.initContainers[1].env[0]; remove one of the two",
      "f.yaml, document 1, line 18, column 11: spec.template.spec.initContainers[1].env[2] has the same name A as spec.template.spec.initContainers[1].env[0]; remove one of the two",
      "f.yaml, document 1, line 10, column 28: spec.template.spec.volumes[1] has the same name v as spec.template.spec.volumes[0]; remove one of the two",
      "f.yaml, document 1, line 7, column 48: spec.template.spec.imagePullSecrets[2] has the same name p as spec.template.spec.imagePullSecrets[0]; remove one of the two",
      "f.yaml, document 1, line 8, column 36: spec.template.spec.hostAliases[1] has the same ip 1.1.1.1 as spec.template.spec.hostAliases[0]; remove one of the two",
      "f.yaml, document 2, line 28, column 53: spec.ports[2] has the same port 1 and protocol TCP as spec.ports[0]; remove one of the two",
    ]
  `);
});

test('the rules of an aggregated ClusterRole are left to the control plane, and those of others stay', () => {
  const aggregated = { aggregationRule: { clusterRoleSelectors: [] } };
  const role = (rest: object) => base('ClusterRole', rest, 'rbac.authorization.k8s.io/v1');
  expect(normalize(role({ ...aggregated, rules: [] })).manifest).toEqual(role(aggregated));
  expect(normalize(role({ rules: [] })).manifest).toEqual(role({ rules: [] }));
  const other = base('ClusterRole', { ...aggregated, rules: [] }, 'example.org/v1');
  expect(normalize(other).manifest).toEqual(other);
});

describe('certificates', () => {
  const version = 'admissionregistration.k8s.io/v1';
  const hook = (...bundles: string[]) =>
    base(
      'ValidatingWebhookConfiguration',
      { webhooks: bundles.map((caBundle) => ({ clientConfig: { caBundle } })) },
      version,
    );

  test('that are a placeholder for what is injected are left out, and others stay', () => {
    expect(normalize(hook('Cg==', '', 'eA==')).manifest['webhooks']).toEqual([
      { clientConfig: {} },
      { clientConfig: {} },
      { clientConfig: { caBundle: 'eA==' } },
    ]);
    const service = base('APIService', { spec: { caBundle: 'Cg==', version: 'v1' } }, 'apiregistration.k8s.io/v1');
    expect(normalize(service).manifest['spec']).toEqual({ version: 'v1' });
  });

  test('of other kinds are values like any other', () => {
    const issuer = base('Issuer', { spec: { caBundle: 'Cg==' } }, 'example.org/v1');
    expect(normalize(issuer).manifest).toBe(issuer);
  });
});

test('an object with nothing to mend is returned as it is, not as a copy', () => {
  const deployment = base('Deployment', { spec: { template: { spec: { containers: [{ name: 'c' }] } } } }, 'apps/v1');
  expect(normalize(deployment).manifest).toBe(deployment);
});
