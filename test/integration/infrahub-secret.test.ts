/** Infrahub credentials from Secrets, labelled as upstream Vidra does, on a real API server. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Cluster as Home } from '../../src/cluster/cluster.ts';
import { connectCluster } from '../../src/cluster/connect.ts';
import { accessFromSecret } from '../../src/config/infrahub-secret.ts';
import { type Cluster, connect } from '../support/cluster.ts';

let cluster: Cluster;
let home: Home;
let namespace: string;
let host: string;

beforeAll(async () => {
  cluster = connect(inject('kubeconfig'));
  const { signal } = new AbortController();
  home = await connectCluster({ file: inject('kubeconfig'), environment: {}, signal });
});
beforeEach(async () => {
  namespace = await cluster.createNamespace();
  // Secrets are looked for in all namespaces, so each test has a host of its own.
  host = `infrahub-${randomBytes(4).toString('hex')}.example.com`;
});
afterAll(async () => {
  await home.close();
  await cluster.close();
});

const secret = (name: string, stringData: Record<string, string>) =>
  cluster.create({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, labels: { 'infrahub-api-url': host } },
    stringData,
  } as Parameters<Cluster['create']>[0]);
const find = (url: string) => accessFromSecret(url, home, namespace);

describe('credentials in Secrets', () => {
  it('are found in any namespace, without the line feed that echo adds', async () => {
    await secret('credentials', { username: 'ann\n', password: 'pass\n' });
    expect(await find(`https://${host}/tenant`)).toEqual({
      access: {
        credentials: { kind: 'password', username: 'ann', password: 'pass' },
        origin: `the Secret ${namespace}/credentials`,
      },
    });
  });

  it('are chosen by the URL inside when several are for one host', async () => {
    await secret('a', { username: 'a', password: 'x', infrahubapiurl: `https://${host}:8443` });
    await secret('b', { username: 'b', password: 'x', infrahubapiurl: `https://${host}:9443/` });
    expect((await find(`https://${host}:9443`)).access?.credentials).toMatchObject({ username: 'b' });
  });

  it('never go to a server that the Secret does not name', async () => {
    await secret('a', { username: 'a', password: 'x', infrahubapiurl: `https://${host}:8443` });
    for (const url of [`https://${host}`, `http://${host}:8443`]) {
      const { access, note } = await find(url);
      expect(access).toBeUndefined();
      expect(note).toContain('for this URL');
    }
  });

  it('are none, with a note, when the Secret is not complete or there is none', async () => {
    expect(await find(`https://${host}`)).toEqual({ note: `no Secret is labelled infrahub-api-url=${host}` });
    await secret('half', { username: 'ann' });
    expect((await find(`https://${host}`)).access).toBeUndefined();
  });

  it('are none for an address that cannot be on a label', async () => {
    expect((await find('http://[::1]:8000')).access).toBeUndefined();
  });
});
