/** Objects that others made: taken over, with what they wrote, so that what nobody wants any more goes, and nothing else. */
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Policy } from '../../src/definition/policy.ts';
import type { Result } from '../../src/engine/run.ts';
import type { Manifest } from '../../src/manifest/manifest.ts';
import { differencesOf } from '../../src/plan/diff.ts';
import type { Difference, Plan } from '../../src/plan/plan.ts';
import { type Cluster, connect, type KubeObject, type Reference } from '../support/cluster.ts';
import { actionsOf, type Engine, resource, startEngine } from '../support/engine.ts';
import { type FaultyProxy, startProxy } from '../support/proxy.ts';
import { waitFor } from '../support/wait-for.ts';

let cluster: Cluster;
let proxy: FaultyProxy;
let engine: Engine;
let namespace: string;
let owner: string;

beforeAll(() => {
  cluster = connect(inject('kubeconfig'));
});
beforeEach(async () => {
  namespace = await cluster.createNamespace();
  owner = `${namespace}-web`;
  proxy = await startProxy(inject('kubeconfig'));
  engine = await startEngine(proxy.kubeconfig, namespace);
  return async () => {
    await engine.close();
    await proxy.close();
  };
});
afterAll(() => cluster.close());

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
type Made = Reference & { metadata: { labels?: Record<string, string>; annotations?: Record<string, string> } };
const configMap = (data: Record<string, string>, metadata: object = {}): Made =>
  ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace, ...metadata }, data }) as Made;
const deployment = (spec: object = {}, container: object = {}): Made =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace, labels: { app: 'web' } },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'web:1', ...container }] },
      },
      ...spec,
    },
  }) as Made;

/** As `kubectl create` does it. */
async function create(manifest: Made, fieldManager = 'kubectl-create'): Promise<KubeObject> {
  const plural = `${manifest.kind.toLowerCase()}s`;
  const root = manifest.apiVersion === 'v1' ? '/api/v1' : `/apis/${manifest.apiVersion}`;
  const path = `${root}/namespaces/${namespace}/${plural}`;
  const { status, text } = await cluster.request('POST', path, { body: manifest, query: { fieldManager } });
  expect(status, text).toBe(201);
  return JSON.parse(text);
}
/** As `kubectl apply` does it. */
const kubectlApply = (manifest: Made) => {
  const annotations = { ...manifest.metadata.annotations, [lastApplied]: JSON.stringify(manifest) };
  return create({ ...manifest, metadata: { ...manifest.metadata, annotations } }, 'kubectl-client-side-apply');
};
const edit = (manifest: Made, body: object, fieldManager: string, subresource = '') =>
  cluster.patch(manifest, 'merge-patch', body, { query: { fieldManager }, subresource });
const wipe = (manifest: Made) =>
  cluster.patch(manifest, 'json-patch', [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }]);

const adopting = (adopt: Policy['adopt'] = 'IfUnowned') => ({ overrides: { adopt } });
const wanted = (manifest: object, name = owner) => resource(name, manifest);
const rowOf = (plan: Plan, name = owner) => {
  const row = plan.owners.find((one) => one.owner.name === name)?.changes[0];
  if (!row) throw new Error(`no row of ${name}`);
  return row;
};
const holders = async (manifest: Made) =>
  ((await cluster.get(manifest)).metadata.managedFields ?? []).map(({ manager, operation, subresource = '' }) =>
    [manager.replace(/@.*/, ''), operation, subresource].join(' ').trim(),
  );
const ours = (name = owner) => `vidra:${name} Apply`;

/** Applies, and holds the plan to what became of the object, field by field. */
async function applyExactly(manifest: Made, definitions: Parameters<Engine['apply']>[0], adopt?: Policy['adopt']) {
  const before = await cluster.get(manifest);
  const result = await engine.apply(definitions, adopt ? adopting(adopt) : {});
  expect(result.outcomes.map(({ result, problem }) => problem ?? result)).toEqual(
    result.outcomes.map(() => 'succeeded'),
  );
  const after = await cluster.get(manifest);
  expect(after.metadata.uid).toBe(before.metadata.uid);
  expect(shown(result)).toEqual(sorted(differencesOf(asManifest(before), asManifest(after))));
  return { result, before, after };
}
const asManifest = (object: KubeObject) => object as unknown as Manifest;
const shown = ({ plan }: Result) =>
  sorted(plan.owners.flatMap(({ changes }) => changes.flatMap((row) => ('differences' in row ? row.differences : []))));
/** Without what the controllers of the control plane write as soon as they see a change. */
const sorted = (differences: readonly Difference[]) =>
  differences
    .filter(({ path }) => !path.includes('deployment.kubernetes.io/revision'))
    .sort((a, b) => (a.path < b.path ? -1 : 1));

/** A second plan changes nothing, and asks for nothing but lists. */
async function expectSettled(definitions: Parameters<Engine['apply']>[0]) {
  proxy.forget();
  expect(actionsOf(await engine.plan(definitions))).toEqual([]);
  expect(proxy.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  expect(proxy.requests.filter(({ path }) => /\/(settings|web)$/.test(path))).toEqual([]);
}

describe('an object of kubectl apply', () => {
  it('loses what left the manifest, and the record of kubectl', async () => {
    await kubectlApply(configMap({ color: 'red', size: '1', gone: 'x' }, { labels: { team: 'a', old: 'b' } }));
    const manifest = configMap({ color: 'blue', size: '1' }, { labels: { team: 'a' } });
    const { result, after } = await applyExactly(manifest, [wanted(manifest)], 'IfUnowned');
    expect(rowOf(result.plan)).toMatchObject({
      action: 'adopt',
      reason: 'exists, and is taken over; takes over what "kubectl-client-side-apply" holds',
      confidence: 'server',
    });
    expect(shown(result).map(({ path }) => path)).toContain('data.gone');
    expect(after.data).toEqual({ color: 'blue', size: '1' });
    expect(after.metadata.labels).toEqual({ team: 'a', 'managed-by': 'vidra' });
    expect(after.metadata.annotations).not.toHaveProperty([lastApplied]);
    expect(await holders(manifest)).toEqual([ours()]);
    await expectSettled([wanted(manifest)]);

    // What leaves the manifest after that goes, too.
    const { after: later } = await applyExactly(manifest, [wanted(configMap({ color: 'blue' }))]);
    expect(later.data).toEqual({ color: 'blue' });
  });

  it('keeps what the server, autoscalers and other controllers wrote', async () => {
    const made = deployment({ minReadySeconds: 5 }, { env: [{ name: 'OLD', value: '1' }], command: ['run'] });
    await kubectlApply(made);
    await edit(made, { spec: { replicas: 7 } }, 'kube-controller-manager', 'scale');
    await edit(made, { status: { replicas: 7, observedGeneration: 1 } }, 'kube-controller-manager', 'status');
    await edit(made, { metadata: { annotations: { 'example.org/seen': 'yes' } } }, 'watcher');
    const manifest = deployment({}, { env: [{ name: 'NEW', value: '1' }] });
    const { after } = await applyExactly(manifest, [wanted(manifest)], 'IfUnowned');
    expect(after).toMatchObject({
      metadata: { annotations: { 'example.org/seen': 'yes' } },
      spec: {
        replicas: 7,
        revisionHistoryLimit: 10,
        template: { spec: { containers: [{ name: 'web', env: [{ name: 'NEW', value: '1' }] }] } },
      },
    });
    expect(JSON.stringify(after)).not.toMatch(/command|minReadySeconds|OLD/);
    expect((await holders(manifest)).sort()).toEqual(
      [
        ours(),
        'kube-controller-manager Update scale',
        'kube-controller-manager Update status',
        'watcher Update',
      ].sort(),
    );
    await expectSettled([wanted(manifest)]);
  });

  it('loses what was edited by hand afterwards', async () => {
    const made = configMap({ color: 'red' });
    await kubectlApply(made);
    await edit(made, { data: { byHand: '1' } }, 'kubectl-edit');
    await edit(made, { metadata: { labels: { byHand: '1' } } }, 'kubectl-label');
    await edit(made, { data: { controlled: '1' } }, 'controller');
    const { after } = await applyExactly(made, [wanted(made)], 'IfUnowned');
    expect(after.data).toEqual({ color: 'red', controlled: '1' });
    expect(after.metadata.labels).toEqual({ 'managed-by': 'vidra' });
    expect(await holders(made)).toEqual([ours(), 'controller Update']);
  });

  it('loses a key of a Secret that was written as text', async () => {
    const secret = (stringData: object) =>
      ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'settings', namespace }, stringData }) as unknown as Made;
    await kubectlApply(secret({ user: 'a', password: 'b' }));
    const { after, result } = await applyExactly(secret({}), [wanted(secret({ user: 'a' }))], 'IfUnowned');
    expect(after.data).toEqual({ user: 'YQ==' });
    expect(JSON.stringify(result.plan.owners[0]?.changes[0])).not.toContain('Yg==');
  });

  it('keeps what the API server allocated', async () => {
    const service = (...ports: number[]) =>
      ({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web', namespace },
        spec: { selector: { app: 'web' }, ports: ports.map((port) => ({ port, name: `p${port}` })) },
      }) as unknown as Made;
    const { spec } = await kubectlApply(service(80, 81));
    const { after } = await applyExactly(service(), [wanted(service(80))], 'IfUnowned');
    const { clusterIP } = spec as { clusterIP: string };
    expect(after).toMatchObject({ spec: { clusterIP, ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] } });
  });

  it('keeps what the definition ignores, or leaves to whoever edited it', async () => {
    const made = configMap({ color: 'red', ignored: '1' });
    await kubectlApply(made);
    await edit(made, { data: { byHand: '1', other: '1' } }, 'kubectl-edit');
    const definition = wanted(configMap({ color: 'red' }));
    const policy: Policy = {
      ...definition.policy,
      adopt: 'IfUnowned',
      ignore: [{ paths: ['data.ignored'] }],
      conflicts: [{ manager: 'kubectl-edit', path: 'data.byHand', action: 'Yield' }],
    };
    const { after } = await applyExactly(made, [{ ...definition, policy }]);
    expect(after.data).toEqual({ color: 'red', ignored: '1', byHand: '1' });
  });

  it('is taken over from the server-side apply of kubectl, too', async () => {
    const made = configMap({ color: 'red', gone: '1' });
    await cluster.apply(made, 'kubectl');
    const { after } = await applyExactly(made, [wanted(configMap({ color: 'red' }))], 'IfUnowned');
    expect(after.data).toEqual({ color: 'red' });
    expect(await holders(made)).toEqual([ours()]);
  });
});

describe('an object of kubectl create', () => {
  it('keeps what the server added to it and does not take back', async () => {
    const limits = [{ type: 'Container', defaultRequest: { cpu: '10m' } }];
    const metadata = { name: 'limits', namespace };
    await cluster.create({ apiVersion: 'v1', kind: 'LimitRange', metadata, spec: { limits } } as Made);
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } };
    await waitFor('the account', () => cluster.exists(account));
    const pod = (labels: Record<string, string>) =>
      ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'settings', namespace, labels },
        spec: { containers: [{ name: 'web', image: 'web:1' }] },
      }) as unknown as Made;
    const added = { spec: { containers: [{ resources: { requests: { cpu: '10m' } } }] } };
    expect(await create(pod({ old: '1' }), 'kubectl-run')).toMatchObject(added);
    const { after } = await applyExactly(pod({}), [wanted(pod({ new: '1' }))], 'IfUnowned');
    expect(after).toMatchObject(added);
    // What was written cannot be told from what was added, so all of it stays.
    expect(after.metadata.labels).toEqual({ old: '1', new: '1', 'managed-by': 'vidra' });
    expect((await holders(pod({}))).join()).not.toContain('kubectl');
  });
});

describe('an object of somebody else', () => {
  const helm = {
    labels: { 'app.kubernetes.io/managed-by': 'Helm' },
    annotations: { 'meta.helm.sh/release-name': 'store', 'meta.helm.sh/release-namespace': 'default' },
  };

  it('is refused where it is not to be adopted, with the way', async () => {
    await create(configMap({ color: 'red' }), 'ansible');
    const row = rowOf(await engine.plan([wanted(configMap({ color: 'red' }))]));
    expect(row).toMatchObject({
      action: 'skip',
      code: 'NOT_ADOPTED',
      reason: expect.stringMatching(/"ansible".*--adopt/),
    });
  });

  it('is refused where another tool manages it, and taken over where that is said', async () => {
    const made = configMap({ color: 'red', chart: '1' }, helm);
    await create(made, 'helm');
    const definitions = [wanted(configMap({ color: 'blue' }))];
    const refused = await engine.apply(definitions, adopting('IfUnowned'));
    const reason = expect.stringMatching(/Helm \(release store\).*--adopt Always/);
    expect(rowOf(refused.plan)).toMatchObject({ action: 'skip', code: 'NOT_ADOPTED', reason });
    expect((await cluster.get(made)).data).toEqual({ color: 'red', chart: '1' });

    const { after } = await applyExactly(made, definitions, 'Always');
    // Helm is no tool of people: what it holds stays its own.
    expect(after.data).toEqual({ color: 'blue', chart: '1' });
    expect(await holders(made)).toEqual([ours(), 'helm Update']);
    await expectSettled(definitions);
  });
});

describe('an object whose managedFields somebody wiped', () => {
  const both = { color: 'red', gone: '1' };
  const left = { color: 'red' };

  it('loses what left the manifest since, and nothing of others', async () => {
    await engine.apply([wanted(configMap(both))]);
    await edit(configMap({}), { data: { controlled: '1' } }, 'controller');
    await wipe(configMap({}));
    const { after } = await applyExactly(configMap({}), [wanted(configMap(left))]);
    expect(after.data).toEqual({ color: 'red', controlled: '1' });
    expect(await holders(configMap({}))).toEqual([ours(), 'before-first-apply Update']);
    await expectSettled([wanted(configMap(left))]);
  });

  it('keeps a value that somebody changed since', async () => {
    await engine.apply([wanted(configMap(both))]);
    await edit(configMap({}), { data: { gone: '2' } }, 'controller');
    await wipe(configMap({}));
    const { after } = await applyExactly(configMap({}), [wanted(configMap(left))]);
    expect(after.data).toEqual({ color: 'red', gone: '2' });
  });

  it('loses what leaves the manifest later', async () => {
    await engine.apply([wanted(configMap(both))]);
    await wipe(configMap({}));
    await applyExactly(configMap({}), [wanted(configMap(both))]);
    expect(await holders(configMap({}))).toEqual([ours(), 'before-first-apply Update']);
    const { after } = await applyExactly(configMap({}), [wanted(configMap(left))]);
    expect(after.data).toEqual(left);
  });

  it('loses what left the manifest when a run died in between', async () => {
    await engine.apply([wanted(configMap(both))]);
    await wipe(configMap({}));
    proxy.inject({ method: 'PATCH', path: /settings/, writes: true, from: 2, fault: { kind: 'status', status: 500 } });
    const failed = await engine.apply([wanted(configMap(left))]);
    expect(failed.outcomes).toMatchObject([{ result: 'failed' }]);
    expect((await cluster.get(configMap({}))).data).toEqual(both);
    proxy.heal();
    const { after } = await applyExactly(configMap({}), [wanted(configMap(left))]);
    expect(after.data).toEqual(left);
  });

  it('is taken over by what kubectl apply wrote', async () => {
    await kubectlApply(configMap(both));
    await edit(configMap({}), { data: { controlled: '1' } }, 'controller');
    await wipe(configMap({}));
    const { after } = await applyExactly(configMap({}), [wanted(configMap(left))], 'IfUnowned');
    expect(after.data).toEqual({ color: 'red', controlled: '1' });
    expect(after.metadata.annotations).not.toHaveProperty([lastApplied]);
  });

  it('or restored from a backup loses what left the manifest, too', async () => {
    await engine.apply([wanted(configMap(both))]);
    const { metadata, ...rest } = await cluster.get(configMap({}));
    await cluster.remove(configMap({}));
    const { labels, annotations, name } = metadata;
    await create({ ...rest, metadata: { name, namespace, labels, annotations } } as Made, 'velero-server');
    const { after } = await applyExactly(configMap({}), [wanted(configMap(left))]);
    expect(after.data).toEqual(left);
    const { after: empty } = await applyExactly(configMap({}), [wanted(configMap({ other: '1' }))]);
    expect(empty.data).toEqual({ other: '1' });
  });
});

describe('a run that ends early', () => {
  const made = () => configMap({ color: 'red', gone: '1' });
  const definitions = () => [wanted(configMap({ color: 'blue' }))];

  it('between taking over and applying leaves what the next one shows and removes', async () => {
    await kubectlApply(made());
    proxy.inject({ method: 'PATCH', path: /settings/, writes: true, from: 2, fault: { kind: 'status', status: 500 } });
    const failed = await engine.apply(definitions(), adopting());
    expect(failed.outcomes).toMatchObject([{ result: 'failed' }]);
    proxy.heal();
    expect(await holders(made())).toEqual([ours()]);
    expect((await cluster.get(made())).data).toEqual(made()['data' as never]);

    // Adopted is adopted: nobody needs to say so again.
    const { result, after } = await applyExactly(made(), definitions());
    expect(shown(result).map(({ path }) => path)).toContain('data.gone');
    expect(after.data).toEqual({ color: 'blue' });
    expect(after.metadata.annotations).not.toHaveProperty([lastApplied]);
    await expectSettled(definitions());
  });

  it('without an answer to either has done its work', async () => {
    await kubectlApply(made());
    proxy.inject({ method: 'PATCH', path: /settings/, writes: true, times: 2, fault: { kind: 'lose-answer' } });
    const result = await engine.apply(definitions(), adopting());
    expect(result.outcomes).toMatchObject([{ result: 'succeeded' }]);
    expect((await cluster.get(made())).data).toEqual({ color: 'blue' });
    await expectSettled(definitions());
  });
});
