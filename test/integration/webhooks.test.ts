/** Admission webhooks, real ones: those that take no dry-runs make rows predicted, and those that are dead or say no make them refused. */

import { beforeEach, describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../src/definition/policy.ts';
import type { Result } from '../../src/engine/run.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { actionsOf, type Engine, resource, startEngine } from '../support/engine.ts';
import { startProxy } from '../support/proxy.ts';
import { cluster, namespace, useSharedCluster } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';
import { startWebhook } from '../support/webhook.ts';

let engine: Engine;

useSharedCluster();
beforeEach(async () => {
  // The records of a run must not go through the webhook.
  engine = await startEngine(cluster.kubeconfig, await cluster.createNamespace());
  return () => engine.close();
});

const validated = { validate: true };
const configMap = (name: string, color: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data: { color },
});
const rowsOf = (plan: Plan) =>
  plan.owners.flatMap(({ changes }) =>
    changes.map((change) => {
      const how = 'confidence' in change ? change.confidence : change.action === 'skip' ? change.code : '';
      return `${change.reference.name}: ${change.action}, ${how}, ${change.reason}`;
    }),
  );
const resultsOf = ({ outcomes }: Result) => outcomes.map(({ result, problem }) => problem?.message ?? result);

describe('a webhook that takes no dry-runs', () => {
  it.each(['Some', 'Unknown'] as const)(
    'with sideEffects %s: new and changed objects are predicted, and applied',
    async (sideEffects) => {
      const hook = await startWebhook(cluster, namespace, { sideEffects });
      const reason = `the webhook ${hook.name} takes no dry-runs`;
      const old = resource(`${namespace}-web`, configMap('a', 'blue'));
      expect(rowsOf(await engine.plan([old], validated))).toEqual([`a: create, predicted, new; ${reason}`]);
      expect(resultsOf(await engine.apply([old]))).toEqual(['succeeded']);
      expect(actionsOf(await engine.plan([old]))).toEqual([]);

      const wanted = resource(`${namespace}-web`, configMap('a', 'red'), configMap('b', 'red'));
      const { plan, ...result } = await engine.apply([wanted], validated);
      expect(rowsOf(plan)).toEqual([
        `a: update, predicted, the manifest changed; ${reason}`,
        `b: create, predicted, new; ${reason}`,
      ]);
      expect(resultsOf({ plan, ...result })).toEqual(['succeeded', 'succeeded']);
      expect((await cluster.get(configMap('a', 'red'))).data).toEqual({ color: 'red' });
      expect(actionsOf(await engine.plan([wanted]))).toEqual([]);
      expect(hook.reviews.every(({ dryRun }) => !dryRun)).toBe(true);
      await hook.close();
    },
  );

  it('conflicts are known all the same, and are resolved as ever', async () => {
    const wanted = resource(`${namespace}-web`, configMap('a', 'blue'), configMap('b', 'blue'));
    await engine.apply([wanted]);
    await cluster.apply(configMap('a', 'red'), 'kubectl-edit');
    await cluster.apply(configMap('b', 'red'), 'another-controller');
    const hook = await startWebhook(cluster, namespace, { sideEffects: 'Some' });
    const { plan, ...result } = await engine.apply([wanted]);
    expect(rowsOf(plan)).toEqual([
      `a: update, predicted, changed by kubectl-edit; the webhook ${hook.name} takes no dry-runs`,
      expect.stringMatching(/^b: skip, CONFLICT, .*another-controller/),
    ]);
    expect(resultsOf({ plan, ...result })).toEqual(['succeeded']);
    expect((await cluster.get(configMap('a', ''))).data).toEqual({ color: 'blue' });
    await hook.close();
  });
});

it('a webhook that is asked in dry-runs, too, is shown what would be, and its refusal is in the plan', async () => {
  const hook = await startWebhook(cluster, namespace, {
    sideEffects: 'NoneOnDryRun',
    answer: ({ name }) => ({ allowed: name !== 'bad', status: { code: 403, message: 'not in this town' } }),
  });
  const wanted = resource(`${namespace}-web`, configMap('good', 'blue'), configMap('bad', 'blue'));
  expect(rowsOf(await engine.plan([wanted], validated))).toEqual([
    'good: create, server, new',
    `bad: skip, CLUSTER_FORBIDDEN, ConfigMap ${namespace}/bad: admission webhook "${hook.name}" denied the request: not in this town`,
  ]);
  expect(hook.reviews.map(({ dryRun }) => dryRun)).toEqual([true, true]);
  await hook.close();
});

describe('a webhook that repeats what it refuses', () => {
  const secret = (key: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'token', namespace },
    stringData: { key },
  });
  const values = (...texts: string[]) => texts.flatMap((text) => [text, Buffer.from(text).toString('base64')]);

  it.each([
    ['in a trial', 'NoneOnDryRun'],
    ['when it is written', 'Some'],
  ] as const)('tells no value of a Secret: %s', async (_, sideEffects) => {
    await engine.apply([resource(`${namespace}-web`, secret('first-value'))]);
    const hook = await startWebhook(cluster, namespace, {
      sideEffects,
      answer: ({ object, oldObject }) => {
        const said = [object, oldObject].map((one) => JSON.stringify((one as { data?: object } | null)?.data));
        return { allowed: false, status: { code: 403, message: `not with ${said.join(' nor ')}` } };
      },
    });
    const other = secret('other-value');
    const [owner, two] = [`${namespace}-web`, `${namespace}-two`];
    const tries = [
      // Changed, made, released to another owner, and left as nobody's.
      [resource(owner, other)],
      [resource(owner, { ...other, metadata: { name: 'new', namespace } })],
      [resource(owner), resource(two, secret('first-value'))],
      [{ ...resource(owner), policy: { ...defaultPolicy, deletionPolicy: 'Orphan' as const } }],
    ];
    for (const definitions of tries) {
      const result = await engine.apply(definitions, validated);
      const told = JSON.stringify([
        result.plan.owners.map(({ changes }) => changes.map(({ reason }) => reason)),
        resultsOf(result),
      ]);
      expect(told).toMatch(/denied the request: not with .*\*\*\*/);
      for (const value of values('first-value', 'other-value')) expect(told).not.toContain(value);
    }
    await hook.close();
  });
});

it('a webhook that is dead stops what it would have to see, with its name, and nothing else', async () => {
  const elsewhere = await cluster.createNamespace();
  const other = { ...configMap('c', 'blue'), metadata: { name: 'c', namespace: elsewhere } };
  const hook = await startWebhook(cluster, namespace, { sideEffects: 'None', dead: true });
  const wanted = resource(`${namespace}-web`, configMap('a', 'blue'), other);
  expect(rowsOf(await engine.plan([wanted], validated))).toEqual([
    expect.stringMatching(`a: skip, CLUSTER_FAILED, .* failed calling webhook "${hook.name}"`),
    'c: create, server, new',
  ]);
  await hook.close();
});

it('a policy of another namespace says nothing of an object in a new one', async () => {
  const inner = `${namespace}-inner`;
  const api = 'admissionregistration.k8s.io/v1';
  const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }];
  const named = { apiVersion: api, metadata: { name: namespace } };
  const policy = {
    ...named,
    kind: 'ValidatingAdmissionPolicy',
    spec: {
      matchConstraints: { resourceRules: rules, objectSelector: { matchLabels: { test: namespace } } },
      validations: [{ expression: 'false', message: 'not here' }],
    },
  };
  const binding = {
    ...named,
    kind: 'ValidatingAdmissionPolicyBinding',
    spec: {
      policyName: namespace,
      validationActions: ['Deny'],
      matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } } },
    },
  };
  await cluster.create(policy);
  await cluster.create(binding);
  const labelled = (inNamespace: string) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: namespace, namespace: inNamespace, labels: { test: namespace } },
  });
  await waitFor('the policy to hold', async () => {
    const path = '/api/v1/namespaces/default/configmaps';
    return (
      (await cluster.request('POST', path, { body: labelled('default'), query: { dryRun: 'All' } })).status === 422
    );
  });
  const space = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: inner } };
  const rows = rowsOf(await engine.plan([resource(`${namespace}-web`, space, labelled(inner))], validated));
  expect(rows[1]).toBe(`${namespace}: create, predicted, new; this plan makes its Namespace`);
  await Promise.all([cluster.remove(policy), cluster.remove(binding)]);
});

describe('kinds that cannot be applied', () => {
  it.each([
    ['authentication.k8s.io/v1', 'TokenReview', { spec: { token: 'x' } }],
    ['authorization.k8s.io/v1', 'SelfSubjectAccessReview', { spec: {} }],
    ['v1', 'Binding', { target: { name: 'x' } }],
  ])('%s %s: the row says so, and the rest is planned', async (apiVersion, kind, rest) => {
    const question = { apiVersion, kind, metadata: { name: 'a', namespace }, ...rest };
    const plan = await engine.plan([resource(`${namespace}-web`, question, configMap('b', 'blue'))], validated);
    expect(rowsOf(plan)).toEqual([
      `a: skip, KIND_UNSUPPORTED, ${kind} of ${apiVersion} is nothing that a cluster keeps as it is written: its API offers create, and no patch`,
      'b: create, server, new',
    ]);
  });

  it.each([405, 415])('an API that answers %i to an apply makes the row say so', async (status) => {
    const proxy = await startProxy(cluster.kubeconfig);
    const through = await startEngine(proxy.kubeconfig, namespace);
    proxy.inject({ method: 'PATCH', path: /configmaps\/a/, fault: { kind: 'status', status } });
    const wanted = resource(`${namespace}-web`, configMap('a', 'blue'), configMap('b', 'blue'));
    expect(rowsOf(await through.plan([wanted], validated))).toEqual([
      expect.stringMatching(/^a: skip, KIND_UNSUPPORTED, /),
      'b: create, server, new',
    ]);
    await through.close();
    await proxy.close();
  });
});
