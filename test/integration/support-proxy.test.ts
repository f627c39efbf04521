/** The proxy and the client that other tests build upon. */
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { type Cluster, connect } from '../support/cluster.ts';
import { type FaultyProxy, startProxy } from '../support/proxy.ts';
import { waitFor } from '../support/wait-for.ts';

let proxy: FaultyProxy;
let direct: Cluster;
let through: Cluster;

beforeAll(async () => {
  direct = connect(inject('kubeconfig'));
  proxy = await startProxy(inject('kubeconfig'));
  through = connect(proxy.kubeconfig);
});

afterEach(() => {
  proxy.heal();
  proxy.forget();
});

afterAll(async () => {
  await through.close();
  await direct.close();
  await proxy.close();
});

const configMap = (namespace: string, name = 'one', data = { key: 'value' }) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
});

test('The client creates, reads, lists, replaces, patches, applies and removes objects', async () => {
  const namespace = await direct.createNamespace();
  const one = configMap(namespace);
  const created = await direct.create(one);
  expect(await direct.get(one)).toEqual(created);
  await direct.replace(configMap(namespace, 'one', { key: 'replaced' }));
  expect((await direct.get(one)).data).toEqual({ key: 'replaced' });
  await direct.patch(one, 'merge-patch', { data: { more: 'merged' } });
  await direct.apply(configMap(namespace, 'two'), 'somebody');
  const listed = await direct.list('v1', 'ConfigMap', namespace);
  expect(listed.map(({ metadata, data }) => [metadata.name, data])).toEqual([
    ['one', { key: 'replaced', more: 'merged' }],
    ['two', { key: 'value' }],
  ]);
  expect(listed[1]?.metadata.managedFields?.map(({ manager }) => manager)).toEqual(['somebody']);
  await expect(direct.apply(configMap(namespace, 'two', { key: 'mine' }), 'other', { force: false })).rejects.toThrow(
    /409/,
  );
  await direct.remove(one);
  expect(await direct.exists(one)).toBe(false);
});

test('The controllers finish the deletion of a namespace, of a claim and of what an owner leaves', async () => {
  const namespace = await direct.createNamespace();
  const owner = await direct.create(configMap(namespace, 'owner'));
  const { apiVersion, kind, metadata } = owner;
  const ownerReferences = [{ apiVersion, kind, name: metadata.name, uid: metadata.uid }];
  const owned = { ...configMap(namespace, 'owned'), metadata: { namespace, name: 'owned', ownerReferences } };
  await direct.create(owned);
  await direct.remove(owner);
  await waitFor('the owned object to go', async () => !(await direct.exists(owned)));
  const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'disk', namespace } };
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  await direct.create({ ...claim, spec } as typeof claim);
  await direct.remove(claim);
  await waitFor('the claim to go', async () => !(await direct.exists(claim)));
  const whole = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  await direct.remove(whole);
  await waitFor('the namespace to go', async () => !(await direct.exists(whole)));
});

test('The proxy passes on and counts requests by method and path', async () => {
  const namespace = await through.createNamespace();
  proxy.forget();
  await through.create(configMap(namespace));
  await through.get(configMap(namespace));
  await through.patch(configMap(namespace), 'merge-patch', { data: { key: 'patched' } });
  expect(proxy.count({ method: 'POST', path: /\/configmaps$/ })).toBe(1);
  expect(proxy.count({ path: /\/configmaps\/one$/ })).toBe(2);
  expect(proxy.requests.at(-1)?.contentType).toBe('application/merge-patch+json');
  expect((await direct.get(configMap(namespace))).data).toEqual({ key: 'patched' });
});

test('The proxy answers 429 with Retry-After to the second matching request only', async () => {
  proxy.inject({ path: /version/, from: 2, times: 1, fault: { kind: 'status', status: 429, retryAfter: 3 } });
  const answers = [];
  for (let n = 0; n < 3; n++) answers.push(await through.request('GET', '/version'));
  expect(answers.map(({ status }) => status)).toEqual([200, 429, 200]);
  expect(answers[1]?.headers['retry-after']).toBe('3');
  expect(JSON.parse(answers[1]?.text ?? '')).toMatchObject({
    kind: 'Status',
    code: 429,
    details: { retryAfterSeconds: 3 },
  });
});

test('The proxy resets a connection before the server sees the request', async () => {
  const namespace = await direct.createNamespace();
  await through.list('v1', 'ConfigMap', namespace);
  proxy.inject({ method: 'POST', fault: { kind: 'reset' } });
  await expect(through.create(configMap(namespace))).rejects.toThrow();
  expect(await direct.exists(configMap(namespace))).toBe(false);
});

test('The proxy loses an answer after the server carried the request out', async () => {
  const namespace = await direct.createNamespace();
  await through.list('v1', 'ConfigMap', namespace);
  proxy.inject({ method: 'POST', fault: { kind: 'lose-answer' } });
  await expect(through.create(configMap(namespace))).rejects.toThrow();
  expect(await direct.exists(configMap(namespace))).toBe(true);
});

test('The proxy passes a delayed request on after those that came later', async () => {
  proxy.inject({ path: /livez/, fault: { kind: 'delay', milliseconds: 300 } });
  const order: string[] = [];
  const ask = async (path: string) => {
    await through.request('GET', path);
    order.push(path);
  };
  await Promise.all([ask('/livez'), ask('/version')]);
  expect(order).toEqual(['/version', '/livez']);
  expect(proxy.mostAtOnce()).toBe(2);
});

test('The proxy refuses everything while it is down, and serves again on the same port', async () => {
  await proxy.down();
  const late = connect(proxy.kubeconfig);
  await expect(late.request('GET', '/version')).rejects.toThrow(/ECONNREFUSED/);
  await proxy.up();
  expect((await late.request('GET', '/version')).status).toBe(200);
  await late.close();
});
