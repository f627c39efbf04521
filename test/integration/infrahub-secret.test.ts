/** Infrahub credentials from Secrets, labelled as upstream Vidra does, on a real API server. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Cluster as Home } from '../../src/cluster/cluster.ts';
import { connectCluster } from '../../src/cluster/connect.ts';
import { accessFromNamed, accessFromSecret } from '../../src/config/infrahub-secret.ts';
import { createAccount } from '../support/account.ts';
import { type Cluster, connect, type Reference } from '../support/cluster.ts';

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
const find = (url: string, namespaces: readonly string[] = [namespace]) => accessFromSecret(url, home, namespaces);

describe('credentials in Secrets', () => {
  it('are found without the line feed that echo adds', async () => {
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
    expect(await find(`https://${host}`)).toEqual({
      note: `no Secret in ${namespace} is labelled infrahub-api-url=${host}`,
    });
    await secret('half', { username: 'ann' });
    expect((await find(`https://${host}`)).access).toBeUndefined();
  });

  it('count only in a namespace that is named, and those of others are told of', async () => {
    await secret('mine', { username: 'ann', password: 'pass' });
    const [own, url] = [await cluster.createNamespace(), `https://${host}`];
    expect(await find(url, [own])).toEqual({
      note: `no Secret in ${own} is labelled infrahub-api-url=${host}`,
      strangers: `${namespace}/mine does not count, as VIDRA_SECRET_NAMESPACES does not name its namespace`,
    });
    for (const named of [namespace, '*']) expect((await find(url, [own, named])).access).toBeDefined();
  });

  it('may be an API token, which counts before a password', async () => {
    await secret('token', { apiKey: 'key\n', username: 'ann', password: 'pass' });
    expect((await find(`https://${host}`)).access?.credentials).toEqual({ kind: 'apiKey', apiKey: 'key' });
  });

  it('are none for an address that cannot be on a label', async () => {
    expect((await find('http://[::1]:8000')).access).toBeUndefined();
  });
});

describe('credentials in a Secret that a definition names', () => {
  const named = (name: string, url = `https://${host}`) => accessFromNamed(url, { namespace, name }, home);

  const unlabelled = (name: string, stringData: object) =>
    cluster.create({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData } as Reference);

  it('are taken from that one, with a label or without', async () => {
    await secret('labelled', { username: 'ann', password: 'pass' });
    await unlabelled('named', { username: 'bob', password: 'word', infrahubapiurl: `https://${host}` });
    expect(await named('named')).toEqual({
      credentials: { kind: 'password', username: 'bob', password: 'word' },
      origin: `the Secret ${namespace}/named`,
    });
  });

  it('are asked for by the field of the definition when they are not there, or for somebody else', async () => {
    await secret('half', { username: 'ann' });
    await secret('other', { apiKey: 'hush-hush', infrahubapiurl: 'https://other.example.com' });
    const field = (name: string) => `source.credentialsSecretRef ${namespace}/${name}: `;
    const errorOf = (name: string) => named(name).catch(({ code, message }) => `${code} ${message}`);
    expect(await errorOf('missing')).toBe(
      `SOURCE_UNAUTHORIZED ${field('missing')}there is no such Secret in the home cluster`,
    );
    expect(await errorOf('half')).toBe(
      `SOURCE_UNAUTHORIZED ${field('half')}has neither apiKey nor username and password`,
    );
    expect(await errorOf('other')).toBe(
      `SOURCE_UNAUTHORIZED ${field('other')}is for https://other.example.com, as its infrahubapiurl says, and not for https://${host}`,
    );
  });

  it('are sent to no server that their Secret does not name', async () => {
    await unlabelled('registry', { username: 'bob', password: 'word' });
    const error = await named('registry').catch((cause) => cause);
    expect(error).toMatchObject({ code: 'SOURCE_UNAUTHORIZED' });
    expect(error.message).toContain(`label it infrahub-api-url=${host}, or add infrahubapiurl`);
  });

  it('are named by the field of the definition when they may not be read', async () => {
    const account = await createAccount(cluster, { [namespace]: [] });
    const poor = await connectCluster({ file: account, environment: {}, signal: new AbortController().signal });
    const error = await accessFromNamed(`https://${host}`, { namespace, name: 'a' }, poor).catch((cause) => cause);
    await poor.close();
    expect(error).toMatchObject({
      code: 'CLUSTER_FORBIDDEN',
      message: expect.stringContaining(`source.credentialsSecretRef ${namespace}/a`),
    });
  });
});
