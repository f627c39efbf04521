/** What decoding does to manifests, held to what a real API server does with them under server-side apply. */
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { decode } from '../../src/manifest/decode.ts';
import { stringifyJson } from '../../src/manifest/json.ts';
import type { Manifest } from '../../src/manifest/manifest.ts';
import { type Answer, type Cluster, connect, type KubeObject } from '../support/cluster.ts';
import { readKubeconfig } from '../support/kubeconfig.ts';
import { waitFor } from '../support/wait-for.ts';

let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  cluster = connect(inject('kubeconfig'));
  namespace = await cluster.createNamespace();
});

afterAll(() => cluster.close());

const plurals: Record<string, string> = {
  ConfigMap: '/api/v1/namespaces/NS/configmaps',
  Secret: '/api/v1/namespaces/NS/secrets',
  Service: '/api/v1/namespaces/NS/services',
  Deployment: '/apis/apps/v1/namespaces/NS/deployments',
  CronJob: '/apis/batch/v1/namespaces/NS/cronjobs',
  ServiceAccount: '/api/v1/namespaces/NS/serviceaccounts',
  ValidatingWebhookConfiguration: '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
  MutatingWebhookConfiguration: '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
  CustomResourceDefinition: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  ValidatingAdmissionPolicy: '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies',
};

/** Unforced and strict, as the text says it. */
function apply(kind: string, name: string, body: string): Promise<Answer> {
  return cluster.request('PATCH', `${(plurals[kind] ?? '').replace('NS', namespace)}/${name}`, {
    body,
    headers: { 'content-type': 'application/apply-patch+yaml' },
    query: { fieldManager: 'test', fieldValidation: 'Strict' },
  });
}

function decodeOne(text: string): Manifest {
  const { manifests, problems } = decode(text, { source: 'f' });
  expect(problems).toEqual([]);
  return (manifests[0] as { manifest: Manifest }).manifest;
}

/** Decodes and applies, and returns what the server has then. */
async function keep<T = KubeObject>(text: string): Promise<T> {
  const manifest = decodeOne(text);
  const answer = await apply(manifest.kind, manifest.metadata.name, stringifyJson(manifest));
  expect(answer.status, answer.text).toBeLessThan(300);
  expect(answer.headers['warning']).toBeUndefined();
  return JSON.parse(answer.text);
}

test('a key without a value in a ConfigMap is what the server makes of it when it is created', async () => {
  const text = (name: string) =>
    `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"${name}"},"data":{"a":null,"b":"x"}}`;
  const path = (plurals['ConfigMap'] ?? '').replace('NS', namespace);
  const created = await cluster.request('POST', path, { body: text('created') });
  expect((await keep(text('kept'))).data).toEqual(JSON.parse(created.text).data);
});

test('a key that leaves stringData leaves the Secret', async () => {
  const secret = (keys: string) =>
    `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {${keys}}\ndata: {a: eA==, z: eA==}\n`;
  expect((await keep(secret('a: one, b: two'))).data).toEqual({ a: 'b25l', b: 'dHdv', z: 'eA==' });
  expect((await keep(secret('b: two'))).data).toEqual({ a: 'eA==', b: 'dHdv', z: 'eA==' });
});

const deployment = (pod: string, rest = '') => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: d, creationTimestamp: null}
spec:
  strategy: {}
  selector: {matchLabels: {app: d}}
  template:
    metadata: {creationTimestamp: null, labels: {app: d}}
    spec:
${pod.replace(/^/gm, '      ')}
${rest}`;

test('two ports of one number and different protocols are both kept, and applying them again changes nothing', async () => {
  const text = deployment(
    'containers:\n- {name: c, image: i, resources: {}, ports: [{containerPort: 53}, {containerPort: 53, protocol: UDP}]}',
    'status: {replicas: 7}',
  );
  const first = await keep<KubeObject & { spec: { template: { spec: { containers: { ports: unknown }[] } } } }>(text);
  expect(first.spec.template.spec.containers[0]?.ports).toEqual([
    { containerPort: 53, protocol: 'TCP' },
    { containerPort: 53, protocol: 'UDP' },
  ]);
  expect((await keep(text)).metadata.generation).toBe(first.metadata.generation);
});

test('ports of a CronJob and of a Service get their protocol', async () => {
  await keep(`apiVersion: batch/v1
kind: CronJob
metadata: {name: c}
spec:
  schedule: '@daily'
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [
    {name: c, image: i, ports: [{containerPort: 1}, {containerPort: 1, protocol: UDP}]}]}}}}
`);
  await keep(
    '{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {ports: [{name: a, port: 1}, {name: b, port: 1, protocol: UDP}]}}',
  );
});

const duplicates: readonly [what: string, kind: string, text: string][] = [
  ['containers', 'Deployment', deployment('containers: [{name: c, image: i}, {name: c, image: i}]')],
  [
    'initContainers',
    'Deployment',
    deployment('containers: [{name: c, image: i}]\ninitContainers: [{name: c, image: i}, {name: c, image: j}]'),
  ],
  ['env', 'Deployment', deployment('containers: [{name: c, image: i, env: [{name: A}, {name: A}]}]')],
  [
    'ports',
    'Deployment',
    deployment(
      'containers: [{name: c, image: i, ports: [{containerPort: 1, protocol: TCP}, {containerPort: 1, protocol: TCP}]}]',
    ),
  ],
  [
    'volumeMounts',
    'Deployment',
    deployment('containers: [{name: c, image: i, volumeMounts: [{name: v, mountPath: /a}, {name: w, mountPath: /a}]}]'),
  ],
  [
    'volumeDevices',
    'Deployment',
    deployment(
      'containers: [{name: c, image: i, volumeDevices: [{name: v, devicePath: /a}, {name: w, devicePath: /a}]}]',
    ),
  ],
  [
    'volumes',
    'Deployment',
    deployment('containers: [{name: c, image: i}]\nvolumes: [{name: v, emptyDir: {}}, {name: v, emptyDir: {}}]'),
  ],
  [
    'imagePullSecrets',
    'Deployment',
    deployment('containers: [{name: c, image: i}]\nimagePullSecrets: [{name: p}, {name: p}]'),
  ],
  [
    'hostAliases',
    'Deployment',
    deployment('containers: [{name: c, image: i}]\nhostAliases: [{ip: 1.1.1.1}, {ip: 1.1.1.1}]'),
  ],
  [
    'topologySpreadConstraints',
    'Deployment',
    deployment(
      'containers: [{name: c, image: i}]\ntopologySpreadConstraints: [{topologyKey: a, maxSkew: 1, whenUnsatisfiable: DoNotSchedule}, {topologyKey: a, maxSkew: 2, whenUnsatisfiable: DoNotSchedule}]',
    ),
  ],
  [
    'resources.claims',
    'Deployment',
    deployment('containers: [{name: c, image: i, resources: {claims: [{name: a}, {name: a}]}}]'),
  ],
  [
    'resourceClaims',
    'Deployment',
    deployment('containers: [{name: c, image: i}]\nresourceClaims: [{name: a}, {name: a}]'),
  ],
  [
    'schedulingGates',
    'Deployment',
    deployment('containers: [{name: c, image: i}]\nschedulingGates: [{name: a}, {name: a}]'),
  ],
  [
    'secrets',
    'ServiceAccount',
    '{apiVersion: v1, kind: ServiceAccount, metadata: {name: d}, secrets: [{name: a}, {name: a}]}',
  ],
  ...['Validating', 'Mutating'].map((kind): [string, string, string] => [
    'webhooks',
    `${kind}WebhookConfiguration`,
    `{apiVersion: admissionregistration.k8s.io/v1, kind: ${kind}WebhookConfiguration, metadata: {name: d}, webhooks: [{name: a.b.c}, {name: a.b.c}]}`,
  ]),
  ...['matchConditions', 'variables'].map((list): [string, string, string] => [
    list,
    'ValidatingAdmissionPolicy',
    `{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: {name: d}, spec: {${list}: [{name: a, expression: 'true'}, {name: a, expression: 'true'}]}}`,
  ]),
  [
    'ports',
    'Service',
    '{apiVersion: v1, kind: Service, metadata: {name: d}, spec: {ports: [{port: 1, name: a, protocol: TCP}, {port: 1, name: b, protocol: TCP}]}}',
  ],
];

test.each(duplicates)(
  'a second element of %s with the same key in a %s is refused here as by the server',
  async (what, kind, text) => {
    const answer = await apply(kind, 'd', text);
    expect(answer.status, answer.text).toBeGreaterThanOrEqual(400);
    expect(answer.text).toContain('duplicate');
    const { manifests, problems } = decode(text, { source: 'f' });
    expect(manifests).toEqual([]);
    expect(problems.map((problem) => problem.message)).toEqual([expect.stringContaining(`${what}[1] has the same`)]);
  },
);

test('a placeholder for a certificate is not put in place of the one that somebody injected', async () => {
  const group = `${namespace}.example.org`;
  const definition = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };
  const metadata = { name: `things.${group}` };
  const text = (more: string) => `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ${metadata.name}}
spec:
  group: ${group}
  scope: Namespaced
  names: {plural: things, kind: Thing${more}}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
  conversion:
    strategy: Webhook
    webhook:
      conversionReviewVersions: [v1]
      clientConfig: {caBundle: Cg==, service: {name: convert, namespace: default}}
`;
  await keep(text(''));
  const caBundle = Buffer.from(readKubeconfig(inject('kubeconfig')).ca).toString('base64');
  const injected = { spec: { conversion: { webhook: { clientConfig: { caBundle } } } } };
  await cluster.patch({ ...definition, metadata }, 'merge-patch', injected, { query: { fieldManager: 'injector' } });
  expect((await apply(definition.kind, metadata.name, text(', singular: it'))).text).toContain('FieldManagerConflict');
  expect(await keep(text(', singular: it'))).toMatchObject(injected);
});

test('tolerations, which have no key, may be written twice', async () => {
  await keep(
    deployment(
      'containers: [{name: c, image: i}]\ntolerations: [{key: a, operator: Exists}, {key: a, operator: Exists}]',
    ),
  );
});

test.each([
  ['metadata.name', '{name: a/b}'],
  ['metadata.name', '{name: ..}'],
  ['metadata.name', '{name: 5}'],
  ['metadata.labels', '{name: a, labels: {x: yes}}'],
  ['metadata.annotations', '{name: a, annotations: {x: 5}}'],
])('%s of %s is refused here as by the server', async (field, metadata) => {
  const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: ${metadata}\n`;
  const path = (plurals['ConfigMap'] ?? '').replace('NS', namespace);
  const answer = await cluster.request('POST', path, { body: text, headers: { 'content-type': 'application/yaml' } });
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(decode(text, { source: 'f' }).problems[0]?.message).toContain(field);
});

test('times of creation that generators leave empty in custom resources are not sent, at any depth', async () => {
  const group = `${namespace}.example.org`;
  const time = { type: 'string', format: 'date-time' };
  const metadata = { type: 'object', properties: { creationTimestamp: time, labels: { type: 'object' } } };
  const template = { type: 'object', properties: { metadata } };
  const openAPIV3Schema = {
    type: 'object',
    properties: { spec: { type: 'object', properties: { template, templates: { type: 'array', items: template } } } },
  };
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `brokers.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'brokers', kind: 'Broker' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
  await cluster.create(definition);
  plurals['Broker'] = `/apis/${group}/v1/namespaces/NS/brokers`;
  const text = `
apiVersion: ${group}/v1
kind: Broker
metadata: {name: b, creationTimestamp: null}
spec:
  template: {metadata: {creationTimestamp: null}}
  templates: [{metadata: {creationTimestamp: null}}]
`;
  await waitFor('the kind', async () => (await apply('Broker', 'b', '{}')).status !== 404);
  expect((await apply('Broker', 'b', text)).status).toBeGreaterThanOrEqual(400);
  expect(await keep(text)).toMatchObject({ spec: { template: { metadata: {} }, templates: [{ metadata: {} }] } });
});

test('integers beyond 2^53 arrive with all their digits', async () => {
  const text =
    '{apiVersion: batch/v1, kind: CronJob, metadata: {name: big}, spec: {startingDeadlineSeconds: 9007199254740993, schedule: "@daily", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}}}}';
  const answer = await apply('CronJob', 'big', stringifyJson(decodeOne(text)));
  expect(answer.text).toContain('"startingDeadlineSeconds":9007199254740993');
});
