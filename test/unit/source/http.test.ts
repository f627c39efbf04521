import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { generate } from 'selfsigned';
import { afterEach, expect, it } from 'vitest';
import { startInfrahub } from '../../../src/sandbox/infrahub.ts';
import { createHttpClient, type HttpOptions } from '../../../src/source/http.ts';
import type { HttpRequest } from '../../../src/source/http-message.ts';
import { clientOf, sourceOf } from '../../support/infrahub-reader.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

type Listener = (request: IncomingMessage, response: ServerResponse, number: number) => void;

async function serve(listener: Listener): Promise<{ address: string; server: Server; seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    request.resume();
    listener(request, response, seen.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, seen };
}

function get(address: string, options: Partial<HttpOptions> = {}, request: Partial<HttpRequest> = {}) {
  const client = createHttpClient({ address, retryMs: 1, ...options });
  ends.push(() => client.close());
  return client.send({ method: 'GET', path: '/x', signal: new AbortController().signal, ...request });
}

it('sends every request below the base address, over connections that are kept', async () => {
  const { address, server, seen } = await serve((_, response) => response.end('ok'));
  let connections = 0;
  server.on('connection', () => connections++);
  const client = createHttpClient({ address: `${address}/prefix/` });
  ends.push(() => client.close());
  const signal = new AbortController().signal;
  for (let number = 0; number < 5; number++) {
    await client.send({ method: 'GET', path: '/a', query: { at: '1+1 2', b: '&' }, signal });
  }
  expect(seen[0]?.url).toBe('/prefix/a?at=1%2B1+2&b=%26');
  expect(seen).toHaveLength(5);
  expect(connections).toBeLessThan(3);
});

it.each([429, 500, 502, 503, 504])('asks again after %i, a bounded number of times', async (status) => {
  const { address, seen } = await serve((_, response, number) => response.writeHead(number < 3 ? status : 200).end());
  expect((await get(address)).status).toBe(200);
  expect(seen).toHaveLength(3);
  const failing = await serve((_, response) => response.writeHead(status).end());
  expect((await get(failing.address)).status).toBe(status);
  expect(failing.seen).toHaveLength(4);
});

it.each([400, 401, 403, 404, 409, 422])('does not ask again after %i', async (status) => {
  const { address, seen } = await serve((_, response) => response.writeHead(status).end());
  expect((await get(address)).status).toBe(status);
  expect(seen).toHaveLength(1);
});

it('does not ask again when the caller knows that the failure stays', async () => {
  const { address, seen } = await serve((_, response) => response.writeHead(502).end());
  await get(address, {}, { permanent: ({ status }) => status === 502 });
  expect(seen).toHaveLength(1);
});

it('waits as long as Retry-After says', async () => {
  const times: number[] = [];
  const { address } = await serve((_, response, number) => {
    times.push(performance.now());
    response.writeHead(number === 1 ? 429 : 200, number === 1 ? { 'retry-after': '1' } : {}).end();
  });
  expect((await get(address)).status).toBe(200);
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(990);
});

it('does not wait for hours when Retry-After says so', async () => {
  const { address, seen } = await serve((_, response) => response.writeHead(503, { 'retry-after': '7200' }).end());
  expect((await get(address)).status).toBe(503);
  expect(seen).toHaveLength(1);
});

it('asks again when the connection breaks', async () => {
  const { address, seen } = await serve((_, response, number) =>
    number < 3 ? response.destroy() : response.end('ok'),
  );
  expect((await get(address)).status).toBe(200);
  expect(seen).toHaveLength(3);
});

it('says that nobody listens, with the address and without a stack of causes', async () => {
  const { address, server } = await serve(() => {});
  await new Promise((resolve) => server.close(resolve));
  await expect(get(address)).rejects.toMatchObject({
    code: 'SOURCE_UNREACHABLE',
    message: `${address}: refused the connection`,
  });
});

it('says that a host is not known', async () => {
  await expect(get('http://host.invalid', { attempts: 1 })).rejects.toThrow(/host name/);
});

it('gives up on a server that never answers, and on one that stops in the middle', async () => {
  const silent = await serve(() => {});
  const options = { timeoutMs: 200, attempts: 1 };
  await expect(get(silent.address, options)).rejects.toThrow('gave no answer within 0.2 s');
  const halting = await serve((_, response) => void response.writeHead(200).write('half'));
  await expect(get(halting.address, options)).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE' });
});

it('gives up on a server that answers drop by drop', async () => {
  const { address } = await serve((_, response) => {
    const drops = setInterval(() => response.write('.'), 20);
    response.on('close', () => clearInterval(drops));
  });
  await expect(get(address, { timeoutMs: 50, attempts: 1 })).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE' });
});

it('ends at once when interrupted while it waits for the answer', async () => {
  const abort = new AbortController();
  const { address, seen } = await serve(() => abort.abort());
  await expect(get(address, {}, { signal: abort.signal })).rejects.toMatchObject({ code: 'INTERRUPTED' });
  expect(seen).toHaveLength(1);
});

it('ends at once when interrupted while it waits to ask again', async () => {
  const abort = new AbortController();
  const { address, seen } = await serve((_, response) => response.writeHead(503, { 'retry-after': '30' }).end());
  // Asked for each answer, right before the wait.
  const permanent = () => {
    setImmediate(() => abort.abort());
    return false;
  };
  await expect(get(address, {}, { signal: abort.signal, permanent })).rejects.toMatchObject({ code: 'INTERRUPTED' });
  expect(seen).toHaveLength(1);
});

it('does not begin when it is interrupted already', async () => {
  const { address, seen } = await serve((_, response) => response.end());
  await expect(get(address, {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'INTERRUPTED' });
  expect(seen).toHaveLength(0);
});

it.each([
  ['announced', true],
  ['not announced', false],
])('stops reading an answer over the limit, %s', async (_, announced) => {
  const { address } = await serve((_request, response) => {
    if (announced) response.setHeader('content-length', 100_000);
    response.write('x'.repeat(50_000));
    response.end('x'.repeat(50_000));
  });
  await expect(get(address, {}, { maxBytes: 99_999 })).rejects.toMatchObject({ code: 'SOURCE_TOO_LARGE' });
  expect((await get(address, {}, { maxBytes: 100_000 })).body).toHaveLength(100_000);
});

it('follows a redirect within the origin with its headers, and none to another', async () => {
  const other = await serve((_, response) => response.end('other'));
  const { address, seen } = await serve((request, response) => {
    const location = request.url === '/x' ? '/y' : request.url === '/away' ? `${other.address}/x` : '';
    response.writeHead(location ? 307 : 200, location ? { location } : {}).end('here');
  });
  const headers = { 'x-infrahub-key': 'secret' };
  expect(Buffer.from((await get(address, {}, { headers })).body).toString()).toBe('here');
  expect(seen.map((request) => request.headers['x-infrahub-key'])).toEqual(['secret', 'secret']);
  const away = get(address, {}, { path: '/away', headers });
  await expect(away).rejects.toMatchObject({ code: 'SOURCE_REFUSED' });
  await expect(away).rejects.toThrow(`redirects to ${other.address};`);
  expect(other.seen).toHaveLength(0);
});

it('does not follow redirects in a circle, nor one that would turn a POST into a GET', async () => {
  const circle = await serve((_, response) => response.writeHead(302, { location: '/x' }).end());
  await expect(get(circle.address)).rejects.toThrow(/redirects more than 5 times/);
  await expect(get(circle.address, {}, { method: 'POST', body: 'password' })).rejects.toThrow(/redirects a POST/);
});

it.each([
  ['http://user:hunter2@host', /holds credentials/],
  ['ftp://host', /must begin with http/],
  ['host:8000', /must begin with http/],
  ['not an address', /cannot be read/],
  ['http://host/?token=hunter2', /without \?/],
])('refuses the address %s without repeating it', (address, reason) => {
  const create = () => createHttpClient({ address });
  expect(create).toThrow(expect.objectContaining({ code: 'USAGE' }));
  expect(create).toThrow(reason);
  expect(create).not.toThrow(/hunter2/);
});

it('keeps no cookies', async () => {
  const { address, seen } = await serve((_, response) => response.setHeader('set-cookie', 'access_token=x').end());
  const client = createHttpClient({ address });
  ends.push(() => client.close());
  const signal = new AbortController().signal;
  await client.send({ method: 'GET', path: '/', signal });
  await client.send({ method: 'GET', path: '/', signal });
  expect(seen[1]?.headers.cookie).toBeUndefined();
});

it('trusts a private certificate authority when told, and only then', async () => {
  const names = [{ type: 7 as const, ip: '127.0.0.1' }];
  const pair = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: names },
    ],
  });
  const createServerTls = (listener: (request: IncomingMessage, response: ServerResponse) => void) =>
    createHttps({ key: pair.private, cert: pair.cert }, listener);
  const double = await startInfrahub({ createServer: createServerTls });
  ends.push(() => double.close());
  double.setArtifact({ name: 'web', content: 'kind: A' });
  const trusting = clientOf(double, { certificateAuthority: pair.cert });
  const untrusting = clientOf(double);
  ends.push(trusting.close, untrusting.close);
  expect((await sourceOf(trusting).read()).artifacts).toHaveLength(1);
  double.forgetRequests();
  const refused = sourceOf(untrusting).read();
  await expect(refused).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE' });
  await expect(refused).rejects.toThrow(/certificate is not trusted/);
  expect(double.requests).toEqual([]);
});

it.each(['no certificate at all', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'])(
  'refuses a certificate authority that is %j',
  (certificateAuthority) => {
    const create = () => createHttpClient({ address: 'https://host', certificateAuthority });
    expect(create).toThrow(expect.objectContaining({ code: 'USAGE' }));
  },
);

/** A proxy that tunnels, and remembers what was asked of it. */
async function startProxy() {
  const asked: { target: string; authorization: string | undefined }[] = [];
  const { address, server } = await serve((_, response) => response.writeHead(405).end());
  server.on('connect', (request, socket) => {
    asked.push({ target: request.url ?? '', authorization: request.headers['proxy-authorization'] });
    const [host = '', port] = (request.url ?? '').split(':');
    const target = connect(Number(port), host === 'infrahub.invalid' ? '127.0.0.1' : host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    target.on('error', () => socket.destroy());
    socket.on('error', () => target.destroy());
    ends.push(async () => {
      target.destroy();
      socket.destroy();
    });
  });
  return { address, asked };
}

it('goes through the proxy that the given environment names, except for NO_PROXY', async () => {
  const { address, seen } = await serve((_, response) => response.end('ok'));
  const proxy = await startProxy();
  const port = new URL(address).port;
  const withPassword = proxy.address.replace('http://', 'http://me:hunter2@');
  const environment = { HTTP_PROXY: withPassword, no_proxy: '127.0.0.1' };
  expect((await get(`http://infrahub.invalid:${port}`, { environment })).status).toBe(200);
  const authorization = `Basic ${Buffer.from('me:hunter2').toString('base64')}`;
  expect(proxy.asked).toEqual([{ target: `infrahub.invalid:${port}`, authorization }]);
  expect((await get(address, { environment })).status).toBe(200);
  expect(proxy.asked).toHaveLength(1);
  expect(seen.every((request) => request.headers['proxy-authorization'] === undefined)).toBe(true);
});

it('does not look at the environment of the process by itself', async () => {
  const { address } = await serve((_, response) => response.end('ok'));
  const proxy = await startProxy();
  const before = process.env['HTTP_PROXY'];
  process.env['HTTP_PROXY'] = proxy.address;
  try {
    expect((await get(address)).status).toBe(200);
  } finally {
    if (before === undefined) delete process.env['HTTP_PROXY'];
    else process.env['HTTP_PROXY'] = before;
  }
  expect(proxy.asked).toEqual([]);
});

it('says that the proxy is not there, without its password', async () => {
  const environment = { HTTP_PROXY: 'http://me:hunter2@127.0.0.1:9' };
  const sending = get('http://infrahub.invalid', { environment, attempts: 1 });
  await expect(sending).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE' });
  await expect(sending).rejects.not.toThrow(/hunter2/);
  const nonsense = () =>
    createHttpClient({ address: 'http://host', environment: { HTTP_PROXY: 'me:hunter2@nowhere:x' } });
  expect(nonsense).toThrow(expect.objectContaining({ code: 'USAGE' }));
  expect(nonsense).not.toThrow(/hunter2/);
});
