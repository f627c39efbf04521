/** Fields that others hold: taken back, left to them, or reported, as the world and the definition's rules have it. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Policy } from '../../src/definition/policy.ts';
import { carryOut } from '../../src/engine/carry-out.ts';
import type { Manifest } from '../../src/manifest/manifest.ts';
import { markedBy, ownerOf } from '../../src/manifest/owner.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { resultLines } from '../../src/view/result-text.ts';
import { createStyle } from '../../src/view/style.ts';
import { createAccount } from '../support/account.ts';
import type { KubeObject } from '../support/cluster.ts';
import { resource, startEngine } from '../support/engine.ts';
import { engine, proxy, useProxiedEngine } from '../support/engine-stage.ts';
import { cluster, namespace } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

let owner: string;

useProxiedEngine();
beforeEach(() => {
  owner = `${namespace}-web`;
});

type Deployment = KubeObject & {
  spec: { replicas: number; template: { spec: { containers: { name: string; image: string }[] } } };
};

const reference = () => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace } });
const deployment = (spec: object = { replicas: 3 }, images = { web: 'web:1', side: 'side:1' }, annotations = {}) => {
  const containers = Object.entries(images).map(([name, image]) => ({ name, image }));
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers } };
  const metadata = { ...reference().metadata, annotations };
  return { ...reference(), metadata, spec: { ...spec, selector: { matchLabels: { app: 'web' } }, template } };
};
/** What one owner wants, under the rules of its definition. */
const wanted = (manifest: object = deployment(), policy: Partial<Policy> = {}, name = owner) => {
  const definition = resource(name, manifest);
  return [{ ...definition, policy: { ...definition.policy, ...policy } }];
};
const live = () => cluster.get<Deployment>(reference());
const edit = (body: object, fieldManager: string, subresource = '') =>
  cluster.patch(reference(), 'strategic-merge-patch', body, { query: { fieldManager }, subresource });
/** As autoscalers and `kubectl scale` do it. */
const scale = (replicas: number, fieldManager: string) => edit({ spec: { replicas } }, fieldManager, 'scale');
const rowOf = (plan: Plan, name = owner) => {
  const row = plan.owners.find((one) => one.owner.name === name)?.changes[0];
  return row && { action: row.action, reason: row.reason, ...('code' in row && { code: row.code }) };
};
const notesOf = (plan: Plan) => plan.owners.flatMap(({ notes }) => notes);
const imageOf = async (name: string) =>
  (await live()).spec.template.spec.containers.find((container) => container.name === name)?.image;
const setImage = (name: string, image: string, manager: string) =>
  edit({ spec: { template: { spec: { containers: [{ name, image }] } } } }, manager);

describe('what people change by hand', () => {
  it.each([
    ['kubectl-edit', ''],
    ['kubectl', 'scale'],
    ['k9s', 'scale'],
  ])('is put back when it was done with %s%s', async (manager, subresource) => {
    await engine.apply(wanted());
    await edit({ spec: { replicas: 5 } }, manager, subresource);
    expect(rowOf(await engine.plan(wanted()))).toEqual({ action: 'update', reason: `changed by ${manager}` });
    await engine.apply(wanted());
    expect((await live()).spec.replicas).toBe(3);
    expect(rowOf(await engine.plan(wanted()))).toEqual({ action: 'keep', reason: 'unchanged' });
  });

  it('is put back in lists and annotations, too', async () => {
    const manifest = deployment({ replicas: 3 }, undefined, { 'example.org/a.b': 'mine' });
    await engine.apply(wanted(manifest));
    await setImage('web', 'web:2', 'kubectl-set');
    await edit({ metadata: { annotations: { 'example.org/a.b': 'theirs' } } }, 'kubectl-annotate');
    const result = await engine.apply(wanted(manifest));
    expect(rowOf(result.plan)?.reason).toBe('changed by kubectl-annotate, kubectl-set');
    expect(await imageOf('web')).toBe('web:1');
    expect((await live()).metadata.annotations?.['example.org/a.b']).toBe('mine');
  });

  it('is not put back when a controller took the field between plan and apply', async () => {
    await engine.apply(wanted());
    await edit({ spec: { replicas: 5 } }, 'kubectl-edit');
    const plan = await engine.plan(wanted());
    await edit({ spec: { replicas: 7 } }, 'some-controller');
    const run = { signal: new AbortController().signal, emit: () => undefined };
    const result = await carryOut(plan, await engine.target(wanted()), run, { wait: false, timeoutMs: 0 });
    expect(result.outcomes[0]).toMatchObject({
      result: 'failed',
      problem: { code: 'CONFLICT', message: '.spec.replicas is held by "some-controller"' },
    });
    expect((await live()).spec.replicas).toBe(7);
  });
});

describe('what people change by hand, and a controller in the very moment when it is put back', () => {
  /** What comes of a run, in which the controller changes something while the apply by force is on its way. */
  async function whileChanged(change: object) {
    await engine.apply(wanted());
    await edit({ spec: { replicas: 5 } }, 'kubectl-edit');
    const byForce = { method: 'PATCH', path: /force=true/, writes: true };
    proxy.inject({ ...byForce, times: 1, fault: { kind: 'delay', milliseconds: 1000 } });
    const applying = engine.apply(wanted());
    await waitFor('the apply by force', () => proxy.count(byForce) > 0);
    await edit(change, 'some-controller');
    return (await applying).outcomes;
  }

  it('is left to the controller', async () => {
    expect(await whileChanged({ spec: { replicas: 7 } })).toMatchObject([
      { result: 'failed', problem: { code: 'CONFLICT', message: '.spec.replicas is held by "some-controller"' } },
    ]);
    expect((await live()).spec.replicas).toBe(7);
  });

  it('is put back when the controller changes something else', async () => {
    expect(await whileChanged({ metadata: { annotations: { 'example.org/seen': 'yes' } } })).toMatchObject([
      { result: 'succeeded' },
    ]);
    expect((await live()).spec.replicas).toBe(3);
    expect((await live()).metadata.annotations).toMatchObject({ 'example.org/seen': 'yes' });
  });
});

describe('what an autoscaler holds', () => {
  it('is left to it without noise, and comes back when its entry is gone', async () => {
    await engine.apply(wanted());
    await scale(7, 'keda-operator');
    const reason = 'unchanged; left to "keda-operator": .spec.replicas';
    const note = `Deployment ${namespace}/web: left to "keda-operator": .spec.replicas`;
    const first = await engine.apply(wanted());
    expect(rowOf(first.plan)).toEqual({ action: 'keep', reason });
    expect(notesOf(first.plan)).toEqual([note]);

    await scale(8, 'keda-operator');
    proxy.forget();
    const second = await engine.apply(wanted());
    expect(rowOf(second.plan)).toEqual({ action: 'keep', reason });
    expect(notesOf(second.plan)).toEqual([note]);
    // Nothing is asked of the object itself, and no record is written.
    expect(proxy.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(proxy.count({ path: /deployments/ })).toBe(1);

    // Other changes go on beside it.
    const changed = deployment({ replicas: 3 }, { web: 'web:2', side: 'side:1' });
    const update = await engine.apply(wanted(changed));
    expect(rowOf(update.plan)).toEqual({
      action: 'update',
      reason: 'the manifest changed; left to "keda-operator": .spec.replicas',
    });
    expect(update.plan.owners[0]?.changes[0]).toMatchObject({ differences: [{ after: 'web:2' }] });
    expect(await imageOf('web')).toBe('web:2');
    expect((await live()).spec.replicas).toBe(8);
    expect(rowOf(await engine.plan(wanted(changed)))).toEqual({ action: 'keep', reason });

    const managers = (await live()).metadata.managedFields ?? [];
    const index = managers.findIndex(({ manager }) => manager === 'keda-operator');
    await cluster.patch(reference(), 'json-patch', [{ op: 'remove', path: `/metadata/managedFields/${index}` }]);
    const back = await engine.apply(wanted(changed));
    expect(rowOf(back.plan)).toEqual({
      action: 'update',
      reason: '.spec.replicas is not left to "keda-operator" any more',
    });
    expect((await live()).spec.replicas).toBe(3);
    expect(rowOf(await engine.plan(wanted(changed)))).toEqual({ action: 'keep', reason: 'unchanged' });
  });

  it('is left to it also by who may not see HorizontalPodAutoscalers', async () => {
    const managed = { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list', 'create', 'patch'] };
    const records = { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'create', 'update', 'delete'] };
    const restricted = await startEngine(await createAccount(cluster, { [namespace]: [managed, records] }), namespace);
    try {
      await restricted.apply(wanted());
      await scale(7, 'kube-controller-manager');
      for (let times = 0; times < 2; times++) {
        expect(rowOf((await restricted.apply(wanted())).plan)).toEqual({
          action: 'keep',
          reason: 'unchanged; left to "kube-controller-manager": .spec.replicas',
        });
      }
      expect((await live()).spec.replicas).toBe(7);
    } finally {
      await restricted.close();
    }
  });

  it('is taken back when no HorizontalPodAutoscaler scales the object', async () => {
    await engine.apply(wanted());
    await scale(7, 'kube-controller-manager');
    expect(rowOf((await engine.apply(wanted())).plan)).toEqual({
      action: 'update',
      reason: 'changed by kube-controller-manager',
    });
    expect((await live()).spec.replicas).toBe(3);
  });
});

describe('what a controller holds', () => {
  it('is reported, and the object left alone', async () => {
    await engine.apply(wanted());
    await setImage('web', 'web:2', 'some-controller');
    const field = '.spec.template.spec.containers[name="web"].image';
    const row = { action: 'skip', code: 'CONFLICT', reason: `${field} is held by "some-controller"` };
    const result = await engine.apply(wanted(deployment({ replicas: 4 })));
    expect(rowOf(result.plan)).toEqual(row);
    expect((await live()).spec.replicas).toBe(3);
    expect(await imageOf('web')).toBe('web:2');
  });

  it('is decided over by the first rule that fits: by manager, kind and path', async () => {
    const rules: Policy['conflicts'] = [
      { manager: 'some-*', kind: 'StatefulSet', action: 'Refuse' },
      { manager: 'some-*', kind: 'Deployment', path: 'spec.template.spec.containers[name=web].image', action: 'Yield' },
      { manager: 'some-*', path: '.spec.template', action: 'Override' },
      { manager: 'kubectl-*', path: '.spec.replicas', action: 'Refuse' },
    ];
    const definitions = wanted(deployment(), { conflicts: rules });
    await engine.apply(definitions);
    await setImage('web', 'web:2', 'some-controller');
    await setImage('side', 'side:2', 'some-controller');
    const image = '.spec.template.spec.containers[name="web"].image';
    const result = await engine.apply(definitions);
    expect(rowOf(result.plan)).toEqual({
      action: 'update',
      reason: `changed by some-controller; left to "some-controller": ${image}`,
    });
    expect([await imageOf('web'), await imageOf('side')]).toEqual(['web:2', 'side:1']);
    const reason = `unchanged; left to "some-controller": ${image}`;
    expect(rowOf(await engine.plan(definitions))).toEqual({ action: 'keep', reason });

    // Rules that say something else now end it, without a change of the manifest.
    const overriding = wanted(deployment(), { conflicts: [{ manager: 'some-controller', action: 'Override' }] });
    expect(rowOf(await engine.plan(wanted()))).toMatchObject({ action: 'skip', code: 'CONFLICT' });
    await engine.apply(overriding);
    expect(await imageOf('web')).toBe('web:1');

    await edit({ spec: { replicas: 5 } }, 'kubectl-edit');
    expect(rowOf(await engine.plan(definitions))).toEqual({
      action: 'skip',
      code: 'CONFLICT',
      reason: '.spec.replicas is held by "kubectl-edit"',
    });
  });

  it('can be a key of an annotation or a whole list that is one value', async () => {
    const conflicts: Policy['conflicts'] = [{ path: 'metadata.annotations["example.org/a.b"]', action: 'Yield' }];
    const manifest = deployment({ replicas: 3 }, undefined, { 'example.org/a.b': 'mine', 'example.org/a': 'mine' });
    const definitions = wanted(manifest, { conflicts });
    await engine.apply(definitions);
    await edit({ metadata: { annotations: { 'example.org/a.b': 'theirs' } } }, 'some-controller');
    expect(rowOf((await engine.apply(definitions)).plan)?.reason).toBe(
      'unchanged; left to "some-controller": .metadata.annotations.example.org/a.b',
    );
    expect((await live()).metadata.annotations).toMatchObject({ 'example.org/a.b': 'theirs', 'example.org/a': 'mine' });
  });
});

describe('what nobody in Vidra wants', () => {
  it('is left alone without a rule, as a certificate that is injected into a webhook', async () => {
    const service = { name: 'hook', namespace };
    const hook = {
      name: 'hook.example.org',
      clientConfig: { service },
      rules: [{ apiGroups: ['example.org'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['widgets'] }],
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
    };
    const configuration = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: `${namespace}-hook` },
      webhooks: [hook],
    };
    await engine.apply(wanted(configuration));
    const caBundle = Buffer.from('not a certificate').toString('base64');
    const webhooks = [{ name: hook.name, clientConfig: { caBundle } }];
    await cluster.patch(
      configuration,
      'strategic-merge-patch',
      { webhooks },
      { query: { fieldManager: 'cainjector' } },
    );
    expect(rowOf((await engine.apply(wanted(configuration))).plan)).toEqual({ action: 'keep', reason: 'unchanged' });
    const changed = { ...configuration, webhooks: [{ ...hook, timeoutSeconds: 3 }] };
    expect((await engine.apply(wanted(changed))).outcomes[0]?.result).toBe('succeeded');
    const after = (await cluster.get(configuration)) as unknown as { webhooks: { clientConfig: object }[] };
    expect(after.webhooks[0]?.clientConfig).toMatchObject({ caBundle });
    await engine.apply([], { prune: true });
  });
});

describe('what is ignored', () => {
  const ignore = (...paths: string[]): Partial<Policy> => ({ ignore: [{ kind: 'Deploy*', paths }] });
  const entryOf = async (manager: RegExp) =>
    (await live()).metadata.managedFields?.filter((entry) => manager.test(entry.manager)) ?? [];

  it('is never sent', async () => {
    const definitions = wanted(deployment(), ignore('spec.replicas'));
    await engine.apply(definitions);
    expect((await live()).spec.replicas).toBe(1);
    await edit({ spec: { replicas: 5 } }, 'some-controller');
    expect(rowOf((await engine.apply(definitions)).plan)).toEqual({ action: 'keep', reason: 'unchanged' });
    expect((await live()).spec.replicas).toBe(5);
  });

  it('stays as it is when it was applied before', async () => {
    const annotations = { 'example.org/a.b': 'mine', 'example.org/a': 'mine' };
    const written = (image: string) => deployment({ replicas: 3 }, { web: image, side: 'side:1' }, annotations);
    await engine.apply(wanted(written('web:1')));
    const paths = ['spec.replicas', '.spec.template.spec.containers[name="side"].image', 'metadata.annotations.*/a.b'];
    const definitions = wanted(written('web:2'), ignore(...paths));
    const plan = await engine.plan(definitions);
    const fields = [
      '.metadata.annotations.example.org/a.b',
      '.spec.replicas',
      '.spec.template.spec.containers[name="side"].image',
    ];
    expect(rowOf(plan)?.action).toBe('update');
    for (const field of fields) expect(rowOf(plan)?.reason).toContain(field);
    const path = 'spec.template.spec.containers[name=web].image';
    expect(plan.owners[0]?.changes[0]).toMatchObject({ differences: [{ path, before: 'web:1', after: 'web:2' }] });

    const { outcomes } = await engine.apply(definitions);
    expect(outcomes.map(({ result, problem }) => problem?.message ?? result)).toEqual(['succeeded']);
    const after = await live();
    expect(after.spec.replicas).toBe(3);
    expect([await imageOf('web'), await imageOf('side')]).toEqual(['web:2', 'side:1']);
    expect(after.metadata.annotations).toMatchObject(annotations);
    expect(await entryOf(/vidra/)).toMatchObject([{ operation: 'Apply' }]);
    const held = JSON.stringify(await entryOf(/vidra/));
    expect(held).not.toMatch(/f:replicas|f:example.org\/a.b/);
    expect(held).toMatch(/f:example.org\/a"/);
    expect(rowOf(await engine.plan(definitions))).toEqual({ action: 'keep', reason: 'unchanged' });

    // And it comes back when it is not ignored any more.
    await scale(5, 'kubectl');
    expect(rowOf((await engine.apply(wanted(written('web:2')))).plan)?.action).toBe('update');
    expect((await live()).spec.replicas).toBe(3);
  });

  it('stays as it is when the object is busy, and when the run dies before it applies', async () => {
    await engine.apply(wanted());
    const definitions = wanted(deployment(), ignore('.spec.replicas'));
    // The first write meets another one, and so does the second; the fourth, which is the apply, is not made.
    proxy.inject({ method: 'PATCH', writes: true, times: 2, fault: { kind: 'status', status: 409 } });
    proxy.inject({ method: 'PATCH', writes: true, from: 4, times: 1, fault: { kind: 'status', status: 403 } });
    const failed = await engine.apply(definitions);
    expect(failed.outcomes[0]).toMatchObject({ result: 'failed', problem: { code: 'CLUSTER_FORBIDDEN' } });
    expect(JSON.stringify(await entryOf(/vidra/))).not.toMatch(/f:replicas/);
    expect((await live()).spec.replicas).toBe(3);
    expect(rowOf((await engine.apply(definitions)).plan)).toEqual({ action: 'keep', reason: 'unchanged' });
    expect((await live()).spec.replicas).toBe(3);
  });

  it('stays as it is also when the manifest lost it at the same time', async () => {
    await engine.apply(wanted());
    const definitions = wanted(deployment({}), ignore('.spec.replicas'));
    expect(rowOf((await engine.apply(definitions)).plan)).toEqual({
      action: 'update',
      reason: 'the manifest changed; given up as it is: .spec.replicas',
    });
    expect((await live()).spec.replicas).toBe(3);
  });

  it('may hold the marks of owners, which are sent all the same', async () => {
    await engine.apply(wanted(deployment({ replicas: 3 }, undefined, { 'example.org/a': 'mine' })));
    const definitions = wanted(deployment(), ignore('metadata.annotations', 'metadata.labels'));
    await engine.apply(definitions);
    expect((await live()).metadata.annotations?.['example.org/a']).toBe('mine');
    expect(JSON.stringify(await entryOf(/vidra/))).toMatch(/f:owner.vidra/);
    expect(rowOf(await engine.plan(definitions))).toEqual({ action: 'keep', reason: 'unchanged' });
    await engine.apply(wanted(deployment(), {}).slice(1), { prune: true });
    expect(await cluster.exists(reference())).toBe(false);
  });
});

describe('fields that owners want at different values', () => {
  const [one, two] = ['one', 'two'].map((name) => () => `${namespace}-${name}`) as [() => string, () => string];
  const both = (first: object, second: object, policy: Partial<Policy> = {}) => [
    ...wanted(first, {}, one()),
    ...wanted(second, policy, two()),
  ];
  const dispute = (field: string) => `${two()} and ${one()} want different values of ${field}`;
  const wish = (field: string) => `${two()} wants another value of ${field}`;
  const image = '.spec.template.spec.containers[name="web"].image';

  it('are named with both owners when the object is new, and the second owner gets nothing', async () => {
    const definitions = both(deployment(), deployment({ replicas: 3 }, { web: 'web:2', side: 'side:1' }));
    const result = await engine.apply(definitions);
    expect(rowOf(result.plan, one())).toEqual({ action: 'create', reason: `new; ${wish(image)}` });
    expect(rowOf(result.plan, two())).toEqual({ action: 'skip', code: 'CONFLICT', reason: dispute(image) });
    expect(result.outcomes.map(({ result }) => result)).toEqual(['succeeded']);
    expect(await imageOf('web')).toBe('web:1');

    // And the same from the server's mouth, when it is there.
    const again = await engine.apply(definitions);
    expect(rowOf(again.plan, one())).toEqual({ action: 'keep', reason: `unchanged; ${wish(image)}` });
    expect(again.plan.owners[0]?.notes).toEqual([`Deployment ${namespace}/web: ${wish(image)}`]);
    expect(rowOf(again.plan, two())).toEqual({ action: 'skip', code: 'CONFLICT', reason: dispute(image) });
    expect(await imageOf('web')).toBe('web:1');
  });

  it('are left to the first owner when the second one may yield', async () => {
    const definitions = both(deployment(), deployment({ replicas: 5 }), {
      conflicts: [{ manager: 'vidra:*', action: 'Yield' }],
    });
    const first = await engine.apply(definitions);
    expect(first.outcomes.map(({ problem, result }) => problem?.message ?? result)).toEqual(['succeeded', 'succeeded']);
    const again = await engine.apply(definitions);
    expect(rowOf(again.plan, two())).toMatchObject({ action: 'keep' });
    expect(rowOf(again.plan, two())?.reason).toContain('.spec.replicas');
    expect((await live()).spec.replicas).toBe(3);
    // The one that holds it leaves, and the other one gets it at once.
    await engine.apply(definitions.slice(1), { prune: true });
    expect((await live()).spec.replicas).toBe(5);
    expect(rowOf(await engine.plan(definitions.slice(1)), two())).toEqual({ action: 'keep', reason: 'unchanged' });
  });

  it('are never overruled, whatever the rules say, and named when both change at once', async () => {
    await engine.apply(both(deployment(), deployment()));
    const rules: Partial<Policy> = { conflicts: [{ action: 'Override' }] };
    const result = await engine.apply(both(deployment({ replicas: 4 }), deployment({ replicas: 5 }), rules));
    const reason = `${one()} and ${two()} want different values of .spec.replicas`;
    expect(rowOf(result.plan, one())).toEqual({ action: 'skip', code: 'CONFLICT', reason });
    expect(rowOf(result.plan, two())).toEqual({ action: 'skip', code: 'CONFLICT', reason: dispute('.spec.replicas') });
    expect((await live()).spec.replicas).toBe(3);
  });

  it('are named with an owner of another set', async () => {
    await engine.apply(wanted(deployment(), {}, one()));
    const other = await startEngine(cluster.kubeconfig, `${namespace}-records`);
    try {
      const plan = await other.plan(wanted(deployment({ replicas: 5 }), {}, two()));
      expect(rowOf(plan, two())).toEqual({ action: 'skip', code: 'CONFLICT', reason: dispute('.spec.replicas') });
    } finally {
      await other.close();
    }
  });

  it('are named with an owner of another home', async () => {
    const name = `${namespace}-${'long'.repeat(20)}`;
    const foreign = [ownerOf('theirs', 'deadbeef-0000'), ownerOf(name.repeat(2), 'deadbeef-0000')];
    for (const other of foreign) {
      await cluster.apply(markedBy(other, deployment({ replicas: 5 }) as Manifest), other.manager);
      const plan = await engine.plan(wanted());
      expect(rowOf(plan)).toEqual({
        action: 'skip',
        code: 'CONFLICT',
        reason: `${owner} and ${other.name} of another home (deadbeef) want different values of .spec.replicas`,
      });
      await cluster.remove(reference());
    }
  });

  it('are told to be one value when they are an atomic list', async () => {
    const tolerations = (key: string) => {
      const manifest = deployment();
      const { template } = manifest.spec;
      const spec = { ...template.spec, tolerations: [{ key, operator: 'Exists' }] };
      return { ...manifest, spec: { ...manifest.spec, template: { ...template, spec } } };
    };
    await engine.apply(wanted(tolerations('a'), {}, one()));
    const plan = await engine.plan(both(tolerations('a'), tolerations('b')));
    expect(rowOf(plan, two())?.reason).toBe(dispute('.spec.template.spec.tolerations (a list that is one value)'));
  });
});

describe('an object that somebody else changes again and again', () => {
  const contestOf = async () => {
    const [record] = await (await engine.target([])).inventory.list();
    return [...(record?.entries.values() ?? [])][0]?.contest;
  };

  it('is named as contested after three times, with who does it, until it stays as it is', async () => {
    const definitions = wanted(deployment(), { conflicts: [{ manager: 'some-controller', action: 'Override' }] });
    await engine.apply(definitions);
    for (const times of [1, 2]) {
      await edit({ spec: { replicas: 5 + times } }, 'some-controller');
      expect(rowOf((await engine.apply(definitions)).plan)?.reason).toBe('changed by some-controller');
      expect(await contestOf()).toMatchObject({ manager: 'some-controller', times });
    }
    const since = (await contestOf())?.since;
    await edit({ spec: { replicas: 9 } }, 'some-controller');
    const third = await engine.apply(definitions);
    const text = `contested with some-controller, which changed it 3 times in a row since ${since}`;
    expect(rowOf(third.plan)).toEqual({ action: 'update', reason: text });
    const style = createStyle({ colour: false, unicode: false });
    const lines = resultLines(third, { verb: 'Applied', milliseconds: 1 }, style);
    expect(lines).toContain(`! Deployment ${namespace}/web is ${text}`);
    expect((await live()).spec.replicas).toBe(3);

    expect(rowOf((await engine.apply(definitions)).plan)).toEqual({ action: 'keep', reason: 'unchanged' });
    expect(await contestOf()).toBeUndefined();
    await edit({ spec: { replicas: 9 } }, 'some-controller');
    expect(rowOf((await engine.apply(definitions)).plan)?.reason).toBe('changed by some-controller');
  });

  it('is contested also when fields are only taken away', async () => {
    const manifest = deployment({ replicas: 3 }, undefined, { 'example.org/a': 'mine' });
    await engine.apply(wanted(manifest));
    const reasons: (string | undefined)[] = [];
    for (let times = 1; times <= 3; times++) {
      await edit({ metadata: { annotations: { 'example.org/a': null } } }, 'some-controller');
      reasons.push(rowOf((await engine.apply(wanted(manifest))).plan)?.reason);
    }
    expect(reasons.slice(0, 2)).toEqual(['changed in the cluster', 'changed in the cluster']);
    expect(reasons[2]).toMatch(/^contested with somebody who leaves no field manager, and changed it 3 times in a row/);
    expect((await live()).metadata.annotations?.['example.org/a']).toBe('mine');
  });
});

describe('an object that admission changes each time', () => {
  it('is applied once, and then is as it should be', async () => {
    const configMap = (data: object, name = 'settings') => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace },
      data,
    });
    const group = { apiVersion: 'admissionregistration.k8s.io/v1' };
    const metadata = { name: `${namespace}-paints` };
    const resourceRules = [
      { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps'] },
    ];
    const matchConstraints = {
      resourceRules,
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    };
    const painted =
      '[JSONPatch{op: "add", path: "/data/color", value: "red"}, JSONPatch{op: "remove", path: "/data/gone"}]';
    const mutations = [{ patchType: 'JSONPatch', jsonPatch: { expression: painted } }];
    const spec = { matchConstraints, mutations, failurePolicy: 'Fail', reinvocationPolicy: 'Never' };
    const policy = { ...group, kind: 'MutatingAdmissionPolicy', metadata, spec };
    const binding = {
      ...group,
      kind: 'MutatingAdmissionPolicyBinding',
      metadata,
      spec: { policyName: metadata.name },
    };
    await cluster.create(policy);
    await cluster.create(binding);
    try {
      await waitFor('the policy to be in force', async () => {
        const path = `/api/v1/namespaces/${namespace}/configmaps`;
        const body = configMap({ gone: 'x' }, 'probe');
        const answer = await cluster.request('POST', path, { body, query: { dryRun: 'All' } });
        return answer.text.includes('"red"');
      });
      const definitions = (size: string) => wanted(configMap({ color: 'blue', gone: 'x', size }));
      expect(rowOf((await engine.apply(definitions('small'))).plan)?.action).toBe('create');
      const data = async () => (await cluster.get(configMap({}))).data;
      expect(await data()).toEqual({ color: 'red', size: 'small' });
      for (let times = 1; times <= 4; times++)
        expect(rowOf((await engine.apply(definitions('small'))).plan)).toEqual({ action: 'keep', reason: 'unchanged' });

      // Where the server is asked, it says what would become of the object, with all that admission does.
      const changed = await engine.apply(definitions('large'));
      expect(changed.plan.owners[0]?.changes[0]).toMatchObject({
        reason: 'the manifest changed',
        differences: [{ path: 'data.size', before: 'small', after: 'large' }],
      });
      expect(rowOf((await engine.apply(definitions('large'))).plan)).toEqual({ action: 'keep', reason: 'unchanged' });
    } finally {
      await cluster.remove(binding);
      await cluster.remove(policy);
    }
  });
});
