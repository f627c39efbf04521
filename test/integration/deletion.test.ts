/** Deletions on a real API server: who comes in between, what they take along, what stops them, and what is left on record. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Definition } from '../../src/definition/definition.ts';
import type { Policy } from '../../src/definition/policy.ts';
import { carryOut } from '../../src/engine/carry-out.ts';
import type { Result } from '../../src/engine/run.ts';
import type { KubeObject, Reference } from '../support/cluster.ts';
import { actionsOf, resource } from '../support/engine.ts';
import { engine, useEngine } from '../support/engine-stage.ts';
import { cluster, namespace } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

let a: string;
let b: string;

useEngine();
beforeEach(() => {
  [a, b] = [`${namespace}-a`, `${namespace}-b`];
});

const run = { signal: new AbortController().signal, emit: () => undefined };
const once = { wait: false, timeoutMs: 60_000 };
const configMap = (name: string, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, ...metadata },
});
const withPolicy = (definition: Definition, policy: Partial<Policy>): Definition => ({
  ...definition,
  policy: { ...definition.policy, ...policy },
});
const entriesOf = async (owner: string) => {
  const records = await (await engine.target([])).inventory.list();
  const record = records.find(({ header }) => header.name === owner);
  return [...(record?.entries.values() ?? [])].map(
    ({ reference, state }) => `${state} ${reference.kind} ${reference.name}`,
  );
};
const isGone = (reference: Reference) =>
  waitFor(`${reference.kind} ${reference.metadata.name} to be gone`, async () => !(await cluster.exists(reference)));

/** Carries a plan out after something has happened since it was made. */
async function applyAfter(definitions: readonly Definition[], happens: () => Promise<unknown>): Promise<Result> {
  const plan = await engine.plan(definitions);
  await happens();
  return carryOut(plan, await engine.target(definitions), run, once);
}
const problemsOf = ({ outcomes }: Result) =>
  outcomes.flatMap(({ problem }) => (problem ? [`${problem.code}: ${problem.message}`] : []));

interface Stamped extends KubeObject {
  metadata: KubeObject['metadata'] & { creationTimestamp: string };
}

describe('what comes in between plan and deletion', () => {
  const shop = () => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${namespace}-shop` } });
  const definition = () => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${namespace}.example.org` },
    spec: {
      group: `${namespace}.example.org`,
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  });
  const widget = () => ({ ...configMap('late'), apiVersion: `${namespace}.example.org/v1`, kind: 'Widget' });
  const inShop = (name: string) => configMap(name, { namespace: shop().metadata.name });

  it('keeps a Namespace that has got something new, and names that', async () => {
    await engine.apply([resource(a, shop(), inShop('ours'))]);
    const result = await applyAfter([resource(a)], () => cluster.create(inShop('late')));
    expect(problemsOf(result)).toEqual([
      `PLAN_STALE: holds ConfigMap ${shop().metadata.name}/late since it was planned`,
    ]);
    expect(await cluster.exists(inShop('late'))).toBe(true);
    expect(await entriesOf(a)).toEqual([`applied Namespace ${shop().metadata.name}`]);
    expect((await engine.plan([resource(a)])).guards).toMatchObject([{ type: 'namespace' }]);
  });

  it('keeps a definition of a kind that has got an instance, and names that', async () => {
    await engine.apply([resource(a, definition())]);
    const result = await applyAfter([resource(a)], () => cluster.create(widget()));
    expect(problemsOf(result)).toEqual([`PLAN_STALE: holds Widget ${namespace}/late since it was planned`]);
    expect(await cluster.exists(widget())).toBe(true);
  });

  it('keeps an object that another owner has announced and not written yet', async () => {
    await engine.apply([resource(a, configMap('shared'), configMap('other'))]);
    const reference = { group: '', version: 'v1', kind: 'ConfigMap', namespace, name: 'shared' };
    const result = await applyAfter([resource(a)], async () => {
      const { inventory } = await engine.target([]);
      const id = new Date().toISOString();
      const put = [{ reference, state: 'pending' as const, run: id }];
      await inventory.write({ header: { name: b, set: 'another', server: '' }, run: id, put, drop: [] });
    });
    expect(problemsOf(result)).toEqual([`PLAN_STALE: is recorded with ${b} since it was planned`]);
    expect(await cluster.exists(configMap('shared'))).toBe(true);
    expect(await cluster.exists(configMap('other'))).toBe(false);
    expect(await entriesOf(a)).toEqual(['applied ConfigMap shared']);
  });

  it('keeps an object that another home has come to want', async () => {
    await engine.apply([resource(a, configMap('shared'))]);
    const theirs = { ...configMap('shared', { labels: { 'managed-by': 'vidra' } }), data: { color: 'blue' } };
    const result = await applyAfter([resource(a)], () => cluster.apply(theirs as Reference, 'vidra:web@elsewher'));
    expect(problemsOf(result)).toEqual(['PLAN_STALE: is wanted by web since it was planned']);
    expect((await cluster.get(configMap('shared'))).data).toEqual({ color: 'blue' });
  });

  it('keeps an object that somebody has protected, and lets it go when that was confirmed', async () => {
    await engine.apply([resource(a, configMap('precious'))]);
    const annotations = { 'vidra.infrahub.operators.com/prune': 'never' };
    const protect = () => cluster.patch(configMap('precious'), 'merge-patch', { metadata: { annotations } });
    expect(problemsOf(await applyAfter([resource(a)], protect))).toEqual([
      'PLAN_STALE: has the annotation vidra.infrahub.operators.com/prune: never since it was planned',
    ]);
    expect(await entriesOf(a)).toEqual(['applied ConfigMap precious']);

    const consent = { confirmed: [`ConfigMap ${namespace}/precious`] };
    const plan = await engine.plan([resource(a)], { consent });
    await cluster.patch(configMap('precious'), 'merge-patch', { metadata: { labels: { touched: 'x' } } });
    expect(problemsOf(await carryOut(plan, await engine.target([resource(a)]), run, once))).toEqual([]);
    expect(await cluster.exists(configMap('precious'))).toBe(false);
  });

  it('keeps an object that was let go, and is nobody’s', async () => {
    await engine.apply([resource(a, configMap('given'))]);
    const result = await applyAfter([resource(a)], () =>
      engine.apply([resource(a)], { overrides: { deletionPolicy: 'Orphan' } }),
    );
    expect(problemsOf(result)).toEqual(['PLAN_STALE: is not its own any more since it was planned']);
    expect(await cluster.exists(configMap('given'))).toBe(true);
    expect(await engine.apply([resource(a)])).toMatchObject({ outcomes: [] });
  });

  it('keeps an object that a newer run of the same owner has applied again', async () => {
    const wanted = (color: string) => resource(a, { ...configMap('wanted'), data: { color } });
    await engine.apply([wanted('red')]);
    // The server writes down whole seconds, and lets nobody write others.
    const secondOf = async (name: string) =>
      (await cluster.create<Stamped>(configMap(name))).metadata.creationTimestamp;
    const before = await secondOf('before');
    let tries = 0;
    await waitFor('another second of the server', async () => (await secondOf(`try-${tries++}`)) > before);
    const result = await applyAfter([resource(a)], () => engine.apply([wanted('blue')]));
    expect(problemsOf(result)).toEqual(['PLAN_STALE: was applied by another run of its owner since it was planned']);
    expect((await cluster.get(configMap('wanted'))).data).toEqual({ color: 'blue' });
  });

  it('leaves the object to the last of two that leave it at once, each for the other', async () => {
    const targetOf = (owner: string, ...manifests: object[]) =>
      [[resource(owner, ...manifests)], { set: `${owner}-set` }] as const;
    await engine.apply(...targetOf(a, configMap('shared')));
    await engine.apply(...targetOf(b, configMap('shared')));
    const plans = [await engine.plan(...targetOf(a)), await engine.plan(...targetOf(b))];
    expect(plans.map(actionsOf)).toEqual([['release ConfigMap shared'], ['release ConfigMap shared']]);
    const target = await engine.target([]);
    const results = await Promise.all(plans.map((plan) => carryOut(plan, target, run, once)));
    expect(results.flatMap(problemsOf)).toEqual([
      'PLAN_STALE: is not wanted by anybody else any more since it was planned',
    ]);
    await engine.apply(...targetOf(a));
    await engine.apply(...targetOf(b));
    expect(await cluster.exists(configMap('shared'))).toBe(false);
    expect([...(await entriesOf(a)), ...(await entriesOf(b))]).toEqual([]);
  });

  it('forgets an object whose kind is gone with it', async () => {
    await cluster.create(definition());
    await waitFor('the kind', async () => {
      await engine.cluster.discover();
      return engine.cluster.typeOf({ group: `${namespace}.example.org`, version: 'v1', kind: 'Widget' });
    });
    await engine.apply([resource(a, widget(), configMap('other'))]);
    const result = await applyAfter([resource(a)], async () => {
      await cluster.remove(definition());
      await isGone(definition());
    });
    expect(problemsOf(result)).toEqual([]);
    expect([await entriesOf(a), await cluster.exists(configMap('other'))]).toEqual([[], false]);
  });

  it('does not matter when it is only a controller that writes its status', async () => {
    await engine.apply([resource(a, configMap('busy'))]);
    const touch = () => cluster.patch(configMap('busy'), 'merge-patch', { metadata: { labels: { touched: 'x' } } });
    expect(problemsOf(await applyAfter([resource(a)], touch))).toEqual([]);
    expect(await cluster.exists(configMap('busy'))).toBe(false);
  });

  it('spares an object that was made anew', async () => {
    await engine.apply([resource(a, configMap('again'))]);
    const result = await applyAfter([resource(a)], async () => {
      await cluster.remove(configMap('again'));
      await cluster.create(configMap('again'));
    });
    expect(problemsOf(result)).toEqual(['PLAN_STALE: was recreated by somebody since it was planned']);
    expect(await cluster.exists(configMap('again'))).toBe(true);
  });
});

describe('an announcement of a run that has died', () => {
  it('does not keep an object for ever on which that run has left nothing', async () => {
    await engine.apply([resource(a, configMap('announced'))]);
    const { inventory } = await engine.target([]);
    const reference = { group: '', version: 'v1', kind: 'ConfigMap', namespace, name: 'announced' };
    const announce = async (start: Date) => {
      const id = `${start.toISOString()}-dead`;
      const put = [{ reference, state: 'pending' as const, run: id }];
      await inventory.write({ header: { name: b, set: 'another', server: '' }, run: id, put, drop: [] });
    };
    await announce(new Date());
    expect(actionsOf((await engine.apply([resource(a)])).plan)).toEqual(['skip ConfigMap announced']);
    await announce(new Date(Date.now() - 11 * 60_000));
    const result = await engine.apply([resource(a)]);
    expect([actionsOf(result.plan), problemsOf(result)]).toEqual([['delete ConfigMap announced'], []]);
    expect(await cluster.exists(configMap('announced'))).toBe(false);
  });
});

describe('propagationPolicy', () => {
  const labels = { app: 'web' };
  const deployment = () => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'a' }] } },
    },
  });
  const replicaSets = () => cluster.list<KubeObject>('apps/v1', 'ReplicaSet', namespace);
  const leave = async (propagationPolicy: Policy['propagationPolicy']) => {
    await engine.apply([withPolicy(resource(a, deployment()), { propagationPolicy })]);
    await waitFor('its ReplicaSet to be made', async () => (await replicaSets()).length > 0);
    // Its definition is gone, so the record has to tell.
    return engine.apply([], { prune: true });
  };

  it('Foreground has what the object owns deleted before it', async () => {
    const result = await leave('Foreground');
    expect(result.outcomes).toMatchObject([{ result: 'succeeded', gone: false }]);
    await isGone(deployment());
    expect(await replicaSets()).toEqual([]);
  });

  it('Orphan leaves what the object owns', async () => {
    await leave('Orphan');
    await isGone(deployment());
    expect((await replicaSets()).map(({ metadata }) => metadata['ownerReferences' as 'name'])).toEqual([undefined]);
  });
});

describe('an object that does not go', () => {
  it('for its finalizers is told beforehand, stays on record, and is forgotten when it is gone', async () => {
    const held = configMap('held', { finalizers: ['example.org/hold'] });
    await engine.apply([resource(a, held)]);
    const first = await engine.apply([resource(a)]);
    expect(first.plan.owners[0]?.changes).toMatchObject([
      { action: 'delete', reason: 'its definition is being deleted; will wait for example.org/hold' },
    ]);
    expect(await entriesOf(a)).toEqual(['deleting ConfigMap held']);
    const next = await engine.apply([resource(a)]);
    expect(next.plan.owners[0]?.changes).toMatchObject([
      { action: 'skip', reason: 'is being deleted, and waits for example.org/hold' },
    ]);
    expect(await entriesOf(a)).toEqual(['deleting ConfigMap held']);
    await cluster.patch(held as Reference, 'merge-patch', { metadata: { finalizers: null } });
    await engine.apply([resource(a)]);
    expect(await entriesOf(a)).toEqual([]);
  });

  it('because it is refused stays on record, and the others go', async () => {
    await engine.apply([resource(a, configMap('kept'), configMap('goes'))]);
    const name = `${namespace}.example.org`;
    const validation = { expression: "oldObject.metadata.name != 'kept'", message: 'it is needed' };
    const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['DELETE'], resources: ['configmaps'] }];
    const policy = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: { matchConstraints: { resourceRules }, validations: [validation] },
    };
    const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
    const binding = {
      ...policy,
      kind: 'ValidatingAdmissionPolicyBinding',
      spec: { policyName: name, validationActions: ['Deny'], matchResources: { namespaceSelector } },
    };
    await cluster.create(policy);
    await cluster.create(binding);
    const path = `/api/v1/namespaces/${namespace}/configmaps/kept`;
    const trial = () => cluster.request('DELETE', path, { query: { dryRun: 'All' } });
    await waitFor('the policy to hold', async () => (await trial()).status === 422);
    const result = await engine.apply([resource(a)]);
    expect(problemsOf(result)).toEqual([expect.stringMatching(/^CLUSTER_REFUSED: .*it is needed/s)]);
    expect(await entriesOf(a)).toEqual(['applied ConfigMap kept']);
    expect(await cluster.exists(configMap('goes'))).toBe(false);
    await cluster.remove(binding);
    await cluster.remove(policy);
    await waitFor('the policy to hold no more', async () => (await trial()).status === 200);
    expect(problemsOf(await engine.apply([resource(a)]))).toEqual([]);
    expect(await entriesOf(a)).toEqual([]);
  });
});
