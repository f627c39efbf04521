/** The CustomResourceDefinitions on an API server of their own: upstream's manifests apply, and both sides refuse the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { examples } from '../../src/definition/examples.ts';
import { loadDefinitions, parseDefinitions } from '../../src/definition/parse.ts';
import { loadStored } from '../../src/definition/stored.ts';
import { decode } from '../../src/manifest/decode.ts';
import type { Manifest } from '../../src/manifest/manifest.ts';
import { type ControlPlane, startControlPlane } from '../../src/sandbox/control-plane.ts';
import { type Answer, type Cluster, connect, type KubeObject } from '../support/cluster.ts';
import { waitFor } from '../support/wait-for.ts';

const files = ['infrahubsyncs.yaml', 'vidraresources.yaml'];
const group = 'infrahub.operators.com/v1alpha1';
let controlPlane: ControlPlane;
let cluster: Cluster;

interface Established extends KubeObject {
  /** Null in a definition that the API server has only just stored. */
  status: { conditions: { type: string; status: string; reason: string; message: string }[] | null };
}

beforeAll(async () => {
  controlPlane = await startControlPlane({});
  cluster = connect(controlPlane.kubeconfig);
  for (const file of files) {
    const answer = await applyStrictly(readDefinition(file));
    expect(answer.status, answer.text).toBeLessThan(300);
    expect(answer.headers['warning']).toBeUndefined();
    await waitFor(`${file} to be established`, async () =>
      conditionsOf(file).then((all) => all['Established'] === 'True'),
    );
  }
});

afterAll(async () => {
  await cluster.close();
  await controlPlane.stop();
});

function readDefinition(file: string): Manifest {
  const text = readFileSync(join(import.meta.dirname, '../../crds', file), 'utf8');
  const { manifests, problems, warnings } = decode(text, { source: file });
  expect([...problems, ...warnings]).toEqual([]);
  return (manifests[0] as { manifest: Manifest }).manifest;
}

async function conditionsOf(file: string): Promise<Record<string, string>> {
  const { status } = await cluster.get<Established>(readDefinition(file));
  return Object.fromEntries((status.conditions ?? []).map((condition) => [condition.type, condition.status]));
}

/** Server-side apply that refuses unknown and duplicate fields. */
function applyStrictly(manifest: Manifest, extra: Record<string, string> = {}): Promise<Answer> {
  const { apiVersion, kind, metadata } = manifest;
  const plural = kind === 'CustomResourceDefinition' ? 'customresourcedefinitions' : `${kind.toLowerCase()}s`;
  return cluster.request('PATCH', `/apis/${apiVersion}/${plural}/${metadata.name}`, {
    body: manifest,
    headers: { 'content-type': 'application/apply-patch+yaml' },
    query: { fieldManager: 'test', force: 'true', fieldValidation: 'Strict', ...extra },
  });
}

test.each(files)('%s is established, with accepted names and a structural schema', async (file) => {
  const conditions = await conditionsOf(file);
  expect(conditions).toMatchObject({ Established: 'True', NamesAccepted: 'True' });
  expect(conditions).not.toHaveProperty('NonStructuralSchema');
});

test('both kinds are found by their short names and in the category vidra', async () => {
  const { text } = await cluster.request('GET', `/apis/${group}`);
  const { resources } = JSON.parse(text) as { resources: Record<string, unknown>[] };
  const kinds = resources.filter(({ name }) => !String(name).includes('/'));
  expect(kinds.sort((a, b) => String(a['name']).localeCompare(String(b['name'])))).toEqual([
    expect.objectContaining({ name: 'infrahubsyncs', shortNames: ['isync'], categories: ['vidra'], namespaced: false }),
    expect.objectContaining({ name: 'vidraresources', shortNames: ['vres'], categories: ['vidra'], namespaced: false }),
  ]);
  expect(resources.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['infrahubsyncs/status', 'vidraresources/status']),
  );
});

/** As people have them in their clusters and repositories today. */
const accepted: readonly [title: string, text: string][] = [
  [
    'a sync with everything',
    `
apiVersion: ${group}
kind: InfrahubSync
metadata:
  name: sync-everything
  labels: {app.kubernetes.io/name: vidra, app.kubernetes.io/managed-by: kustomize}
  annotations: {note: mine}
spec:
  source:
    infrahubAPIURL: "https://infrahub-server.infrahub.orb.local:8000/base/path-1"
    targetBranch: "main"
    targetDate: "2025-04-09T00:00:00Z"
    artefactName: "Webserver_Manifest"
  destination:
    server: https://kubernetes.default.svc
    namespace: 'default'
    reconcileOnEvents: true
`,
  ],
  [
    'a sync with the least',
    `{"apiVersion": "${group}", "kind": "InfrahubSync", "metadata": {"name": "sync-least"},
      "spec": {"source": {"infrahubAPIURL": "http://10.0.0.1", "artefactName": "x"}}}`,
  ],
  [
    'a sync with an unquoted date',
    `
apiVersion: ${group}
kind: InfrahubSync
metadata: {name: sync-date}
spec: {source: {infrahubAPIURL: 'http://a', artefactName: x, targetDate: 2025-04-09T00:00:00Z}, destination: {}}
`,
  ],
  [
    'a resource that says what may be done',
    `
apiVersion: ${group}
kind: VidraResource
metadata: {name: with-policy}
spec:
  manifest: ''
  adopt: IfUnowned
  conflicts: [{manager: 'hpa-*', path: .spec.replicas, action: Yield}]
  ignore: [{kind: Deployment, paths: [spec.replicas, 'metadata.annotations["a.b/[c]"]', 'data..x', 'a[k="]",*].b']}]
  deletionPolicy: Orphan
  propagationPolicy: Foreground
  replace: WhenImmutable
  maxDeletions: 20%
  healthChecks: [{apiVersion: example.org/v1, kind: Widget, current: status.ok}]
  historyLimit: 3
  interval: 5m
`,
  ],
  ...Object.entries(examples).map(
    ([kind, example]) => [`the example of ${kind}`, JSON.stringify(example)] as [string, string],
  ),
  [
    'a resource with a number of deletions',
    `{"apiVersion": "${group}", "kind": "VidraResource", "metadata": {"name": "count"}, "spec": {"manifest": "", "maxDeletions": 5}}`,
  ],
  [
    'a resource by its artifact id',
    `
apiVersion: ${group}
kind: VidraResource
metadata:
  name: 1834265b-8d16-4e4a-3bd9-c518b7dc1939
spec:
  manifest: '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "example", "namespace": "default"}}'
  reconciledAt: "2025-06-19T12:00:00Z"
  destination:
    server: 'https://kubernetes.default.svc'
    namespace: 'default'
`,
  ],
];

test.each(accepted)('%s applies without a warning, and is a definition', async (_, text) => {
  const [located] = decode(text, { source: 'sample.yaml' }).manifests;
  const { manifest } = located as { manifest: Manifest };
  const answer = await applyStrictly(manifest);
  expect(answer.status, answer.text).toBeLessThan(300);
  expect(answer.headers['warning']).toBeUndefined();
  expect(parseDefinitions([{ name: 'sample.yaml', content: text }])).toMatchObject({
    problems: [],
    definitions: [{ kind: manifest.kind, name: manifest.metadata.name }],
  });
});

test('the server fills in what a definition gets by default', async () => {
  const [located] = decode(accepted[1]?.[1] ?? '', { source: 'sample.yaml' }).manifests;
  const { manifest } = located as { manifest: Manifest };
  const spec = { ...(manifest['spec'] as object), destination: {} };
  const answer = await applyStrictly({ ...manifest, spec } as unknown as Manifest, { dryRun: 'All' });
  const [definition] = parseDefinitions([{ name: 'f', content: accepted[1]?.[1] ?? '' }]).definitions;
  expect(JSON.parse(answer.text)['spec']).toEqual({
    source: definition?.kind === 'InfrahubSync' && definition.source,
    destination: definition?.destination,
    adopt: definition?.policy.adopt,
    deletionPolicy: definition?.policy.deletionPolicy,
    propagationPolicy: definition?.policy.propagationPolicy,
    replace: definition?.policy.replace,
    historyLimit: definition?.policy.historyLimit,
    prune: definition?.policy.prune,
    suspend: definition?.suspend,
    mode: definition?.mode,
    wait: definition?.wait,
  });
});

const url = (value: string) => `spec: {source: {infrahubAPIURL: '${value}', artefactName: x}}`;
const source = (fields: string) => `spec: {source: {infrahubAPIURL: 'http://a', artefactName: x, ${fields}}}`;
const destination = (fields: string) => `spec: {manifest: '', destination: {${fields}}}`;

const policy = (fields: string) => `spec: {manifest: '', ${fields}}`;

const refused: readonly [kind: string, why: string, spec: string, field: string][] = [
  ['InfrahubSync', 'a URL without a scheme', url('infrahub.example.com'), 'spec.source.infrahubAPIURL'],
  ['InfrahubSync', 'a URL of another scheme', url('ftp://a'), 'spec.source.infrahubAPIURL'],
  ['InfrahubSync', 'a URL with a slash at its end', url('http://a/'), 'spec.source.infrahubAPIURL'],
  ['InfrahubSync', 'a URL with a query', url('http://a/b?c=d'), 'spec.source.infrahubAPIURL'],
  ['InfrahubSync', 'an empty URL', url(''), 'spec.source.infrahubAPIURL'],
  ['InfrahubSync', 'a source without a URL', 'spec: {source: {artefactName: x}}', 'spec.source.infrahubAPIURL'],
  ['InfrahubSync', 'no artifact name', "spec: {source: {infrahubAPIURL: 'http://a'}}", 'spec.source.artefactName'],
  [
    'InfrahubSync',
    'an empty artifact name',
    "spec: {source: {infrahubAPIURL: 'http://a', artefactName: ''}}",
    'spec.source.artefactName',
  ],
  [
    'InfrahubSync',
    'a number for a name',
    "spec: {source: {infrahubAPIURL: 'http://a', artefactName: 5}}",
    'spec.source.artefactName',
  ],
  ['InfrahubSync', 'an empty branch', source("targetBranch: ''"), 'spec.source.targetBranch'],
  ['InfrahubSync', 'a number for a date', source('targetDate: 2025'), 'spec.source.targetDate'],
  ['InfrahubSync', 'a field that nobody knows', source('artifactName: y'), 'spec.source.artifactName'],
  ['InfrahubSync', 'no source', 'spec: {destination: {}}', 'spec.source'],
  ['InfrahubSync', 'a list for a source', 'spec: {source: []}', 'spec.source'],
  ['VidraResource', 'a bad server', destination('server: kubernetes'), 'spec.destination.server'],
  ['VidraResource', 'an empty server', destination("server: ''"), 'spec.destination.server'],
  ['VidraResource', 'text for a switch', destination("reconcileOnEvents: 'yes'"), 'spec.destination.reconcileOnEvents'],
  ['VidraResource', 'a mapping for a manifest', 'spec: {manifest: {kind: Pod}}', 'spec.manifest'],
  ['VidraResource', 'a time that is none', "spec: {manifest: '', reconciledAt: today}", 'spec.reconciledAt'],
  ['VidraResource', 'an unknown field', "spec: {manifest: '', manifests: ''}", 'spec.manifests'],
  ['VidraResource', 'a word that is no choice', policy('adopt: Sometimes'), 'spec.adopt'],
  ['VidraResource', 'a rule without an action', policy('conflicts: [{manager: x}]'), 'spec.conflicts[0].action'],
  ['VidraResource', 'an empty path', policy("ignore: [{paths: ['']}]"), 'spec.ignore[0].paths[0]'],
  ['VidraResource', 'a JSON pointer', policy('ignore: [{paths: [/spec/replicas]}]'), 'spec.ignore[0].paths[0]'],
  [
    'VidraResource',
    'half a bracket',
    policy("conflicts: [{path: 'spec.x[', action: Yield}]"),
    'spec.conflicts[0].path',
  ],
  ['VidraResource', 'more than all deletions', policy('maxDeletions: 101%'), 'spec.maxDeletions'],
  ['VidraResource', 'fewer than no deletions', policy('maxDeletions: -1'), 'spec.maxDeletions'],
  [
    'VidraResource',
    'a health check without a rule',
    policy('healthChecks: [{apiVersion: v1, kind: X}]'),
    'spec.healthChecks[0].current',
  ],
  ['VidraResource', 'a word for a switch', policy('suspend: never'), 'spec.suspend'],
  ['VidraResource', 'a mode that is none', policy('mode: DryRun'), 'spec.mode'],
  ['VidraResource', 'a time to wait without a unit', policy("timeout: '5'"), 'spec.timeout'],
  [
    'VidraResource',
    'a dependency without a name',
    policy('dependsOn: [{kind: InfrahubSync}]'),
    'spec.dependsOn[0].name',
  ],
  [
    'VidraResource',
    'a dependency on something else',
    policy('dependsOn: [{kind: Deployment, name: x}]'),
    'spec.dependsOn[0].kind',
  ],
  [
    'VidraResource',
    'too many dependencies',
    policy(`dependsOn: [${'{kind: InfrahubSync, name: x}, '.repeat(101)}]`),
    'spec.dependsOn',
  ],
  [
    'VidraResource',
    'a ServiceAccount of no namespace',
    policy('serviceAccountName: deployer'),
    'spec.serviceAccountName',
  ],
  [
    'VidraResource',
    'a Secret of no namespace',
    destination("server: 'https://k', kubeconfigSecretRef: {name: k}"),
    'spec.destination.kubeconfigSecretRef.namespace',
  ],
  [
    'InfrahubSync',
    'a Secret of a name that is none',
    source('credentialsSecretRef: {namespace: ops, name: Infra_Hub}'),
    'spec.source.credentialsSecretRef.name',
  ],
  [
    'InfrahubSync',
    'a name that is too long',
    source(`credentialsSecretRef: {namespace: ops, name: ${'x'.repeat(254)}}`),
    'spec.source.credentialsSecretRef.name',
  ],
  ['VidraResource', 'half a revision', policy('historyLimit: 0.5'), 'spec.historyLimit'],
  ['VidraResource', 'an interval without a unit', policy("interval: '5'"), 'spec.interval'],
];

describe.each(refused)('%s: %s', (kind, _, spec, field) => {
  const text = `apiVersion: ${group}\nkind: ${kind}\nmetadata: {name: refused}\n${spec}\n`;

  test('is refused by the server, which names the field', async () => {
    const [located] = decode(text, { source: 'f' }).manifests;
    const answer = await applyStrictly((located as { manifest: Manifest }).manifest);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.text).toContain(field);
  });

  test('is refused in a file, with the field', () => {
    const { definitions, problems } = parseDefinitions([{ name: 'f', content: text }]);
    expect(definitions).toEqual([]);
    expect(problems.map(({ code }) => code)).toEqual(['DEFINITION_INVALID']);
    expect(problems[0]?.message).toMatch(/^f, document 1, line 4, column \d+: /);
    expect(problems[0]?.message).toContain(`: ${field} `);
  });
});

const secret = 'kubeconfigSecretRef: {namespace: ops, name: k}';

const contradictions: readonly [why: string, spec: string, message: string][] = [
  [
    'waits for itself',
    policy('dependsOn: [{kind: InfrahubSync, name: contradiction}, {kind: VidraResource, name: contradiction}]'),
    'spec.dependsOn: must not name the definition itself',
  ],
  [
    'does not say which cluster a kubeconfig is for',
    destination(secret),
    'spec.destination.kubeconfigSecretRef: must come with server, the URL of its cluster',
  ],
  [
    'has a kubeconfig for its own cluster',
    destination(`${secret}, server: 'https://kubernetes.default.svc'`),
    'spec.destination.kubeconfigSecretRef: is for other clusters than the one that the definition is in',
  ],
];

describe.each(contradictions)('a definition that %s', (_, spec, message) => {
  const content = `apiVersion: ${group}\nkind: VidraResource\nmetadata: {name: contradiction}\n${spec}\n`;
  const [field = '', said = ''] = message.split(/: /);

  test('is refused by the server, in these words', async () => {
    const [located] = decode(content, { source: 'f' }).manifests;
    const answer = await applyStrictly((located as { manifest: Manifest }).manifest);
    expect(answer.status).toBe(422);
    const { details } = JSON.parse(answer.text) as { details: { causes: { field: string; message: string }[] } };
    expect(details.causes).toEqual([{ reason: 'FieldValueInvalid', field, message: expect.stringContaining(said) }]);
  });

  test('is refused in a file and of a cluster, in the same words', async () => {
    const { problems } = await loadDefinitions([{ name: 'f', content }]);
    expect(problems.map((problem) => problem.message)).toEqual([
      expect.stringMatching(/^f, document 1, line 4, column \d+: /),
    ]);
    expect(problems[0]?.message).toContain(`: ${message}`);
    const [located] = decode(content, { source: 'f' }).manifests;
    const [stored] = await loadStored([(located as { manifest: Manifest }).manifest]);
    expect(stored?.problems.map((problem) => problem.message)).toEqual([`VidraResource contradiction: ${message}`]);
  });
});

test('names like its own may be what a definition depends on, and other clusters may have a kubeconfig', async () => {
  const content = `apiVersion: ${group}
kind: VidraResource
metadata: {name: contradiction}
spec:
  manifest: ''
  dependsOn: [{kind: InfrahubSync, name: contradiction}, {kind: VidraResource, name: contradictions}]
  destination: {${secret}, server: 'https://kubernetes.default.example.com'}
`;
  const [located] = decode(content, { source: 'f' }).manifests;
  const answer = await applyStrictly((located as { manifest: Manifest }).manifest);
  expect(answer.status, answer.text).toBeLessThan(300);
  expect(await loadDefinitions([{ name: 'f', content }])).toMatchObject({ problems: [] });
});

test('what the API server stores is the definition that was in the file', async () => {
  for (const [, content] of accepted) {
    const [located] = decode(content, { source: 'f' }).manifests;
    const { manifest } = located as { manifest: Manifest };
    await applyStrictly(manifest);
    const { metadata, ...object } = await cluster.get(manifest);
    const [read] = await loadStored([{ ...manifest, ...object, metadata } as unknown as Manifest]);
    const [definition] = (await loadDefinitions([{ name: 'f', content }])).definitions;
    const { uid, generation, annotations = {} } = metadata;
    const stored = { uid, generation, annotations };
    expect(read?.problems).toEqual([]);
    expect(read?.definition).toEqual({ ...definition, origin: expect.anything(), stored });
  }
});

test("upstream's status and Vidra's own is kept as it is written", async () => {
  const conditions = [
    {
      type: 'Ready',
      status: 'True',
      reason: 'Applied',
      message: '',
      lastTransitionTime: '2026-11-22T12:00:00Z',
      observedGeneration: 1,
    },
  ];
  const common = {
    lastError: 'x',
    lastSyncTime: '2026-11-22T12:00:00Z',
    conditions,
    observedGeneration: 1,
    lastAttemptedRevision: 'b',
    lastAppliedRevision: 'a',
    lastHandledReconcile: 'now',
    planDigest: 'd',
    plannedChanges: { create: 1, update: 2, replace: 0, rename: 0, adopt: 0, delete: 3, release: 0, skip: 0 },
    owners: 1,
    objects: 12,
  };
  const item = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'shop' };
  const own = { uid: 'u', digest: 'd', content: 'c', fields: 'f', state: 'applied', run: 'r' };
  const inventory = { set: 's', revision: 'r', artifact: 'a', checksum: 'c', complete: true, shards: 2, sync: 'y' };
  const statuses = {
    InfrahubSync: { ...common, syncState: 'Stale', checksums: ['a', 'b'] },
    VidraResource: { ...common, DeployState: 'Running', managedResources: [item, { ...item, ...own }], inventory },
  };
  for (const [kind, status] of Object.entries(statuses)) {
    const reference = { apiVersion: group, kind, metadata: { name: 'status-sample' } };
    const source = { infrahubAPIURL: 'http://a', artefactName: 'x', targetBranch: 'main' };
    await cluster.apply({ ...reference, ...(kind === 'InfrahubSync' ? { spec: { source } } : { spec: {} }) }, 'test');
    const written = await cluster.patch(reference, 'merge-patch', { status }, { subresource: 'status' });
    expect(written['status']).toEqual(status);
    const wrong = { status: { ...status, [kind === 'InfrahubSync' ? 'syncState' : 'DeployState']: 'Done' } };
    await expect(cluster.patch(reference, 'merge-patch', wrong, { subresource: 'status' })).rejects.toThrow(
      'Unsupported value',
    );
  }
});

test('kubectl prints what a definition is for, and how it is doing', async () => {
  const reference = { apiVersion: group, kind: 'InfrahubSync', metadata: { name: 'printed' } };
  const source = { infrahubAPIURL: 'http://a', artefactName: 'Web', targetBranch: 'dev' };
  const definition = { ...reference, spec: { source } };
  await cluster.apply(definition, 'test');
  const ready = {
    type: 'Ready',
    status: 'False',
    reason: 'Failed',
    message: 'no route',
    lastTransitionTime: '2026-11-22T12:00:00Z',
  };
  const status = { conditions: [ready], objects: 12 };
  await cluster.patch(reference, 'merge-patch', { status }, { subresource: 'status' });
  const answer = await cluster.request('GET', `/apis/${group}/infrahubsyncs`, {
    headers: { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' },
    query: { fieldSelector: 'metadata.name=printed' },
  });
  const { columnDefinitions, rows } = JSON.parse(answer.text) as {
    columnDefinitions: { name: string; priority: number }[];
    rows: { cells: unknown[] }[];
  };
  const cells = columnDefinitions.map(({ name, priority }, index) => [name, priority, rows[0]?.cells[index]]);
  expect(cells.filter(([, priority]) => priority === 0)).toEqual([
    ['Name', 0, 'printed'],
    ['Artifact', 0, 'Web'],
    ['Branch', 0, 'dev'],
    ['Ready', 0, 'False'],
    ['Status', 0, 'no route'],
    ['Suspended', 0, false],
    ['Age', 0, expect.any(String)],
  ]);
  expect(cells).toContainEqual(['Objects', 1, 12]);
  expect(cells).toContainEqual(['Mode', 1, 'Enforce']);
});
