/** Health on a real API server: checks of definitions, custom resources that nobody has reported on, claims that wait for a Pod. */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Definition } from '../../src/definition/definition.ts';
import type { HealthCheck } from '../../src/definition/policy.ts';
import type { RunEvent } from '../../src/engine/run.ts';
import { isBuiltInGroup } from '../../src/manifest/built-in.ts';
import { isAlwaysHealthy } from '../../src/manifest/health.ts';
import { conditionRules } from '../../src/manifest/health-conditions.ts';
import { workloadRules } from '../../src/manifest/health-workloads.ts';
import { type Cluster, connect, type Reference } from '../support/cluster.ts';
import { type Engine, resource, startEngine } from '../support/engine.ts';
import { thingKind } from '../support/thing-kind.ts';
import { waitFor } from '../support/wait-for.ts';

let cluster: Cluster;
let engine: Engine;
let namespace: string;
let events: RunEvent[];

beforeEach(async () => {
  cluster = connect(inject('kubeconfig'));
  namespace = await cluster.createNamespace();
  events = [];
  engine = await startEngine(inject('kubeconfig'), namespace, { emit: (event) => void events.push(event) });
});
afterEach(async () => {
  await engine.close();
  await cluster.close();
});

const long = { wait: true, timeoutMs: 60_000 };
const brief = { wait: true, timeoutMs: 300 };
const waitsFor = (text: string) =>
  waitFor(text, () => events.some((event) => event.type === 'waiting' && JSON.stringify(event).includes(text)));

function checked(definition: Definition, ...healthChecks: readonly HealthCheck[]): Definition {
  return { ...definition, policy: { ...definition.policy, healthChecks } };
}

const configMap = (data: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace },
  data,
});

/** A kind of its own, with or without a status that controllers can write. */
async function createKind(subresources: object) {
  const group = `${namespace}.example.com`;
  const definition = thingKind(group, { subresources });
  await engine.apply([resource(`${namespace}-kinds`, definition)]);
  const thing = { apiVersion: `${group}/v1`, kind: 'Thing', metadata: { name: 'one', namespace }, spec: { size: 3 } };
  return { definition, thing };
}
const writeStatus = (object: Reference, status: object) =>
  cluster.patch(object, 'merge-patch', { status }, { subresource: 'status' });

describe('a check of the definition', () => {
  it('holds for custom resources, in place of their conditions', async () => {
    const { definition, thing } = await createKind({ status: {} });
    const check = {
      apiVersion: thing.apiVersion,
      kind: 'Thing',
      current: 'status.size == spec.size',
      failed: `status.phase == 'Broken'`,
    };
    const wanted = checked(resource(`${namespace}-web`, thing), check);
    const applied = engine.apply([wanted], {}, long);
    await waitsFor('its check does not hold yet: status.size == spec.size (No such key: size, at character 8)');
    await writeStatus(thing, { size: 2, conditions: [{ type: 'Ready', status: 'True' }] });
    await waitsFor('its check does not hold yet: status.size == spec.size"');
    await writeStatus(thing, { size: 3, conditions: [{ type: 'Ready', status: 'False' }] });
    expect((await applied).unhealthy).toEqual([]);

    await writeStatus(thing, { phase: 'Broken' });
    const again = await engine.apply([wanted], {}, long);
    expect(again.unhealthy).toMatchObject([{ failed: true, reason: `its check has failed: status.phase == 'Broken'` }]);
    await cluster.remove(definition);
  });

  it('holds for built-in kinds that are otherwise healthy at once', async () => {
    const check = { apiVersion: 'v1', kind: 'ConfigMap', current: `data.ready == 'yes'` };
    const wanted = checked(resource(`${namespace}-web`, configMap()), check);
    const applied = engine.apply([wanted], {}, long);
    await waitsFor('its check does not hold yet');
    await cluster.patch(configMap(), 'merge-patch', { data: { ready: 'yes' } });
    expect((await applied).unhealthy).toEqual([]);
  });

  it('that would take for ever does not', async () => {
    const check = { apiVersion: 'v1', kind: 'ConfigMap', current: `data.text.matches('^(a+)+$')` };
    const wanted = checked(resource(`${namespace}-web`, configMap({ text: `${'a'.repeat(100)}!` })), check);
    const { unhealthy } = await engine.apply([wanted], {}, brief);
    expect(unhealthy).toMatchObject([{ failed: false, reason: 'its health check takes too long' }]);
  });
});

describe('a custom resource without a status', () => {
  it('is given time for the first word of its controller, which then counts', async () => {
    const { definition, thing } = await createKind({ status: {} });
    const applied = engine.apply([resource(`${namespace}-web`, thing)], {}, long);
    await waitsFor('its controller has not reported on it yet');
    await writeStatus(thing, { conditions: [{ type: 'Ready', status: 'False', message: 'warming up' }] });
    await waitsFor('warming up');
    await writeStatus(thing, { conditions: [{ type: 'Ready', status: 'True' }] });
    expect((await applied).unhealthy).toEqual([]);
    await cluster.remove(definition);
  });

  it('is healthy when nobody says anything, and at once when it was there before', async () => {
    const { definition, thing } = await createKind({ status: {} });
    const wanted = resource(`${namespace}-web`, thing);
    expect((await engine.apply([wanted], {}, long)).unhealthy).toEqual([]);
    await waitsFor('its controller has not reported on it yet');
    events.length = 0;
    expect((await engine.apply([wanted], {}, long)).unhealthy).toEqual([]);
    expect(events.filter(({ type }) => type === 'waiting')).toEqual([]);
    await cluster.remove(definition);
  });

  it('is healthy at once where its kind has none', async () => {
    const { definition, thing } = await createKind({});
    expect((await engine.apply([resource(`${namespace}-web`, thing)], {}, long)).unhealthy).toEqual([]);
    expect(events.filter(({ type }) => type === 'waiting')).toEqual([]);
    await cluster.remove(definition);
  });
});

describe('a claim that is not bound', () => {
  const storageClass = (volumeBindingMode: string) => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: `${namespace}-${volumeBindingMode.toLowerCase()}` },
    provisioner: 'example.com/none',
    volumeBindingMode,
  });
  const claim = (className: string) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace },
    spec: {
      storageClassName: className,
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
    },
  });

  it('is healthy when its class waits for a first Pod, until there is one', async () => {
    const patient = await cluster.create(storageClass('WaitForFirstConsumer'));
    const wanted = resource(`${namespace}-web`, claim(patient.metadata.name));
    expect((await engine.apply([wanted], {}, long)).unhealthy).toEqual([]);
    expect((await engine.apply([wanted], {}, brief)).unhealthy).toEqual([]);
    const annotations = { 'volume.kubernetes.io/selected-node': 'node-1' };
    await cluster.patch(claim(patient.metadata.name), 'merge-patch', { metadata: { annotations } });
    expect((await engine.apply([wanted], {}, brief)).unhealthy).toMatchObject([{ reason: 'its phase is Pending' }]);
    await cluster.remove(patient);
  });

  it('is waited for when its class binds at once', async () => {
    const eager = await cluster.create(storageClass('Immediate'));
    const applied = engine.apply([resource(`${namespace}-web`, claim(eager.metadata.name))], {}, long);
    await waitsFor('its phase is Pending');
    // Nothing here binds claims.
    await writeStatus(claim(eager.metadata.name), { phase: 'Bound' });
    expect((await applied).unhealthy).toEqual([]);
    await cluster.remove(eager);
  });
});

it('Every built-in kind is known to need no look, has a rule, or has conditions like custom resources', () => {
  const withConditions = ['/Node', 'networking.k8s.io/ServiceCIDR'];
  const kinds = engine.cluster
    .types()
    .filter(
      ({ group, verbs }) => isBuiltInGroup(group) && ['get', 'list', 'patch'].every((verb) => verbs.includes(verb)),
    )
    .filter((type) => !isAlwaysHealthy(type))
    .map(({ group, kind }) => `${group}/${kind}`)
    .filter((kind) => !(kind in workloadRules) && !(kind in conditionRules));
  expect(kinds.sort()).toEqual(withConditions);
});
