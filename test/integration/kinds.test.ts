/** Kinds that depend on each other, kinds that change, and documents that cannot be read. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { actionsOf, resource } from '../support/engine.ts';
import { engine, useEngine } from '../support/engine-stage.ts';
import { cluster, namespace } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

useEngine();

const configMap = (name: string, inNamespace = namespace) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: inNamespace },
  data: { color: 'blue' },
});

function machines(group: string) {
  const version = {
    name: 'v1',
    served: true,
    storage: true,
    schema: {
      openAPIV3Schema: {
        type: 'object',
        properties: { spec: { type: 'object', properties: { cores: { type: 'integer' } } } },
      },
    },
  };
  return {
    definition: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `machines.${group}` },
      spec: {
        group,
        scope: 'Namespaced',
        names: { plural: 'machines', singular: 'machine', kind: 'Machine' },
        versions: [version],
      },
    },
    machine: (name: string, cores: unknown) => ({
      apiVersion: `${group}/v1`,
      kind: 'Machine',
      metadata: { name, namespace },
      spec: { cores },
    }),
  };
}

describe('kinds', () => {
  it('plans and applies a CRD with its instances in one go, and removes them in the opposite order', async () => {
    const group = `${namespace}.example.org`;
    const { definition, machine } = machines(group);
    const wanted = resource(`${namespace}-vm`, machine('one', 2), definition, machine('two', 4));

    const plan = await engine.plan([wanted], { validate: true });
    expect(actionsOf(plan)).toEqual([
      'create Machine one',
      `create CustomResourceDefinition machines.${group}`,
      'create Machine two',
    ]);
    expect(plan.owners[0]?.changes.map((change) => 'confidence' in change && change.confidence)).toEqual([
      'predicted',
      'server',
      'predicted',
    ]);

    const result = await engine.apply([wanted]);
    expect(result.outcomes.map(({ change, result }) => [change.reference.kind, result])).toEqual([
      ['CustomResourceDefinition', 'succeeded'],
      ['Machine', 'succeeded'],
      ['Machine', 'succeeded'],
    ]);
    expect(await cluster.get(machine('two', 4))).toMatchObject({ spec: { cores: 4 } });
    expect(actionsOf((await engine.apply([wanted])).plan)).toEqual([]);

    const removed = await engine.apply([resource(`${namespace}-vm`)]);
    expect(removed.outcomes.map(({ change, result }) => [change.reference.kind, result])).toEqual([
      ['Machine', 'succeeded'],
      ['Machine', 'succeeded'],
      ['CustomResourceDefinition', 'succeeded'],
    ]);
    await waitFor('the CRD to be gone', async () => !(await cluster.exists(definition)));
    expect(actionsOf((await engine.apply([resource(`${namespace}-vm`)])).plan)).toEqual([]);
  });

  it('knows of the definition of another owner that its instances are in no Namespace', async () => {
    const { definition, machine } = machines(`${namespace}.example.org`);
    const clusterWide = { ...definition, spec: { ...definition.spec, scope: 'Cluster' } };
    const { metadata, ...rest } = machine('one', 2);
    const kinds = resource(`${namespace}-kinds`, clusterWide);
    const wanted = [resource(`${namespace}-web`, { ...rest, metadata }), kinds];
    const { outcomes } = await engine.apply(wanted);
    expect(outcomes.map(({ change, result }) => [change.reference.namespace, result])).toEqual([
      ['', 'succeeded'],
      ['', 'succeeded'],
    ]);
    const one = { ...rest, metadata: { name: metadata.name } };
    const { uid } = (await cluster.get(one)).metadata;
    // Nothing is taken for another object by the run that knows the kind from the server.
    expect(actionsOf((await engine.apply(wanted)).plan)).toEqual([]);
    expect((await cluster.get(one)).metadata.uid).toBe(uid);
    await engine.apply([resource(`${namespace}-web`), resource(`${namespace}-kinds`)]);
  });

  it('plans and applies a Namespace with its contents in one go', async () => {
    const name = `${namespace}-inner`;
    const inner = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    const wanted = resource(`${namespace}-web`, configMap('a', name), inner, configMap('b', name));
    expect(actionsOf(await engine.plan([wanted], { validate: true }))).toHaveLength(3);
    const result = await engine.apply([wanted]);
    expect(result.outcomes.map(({ change, result }) => [change.reference.kind, result])[0]).toEqual([
      'Namespace',
      'succeeded',
    ]);
    expect(await cluster.exists(configMap('b', name))).toBe(true);
  });

  it('keeps the object when the version of its kind changes', async () => {
    const scaler = (version: string, spec: object) => ({
      apiVersion: `autoscaling/${version}`,
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web', namespace },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        minReplicas: 1,
        maxReplicas: 5,
        ...spec,
      },
    });
    const old = scaler('v1', { targetCPUUtilizationPercentage: 70 });
    await engine.apply([resource(`${namespace}-web`, old)]);
    const { uid } = (await cluster.get(old)).metadata;

    const target = { type: 'Utilization', averageUtilization: 70 };
    const now = scaler('v2', { metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] });
    const result = await engine.apply([resource(`${namespace}-web`, now)]);
    expect(actionsOf(result.plan)).toEqual(['update HorizontalPodAutoscaler web']);
    expect(result.outcomes.map(({ result }) => result)).toEqual(['succeeded']);
    expect((await cluster.get(now)).metadata.uid).toBe(uid);
    expect(actionsOf((await engine.apply([resource(`${namespace}-web`, now)])).plan)).toEqual([]);
  });

  it('keeps the object when it is written as one of another group that serves it, too', async () => {
    const rest = {
      kind: 'Event',
      metadata: { name: 'backup', namespace },
      action: 'Backup',
      reason: 'Done',
      type: 'Normal',
      eventTime: '2026-01-01T00:00:00.000000Z',
      reportingInstance: 'nightly',
    };
    const about = { kind: 'Pod', namespace, name: 'web' };
    const old = { ...rest, apiVersion: 'v1', involvedObject: about, reportingComponent: 'example.org/backup' };
    const now = {
      ...rest,
      apiVersion: 'events.k8s.io/v1',
      regarding: about,
      reportingController: 'example.org/backup',
    };
    await engine.apply([resource(`${namespace}-web`, old)]);
    const { uid } = (await cluster.get(old)).metadata;
    const result = await engine.apply([resource(`${namespace}-web`, now)]);
    expect(result.outcomes.map(({ change, result }) => [change.action, result])).toEqual([['update', 'succeeded']]);
    expect((await cluster.get(now)).metadata.uid).toBe(uid);
    expect(actionsOf((await engine.apply([resource(`${namespace}-web`, now)])).plan)).toEqual([]);
    await engine.apply([resource(`${namespace}-web`)]);
    expect(await cluster.exists(now)).toBe(false);
  });

  it('applies the readable documents of three, names the unreadable one, and deletes nothing', async () => {
    await engine.apply([resource(`${namespace}-web`, configMap('a'), configMap('b'), configMap('old'))]);
    const text = [
      JSON.stringify(configMap('a')),
      'kind: ConfigMap\nmetadata:\n  name: b\n',
      JSON.stringify(configMap('c')),
    ];
    const wanted = { ...resource(`${namespace}-web`, configMap('a')), manifest: text.join('\n---\n') };
    const result = await engine.apply([wanted as never]);
    expect(actionsOf(result.plan)).toEqual(['create ConfigMap c']);
    expect(result.plan.owners[0]?.problems).toMatchObject([
      { code: 'MANIFEST_INVALID', message: expect.stringContaining('document 2') },
    ]);
    expect(await cluster.exists(configMap('old'))).toBe(true);
    expect(await cluster.exists(configMap('c'))).toBe(true);
  });

  it('leaves an object as it is that is written twice, and deletes nothing of its owner meanwhile', async () => {
    const named = (color: string) => ({ ...configMap('a'), data: { color } });
    await engine.apply([resource(`${namespace}-web`, named('blue'), configMap('old'))]);
    // Once with the namespace, and once without.
    const { namespace: _, ...metadata } = configMap('a').metadata;
    const twice = resource(`${namespace}-web`, named('red'), { ...named('green'), metadata }, configMap('new'));
    const { plan } = await engine.apply([twice], { namespace });
    expect(actionsOf(plan)).toEqual(['create ConfigMap new']);
    expect(plan.owners[0]?.problems).toMatchObject([
      { code: 'MANIFEST_DUPLICATE', message: expect.stringMatching(/document 2.* is written already in .*document 1/) },
    ]);
    expect((await cluster.get(configMap('a'))).data).toEqual({ color: 'blue' });
    expect(await cluster.exists(configMap('old'))).toBe(true);
    expect(actionsOf(await engine.plan([resource(`${namespace}-web`, named('blue'), configMap('new'))]))).toEqual([
      'delete ConfigMap old',
    ]);
  });

  it('has an object of the whole cluster once, though its manifest names a namespace', async () => {
    const metadata = { name: namespace, namespace };
    const role = (verb: string) => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata,
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: [verb] }],
    });
    const live = { ...role('get'), metadata: { name: namespace } };
    await engine.apply([resource(`${namespace}-web`, role('get'))]);
    const { uid } = (await cluster.get(live)).metadata;
    expect(actionsOf((await engine.apply([resource(`${namespace}-web`, role('get'))])).plan)).toEqual([]);
    expect(actionsOf((await engine.apply([resource(`${namespace}-web`, role('list'))])).plan)).toEqual([
      `update ClusterRole ${namespace}`,
    ]);
    expect((await cluster.get(live)).metadata.uid).toBe(uid);
    // The namespace was never a part of it: nothing changes when it goes.
    const bare = { ...role('list'), metadata: { name: namespace } };
    expect(actionsOf((await engine.apply([resource(`${namespace}-web`, bare)])).plan)).toEqual([]);
    await engine.apply([resource(`${namespace}-web`)]);
    expect(await cluster.exists(live)).toBe(false);
  });

  it('stops only what depends on an object that the server refuses', async () => {
    const broken = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'broken', namespace },
      spec: { ports: [{ port: 99999999 }] },
    };
    const dependant = configMap('dependant');
    Object.assign(dependant.metadata, {
      annotations: { 'config.kubernetes.io/depends-on': `/namespaces/${namespace}/Service/broken` },
    });
    const result = await engine.apply([resource(`${namespace}-web`, dependant, broken, configMap('other'))]);
    const results = Object.fromEntries(result.outcomes.map(({ change, result }) => [change.reference.name, result]));
    expect(results).toEqual({ broken: 'failed', dependant: 'blocked', other: 'succeeded' });
    expect(await cluster.exists(dependant)).toBe(false);
    const problem = result.outcomes.find(({ change }) => change.reference.name === 'broken')?.problem;
    expect(problem).toMatchObject({
      code: 'CLUSTER_REFUSED',
      message: expect.stringContaining(`Service ${namespace}/broken`),
    });
  });

  it('moves instances to a version that the same plan adds to their kind', async () => {
    const { definition, machine } = machines(`a${randomBytes(4).toString('hex')}.example.org`);
    const { spec } = definition;
    const [v1] = spec.versions;
    const both = { ...definition, spec: { ...spec, versions: [v1, { ...v1, name: 'v2', storage: false }] } };
    const atV2 = (name: string) => ({ ...machine(name, 2), apiVersion: `${spec.group}/v2` });
    const [kinds, web] = [`${namespace}-kinds`, `${namespace}-web`];
    await engine.apply([resource(kinds, definition), resource(web, machine('one', 1))]);
    const { uid } = (await cluster.get(machine('one', 1))).metadata;

    const moved = [resource(kinds, both), resource(web, atV2('one'), atV2('two'))];
    const { outcomes } = await engine.apply(moved);
    expect(outcomes.map(({ result, problem }) => [result, problem])).toEqual(Array(3).fill(['succeeded', undefined]));
    expect((await cluster.get(atV2('one'))).metadata.uid).toBe(uid);
    expect(actionsOf(await engine.plan(moved))).toEqual([]);
    await engine.apply([resource(kinds), resource(web)]);
  });

  it('leaves the rules of an aggregated ClusterRole to the control plane', async () => {
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: namespace },
      aggregationRule: {
        clusterRoleSelectors: [{ matchLabels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } }],
      },
      rules: [],
    };
    await engine.apply([resource(`${namespace}-web`, role)]);
    await waitFor('the rules', async () => ((await cluster.get(role))['rules'] as unknown[] | null)?.length);
    expect(actionsOf(await engine.plan([resource(`${namespace}-web`, role)]))).toEqual([]);
    await engine.apply([resource(`${namespace}-web`)]);
  });

  it('says that a kind is unknown, and applies the rest', async () => {
    const unknown = { apiVersion: 'nobody.example.org/v1', kind: 'Nothing', metadata: { name: 'x', namespace } };
    const result = await engine.apply([resource(`${namespace}-web`, unknown, configMap('a'))]);
    expect(result.plan.owners[0]?.changes[0]).toMatchObject({ action: 'skip', code: 'KIND_UNKNOWN' });
    expect(await cluster.exists(configMap('a'))).toBe(true);
  });

  it('keeps integers beyond 2^53 to the digit', async () => {
    const group = `${namespace}.example.org`;
    const { definition } = machines(group);
    const cores = '9007199254740993';
    const text = `apiVersion: ${group}/v1\nkind: Machine\nmetadata: {name: big, namespace: ${namespace}}\nspec: {cores: ${cores}}\n`;
    const wanted = {
      ...resource(`${namespace}-vm`, definition),
      manifest: `${JSON.stringify(definition)}\n---\n${text}`,
    };
    await engine.apply([wanted as never]);
    const answer = await cluster.request('GET', `/apis/${group}/v1/namespaces/${namespace}/machines/big`);
    expect(answer.text).toContain(`"cores":${cores}`);
    expect(actionsOf((await engine.apply([wanted as never])).plan)).toEqual([]);
  });
});

describe('other writers', () => {
  const deployment = (replicas: number, image: string) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image }] } },
    },
  });

  it('leaves replicas to an autoscaler that writes them through the scale subresource', async () => {
    const wanted = deployment(2, 'nginx:1');
    await engine.apply([resource(`${namespace}-web`, wanted)]);
    await cluster.patch(
      wanted,
      'merge-patch',
      { spec: { replicas: 7 } },
      { subresource: 'scale', query: { fieldManager: 'hpa' } },
    );

    const result = await engine.apply([resource(`${namespace}-web`, deployment(2, 'nginx:2'))]);
    expect(result.outcomes.map(({ result }) => result)).toEqual(['succeeded']);
    expect(await cluster.get(wanted)).toMatchObject({
      spec: { replicas: 7, template: { spec: { containers: [{ image: 'nginx:2' }] } } },
    });
    expect(actionsOf((await engine.apply([resource(`${namespace}-web`, deployment(2, 'nginx:2'))])).plan)).toEqual([]);
  });

  it('reports a field that another controller holds, and does not overwrite it', async () => {
    const wanted = deployment(2, 'nginx:1');
    await engine.apply([resource(`${namespace}-web`, wanted)]);
    await cluster.apply(deployment(2, 'nginx:9'), 'image-updater');
    const result = await engine.apply([resource(`${namespace}-web`, wanted)]);
    expect(result.plan.owners[0]?.changes).toMatchObject([
      { action: 'skip', code: 'CONFLICT', reason: expect.stringContaining('"image-updater"') },
    ]);
    expect(await cluster.get(wanted)).toMatchObject({
      spec: { template: { spec: { containers: [{ image: 'nginx:9' }] } } },
    });
  });

  it('fails as stale when somebody recreates an object between plan and apply', async () => {
    const wanted = configMap('a');
    await engine.apply([resource(`${namespace}-web`, wanted)]);
    const { carryOut } = await import('../../src/engine/carry-out.ts');
    const changed = { ...wanted, data: { color: 'red' } };
    const target = await engine.target([resource(`${namespace}-web`, changed)]);
    const plan = await engine.plan([resource(`${namespace}-web`, changed)]);
    await cluster.remove(wanted);
    await cluster.create({ ...wanted, data: { theirs: 'yes' } } as never);
    const run = { signal: new AbortController().signal, emit: () => undefined };
    const result = await carryOut(plan, target, run, { wait: false, timeoutMs: 1000 });
    expect(result.outcomes).toMatchObject([{ result: 'failed', problem: { code: 'PLAN_STALE' } }]);
    expect((await cluster.get(wanted)).data).toEqual({ theirs: 'yes' });
  });

  it('makes nothing of an object that somebody else has made between plan and apply, and never takes it for its own', async () => {
    const wanted = configMap('a');
    const { carryOut } = await import('../../src/engine/carry-out.ts');
    const target = await engine.target([resource(`${namespace}-web`, wanted)]);
    const plan = await engine.plan([resource(`${namespace}-web`, wanted)]);
    await cluster.create({ ...wanted, data: { theirs: 'yes' } } as never);
    const { metadata } = await cluster.get(wanted);
    const run = { signal: new AbortController().signal, emit: () => undefined };
    const result = await carryOut(plan, target, run, { wait: false, timeoutMs: 1000 });
    expect(result.outcomes).toMatchObject([{ result: 'failed', problem: { code: 'PLAN_STALE' } }]);
    expect(await cluster.get(wanted)).toMatchObject({ metadata, data: { theirs: 'yes' } });
    expect(actionsOf(await engine.plan([resource(`${namespace}-web`, wanted)]))).toEqual(['skip ConfigMap a']);
    await engine.apply([resource(`${namespace}-web`)]);
    expect(await cluster.exists(wanted)).toBe(true);
  });

  it('does not delete what another owner joined between plan and apply', async () => {
    const shared = configMap('a');
    const [one, two] = [`${namespace}-one`, `${namespace}-${randomBytes(3).toString('hex')}`];
    await engine.apply([resource(one, shared)]);
    const { carryOut } = await import('../../src/engine/carry-out.ts');
    const target = await engine.target([resource(one)]);
    const plan = await engine.plan([resource(one)]);
    expect(actionsOf(plan)).toEqual(['delete ConfigMap a']);
    await engine.apply([resource(two, shared)]);
    const run = { signal: new AbortController().signal, emit: () => undefined };
    const result = await carryOut(plan, target, run, { wait: false, timeoutMs: 1000 });
    expect(result.outcomes).toMatchObject([{ result: 'failed', problem: { code: 'PLAN_STALE' } }]);
    expect(await cluster.exists(shared)).toBe(true);
    expect(actionsOf(await engine.plan([resource(one)]))).toEqual(['release ConfigMap a']);
  });
});
