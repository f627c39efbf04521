/** Kubeconfigs that were written by others are data: what is more than that is refused, and never shown. */
import { describe, expect, test } from 'vitest';
import { contextFor, grantOf, readForeignKubeconfig } from '../../../src/cluster/foreign-kubeconfig.ts';

const pem = (kind: string) => Buffer.from(`-----BEGIN ${kind}-----\nx\n-----END ${kind}-----\n`).toString('base64');

function text(user: object, cluster: object = {}): string {
  return JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: 'https://c.example.org/', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
  });
}

function read(user: object, cluster: object = {}) {
  const kubeconfig = readForeignKubeconfig(text(user, cluster), 'Secret a/b');
  const [context] = kubeconfig.contexts;
  if (!context) throw new Error('no context');
  return grantOf(kubeconfig, context);
}

function refusal(user: object, cluster: object = {}): string {
  try {
    read(user, cluster);
  } catch (error) {
    expect(error).toMatchObject({ code: 'DESTINATION_INVALID' });
    return (error as Error).message;
  }
  throw new Error('it was taken');
}

describe('a grant', () => {
  test('holds a token, and the authority', () => {
    const cluster = { 'certificate-authority-data': pem('CERTIFICATE'), 'tls-server-name': 'name' };
    expect(read({ token: 'secret\n' }, { ...cluster, 'proxy-url': 'http://proxy:1' })).toEqual({
      server: 'https://c.example.org',
      headers: { authorization: 'Bearer secret' },
      tls: { ca: expect.stringContaining('BEGIN CERTIFICATE'), servername: 'name', rejectUnauthorized: true },
      proxyUrl: 'http://proxy:1',
    });
  });

  test('holds a user name and a password', () => {
    expect(read({ username: 'ann', password: 'x:y' }).headers).toEqual({ authorization: 'Basic YW5uOng6eQ==' });
  });

  test('holds a client certificate, and nothing that stands there empty', () => {
    const user = {
      'client-certificate-data': pem('CERTIFICATE'),
      'client-key-data': pem('KEY'),
      exec: null,
      token: '',
    };
    const { headers, tls } = read(user, { extensions: [{ name: 'minikube' }] });
    expect(headers).toEqual({});
    expect(tls).toMatchObject({ cert: expect.stringContaining('CERTIFICATE'), key: expect.stringContaining('KEY') });
  });

  test('may trust any server, if the kubeconfig says so', () => {
    expect(read({}, { 'insecure-skip-tls-verify': true }).tls.rejectUnauthorized).toBe(false);
  });
});

describe('what is refused', () => {
  test.each<[object, object, string]>([
    [{ exec: { command: 'sh' } }, {}, 'exec: asks to run a program'],
    [{ 'auth-provider': { name: 'oidc' } }, {}, 'auth-provider: asks to run a program'],
    [{ tokenFile: '/x' }, {}, 'tokenFile: names a file'],
    [{ 'token-file': '/x' }, {}, 'token-file: names a file'],
    [{ 'client-certificate': '/x' }, {}, 'client-certificate: names a file'],
    [{ 'client-key': '/x' }, {}, 'client-key: names a file'],
    [{}, { 'certificate-authority': '/x' }, 'certificate-authority: names a file'],
    [{ as: 'admin' }, {}, 'as: is not supported'],
    [{ 'as-groups': ['system:masters'] }, {}, 'as-groups: is not supported'],
    [{ token: 12345 }, {}, 'token: must be text'],
    [{}, { 'insecure-skip-tls-verify': 'true' }, 'insecure-skip-tls-verify: must be true or false'],
    [{ 'client-key-data': pem('KEY') }, {}, 'must be set together'],
    [{}, { 'certificate-authority-data': 'bm90aGluZw==' }, 'certificate-authority-data: is not base64 of PEM'],
    [{}, { server: 'file:///etc/passwd' }, 'server: must be an https:// or http:// URL'],
    [{}, { server: 'https://ann:secret@c.example.org' }, 'server: must hold no user name'],
    [{}, { 'proxy-url': 'secret' }, 'proxy-url: is not a URL'],
  ])('%j %j', (user, cluster, reason) => {
    const message = refusal(user, cluster);
    expect(message).toContain(`Secret a/b, context x`);
    expect(message).toContain(reason);
    expect(message).not.toMatch(/secret|12345|\/x/);
  });

  test.each(['', 'just text', 'a: [secret', '[]'])('the text %j', (written) => {
    const take = () => readForeignKubeconfig(written, 'Secret a/b');
    expect(take).toThrow('Secret a/b: is not a kubeconfig');
    expect(take).not.toThrow('secret');
  });
});

describe('a context', () => {
  const list = (names: readonly string[], make: (name: string) => object) =>
    names.map((name) => ({ name, ...make(name) }));
  const servers: Record<string, string> = { a: 'https://one.example.org:443/', b: 'https://one.example.org', c: '' };
  const kubeconfig = (current: string) =>
    readForeignKubeconfig(
      JSON.stringify({
        'current-context': current,
        clusters: list(['a', 'b', 'c'], (name) => ({ cluster: { server: servers[name] } })),
        contexts: list(['a', 'b', 'c', 'd'], (name) => ({ context: { cluster: name } })),
      }),
      'Secret a/b',
    );

  test('is found by the server, however its URL is written; the current one first', () => {
    expect(contextFor(kubeconfig(''), 'https://one.example.org/')?.name).toBe('a');
    expect(contextFor(kubeconfig('b'), 'https://ONE.example.org:443')?.name).toBe('b');
    expect(contextFor(kubeconfig('b'), 'https://one.example.org:6443')).toBeUndefined();
  });

  test('without a server is none', () => {
    expect(kubeconfig('').contexts.map(({ name }) => name)).toEqual(['a', 'b']);
  });
});
