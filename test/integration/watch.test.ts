/** Watches through everything that ends a watch: cuts, silence, refusals, an expired version, a server that restarts. */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Cluster as Port, ResourceType } from '../../src/cluster/cluster.ts';
import { connectCluster } from '../../src/cluster/connect.ts';
import { VidraError } from '../../src/errors.ts';
import { type ApiServer, startApiServer } from '../support/api-server.ts';
import { type Cluster, connect } from '../support/cluster.ts';
import { type FaultyProxy, startProxy } from '../support/proxy.ts';
import { thingKind } from '../support/thing-kind.ts';
import { waitFor } from '../support/wait-for.ts';
import { follow, type Watching } from '../support/watching.ts';

let cluster: Cluster;
let proxy: FaultyProxy;
let port: Port;
let namespace: string;
const followed: Watching<unknown>[] = [];

beforeEach(async () => {
  cluster = connect(inject('kubeconfig'));
  namespace = await cluster.createNamespace();
  proxy = await startProxy(inject('kubeconfig'));
  port = await connectTo(proxy.kubeconfig);
});
afterEach(async () => {
  await Promise.all(followed.splice(0).map((watching) => watching.stop()));
  await port.close();
  await proxy.close();
  await cluster.close();
});

const connectTo = (file: string, silenceMs = 60_000) =>
  connectCluster({ file, environment: {}, signal: new AbortController().signal, silenceMs });

const typeOf = (of: Port, kind: string, group = ''): ResourceType => {
  const type = of.typeOf({ group, version: 'v1', kind });
  if (!type) throw new Error(`no ${kind}`);
  return type;
};
const configMap = (name: string, data: Record<string, string> = {}, labels = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, labels },
  data,
});
const watchPath = /\/configmaps\?.*watch=true/;
const listPath = /\/configmaps(\?(?!.*watch=true)|$)/;

/** Makes a kind that no other test has. */
async function createKind() {
  const group = `${namespace}.example.com`;
  const definition = thingKind(group);
  await cluster.create(definition);
  const type = await waitFor('the kind', async () => {
    await port.discover();
    return port.typeOf({ group, version: 'v1', kind: 'Thing' });
  });
  const manifest = { apiVersion: `${group}/v1`, kind: 'Thing', metadata: { name: 'one', namespace } };
  return { type, definition, thing: { manifest, path: `/apis/${group}/v1/namespaces/${namespace}/things` } };
}

function followConfigMaps(from: Port = port) {
  const watching = follow((signal) => from.watch(typeOf(from, 'ConfigMap'), { namespace }, signal));
  followed.push(watching);
  return watching;
}
const named = (name: string) => (object: { metadata: { name: string } }) => object.metadata.name === name;
const cutWatch = (afterBytes: number, times = 1) =>
  proxy.inject({ path: watchPath, times, fault: { kind: 'cut', afterBytes } });

describe('a watch', () => {
  it('tells what there is, then what changes and what goes, for one LIST and one request', async () => {
    await cluster.create(configMap('one', { key: 'value' }));
    const watching = followConfigMaps();
    await watching.listed(1);
    expect(watching.events[0]).toMatchObject({ objects: [{ apiVersion: 'v1', kind: 'ConfigMap' }] });
    await cluster.create(configMap('two', { key: 'größer ✓ 漢字 😀' }));
    const two = await watching.seen('changed', named('two'));
    expect(two).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { key: 'größer ✓ 漢字 😀' } });
    await cluster.remove(configMap('one'));
    await watching.seen('removed', named('one'));
    expect([proxy.count({ path: listPath }), proxy.count({ path: watchPath })]).toEqual([1, 1]);
  });

  it('of metadata gets nothing else, by label, and sees an object that loses the label as gone', async () => {
    await cluster.create(configMap('one', { secret: 'hidden' }, { of: 'us' }));
    await cluster.create(configMap('other'));
    const type = typeOf(port, 'ConfigMap');
    const watching = follow((signal) => port.watchMetadata(type, { namespace, labelSelector: 'of=us' }, signal));
    followed.push(watching);
    await watching.listed(1);
    expect(watching.events).toMatchObject([{ type: 'listed', objects: [{ reference: { name: 'one' } }] }]);
    await cluster.apply(configMap('two', { secret: 'hidden' }, { of: 'us' }), 'somebody');
    const two = await watching.seen('changed', ({ reference }) => reference.name === 'two');
    expect(two.reference).toEqual({ group: '', version: 'v1', kind: 'ConfigMap', namespace, name: 'two' });
    expect(two.managers).toMatchObject([{ manager: 'somebody', operation: 'Apply' }]);
    await cluster.patch(configMap('one'), 'merge-patch', { metadata: { labels: { of: null } } });
    await watching.seen('removed', ({ reference }) => reference.name === 'one');
    expect(JSON.stringify(watching.events)).not.toContain('hidden');
  });

  it('of one name sees no other object', async () => {
    await cluster.create(configMap('one'));
    const type = typeOf(port, 'ConfigMap');
    const watching = follow((signal) => port.watch(type, { namespace, name: 'two' }, signal));
    followed.push(watching);
    await watching.listed(1);
    expect(watching.events).toEqual([{ type: 'listed', objects: [] }]);
    await cluster.patch(configMap('one'), 'merge-patch', { data: { a: 'b' } });
    await cluster.create(configMap('two'));
    await watching.seen('changed', named('two'));
    expect(watching.events).toHaveLength(2);
  });

  it('reads integers to the digit', async () => {
    const { type, thing } = await createKind();
    const watching = follow((signal) => port.watch(type, { namespace }, signal));
    followed.push(watching);
    await watching.listed(1);
    await cluster.request('POST', thing.path, {
      body: JSON.stringify(thing.manifest).replace('}}', '},"digits":9007199254740993}'),
    });
    expect(await watching.seen('changed', named('one'))).toMatchObject({ digits: 9007199254740993n });
  });
});

describe('a watch goes on', () => {
  it('from where it was when the connection is cut in the middle of an event', async () => {
    cutWatch(50);
    const watching = followConfigMaps();
    await watching.listed(1);
    await cluster.create(configMap('one', { key: 'x'.repeat(1000) }));
    await watching.seen('changed', named('one'));
    await cluster.create(configMap('two'));
    await watching.seen('changed', named('two'));
    expect(proxy.count({ path: watchPath })).toBe(2);
    expect(proxy.count({ path: listPath })).toBe(1);
    expect(watching.events.filter(({ type }) => type === 'changed')).toHaveLength(2);
  });

  it('when requests fail, wait and are refused for a while, and LISTs fail, too', async () => {
    proxy.inject({ path: listPath, times: 1, fault: { kind: 'status', status: 500 } });
    proxy.inject({ path: watchPath, times: 1, fault: { kind: 'reset' } });
    proxy.inject({ path: watchPath, times: 1, from: 2, fault: { kind: 'status', status: 500 } });
    proxy.inject({ path: watchPath, times: 1, from: 3, fault: { kind: 'status', status: 429, retryAfter: 1 } });
    const watching = followConfigMaps();
    await watching.listed(1);
    await cluster.create(configMap('one'));
    await watching.seen('changed', named('one'));
    expect(proxy.count({ path: watchPath })).toBe(4);
    expect(watching.events.filter(({ type }) => type === 'listed')).toHaveLength(1);
  });

  it('when the server says something that is no event', async () => {
    proxy.inject({ path: watchPath, times: 1, fault: { kind: 'say', body: '<html>Busy</html>\n' } });
    const watching = followConfigMaps();
    await watching.listed(1);
    await cluster.create(configMap('one'));
    await watching.seen('changed', named('one'));
  });

  it('with a new list when its version is too old for the server, in its own words', async () => {
    const tooOld = (query: string) => query.replace(/resourceVersion=\d+/, 'resourceVersion=1');
    proxy.inject({ path: /watch=true/, times: 1, fault: { kind: 'rewrite', query: tooOld } });
    // Of a kind that is new, the server has no history.
    const { type, thing } = await createKind();
    const watching = follow((signal) => port.watch(type, {}, signal));
    followed.push(watching);
    await watching.listed(2);
    await cluster.create(thing.manifest);
    await watching.seen('changed', named('one'));
    expect(watching.events.map(({ type }) => type)).toEqual(['listed', 'listed', 'changed']);
  });

  it('with a new list when a running watch expires, or a new one is answered 410', async () => {
    const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
    const body = `${JSON.stringify({ type: 'ERROR', object: status })}\n`;
    proxy.inject({ path: watchPath, times: 1, fault: { kind: 'say', body } });
    proxy.inject({ path: watchPath, times: 1, from: 2, fault: { kind: 'status', status: 410 } });
    const watching = followConfigMaps();
    await watching.listed(3);
    await cluster.create(configMap('one'));
    await watching.seen('changed', named('one'));
  });

  it('when the connection is dead and nobody says so', async () => {
    proxy.inject({ path: watchPath, times: 1, fault: { kind: 'freeze', afterBytes: 50 } });
    const impatient = await connectTo(proxy.kubeconfig, 1_000);
    try {
      const watching = followConfigMaps(impatient);
      await watching.listed(1);
      await waitFor('the watch', () => proxy.count({ path: watchPath }) > 0);
      await cluster.create(configMap('one'));
      await watching.seen('changed', named('one'));
      expect(watching.events.filter(({ type }) => type === 'listed')).toHaveLength(1);
    } finally {
      await impatient.close();
    }
  });

  it('when the proxy in between goes away and comes back', async () => {
    const watching = followConfigMaps();
    await waitFor('the watch', () => proxy.count({ path: watchPath }) > 0);
    await proxy.down();
    await cluster.create(configMap('one'));
    await proxy.up();
    await watching.seen('changed', named('one'));
  });

  it('when the API server is killed and starts again', async () => {
    const server: ApiServer = await startApiServer(inject('controlPlaneFolder'));
    const own = await connectTo(server.kubeconfig);
    try {
      const watching = followConfigMaps(own);
      await watching.listed(1);
      await cluster.create(configMap('one'));
      await watching.seen('changed', named('one'));
      await server.kill();
      await cluster.create(configMap('two'));
      await server.start();
      const isThere = named('two');
      await waitFor('what happened meanwhile', () =>
        watching.events.some((event) =>
          event.type === 'listed' ? event.objects.some(isThere) : event.type === 'changed' && isThere(event.object),
        ),
      );
      await cluster.create(configMap('three'));
      await watching.seen('changed', named('three'));
    } finally {
      await own.close();
      await server.close();
    }
  });
});

describe('a watch ends', () => {
  it('without a word when it is told to, or when the cluster is closed', async () => {
    const other = await connectTo(proxy.kubeconfig);
    const one = followConfigMaps();
    const two = followConfigMaps(other);
    await Promise.all([one.listed(1), two.listed(1)]);
    expect(await one.stop()).toBeUndefined();
    await other.close();
    expect(await two.ended).toBeUndefined();
    await waitFor('the watches to end', () => proxy.openNow() === 0);
  });

  it('when the consumer has had enough, and leaves no connection open at the server', async () => {
    const closed = proxy.openNow();
    for await (const event of port.watch(typeOf(port, 'ConfigMap'), { namespace }, new AbortController().signal)) {
      if (event.type === 'listed') await cluster.create(configMap('one'));
      else break;
    }
    await waitFor('the watch to end', () => proxy.openNow() === closed);
  });

  it('with what it may not do', async () => {
    for (const verb of ['list', 'watch'] as const) {
      const path = verb === 'list' ? listPath : watchPath;
      proxy.inject({ path, times: 1, fault: { kind: 'status', status: 403 } });
      const error = await followConfigMaps().ended;
      expect(error).toBeInstanceOf(VidraError);
      expect(error).toMatchObject({ code: 'CLUSTER_FORBIDDEN', subject: `${verb} of configmaps` });
    }
  });

  it('when the credentials are refused even after they were renewed', async () => {
    proxy.inject({ path: watchPath, fault: { kind: 'status', status: 401 } });
    expect(await followConfigMaps().ended).toMatchObject({ code: 'CLUSTER_UNAUTHORIZED' });
    expect(proxy.count({ path: watchPath })).toBe(2);
  });

  it('when the kind is gone', async () => {
    const { type, definition, thing } = await createKind();
    const watching = follow((signal) => port.watch(type, {}, signal));
    followed.push(watching);
    await watching.listed(1);
    await cluster.create(thing.manifest);
    await watching.seen('changed', named('one'));
    await cluster.remove(definition);
    await watching.seen('removed', named('one'));
    expect(await watching.ended).toMatchObject({ code: 'KIND_UNKNOWN' });
  });
});

describe('many watches', () => {
  it('leave the connections of other requests alone', async () => {
    const all = Array.from({ length: 40 }, () => followConfigMaps());
    await Promise.all(all.map((watching) => watching.listed(1)));
    await waitFor('the watches', () => proxy.count({ path: watchPath }) === 40);
    await port.get(typeOf(port, 'ConfigMap'), { group: '', version: 'v1', kind: 'ConfigMap', namespace, name: 'x' });
    await cluster.create(configMap('one'));
    await Promise.all(all.map((watching) => watching.seen('changed', named('one'))));
  });
});
