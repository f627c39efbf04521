/** Objects that others made: taken over, with what they wrote, so that what nobody wants any more goes, and nothing else. */
import { describe, expect, it } from 'vitest';
import type { Policy } from '../../src/definition/policy.ts';
import { carryOut } from '../../src/engine/carry-out.ts';
import { adopting, adoptionWorld, lastApplied, type Made, shown } from '../support/adoption.ts';
import { waitFor } from '../support/wait-for.ts';

const world = adoptionWorld();
const { applyExactly, configMap, create, edit, expectSettled, holders, kubectlApply, ours, rowOf, wanted } = world;

const deployment = (spec: object = {}, container: object = {}): Made =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: world.namespace, labels: { app: 'web' } },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'web:1', ...container }] },
      },
      ...spec,
    },
  }) as Made;

describe('an object of kubectl apply', () => {
  it('loses what left the manifest, and the record of kubectl', async () => {
    await kubectlApply(configMap({ color: 'red', size: '1', gone: 'x' }, { labels: { team: 'a', old: 'b' } }));
    const manifest = configMap({ color: 'blue', size: '1' }, { labels: { team: 'a' } });
    const { plan, after } = await applyExactly(manifest, [wanted(manifest)], 'IfUnowned');
    expect(rowOf(plan)).toMatchObject({
      action: 'adopt',
      reason: 'exists, and is taken over; takes over what "kubectl-client-side-apply" holds',
      confidence: 'server',
    });
    expect(shown(plan).map(({ path }) => path)).toContain('data.gone');
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
      ({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'settings', namespace: world.namespace },
        stringData,
      }) as unknown as Made;
    await kubectlApply(secret({ user: 'a', password: 'hunter2' }));
    const { plan, after } = await applyExactly(secret({}), [wanted(secret({ user: 'a' }))], 'IfUnowned');
    expect(after.data).toEqual({ user: 'YQ==' });
    expect(JSON.stringify(plan)).not.toMatch(/hunter2|aHVudGVyMg/);
  });

  it('keeps what the API server allocated', async () => {
    const service = (...ports: number[]) =>
      ({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web', namespace: world.namespace },
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
    await world.cluster.apply(made, 'kubectl');
    const { after } = await applyExactly(made, [wanted(configMap({ color: 'red' }))], 'IfUnowned');
    expect(after.data).toEqual({ color: 'red' });
    expect(await holders(made)).toEqual([ours()]);
  });
});

describe('an object of kubectl create', () => {
  it('keeps what the server added to it and does not take back', async () => {
    const limits = [{ type: 'Container', defaultRequest: { cpu: '10m' } }];
    const metadata = { name: 'limits', namespace: world.namespace };
    await world.cluster.create({ apiVersion: 'v1', kind: 'LimitRange', metadata, spec: { limits } } as Made);
    const account = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: world.namespace },
    };
    await waitFor('the account', () => world.cluster.exists(account));
    const pod = (labels: Record<string, string>) =>
      ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'settings', namespace: world.namespace, labels },
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

  it('is refused where it is not to be adopted, with who wrote it', async () => {
    await create(configMap({ color: 'red' }), 'ansible');
    const row = rowOf(await world.engine.plan([wanted(configMap({ color: 'red' }))]));
    expect(row).toMatchObject({
      action: 'skip',
      code: 'NOT_ADOPTED',
      reason: expect.stringMatching(/"ansible"/),
    });
  });

  it('is refused where another tool manages it, and taken over where that is said', async () => {
    const made = configMap({ color: 'red', chart: '1' }, helm);
    await create(made, 'helm');
    const definitions = [wanted(configMap({ color: 'blue' }))];
    const refused = await world.engine.apply(definitions, adopting('IfUnowned'));
    const reason = expect.stringMatching(/Helm \(release store\)/);
    expect(rowOf(refused.plan)).toMatchObject({ action: 'skip', code: 'NOT_ADOPTED', reason });
    expect((await world.cluster.get(made)).data).toEqual({ color: 'red', chart: '1' });

    const { after } = await applyExactly(made, definitions, 'Always');
    // Helm is no tool of people: what it holds stays its own.
    expect(after.data).toEqual({ color: 'blue', chart: '1' });
    expect(await holders(made)).toEqual([ours(), 'helm Update']);
    await expectSettled(definitions);
  });
});

describe('a run that ends early', () => {
  const made = () => configMap({ color: 'red', gone: '1' });
  const definitions = () => [wanted(configMap({ color: 'blue' }))];

  it('between taking over and applying leaves what the next one shows and removes', async () => {
    await kubectlApply(made());
    world.proxy.inject({
      method: 'PATCH',
      path: /settings/,
      writes: true,
      from: 2,
      fault: { kind: 'status', status: 500 },
    });
    const failed = await world.engine.apply(definitions(), adopting());
    expect(failed.outcomes).toMatchObject([{ result: 'failed' }]);
    world.proxy.heal();
    expect(await holders(made())).toEqual([ours()]);
    expect((await world.cluster.get(made())).data).toEqual(made()['data' as never]);

    // Adopted is adopted: nobody needs to say so again.
    const { plan, after } = await applyExactly(made(), definitions());
    expect(shown(plan).map(({ path }) => path)).toContain('data.gone');
    expect(after.data).toEqual({ color: 'blue' });
    expect(after.metadata.annotations).not.toHaveProperty([lastApplied]);
    await expectSettled(definitions());
  });

  it('without an answer to either has done its work', async () => {
    await kubectlApply(made());
    world.proxy.inject({ method: 'PATCH', path: /settings/, writes: true, times: 2, fault: { kind: 'lose-answer' } });
    const result = await world.engine.apply(definitions(), adopting());
    expect(result.outcomes).toMatchObject([{ result: 'succeeded' }]);
    expect((await world.cluster.get(made())).data).toEqual({ color: 'blue' });
    await expectSettled(definitions());
  });
});

describe('an object that changes while it is taken over', () => {
  const made = () => configMap({ color: 'red', gone: '1' });
  const definitions = () => [wanted(configMap({ color: 'blue' }))];

  it('is looked at again when only its version moved on', async () => {
    await kubectlApply(made());
    world.proxy.inject({
      path: /settings\?fieldManager/,
      writes: true,
      times: 1,
      fault: { kind: 'delay', milliseconds: 1000 },
    });
    const running = world.engine.apply(definitions(), adopting());
    await waitFor('the patch', () => world.proxy.count({ path: /settings\?fieldManager/, writes: true }) > 0);
    await edit(made(), { metadata: { annotations: { 'example.org/seen': 'yes' } } }, 'watcher');
    expect((await running).outcomes).toMatchObject([{ result: 'succeeded' }]);
    const after = await world.cluster.get(made());
    expect(after.data).toEqual({ color: 'blue' });
    expect(after.metadata.annotations).toMatchObject({ 'example.org/seen': 'yes' });
  });

  it('is left alone when somebody else has what would be taken over', async () => {
    await kubectlApply(made());
    const target = await world.engine.target(definitions(), adopting());
    const plan = await world.engine.plan(definitions(), adopting());
    await edit(made(), { data: { gone: '2' } }, 'controller');
    const run = { signal: new AbortController().signal, emit: () => undefined };
    const { outcomes } = await carryOut(plan, target, run, { wait: false, timeoutMs: 1000 });
    expect(outcomes).toMatchObject([{ result: 'failed', problem: { code: 'PLAN_STALE' } }]);
    expect((await world.cluster.get(made())).data).toEqual({ color: 'red', gone: '2' });
    expect((await holders(made())).sort()).toEqual(['controller Update', 'kubectl-client-side-apply Update']);
    const { after } = await applyExactly(made(), definitions(), 'IfUnowned');
    expect(after.data).toEqual({ color: 'blue', gone: '2' });
  });
});
