/** What the chart makes of values, by the meaning of what a real helm renders. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { chart, chartNamespace, find, readObjects, render, rightsOf } from '../support/chart.ts';
import { startHelm } from '../support/helm.ts';
import { readImage } from '../support/image.ts';
import { podOf } from '../support/pod.ts';

const helm = startHelm(inject('kubeconfig'));

const kindsScope = { scope: 'kinds', kinds: [{ apiGroups: ['apps'], resources: ['deployments'] }] };
const impersonation = { scope: 'impersonation', serviceAccounts: [{ namespace: 'team', names: ['deployer'] }] };

it.each([
  ['nothing', {}],
  ['kinds', { rbac: kindsScope }],
  [
    'everything',
    { replicas: 2, shards: 2, config: { queryName: 'x' }, metrics: { serviceMonitor: { enabled: true } } },
  ],
])('helm lint finds nothing with %s', async (_title, values) => {
  expect(await helm(['lint', '--strict', chart], values)).toContain('1 chart(s) linted, 0 chart(s) failed');
});

describe('the Pod', () => {
  it('has no privilege, and writes nothing but its home', async () => {
    const { spec, container } = podOf(await render(helm));
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(spec.volumes).toEqual([{ name: 'home', emptyDir: {} }]);
    expect(container.volumeMounts).toEqual([{ name: 'home', mountPath: '/tmp' }]);
    expect([spec['hostNetwork'], spec['hostPID'], spec['hostIPC']]).toEqual([undefined, undefined, undefined]);
  });

  it("runs as the image's user, whose home is the volume", async () => {
    const { spec, container } = podOf(await render(helm));
    const { user, environment, folder } = readImage();
    expect(`${spec.securityContext.runAsUser}:${spec.securityContext.runAsGroup}`).toBe(user);
    expect([environment['HOME'], folder]).toEqual(['/tmp', '/tmp']);
    expect(container['command']).toBeUndefined();
  });

  it('is a daemon that elects a leader, answers probes and serves metrics', async () => {
    const { container, environment } = podOf(await render(helm));
    expect(container.args).toEqual([
      'watch',
      '--output=json',
      '--health-probe-bind-address=:8081',
      '--leader-elect',
      '--metrics-bind-address=:8443',
      '--metrics-secure=true',
    ]);
    expect(environment).toEqual({ VIDRA_NAMESPACE: chartNamespace });
    const named = podOf(await render(helm, { rbac: { secretNamespaces: ['infra', '*'] } }));
    expect(named.environment).toMatchObject({ VIDRA_SECRET_NAMESPACES: 'infra,*' });
    expect(container.ports.map(({ name, containerPort }) => [name, containerPort])).toEqual([
      ['health', 8081],
      ['metrics', 8443],
    ]);
    expect(container['livenessProbe']).toMatchObject({ httpGet: { path: '/healthz', port: 'health' } });
    expect(container['readinessProbe']).toMatchObject({ httpGet: { path: '/readyz', port: 'health' } });
  });

  it('takes shards, no metrics, and what people add', async () => {
    const values = {
      shards: 3,
      metrics: { enabled: false },
      health: { port: 9000 },
      extraArgs: ['--verbose'],
      extraEnv: [{ name: 'HTTPS_PROXY', value: 'http://proxy' }],
      extraVolumes: [{ name: 'ca', configMap: { name: 'ca' } }],
      extraVolumeMounts: [{ name: 'ca', mountPath: '/ca' }],
      tolerations: [{ operator: 'Exists' }],
      priorityClassName: 'system-cluster-critical',
    };
    const objects = await render(helm, values);
    const { spec, container, environment } = podOf(objects);
    expect(container.args.slice(2)).toEqual([
      '--health-probe-bind-address=:9000',
      '--leader-elect',
      '--shards=3',
      '--metrics-bind-address=0',
      '--verbose',
    ]);
    expect(environment['HTTPS_PROXY']).toBe('http://proxy');
    expect(spec.volumes.map(({ name }) => name)).toEqual(['home', 'ca']);
    expect(spec).toMatchObject({ tolerations: values.tolerations, priorityClassName: values.priorityClassName });
    expect(objects.filter(({ kind }) => kind === 'Service')).toEqual([]);
  });

  it('is never beside another one that it does not know of', async () => {
    const leaderElection = { enabled: false };
    const objects = await render(helm, { leaderElection });
    expect(podOf(objects).container.args).not.toContain('--leader-elect');
    expect(find(objects, 'Deployment', 'vidra')['spec']).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
    for (const several of [{ replicas: 2 }, { shards: 2 }])
      await expect(render(helm, { leaderElection, ...several })).rejects.toThrow('for one replica without shards');
  });

  it('is of the image that the values name, by digest before tag', async () => {
    const { version } = JSON.parse(readFileSync(join(chart, '../../package.json'), 'utf8'));
    const digest = `sha256:${'0'.repeat(64)}`;
    const imageOf = async (image: object) => podOf(await render(helm, { image })).container.image;
    expect(await imageOf({})).toBe(`vidra:${version}`);
    expect(await imageOf({ repository: 'example.com/v', tag: 't' })).toBe('example.com/v:t');
    expect(await imageOf({ repository: 'example.com/v', tag: 't', digest })).toBe(`example.com/v@${digest}`);
  });
});

it.each(['infrahubsyncs', 'vidraresources'])('The definition of %s is that of crds/, and stays', async (plural) => {
  const own = parse(readFileSync(join(chart, '../../crds', `${plural}.yaml`), 'utf8'));
  const name = `${plural}.infrahub.operators.com`;
  const { metadata, ...rest } = find(await render(helm), 'CustomResourceDefinition', name);
  expect({ ...rest, metadata: { name: metadata.name } }).toEqual(own);
  expect(metadata.annotations).toEqual({ 'helm.sh/resource-policy': 'keep' });
  const leaving = find(await render(helm, { crds: { keep: false } }), 'CustomResourceDefinition', name);
  expect(leaving.metadata.annotations).toBeUndefined();
});

it('No CRDs where they come from elsewhere', async () => {
  const kinds = (await render(helm, { crds: { install: false } })).map(({ kind }) => kind);
  expect(kinds).toContain('Deployment');
  expect(kinds).not.toContain('CustomResourceDefinition');
});

it('Settings become the ConfigMap that upstream knows, and no settings make none', async () => {
  const config = { requeueSyncAfter: '2m', requeueResourcesAfter: 0, queryName: 'Mine', eventBasedReconcile: true };
  const { metadata, data } = find(await render(helm, { config }), 'ConfigMap');
  expect(metadata).toMatchObject({ name: 'vidra-config', namespace: chartNamespace, labels: { app: 'vidra' } });
  expect(data).toEqual({
    requeueSyncAfter: '2m',
    requeueResourcesAfter: '0',
    queryName: 'Mine',
    eventBasedReconcile: 'true',
  });
  expect((await render(helm)).map(({ kind }) => kind)).not.toContain('ConfigMap');
});

const all = 'get,list,watch,create,update,patch,delete';
/** What it may in every scope. */
const always = [
  `*: ${all} infrahubsyncs,vidraresources.infrahub.operators.com`,
  '*: get,update,patch infrahubsyncs/status,vidraresources/status.infrahub.operators.com',
  '*: update infrahubsyncs/finalizers,vidraresources/finalizers.infrahub.operators.com',
  '*: get namespaces. kube-system',
  '*: create,patch events.events.k8s.io',
  '*: create tokenreviews.authentication.k8s.io',
  '*: create subjectaccessreviews.authorization.k8s.io',
  `${chartNamespace}: get,list,watch,create,update,delete secrets.`,
  `${chartNamespace}: get,list,watch configmaps.`,
  `${chartNamespace}: get,list,watch,create,update,delete leases.coordination.k8s.io`,
];

it.each([
  [
    'all kinds',
    { scope: 'all' },
    [
      `*: ${all} *.*`,
      '*: escalate,bind roles,clusterroles.rbac.authorization.k8s.io',
      '*: impersonate serviceaccounts.',
    ],
  ],
  ['a list of kinds', kindsScope, [`*: ${all} deployments.apps`]],
  ['what named accounts may', impersonation, ['team: impersonate serviceaccounts. deployer']],
  [
    'what any account may',
    { scope: 'impersonation', serviceAccounts: [{ namespace: '*' }] },
    ['*: impersonate serviceaccounts.'],
  ],
  [
    'a list of kinds, with credentials of one namespace',
    { ...kindsScope, secretNamespaces: ['infra'] },
    [`*: ${all} deployments.apps`, 'infra: get,list,watch secrets,configmaps.'],
  ],
  [
    'what named accounts may, with credentials of all namespaces, and more',
    { ...impersonation, secretNamespaces: ['*'], extraRules: [{ apiGroups: ['x'], resources: ['y'], verbs: ['get'] }] },
    ['*: get,list,watch secrets,configmaps.', 'team: impersonate serviceaccounts. deployer', '*: get y.x'],
  ],
])('With rights for %s it may do that, and what it always needs', async (_title, rbac, rights) => {
  expect(rightsOf(await render(helm, { rbac }), 'vidra').sort()).toEqual([...always, ...rights].sort());
});

it('Rights that it does not need are not granted', async () => {
  const objects = await render(helm, { rbac: kindsScope, metrics: { secure: false } });
  expect(rightsOf(objects, 'vidra').join('\n')).not.toContain('reviews');
  const without = (await render(helm, { rbac: { create: false } })).map(({ kind }) => kind);
  expect(without.filter((kind) => kind.includes('Role'))).toEqual([]);
});

it('People who may view the cluster see syncs, and not the manifests of VidraResources', async () => {
  const roles = (await render(helm)).filter(({ metadata }) => metadata.name.match(/-(viewer|editor)$/));
  const aggregations = roles.map(({ metadata }) => [
    metadata.name,
    Object.keys(metadata.labels ?? {}).filter((label) => label.includes('aggregate')),
  ]);
  const to = (role: string) => [`rbac.authorization.k8s.io/aggregate-to-${role}`];
  expect(Object.fromEntries(aggregations)).toEqual({
    'vidra-infrahubsync-viewer': to('view'),
    'vidra-infrahubsync-editor': to('edit'),
    'vidra-vidraresource-viewer': to('edit'),
    'vidra-vidraresource-editor': to('edit'),
  });
});

it('Metrics are found by Prometheus, over HTTPS and with its token, or over HTTP', async () => {
  const metricsOf = async (secure: boolean) => {
    const serviceMonitor = { enabled: true, interval: '30s', labels: { release: 'prometheus' } };
    const objects = await render(helm, { metrics: { secure, serviceMonitor } });
    return { service: find(objects, 'Service'), monitor: find(objects, 'ServiceMonitor') };
  };
  const { service, monitor } = await metricsOf(true);
  const { selector, endpoints } = monitor['spec'] as { selector: { matchLabels: object }; endpoints: object[] };
  expect(service.metadata.labels).toMatchObject(selector.matchLabels);
  expect(monitor.metadata.labels).toMatchObject({ release: 'prometheus' });
  expect(endpoints).toEqual([
    {
      port: 'metrics',
      path: '/metrics',
      interval: '30s',
      scheme: 'https',
      bearerTokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token',
      tlsConfig: { insecureSkipVerify: true },
    },
  ]);
  const open = (await metricsOf(false)).monitor['spec'];
  expect(open).toMatchObject({ endpoints: [{ port: 'metrics', path: '/metrics', interval: '30s' }] });
  expect(JSON.stringify(open)).not.toContain('https');
});

it('The network admits probes, and metrics for whom the values name; what goes out is free until they say more', async () => {
  const from = [{ podSelector: { matchLabels: { app: 'prometheus' } } }];
  const policyOf = async (more: object) =>
    find(await render(helm, { networkPolicy: { enabled: true, metricsFrom: from, ...more } }), 'NetworkPolicy')['spec'];
  const ingress = [{ ports: [{ port: 'health' }] }, { ports: [{ port: 'metrics' }], from }];
  expect(await policyOf({})).toMatchObject({ policyTypes: ['Ingress'], ingress });
  const egress = [{ ports: [{ port: 443 }] }];
  expect(await policyOf({ egress })).toMatchObject({ policyTypes: ['Ingress', 'Egress'], ingress, egress });
});

it.each([
  [{}, { maxUnavailable: 1 }],
  [{ minAvailable: 0 }, { minAvailable: 0 }],
  [{ minAvailable: '50%', maxUnavailable: 1 }, { minAvailable: '50%' }],
])('The disruption budget %j is %j', async (given, expected) => {
  const objects = await render(helm, { podDisruptionBudget: { enabled: true, ...given } });
  const { selector, ...budget } = find(objects, 'PodDisruptionBudget')['spec'] as { selector: { matchLabels: object } };
  expect(budget).toEqual(expected);
  const { template } = find(objects, 'Deployment')['spec'] as { template: { metadata: { labels: object } } };
  expect(template.metadata.labels).toMatchObject(selector.matchLabels);
});

it.each([
  [{ replica: 2 }, "additional properties 'replica' not allowed"],
  [{ rbac: { scope: 'kinds' } }, '/rbac/kinds'],
  [{ rbac: { scope: 'impersonation' } }, '/rbac/serviceAccounts'],
  [{ config: { requeueSyncAfter: '5' } }, '/config/requeueSyncAfter'],
  [{ image: { digest: 'latest' } }, '/image/digest'],
  [{ shards: 0 }, '/shards'],
])('The values %j are refused', async (values, message) => {
  await expect(render(helm, values)).rejects.toThrow(message);
});

it('No value of values.yaml is without a meaning in the schema', async () => {
  const schema = JSON.parse(readFileSync(join(chart, 'values.schema.json'), 'utf8'));
  const values = parse(readFileSync(join(chart, 'values.yaml'), 'utf8'));
  expect(Object.keys(values).filter((key) => !(key in schema.properties))).toEqual([]);
  expect(Object.keys(schema.properties).filter((key) => !(key in values))).toEqual(['global']);
});

it('Names that look like numbers are texts', async () => {
  const objects = readObjects(await helm(['template', '123', chart, '--namespace', '456'], { rbac: kindsScope }));
  expect(objects.map(({ metadata }) => typeof metadata.name)).toEqual(objects.map(() => 'string'));
  expect(find(objects, 'ServiceAccount').metadata).toMatchObject({
    name: '123-vidra',
    namespace: '456',
    labels: { 'app.kubernetes.io/instance': '123' },
  });
});
