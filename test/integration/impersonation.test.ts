/** Definitions that are carried out as a ServiceAccount of their destination. */
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { createDestinations, type Destinations } from '../../src/destination/destinations.ts';
import { createAccount, type Rule } from '../support/account.ts';
import { type Cluster, connect } from '../support/cluster.ts';
import { kubeconfigSecret, kubeconfigText } from '../support/destination.ts';
import { resource, startEngine } from '../support/engine.ts';
import { readKubeconfig } from '../support/kubeconfig.ts';

let home: Cluster;
let namespace: string;
let destinations: Destinations;

beforeAll(() => {
  home = connect(inject('kubeconfig'));
});
beforeEach(async () => {
  namespace = await home.createNamespace();
  destinations = open(inject('kubeconfig'));
  return () => destinations.close();
});
afterAll(() => home.close());

const open = (file: string) =>
  createDestinations({
    kubeconfig: { file, environment: {} },
    secretNamespaces: [namespace],
    signal: new AbortController().signal,
    warn: () => undefined,
  });
const all = ['get', 'list', 'watch', 'create', 'patch', 'update', 'delete'];
const mayWriteConfigMaps: Rule = { apiGroups: [''], resources: ['configmaps'], verbs: all };
const tenant = () => ({ namespace, name: 'user' });
const manifest = (kind: string) => ({ apiVersion: 'v1', kind, metadata: { name: 'one', namespace } });

describe('a ServiceAccount', () => {
  it('does what it may, and what it may not is refused to it, whatever the connection may', async () => {
    await createAccount(home, { [namespace]: [mayWriteConfigMaps] });
    const engine = await startEngine(inject('kubeconfig'), namespace);
    const clusterOf = () => destinations.of({ serviceAccount: tenant() });
    const good = await engine.apply([resource(`${namespace}-a`, manifest('ConfigMap'))], { clusterOf });
    expect(good.outcomes.map(({ result }) => result)).toEqual(['succeeded']);
    expect(await home.exists(manifest('ConfigMap'))).toBe(true);
    const bad = await engine.apply([resource(`${namespace}-b`, manifest('Secret'))], { clusterOf });
    expect(await home.exists(manifest('Secret'))).toBe(false);
    expect(bad.plan.owners[0]?.changes).toMatchObject([{ action: 'skip', code: 'CLUSTER_FORBIDDEN' }]);
    await engine.close();
  });

  it('is acted as by a connection that may do that alone', async () => {
    await createAccount(home, { [namespace]: [mayWriteConfigMaps] });
    const own = await home.createNamespace();
    const impersonate = {
      apiGroups: [''],
      resources: ['serviceaccounts'],
      resourceNames: ['user'],
      verbs: ['impersonate'],
    };
    const few = open(await createAccount(home, { [own]: [], [namespace]: [impersonate] }));
    const cluster = await few.of({ serviceAccount: tenant() });
    const type = cluster.typeOf({ group: '', version: 'v1', kind: 'ConfigMap' });
    expect(type && (await cluster.listMetadata(type, { namespace }))).toBeDefined();
    expect(type && (await cluster.mayI({ verb: 'create', type, namespace }))).toBe(true);
    expect(type && (await cluster.mayI({ verb: 'create', type, namespace: 'default' }))).toBe(false);
    await few.close();
  });

  it('is not acted as by a connection that may not, and the error says what to grant', async () => {
    await createAccount(home, { [namespace]: [mayWriteConfigMaps] });
    const few = open(await createAccount(home, { [await home.createNamespace()]: [] }));
    const error = await few.of({ serviceAccount: tenant() }).catch((cause) => cause);
    expect(error).toMatchObject({ code: 'CLUSTER_FORBIDDEN' });
    expect(error.message).toContain(`ServiceAccount ${namespace}/user: may not be acted as (serviceAccountName)`);
    expect(error.message).toContain('"impersonate"');
    await few.close();
  });

  it('is one of the destination, also when a Secret leads there', async () => {
    await createAccount(home, { [namespace]: [mayWriteConfigMaps] });
    await home.create(kubeconfigSecret(namespace, 'there', kubeconfigText(readKubeconfig(inject('kubeconfig')))));
    const kubeconfigSecretReference = { namespace, name: 'there' };
    const cluster = await destinations.of({ kubeconfigSecret: kubeconfigSecretReference, serviceAccount: tenant() });
    const type = cluster.typeOf({ group: '', version: 'v1', kind: 'Secret' });
    const refused = type && cluster.list(type, { namespace });
    await expect(refused).rejects.toMatchObject({
      code: 'CLUSTER_FORBIDDEN',
      message: expect.stringContaining(`system:serviceaccount:${namespace}:user`),
    });
  });
});
