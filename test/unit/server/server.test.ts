/** Real requests to a real server on loopback. */
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect as connectRaw } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { Agent, fetch } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import { VidraError } from '../../../src/errors.ts';
import { selfSigned } from '../../../src/server/certificate.ts';
import { followCertificate, readCertificate } from '../../../src/server/certificate-files.ts';
import { createMetrics } from '../../../src/server/metrics.ts';
import { type Certificate, type RunningServer, type ServerOptions, startServer } from '../../../src/server/server.ts';

const started: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.close()));
});

async function serve(routes: ServerOptions['routes'], more: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const server = await startServer({
    address: { host: '127.0.0.1', port: 0 },
    routes,
    onProblem: (error) => {
      throw error;
    },
    ...more,
  });
  started.push(server);
  return server;
}

const echo: ServerOptions['routes'] = {
  '/a': ({ rest, query, authorization }) => ({ status: 200, body: `${rest}|${query}|${authorization}` }),
};
const ok: ServerOptions['routes'] = { '/healthz': () => ({ status: 200, body: 'ok' }) };
const get = async (port: number, path: string, init: object = {}) => {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, init);
  return { status: answer.status, body: await answer.text() };
};

/** What a server sends until it ends the connection. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectRaw(port, '127.0.0.1', () => socket.write(text));
    let seen = '';
    socket.on('data', (chunk) => {
      seen += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(seen));
  });
}

describe('a server', () => {
  test('answers a route with all below it, and nothing else', async () => {
    const { port } = await serve(echo);
    expect(await get(port, '/a?b=1', { headers: { authorization: 'Bearer x' } })).toEqual({
      status: 200,
      body: '|b=1|Bearer x',
    });
    expect(await get(port, '/a/b/c')).toEqual({ status: 200, body: 'b/c||' });
    for (const path of ['/', '/ab', '/b', '/A']) expect((await get(port, path)).status).toBe(404);
    expect((await get(port, '/a', { method: 'POST', body: 'x' })).status).toBe(405);
    expect(await get(port, '/a', { method: 'HEAD' })).toEqual({ status: 200, body: '' });
  });

  test('takes nothing in', async () => {
    const { port } = await serve(ok);
    const head = 'GET /healthz HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000000\r\n\r\n';
    expect(await raw(port, head)).toMatch(/^HTTP\/1\.1 200 .*connection: close/s);
    expect(await raw(port, `GET /healthz HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 /,
    );
    expect(await raw(port, 'GET // HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 40[04] /);
  });

  test('says that it cannot answer, and to its own people why', async () => {
    const problems: string[] = [];
    const failing = () => Promise.reject(new VidraError('CLUSTER_UNREACHABLE', 'no answer from a secret place'));
    const { port } = await serve({ '/a': failing }, { onProblem: ({ code }) => void problems.push(code) });
    expect(await get(port, '/a')).toEqual({ status: 503, body: 'this cannot be answered now: see the log\n' });
    expect(problems).toEqual(['CLUSTER_UNREACHABLE']);
  });

  test('lets an answer that is under way end, and no connection linger', async () => {
    let go: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      go = resolve;
    });
    let finish: (body: string) => void = () => undefined;
    const server = await serve({
      '/slow': async () => {
        go();
        const body = await new Promise<string>((resolve) => {
          finish = resolve;
        });
        return { status: 200, body };
      },
    });
    const slow = get(server.port, '/slow');
    await asked;
    const closed = server.close();
    finish('done');
    expect(await slow).toEqual({ status: 200, body: 'done' });
    await closed;
    await expect(get(server.port, '/slow')).rejects.toThrow();
  });

  test('says where it may not listen', async () => {
    const { port } = await serve(ok);
    await expect(serve(ok, { address: { host: '127.0.0.1', port } })).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('listens on all addresses, or on one of IPv6', async () => {
    const { port } = await serve(ok, { address: { port: 0 } });
    expect((await get(port, '/healthz')).status).toBe(200);
  });
});

describe('TLS', () => {
  const certificateOf = (port: number) =>
    new Promise<X509Certificate>((resolve, reject) => {
      const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
        resolve(new X509Certificate(socket.getPeerCertificate(true).raw));
        socket.end();
      });
      socket.on('error', reject);
    });

  test('by a certificate of its own, that whoever trusts it may check', async () => {
    const certificate = selfSigned(['localhost', 'vidra'], new Date());
    const { port } = await serve(ok, { certificate });
    const seen = await certificateOf(port);
    expect(seen.verify(seen.publicKey)).toBe(true);
    expect(seen.checkHost('vidra')).toBe('vidra');
    expect(Date.parse(seen.validFrom)).toBeLessThan(Date.now());
    const dispatcher = new Agent({ connect: { ca: String(certificate.cert), servername: 'localhost' } });
    const answer = await fetch(`https://127.0.0.1:${port}/healthz`, { dispatcher });
    expect(await answer.text()).toBe('ok');
    await dispatcher.close();
    await expect(get(port, '/healthz')).rejects.toThrow();
  });

  test('each start has a certificate of its own, and names may be long', async () => {
    const names = ['localhost', `${'a'.repeat(60)}.${'b'.repeat(60)}.svc`];
    const [one, two] = [selfSigned(names, new Date()), selfSigned(names, new Date())].map(
      ({ cert }) => new X509Certificate(cert),
    );
    expect(one?.serialNumber).not.toBe(two?.serialNumber);
    expect(one?.subjectAltName).toContain(names[1]);
  });

  test('takes a renewed certificate without a new start', async () => {
    const [first, second] = [selfSigned(['first'], new Date()), selfSigned(['second'], new Date())];
    const server = await serve(ok, { certificate: first });
    const folder = await mkdtemp(join(tmpdir(), 'vidra-certificate-'));
    const files = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
    await expect(readCertificate(files)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('tls.'),
    });
    const store = async ({ cert, key }: Certificate) => {
      await writeFile(files.cert, cert);
      await writeFile(files.key, key);
    };
    await store(first);
    const ended = new AbortController();
    const following = followCertificate(files, await readCertificate(files), server.renew, ended.signal, 20);
    // Half of it, and nothing at all.
    await writeFile(files.cert, second.cert);
    await rm(files.key);
    expect((await certificateOf(server.port)).subjectAltName).toBe('DNS:first');
    await store(second);
    await expect
      .poll(async () => (await certificateOf(server.port)).subjectAltName, { timeout: 20_000 })
      .toBe('DNS:second');
    ended.abort();
    await following;
  });
});

describe('metrics', () => {
  test('are text that Prometheus reads, with names that are escaped', async () => {
    const metrics = createMetrics('1.2.3');
    const web = { kind: 'InfrahubSync', name: 'we"b\n' };
    metrics.reconciled(web, 'succeeded', 0.3);
    metrics.reconciled(web, 'failed', 400);
    metrics.managed(web, 12);
    metrics.lead(0, true);
    metrics.lead(1, false);
    const { port } = await serve({ '/metrics': () => metrics.reply() });
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    const lines = (await answer.text()).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        '# TYPE vidra_reconcile_total counter',
        'vidra_reconcile_total{kind="InfrahubSync",name="we\\"b\\n",result="failed"} 1',
        'vidra_reconcile_duration_seconds_bucket{le="0.25",kind="InfrahubSync"} 0',
        'vidra_reconcile_duration_seconds_bucket{le="0.5",kind="InfrahubSync"} 1',
        'vidra_reconcile_duration_seconds_count{kind="InfrahubSync"} 2',
        'vidra_managed_objects{kind="InfrahubSync",name="we\\"b\\n"} 12',
        'vidra_leader{shard="0"} 1',
        'vidra_leader{shard="1"} 0',
        'vidra_build_info{version="1.2.3"} 1',
      ]),
    );
    expect(lines.some((line) => line.startsWith('process_resident_memory_bytes '))).toBe(true);
    expect(lines.some((line) => line.startsWith('process_cpu_seconds_total '))).toBe(true);

    metrics.forget(web);
    expect((await metrics.reply()).body).not.toContain('we\\"b');
  });
});
