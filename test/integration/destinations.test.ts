/** Where connections to destinations come from, on two control planes side by side. */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { createDestinations, type Destinations } from '../../src/destination/destinations.ts';
import { type Cluster, connect } from '../support/cluster.ts';
import {
  identityOf,
  kubeconfigSecret,
  kubeconfigText,
  type SecondCluster,
  startSecondCluster,
} from '../support/destination.ts';
import { resource, startEngine } from '../support/engine.ts';
import { readKubeconfig } from '../support/kubeconfig.ts';
import { type FaultyProxy, startProxy } from '../support/proxy.ts';

let home: Cluster;
let second: SecondCluster;
let proxy: FaultyProxy;
let namespace: string;
let destinations: Destinations;
let warnings: string[];
const host = '127.0.0.1';

beforeAll(async () => {
  home = connect(inject('kubeconfig'));
  second = await startSecondCluster();
  proxy = await startProxy(second.controlPlane.kubeconfig);
});
beforeEach(async () => {
  namespace = await home.createNamespace();
  warnings = [];
  destinations = open(inject('kubeconfig'));
  return async () => {
    await destinations.close();
    await removeSecrets(namespace);
  };
});
afterAll(async () => {
  await proxy.close();
  await second.close();
  await home.close();
});

const open = (file: string, secretNamespaces: readonly string[] = [namespace]) =>
  createDestinations({
    kubeconfig: { file, environment: {} },
    secretNamespaces,
    signal: new AbortController().signal,
    warn: (text) => warnings.push(text),
  });
const put = (name: string, kubeconfig: string, label: string | undefined = host, where = namespace) =>
  home.create(kubeconfigSecret(where, name, kubeconfig, label));
const identity = async (destination: Parameters<Destinations['of']>[0]) =>
  (await destinations.of(destination)).identity();
const refusal = async (destination: Parameters<Destinations['of']>[0]) => {
  const error = await destinations.of(destination).catch((cause) => cause);
  return { code: error.code, message: error.message };
};
const removeSecrets = (where: string) => home.request('DELETE', `/api/v1/namespaces/${where}/secrets`);

const through = ({ server }: FaultyProxy) => ({ ...second.access, server });

describe('home', () => {
  it('is without a server, by the name inside of the cluster, and by its address', async () => {
    const uid = await identityOf(home);
    for (const server of ['', 'https://kubernetes.default.svc', readKubeconfig(inject('kubeconfig')).server]) {
      expect(await identity({ server })).toBe(uid);
    }
    expect(await destinations.of({})).toBe(await destinations.of({ server: 'https://kubernetes.default.svc' }));
  });
});

describe('a labelled Secret', () => {
  it('leads to the cluster of its kubeconfig, and manifests are applied there', async () => {
    await put('second', kubeconfigText(second.access));
    const { server } = second.access;
    expect(await identity({ server })).toBe(second.identity);
    const engine = await startEngine(inject('kubeconfig'), namespace);
    const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: namespace, namespace: 'default' } };
    const definition = { ...resource(`${namespace}-a`, manifest), destination: { server, reconcileOnEvents: false } };
    const clusterOf = (server: string) => destinations.of({ server });
    await engine.apply([definition as ReturnType<typeof resource>], { clusterOf });
    expect([await second.cluster.exists(manifest), await home.exists(manifest)]).toEqual([true, false]);
    await engine.close();
  });

  it('is chosen by the URL when two clusters are on one host', async () => {
    await put('a', kubeconfigText({ ...second.access, server: 'https://127.0.0.1:1' }));
    await put('b', kubeconfigText(through(proxy)));
    expect(await identity({ server: `${proxy.server}/` })).toBe(second.identity);
  });

  it('that does not fit is named, with the servers that it is for', async () => {
    await put('a', kubeconfigText({ ...second.access, server: 'https://127.0.0.1:1' }, { name: 'one' }));
    await put('broken', 'token: [secret');
    const { code, message } = await refusal({ server: 'https://127.0.0.1:2' });
    expect(code).toBe('DESTINATION_UNKNOWN');
    expect(message).toContain(
      'destination.server https://127.0.0.1:2: no context of the kubeconfig leads to it; no Secret labelled cluster-kubeconfig=127.0.0.1 does',
    );
    expect(message).toContain(`Secret ${namespace}/a has one to https://127.0.0.1:1`);
    expect(message).toContain(`Secret ${namespace}/broken: is not a kubeconfig`);
    expect(message).not.toContain('[secret');
  });

  it('of a namespace that nobody has named leads nowhere, and the error says how it would count', async () => {
    const other = await home.createNamespace();
    await put('a', kubeconfigText(through(proxy)), host, other);
    const { code, message } = await refusal({ server: proxy.server });
    expect(code).toBe('DESTINATION_UNKNOWN');
    expect(message).toContain(`no Secret in ${namespace} is labelled cluster-kubeconfig=${host}`);
    expect(message).toContain(`${other}/a does not count, as VIDRA_SECRET_NAMESPACES does not name its namespace`);
    for (const named of [
      [namespace, other],
      [namespace, '*'],
    ]) {
      const own = open(inject('kubeconfig'), named);
      expect(await (await own.of({ server: proxy.server })).identity()).toBe(second.identity);
      await own.close();
    }
    await removeSecrets(other);
  });

  it.each([['its name'], ['a star']])(
    "in Vidra's own namespace counts before those of one named by %s",
    async (how) => {
      const other = await home.createNamespace();
      // A name that comes first in every order.
      await put('a', kubeconfigText(through(proxy), { user: { token: 'wrong' } }), host, other);
      await put('z', kubeconfigText(through(proxy)));
      const own = open(inject('kubeconfig'), [namespace, how === 'a star' ? '*' : other]);
      expect(await (await own.of({ server: proxy.server })).identity()).toBe(second.identity);
      await own.close();
      await removeSecrets(other);
    },
  );

  it('is told of when it lets anybody pose as the server', async () => {
    const { ca: _, ...rest } = through(proxy);
    const cluster = { 'certificate-authority-data': '', 'insecure-skip-tls-verify': true };
    await put('insecure', kubeconfigText({ ...rest, ca: '' }, { cluster }));
    expect(await identity({ server: proxy.server })).toBe(second.identity);
    expect(warnings).toEqual([expect.stringContaining(`Secret ${namespace}/insecure: insecure-skip-tls-verify`)]);
  });

  it.each([
    ['a program', { user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'touch' } } }, 'exec'],
    [
      'a program of old',
      { user: { 'auth-provider': { name: 'gcp', config: { 'cmd-path': 'touch' } } } },
      'auth-provider',
    ],
    ['a token file', { user: { tokenFile: '/etc/hostname' } }, 'tokenFile'],
    ['a key file', { user: { 'client-key': '/etc/hostname' } }, 'client-key'],
    ['an authority file', { cluster: { 'certificate-authority': '/etc/hostname' } }, 'certificate-authority'],
    ['another user to act as', { user: { token: 'x', as: 'admin' } }, 'as'],
  ])('that asks for %s is refused', async (_case, options, field) => {
    await put('bad', kubeconfigText(through(proxy), options));
    const { code, message } = await refusal({ server: proxy.server });
    expect(code).toBe('DESTINATION_INVALID');
    expect(message).toContain(`Secret ${namespace}/bad, context there: ${field}: `);
  });

  it('runs nothing, whatever its kubeconfig asks for', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'vidra-exec-')), 'ran');
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: '/usr/bin/touch', args: [file] };
    await put('bad', kubeconfigText(through(proxy), { user: { exec } }));
    await refusal({ server: proxy.server });
    expect(existsSync(file)).toBe(false);
  });
});

describe('a Secret that the definition names', () => {
  const named = (rest: object = {}) => ({ kubeconfigSecret: { namespace, name: 'mine', ...rest } });

  it('says which server it is, and counts before labels', async () => {
    await put('labelled', kubeconfigText(through(proxy), { user: { token: 'wrong' } }));
    await put('mine', kubeconfigText(through(proxy)), undefined);
    expect(await destinations.resolveServer(named())).toBe(proxy.server);
    expect(await identity(named())).toBe(second.identity);
    expect(await identity({ server: proxy.server, ...named() })).toBe(second.identity);
  });

  it('is read at the key and the context that are named', async () => {
    const secret = kubeconfigSecret(namespace, 'mine', 'nothing');
    const good = JSON.parse(kubeconfigText(second.access));
    good['current-context'] = 'elsewhere';
    await home.create({ ...secret, stringData: { config: JSON.stringify(good) } } as typeof secret);
    expect(await identity(named({ key: 'config', context: 'there' }))).toBe(second.identity);
    expect((await refusal(named())).message).toBe(`Secret ${namespace}/mine: has no entry kubeconfig`);
    expect((await refusal(named({ key: 'config' }))).message).toContain(`there to ${second.access.server}`);
    const wrong = await refusal(named({ key: 'config', context: 'here' }));
    expect(wrong.message).toContain('destination.kubeconfigSecretRef.context: ');
  });

  it('must lead to the server of the definition', async () => {
    await put('mine', kubeconfigText(second.access), undefined);
    const { code, message } = await refusal({ server: 'https://127.0.0.1:1', ...named() });
    expect(code).toBe('DESTINATION_UNKNOWN');
    expect(message).toContain(`no context to https://127.0.0.1:1; there to ${second.access.server}`);
  });

  it('must be there', async () => {
    const { code, message } = await refusal(named());
    expect(code).toBe('DESTINATION_UNKNOWN');
    expect(message).toContain(`destination.kubeconfigSecretRef ${namespace}/mine: `);
  });
});

describe("the workstation's kubeconfig", () => {
  it('leads to the servers of its other contexts', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'vidra-contexts-')), 'config');
    const both = [
      kubeconfigText(readKubeconfig(inject('kubeconfig')), { name: 'home' }),
      kubeconfigText(second.access),
    ];
    const [one, other] = both.map((text) => JSON.parse(text));
    for (const list of ['clusters', 'users', 'contexts']) one[list].push(...other[list]);
    writeFileSync(file, JSON.stringify(one));
    const own = open(file);
    expect(await (await own.of({ server: second.access.server })).identity()).toBe(second.identity);
    expect(await (await own.of({})).identity()).toBe(await identityOf(home));
    await own.close();
    expect(readFileSync(file, 'utf8')).toBe(JSON.stringify(one));
  });

  it('counts before what others have put into the cluster, and after what the definition names', async () => {
    const { server } = second.access;
    const file = join(mkdtempSync(join(tmpdir(), 'vidra-contexts-')), 'config');
    const [one, other] = [
      kubeconfigText(readKubeconfig(inject('kubeconfig')), { name: 'home' }),
      kubeconfigText(second.access),
    ].map((text) => JSON.parse(text));
    for (const list of ['clusters', 'users', 'contexts']) one[list].push(...other[list]);
    writeFileSync(file, JSON.stringify(one));
    await put('redirected', kubeconfigText({ ...second.access }, { cluster: { 'proxy-url': 'http://127.0.0.1:9' } }));
    const own = open(file);
    expect(await (await own.of({ server })).identity()).toBe(second.identity);
    const named = await own.of({ server, kubeconfigSecret: { namespace, name: 'redirected' } }).catch((cause) => cause);
    expect(named).toMatchObject({ code: 'CLUSTER_UNREACHABLE' });
    await own.close();
  });
});
