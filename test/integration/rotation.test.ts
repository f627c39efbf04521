/** Kubeconfigs that change while connections made with them are used. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { createDestinations, type Destinations } from '../../src/destination/destinations.ts';
import { createAccount } from '../support/account.ts';
import { type Cluster, connect, type Reference } from '../support/cluster.ts';
import {
  createToken,
  identityOf,
  isRevoked,
  kubeconfigSecret,
  kubeconfigText,
  type SecondCluster,
  startSecondCluster,
} from '../support/destination.ts';
import { readKubeconfig } from '../support/kubeconfig.ts';
import { waitFor } from '../support/wait-for.ts';

let home: Cluster;
let second: SecondCluster;
let namespace: string;
let ends: (() => Promise<void>)[];

beforeAll(async () => {
  home = connect(inject('kubeconfig'));
  second = await startSecondCluster();
});
beforeEach(async () => {
  namespace = await home.createNamespace();
  ends = [];
  return async () => {
    for (const end of ends) await end();
    await home.request('DELETE', `/api/v1/namespaces/${namespace}/secrets`);
  };
});
afterAll(async () => {
  await second.close();
  await home.close();
});

function open(rotation: boolean, file = inject('kubeconfig'), secretNamespaces = [namespace]): Destinations {
  const destinations = createDestinations({
    kubeconfig: { file, environment: {} },
    secretNamespaces,
    signal: new AbortController().signal,
    warn: () => undefined,
    rotation,
  });
  ends.push(() => destinations.close());
  return destinations;
}
const secret = (kubeconfig: string) => kubeconfigSecret(namespace, 'second', kubeconfig, '127.0.0.1');
const put = (kubeconfig: string) => home.apply(secret(kubeconfig), 'test');
const there = () => ({ server: second.access.server });
const named = () => ({ kubeconfigSecret: { namespace, name: 'second' } });
const withToken = (token: string) => kubeconfigText({ ...second.access, token });
const configMaps = { group: '', version: 'v1', kind: 'ConfigMap' };
type Connected = Awaited<ReturnType<Destinations['of']>>;

const mayCreate = async (cluster: Connected) => {
  const type = cluster.typeOf(configMaps);
  return type !== undefined && cluster.mayI({ verb: 'create', type, namespace: 'default' });
};
const answers = async (cluster: Connected) => {
  const reference = { group: '', version: 'v1', kind: 'Namespace', namespace: '', name: 'kube-system' };
  const type = cluster.typeOf(reference);
  return (type && (await cluster.getMetadata(type, reference).catch(() => undefined)))?.uid;
};

describe('a Secret that changes', () => {
  it.each([
    ['by its label', there],
    ['by the definition', named],
  ])('is seen without a refusal, when it was found %s, by connections that are in use', async (_case, destination) => {
    const few = await createToken(second.cluster, `${namespace}-few`, 'view');
    const many = await createToken(second.cluster, `${namespace}-many`, 'cluster-admin');
    await put(withToken(few));
    const destinations = open(true);
    const cluster = await destinations.of(destination());
    expect(await mayCreate(cluster)).toBe(false);
    await put(withToken(many));
    await waitFor('the rights of the new token', () => mayCreate(cluster), 15);
    expect(await destinations.of(destination())).toBe(cluster);
  });

  it('is seen in a namespace that is named, beside its own that nobody may read', async () => {
    const [own, other] = [await home.createNamespace(), namespace];
    const secrets = { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] };
    const account = await createAccount(home, { [other]: [secrets] });
    await put(withToken(await createToken(second.cluster, namespace, 'view')));
    const destinations = open(true, account, [own, other]);
    const cluster = await destinations.of(there());
    expect(await mayCreate(cluster)).toBe(false);
    await put(withToken(second.access.token));
    await waitFor('the rights of the new token', () => mayCreate(cluster), 15);
  });

  it("is seen by whoever may read Vidra's own namespace alone", async () => {
    const secrets = { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] };
    const account = await createAccount(home, { [namespace]: [secrets] });
    await put(withToken(await createToken(second.cluster, namespace, 'view')));
    const cluster = await open(true, account).of(there());
    expect(await mayCreate(cluster)).toBe(false);
    await put(withToken(second.access.token));
    await waitFor('the rights of the new token', () => mayCreate(cluster), 15);
  });

  it('may not be read by everybody, and the error says so', async () => {
    await put(kubeconfigText(second.access));
    const account = await createAccount(home, { [namespace]: [] });
    await expect(open(true, account).of(there())).rejects.toMatchObject({
      code: 'DESTINATION_UNKNOWN',
      message: expect.stringContaining(`Secrets labelled cluster-kubeconfig=127.0.0.1 may not be read in ${namespace}`),
    });
  });

  it('is read again when what was in it is refused, also when nobody watches', async () => {
    const old = await createToken(second.cluster, `${namespace}-old`, 'cluster-admin');
    await put(withToken(old));
    const cluster = await open(false).of(there());
    expect(await answers(cluster)).toBe(second.identity);
    await put(withToken(second.access.token));
    const metadata = { name: `${namespace}-old`, namespace: 'default' };
    await second.cluster.remove({ apiVersion: 'v1', kind: 'ServiceAccount', metadata });
    await waitFor('the token to be revoked', () => isRevoked(second.cluster, old));
    expect(await answers(cluster)).toBe(second.identity);
  });

  it('changes the way to the server, too', async () => {
    await put(kubeconfigText(second.access));
    const destinations = open(true);
    const cluster = await destinations.of(there());
    await put(kubeconfigText(second.access, { cluster: { 'tls-server-name': 'somebody-else.example.org' } }));
    await waitFor('the certificate to be refused', async () => (await answers(cluster)) === undefined);
    await put(kubeconfigText(second.access));
    await waitFor('the certificate to be accepted', async () => (await answers(cluster)) === second.identity);
  });

  it('ends a failure that is remembered', async () => {
    await put(kubeconfigText(second.access, { user: { exec: { command: 'touch' } } }));
    const destinations = open(true);
    await expect(destinations.of(there())).rejects.toMatchObject({ code: 'DESTINATION_INVALID' });
    await put(kubeconfigText(second.access));
    const cluster = await waitFor('a connection', () => destinations.of(there()).catch(() => undefined));
    expect(await cluster.identity()).toBe(second.identity);
  });

  it('to another server gives another connection; what is under way ends on the one it has', async () => {
    await put(kubeconfigText(second.access));
    const destinations = open(true);
    const before = await destinations.of(named());
    await put(kubeconfigText(readKubeconfig(inject('kubeconfig'))));
    const after = await waitFor('another connection', async () => {
      const now = await destinations.of(named());
      return now === before ? undefined : now;
    });
    expect(await after.identity()).toBe(await identityOf(home));
    expect(await destinations.resolveServer(named())).toBe(readKubeconfig(inject('kubeconfig')).server);
    expect(await answers(before)).toBe(second.identity);
  });

  it('that is deleted takes the access with it, and gives it back when it comes again', async () => {
    await put(kubeconfigText(second.access));
    const destinations = open(true);
    const cluster = await destinations.of(there());
    await home.remove(secret('') as Reference);
    const error = await waitFor('a refusal', () =>
      destinations.of(there()).then(
        () => undefined,
        (cause) => cause,
      ),
    );
    expect(error).toMatchObject({ code: 'DESTINATION_UNKNOWN' });
    expect(await answers(cluster)).toBeUndefined();
    await put(kubeconfigText(second.access));
    const again = await waitFor('a connection', () => destinations.of(there()).catch(() => undefined));
    expect(await again.identity()).toBe(second.identity);
  });
});

describe('a program that the kubeconfig of the workstation names', () => {
  it('is asked again when what it gave is refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vidra-plugin-'));
    const [file, answer] = [join(folder, 'config'), join(folder, 'answer')];
    const say = (token: string) =>
      writeFileSync(
        answer,
        JSON.stringify({
          apiVersion: 'client.authentication.k8s.io/v1',
          kind: 'ExecCredential',
          status: { token, expirationTimestamp: new Date(Date.now() + 3_600_000) },
        }),
      );
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'cat', args: [answer] };
    writeFileSync(file, kubeconfigText(second.access, { user: { exec: { ...exec, interactiveMode: 'Never' } } }));
    const old = await createToken(second.cluster, `${namespace}-old`, 'cluster-admin');
    say(old);
    const cluster = await open(false, file).of({});
    expect(await answers(cluster)).toBe(second.identity);
    say(second.access.token);
    const metadata = { name: `${namespace}-old`, namespace: 'default' };
    await second.cluster.remove({ apiVersion: 'v1', kind: 'ServiceAccount', metadata });
    await waitFor('the token to be revoked', () => isRevoked(second.cluster, old));
    expect(await answers(cluster)).toBe(second.identity);
  });
});
