/** Several clusters at once: one that is down is its own problem, and two homes never touch each other's objects. */
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { createDestinations, type Destinations } from '../../src/destination/destinations.ts';
import { type Cluster, connect } from '../support/cluster.ts';
import { kubeconfigSecret, kubeconfigText, type SecondCluster, startSecondCluster } from '../support/destination.ts';
import { actionsOf, type Engine, resource, startEngine } from '../support/engine.ts';
import { readKubeconfig } from '../support/kubeconfig.ts';
import { type FaultyProxy, startProxy } from '../support/proxy.ts';
import { waitFor } from '../support/wait-for.ts';

let home: Cluster;
let second: SecondCluster;
let namespace: string;

beforeAll(async () => {
  home = connect(inject('kubeconfig'));
  second = await startSecondCluster();
});
beforeEach(async () => {
  namespace = await home.createNamespace();
  return () => home.request('DELETE', `/api/v1/namespaces/${namespace}/secrets`);
});
afterAll(async () => {
  await second.close();
  await home.close();
});

const open = (file: string, secretNamespaces = [namespace]) =>
  createDestinations({
    kubeconfig: { file, environment: {} },
    secretNamespaces,
    signal: new AbortController().signal,
    warn: () => undefined,
  });
const configMap = (data: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: namespace, namespace: 'default' },
  data,
});
const at = (server: string, definition: ReturnType<typeof resource>) =>
  ({ ...definition, destination: { server, reconcileOnEvents: false } }) as ReturnType<typeof resource>;

describe('a destination that does not answer', () => {
  let proxy: FaultyProxy;
  let engine: Engine;
  let destinations: Destinations;
  let others: Destinations;

  beforeEach(async () => {
    proxy = await startProxy(second.controlPlane.kubeconfig);
    engine = await startEngine(inject('kubeconfig'), namespace);
    destinations = open(inject('kubeconfig'));
    others = open(inject('kubeconfig'));
    const text = kubeconfigText({ ...second.access, server: proxy.server });
    await home.create(kubeconfigSecret(namespace, 'far', text, '127.0.0.1'));
    return async () => {
      await Promise.all([destinations.close(), others.close()]);
      await engine.close();
      await proxy.close();
    };
  });
  const clusterOf = (server: string) => destinations.of({ server });

  it('is a problem of its definitions alone, and they are applied when it is back', async () => {
    const far = at(proxy.server, resource(`${namespace}-far`, configMap()));
    const near = resource(`${namespace}-near`, configMap());
    await proxy.down();
    const { plan, outcomes } = await engine.apply([far, near], { clusterOf });
    expect(plan.problems).toMatchObject([{ code: 'CLUSTER_UNREACHABLE' }]);
    expect(outcomes.map(({ owner, result }) => [owner, result])).toEqual([[`${namespace}-near`, 'succeeded']]);
    expect([await home.exists(configMap()), await second.cluster.exists(configMap())]).toEqual([true, false]);
    await proxy.up();
    await waitFor('the far object', async () => {
      await engine.apply([far, near], { clusterOf });
      return second.cluster.exists(configMap());
    });
  });

  it('is found dead once for all that ask, in a limited time, while others are served', async () => {
    proxy.inject({ fault: { kind: 'delay', milliseconds: 60_000 } });
    const asked = Array.from({ length: 20 }, () => clusterOf(proxy.server).catch((cause) => cause));
    expect(await (await clusterOf('')).identity()).toBeDefined();
    const errors = await Promise.all(asked);
    for (const error of errors) expect(error).toMatchObject({ code: 'CLUSTER_UNREACHABLE' });
    expect(errors[0].message).toContain(
      `destination.server ${proxy.server} (Secret ${namespace}/far): did not answer within`,
    );
    // Which kinds there are, twice, and which cluster it is.
    expect(proxy.count()).toBe(3);
    expect(await clusterOf(proxy.server).catch((cause) => cause)).toBe(errors[0]);
    proxy.heal();
    const cluster = await waitFor('a connection', () => clusterOf(proxy.server).catch(() => undefined));
    expect(await cluster.identity()).toBe(second.identity);
  });

  it('answers to the same connection when it is back', async () => {
    const cluster = await clusterOf(proxy.server);
    await proxy.down();
    await expect(cluster.discover()).rejects.toMatchObject({ code: 'CLUSTER_UNREACHABLE' });
    await proxy.up();
    await cluster.discover();
    expect(await clusterOf(proxy.server)).toBe(cluster);
  });
});

describe('two homes with one destination', () => {
  it('keep owners of one name apart, on one object and in their records', async () => {
    const server = readKubeconfig(inject('kubeconfig')).server;
    const records = await second.cluster.createNamespace();
    const metadata = { name: 'first', namespace: records };
    await second.cluster.create(
      kubeconfigSecret(
        metadata.namespace,
        metadata.name,
        kubeconfigText(readKubeconfig(inject('kubeconfig'))),
        '127.0.0.1',
      ),
    );
    const here = await startEngine(inject('kubeconfig'), namespace);
    const there = await startEngine(second.controlPlane.kubeconfig, records);
    const destinations = open(second.controlPlane.kubeconfig, [records]);
    const clusterOf = (server: string) => destinations.of({ server });
    const own = (data: object) => at('', resource(namespace, configMap(data)));
    const theirs = (...manifests: object[]) => at(server, resource(namespace, ...manifests));
    const live = async () => (await home.get(configMap())).data;
    const managers = async () =>
      new Set((await home.get(configMap())).metadata.managedFields?.map(({ manager }) => manager));

    await here.apply([own({ one: '1' })]);
    await there.apply([theirs(configMap({ other: '2' }))], { clusterOf, overrides: { adopt: 'IfUnowned' } });
    expect(await live()).toEqual({ one: '1', other: '2' });
    expect(await managers()).toHaveProperty('size', 2);

    // Whoever leaves takes what is its own, and the object stays.
    const released = await there.apply([theirs()], { clusterOf });
    expect(actionsOf(released.plan)).toEqual([`release ConfigMap ${namespace}`]);
    expect(await live()).toEqual({ one: '1' });
    expect(actionsOf(await here.plan([own({ one: '1' })]))).toEqual([]);

    await Promise.all([here.close(), there.close(), destinations.close()]);
  });
});
