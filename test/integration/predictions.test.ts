/** Plans for what is not there yet: objects in Namespaces and of kinds that the same plan makes, held to the truth without being made. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/plan/plan.ts';
import type { Reference } from '../support/cluster.ts';
import { resource } from '../support/engine.ts';
import { engine, proxy, useProxiedEngine } from '../support/engine-stage.ts';
import { cluster, namespace } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

useProxiedEngine();

const validated = { validate: true };

/** What the plan says of each object: `Kind name: action, confidence or code, reason`. */
const rowsOf = (plan: Plan) =>
  plan.owners.flatMap(({ changes }) =>
    changes.map((change) => {
      const how = 'confidence' in change ? change.confidence : change.action === 'skip' ? change.code : '';
      return `${change.reference.kind} ${change.reference.name}: ${change.action}, ${how}, ${change.reason}`;
    }),
  );

describe('in a Namespace that the plan makes', () => {
  const inner = () => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${namespace}-inner` } });
  const object = (kind: string, name: string, rest: object, apiVersion = 'v1') => ({
    apiVersion,
    kind,
    metadata: { name, namespace: `${namespace}-inner` },
    ...rest,
  });
  const service = (name: string, port: unknown) => object('Service', name, { spec: { ports: [{ port }] } });
  const makes = 'new; this plan makes its Namespace';

  it('what the server would refuse is refused, with its own name, and nothing is made', async () => {
    const wanted = resource(
      `${namespace}-web`,
      inner(),
      service('good', 80),
      service('bad', 99999),
      object('Service', 'typo', { spec: { prots: [] } }),
      object('ConfigMap', 'kube-root-ca.crt', { data: { a: 'b' } }),
      object('ConfigMap', 'not_a_name', {}),
    );
    const rows = rowsOf(await engine.plan([wanted], validated));
    const place = `Service ${namespace}-inner`;
    const range = 'Invalid value: 99999: must be between 1 and 65535, inclusive';
    expect(rows).toEqual([
      `Namespace ${namespace}-inner: create, server, new`,
      `Service good: create, predicted, ${makes}`,
      `Service bad: skip, CLUSTER_REFUSED, ${place}/bad: Service "bad" is invalid: [spec.ports[0].port: ${range}, spec.ports[0].targetPort: ${range}]`,
      `Service typo: skip, CLUSTER_REFUSED, ${place}/typo: failed to create typed patch object (${namespace}-inner/typo; /v1, Kind=Service): .spec.prots: field not declared in schema`,
      `ConfigMap kube-root-ca.crt: create, predicted, ${makes}`,
      expect.stringMatching(/^ConfigMap not_a_name: skip, CLUSTER_REFUSED, .* metadata\.name: Invalid value/),
    ]);
    expect(await cluster.exists(inner())).toBe(false);
    expect(await cluster.exists({ ...service('good', 80), metadata: { name: 'good', namespace: 'default' } })).toBe(
      false,
    );
  });

  it('an object whose name is taken where it is tried is tried under another one, of any length', async () => {
    const name = `${namespace}-${'x'.repeat(40)}`;
    const taken = { ...service(name, 80), metadata: { name, namespace: 'default' } };
    await cluster.create(taken);
    const long = `${'c'.repeat(250)}`;
    const takenLong = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: long, namespace: 'default' } };
    await cluster.create(takenLong);
    const wanted = resource(
      `${namespace}-web`,
      inner(),
      service(name, 99999),
      object('ConfigMap', long, { data: { a: 'b' } }),
    );
    const rows = rowsOf(await engine.plan([wanted], validated));
    expect(rows[1]).toMatch(`Service ${namespace}-inner/${name}: Service "${name}" is invalid`);
    expect(rows[2]).toBe(`ConfigMap ${long}: create, predicted, ${makes}`);
    await Promise.all([cluster.remove(taken), cluster.remove(takenLong)]);
  });

  it('quotas, limits and policies of other namespaces mean nothing', async () => {
    // Of things that no other test makes in the namespace that all of them share.
    const rules = [
      { apiVersion: 'v1', kind: 'ResourceQuota', spec: { hard: { 'count/podtemplates': '0' } } },
      {
        apiVersion: 'v1',
        kind: 'LimitRange',
        spec: { limits: [{ type: 'Container', max: { 'ephemeral-storage': '1' } }] },
      },
    ].map((rule) => ({ ...rule, metadata: { name: namespace, namespace: 'default' } }));
    await Promise.all(rules.map((rule) => cluster.create(rule)));
    const containers = [{ name: 'a', image: 'b', resources: { requests: { 'ephemeral-storage': '5' } } }];
    const pod = object('Pod', 'big', { spec: { containers } });
    const template = object('PodTemplate', 'one', { template: { spec: { containers: [{ name: 'a', image: 'b' }] } } });
    const create = (resource: string, body: object) =>
      cluster.request('POST', `/api/v1/namespaces/default/${resource}`, { body, query: { dryRun: 'All' } });
    const inDefault = (one: Reference) => ({ ...one, metadata: { name: namespace, namespace: 'default' } });
    await waitFor('the rules to hold', async () => {
      const answers = [await create('podtemplates', inDefault(template)), await create('pods', inDefault(pod))];
      return answers[0]?.status === 403 && answers[1]?.status === 422;
    });
    const rows = rowsOf(await engine.plan([resource(`${namespace}-web`, inner(), template, pod)], validated));
    await Promise.all(rules.map((rule) => cluster.remove(rule)));
    expect(rows.slice(1)).toEqual([
      `PodTemplate one: create, predicted, ${makes}`,
      `Pod big: create, predicted, ${makes}`,
    ]);
  });

  it('values of Secrets are not repeated', async () => {
    const secret = object('Secret', 'token', {
      type: 'kubernetes.io/dockerconfigjson',
      stringData: { '.dockerconfigjson': 's3cret' },
    });
    const rows = rowsOf(await engine.plan([resource(`${namespace}-web`, inner(), secret)], validated));
    expect(rows[1]).toMatch(/^Secret token: skip, CLUSTER_REFUSED, /);
    expect(rows[1]).not.toContain('s3cret');
    expect(rows[1]).not.toContain(Buffer.from('s3cret').toString('base64'));
  });

  it('nothing is tried when nobody asks for it', async () => {
    const wanted = resource(`${namespace}-web`, inner(), service('bad', 99999));
    expect(rowsOf(await engine.plan([wanted]))[1]).toBe(`Service bad: create, predicted, ${makes}`);
    expect(proxy.count({ method: 'PATCH' })).toBe(0);
  });
});

describe('of a kind whose definition the plan brings', () => {
  const schema = (fields: object) => ({
    type: 'object',
    properties: {
      spec: { type: 'object', required: ['cores'], properties: { cores: { type: 'integer' }, ...fields } },
    },
  });
  const definition = (group: string, ...versions: readonly [name: string, fields: object][]) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `machines.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'machines', singular: 'machine', kind: 'Machine' },
      versions: versions.map(([name, fields], index) => ({
        name,
        served: true,
        storage: index === 0,
        schema: { openAPIV3Schema: schema(fields) },
      })),
    },
  });
  const machine = (group: string, name: string, spec: object, version = 'v1') => ({
    apiVersion: `${group}/${version}`,
    kind: 'Machine',
    metadata: { name, namespace },
    spec,
  });
  const newGroup = () => `p${randomBytes(4).toString('hex')}.example.org`;
  const text = { type: 'string' };

  it('what its schema refuses is refused with field, reason and place, without a request, and the rest is applied', async () => {
    const group = newGroup();
    const wanted = resource(
      `${namespace}-vm`,
      definition(group, ['v1', { disk: text }]),
      machine(group, 'good', { cores: 1 }),
      machine(group, 'bad', { cores: 'two', disc: 'ssd' }),
    );
    const plan = await engine.plan([wanted]);
    const place = `${namespace}-vm.yaml, artifact VidraResource ${namespace}-vm, document 3, line 5, column 1`;
    expect(rowsOf(plan)).toEqual([
      `CustomResourceDefinition machines.${group}: create, unchecked, new`,
      'Machine good: create, predicted, new; this plan makes its kind',
      `Machine bad: skip, MANIFEST_INVALID, spec.cores must be an integer, not text; spec.disc is no field of it; did you mean disk?; so says the CustomResourceDefinition of this plan (${place})`,
    ]);
    expect(proxy.count({ method: 'PATCH' })).toBe(0);
    const { outcomes } = await engine.apply([wanted]);
    expect(outcomes.map(({ change, result }) => `${change.reference.name} ${result}`)).toEqual([
      `machines.${group} succeeded`,
      'good succeeded',
    ]);
    await engine.apply([resource(`${namespace}-vm`)]);
  });

  it('with a definition that changes, its new schema counts, for old objects and new ones', async () => {
    const group = newGroup();
    const before = [definition(group, ['v1', {}]), machine(group, 'old', { cores: 1 })];
    await engine.apply([resource(`${namespace}-vm`, ...before)]);

    const after = definition(group, ['v1', { disk: text }]);
    const wanted = resource(
      `${namespace}-vm`,
      after,
      machine(group, 'old', { cores: 1, disk: 'ssd' }),
      machine(group, 'new', { cores: 1, disk: 'ssd' }),
      machine(group, 'bad', { cores: 1, disk: 5 }),
    );
    const changes = 'this plan changes its CustomResourceDefinition';
    for (const options of [{}, validated]) {
      expect(rowsOf(await engine.plan([wanted], options))).toEqual([
        `CustomResourceDefinition machines.${group}: update, server, the manifest changed`,
        `Machine old: update, predicted, the manifest changed; ${changes}`,
        `Machine new: create, predicted, new; ${changes}`,
        expect.stringMatching(/^Machine bad: skip, MANIFEST_INVALID, spec\.disk must be text, not a number; /),
      ]);
    }
    const { outcomes } = await engine.apply([wanted]);
    expect(outcomes.map(({ result, problem }) => [result, problem])).toEqual(Array(3).fill(['succeeded', undefined]));
    expect(await cluster.get(machine(group, 'old', {}))).toMatchObject({ spec: { disk: 'ssd' } });
    expect(rowsOf(await engine.plan([wanted], validated)).slice(3)).toEqual([
      expect.stringMatching(/^Machine bad: skip, CLUSTER_REFUSED, /),
    ]);
    await engine.apply([resource(`${namespace}-vm`)]);
  });

  it('with a version that the plan adds, the schema of that version counts', async () => {
    const group = newGroup();
    await engine.apply([resource(`${namespace}-vm`, definition(group, ['v1', {}]))]);
    const both = definition(group, ['v1', {}], ['v2', { disk: text }]);
    const wanted = resource(
      `${namespace}-vm`,
      both,
      machine(group, 'good', { cores: 1, disk: 'ssd' }, 'v2'),
      machine(group, 'bad', { disk: 'ssd' }, 'v2'),
    );
    expect(rowsOf(await engine.plan([wanted], validated)).slice(1)).toEqual([
      `Machine good: create, predicted, new; this plan adds ${group}/v2`,
      expect.stringMatching(/^Machine bad: skip, MANIFEST_INVALID, spec\.cores is missing; /),
    ]);
    await engine.apply([resource(`${namespace}-vm`)]);
  });

  it('a definition that stays as it is, or that may not be touched, changes nothing', async () => {
    const group = newGroup();
    const foreign = definition(group, ['v1', {}]);
    await cluster.create(foreign as Reference);
    await waitFor('the kind', async () => (await cluster.request('GET', `/apis/${group}/v1/machines`)).status === 200);
    const other = definition(group, ['v1', { disk: text }]);
    const objects = [machine(group, 'a', { cores: 1 }), machine(group, 'b', { cores: 1, disk: 'ssd' })];
    const rows = rowsOf(await engine.plan([resource(`${namespace}-vm`, other, ...objects)], validated));
    expect(rows).toEqual([
      expect.stringContaining('skip, NOT_ADOPTED'),
      'Machine a: create, server, new',
      expect.stringMatching(/^Machine b: skip, CLUSTER_REFUSED, .*field not declared in schema/),
    ]);
    await cluster.remove(foreign);
  });

  it('rules of its schema count, too', async () => {
    const group = newGroup();
    const disks = { ...text, 'x-kubernetes-validations': [{ rule: 'self != "tape"', message: 'nobody has tapes' }] };
    const wanted = resource(
      `${namespace}-vm`,
      definition(group, ['v1', { disk: disks }]),
      machine(group, 'bad', { cores: 1, disk: 'tape' }),
    );
    expect(rowsOf(await engine.plan([wanted]))[1]).toMatch(
      /^Machine bad: skip, MANIFEST_INVALID, spec\.disk: nobody has tapes; /,
    );
  });

  it('its Namespace may be new as well', async () => {
    const group = newGroup();
    const inner = `${namespace}-inner`;
    const into = (one: ReturnType<typeof machine>) => ({ ...one, metadata: { ...one.metadata, namespace: inner } });
    const wanted = resource(
      `${namespace}-vm`,
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: inner } },
      definition(group, ['v1', {}]),
      into(machine(group, 'good', { cores: 1 })),
      into(machine(group, 'bad', { cores: 1.5 })),
    );
    const rows = rowsOf(await engine.plan([wanted], validated));
    expect(rows[2]).toBe('Machine good: create, predicted, new; this plan makes its kind');
    expect(rows[3]).toMatch(/^Machine bad: skip, MANIFEST_INVALID, spec\.cores must be an integer, not a number/);
  });
});
