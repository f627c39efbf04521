import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../../src/cluster/connection.ts';
import { type ClusterRequest, createTransport } from '../../../src/cluster/transport.ts';
import { VidraError } from '../../../src/errors.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

type Listener = (response: ServerResponse, number: number, request: IncomingMessage) => void;

interface Options {
  readonly signal?: AbortSignal;
  readonly path?: string;
  readonly parallel?: number;
  readonly authorize?: Connection['authorize'];
}

/** A server that answers the nth request as `listener` says, and a transport to it. */
async function connect(listener: Listener, options: Options = {}) {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    request.resume();
    listener(response, seen.length, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const renewals: boolean[] = [];
  const dispatcher = new Pool(origin, { connections: 4 });
  const ours: Connection['authorize'] = async (renew) => {
    renewals.push(renew);
    return { headers: { authorization: renew ? 'Bearer new' : 'Bearer old' }, dispatcher };
  };
  const transport = createTransport({
    connection: {
      server: origin + (options.path ?? ''),
      authorize: options.authorize ?? ours,
      close: () => dispatcher.close(),
      destroy: () => dispatcher.destroy(),
    },
    parallel: options.parallel ?? 4,
    signal: options.signal ?? new AbortController().signal,
  });
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  ends.push(async () => {
    await dispatcher.destroy();
    await stop();
  });
  return { transport, seen, renewals, stop };
}

const get: ClusterRequest = { method: 'GET', path: '/api?limit=1' };

/** Answers at once, and lets a retry come at once. */
function answer(response: ServerResponse, status: number, body = ''): void {
  response.writeHead(status, { 'retry-after': '0' }).end(body);
}

describe('a request', () => {
  test('goes below the path of the server, with credentials and what it accepts', async () => {
    const { transport, seen } = await connect((response) => answer(response, 200, '{"a":1}'), {
      path: '/k8s/clusters/c-1/',
    });
    const request = { ...get, accept: 'application/json;as=Table' };
    expect(await transport.send(request)).toMatchObject({ status: 200, body: '{"a":1}' });
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/k8s/clusters/c-1/api?limit=1' });
    expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer old', accept: 'application/json;as=Table' });
    expect(seen[0]?.headers).not.toHaveProperty('content-type');
  });

  test('sends its body with its content type', async () => {
    const bodies: string[] = [];
    const { transport, seen } = await connect((response, _number, request) => {
      request.on('data', (chunk) => bodies.push(String(chunk)));
      request.on('end', () => answer(response, 201));
    });
    await transport.send({ method: 'PATCH', path: '/x', body: '{"ä":1}', contentType: 'application/apply-patch+yaml' });
    await transport.send({ method: 'POST', path: '/x', body: '{}' });
    expect(bodies).toEqual(['{"ä":1}', '{}']);
    expect(seen.map(({ headers }) => headers['content-type'])).toEqual([
      'application/apply-patch+yaml',
      'application/json',
    ]);
  });

  test.each([200, 201, 400, 403, 404, 409, 422, 500, 501])('is sent once when the answer is %i', async (status) => {
    const { transport, seen } = await connect((response) => answer(response, status, 'text'));
    expect(await transport.send(get)).toMatchObject({ status, body: 'text' });
    expect(seen).toHaveLength(1);
  });

  test.each([429, 502, 503, 504])('is sent again after %i', async (status) => {
    const { transport, seen } = await connect((response, number) => answer(response, number < 3 ? status : 200));
    expect(await transport.send(get)).toMatchObject({ status: 200 });
    expect(seen).toHaveLength(3);
  });

  test('is sent again without a time to wait', async () => {
    const { transport, seen } = await connect((response, number) => response.writeHead(number < 2 ? 503 : 200).end());
    expect(await transport.send(get)).toMatchObject({ status: 200 });
    expect(seen).toHaveLength(2);
  });

  test('waits as long as the server says', async () => {
    const times: number[] = [];
    const { transport } = await connect((response, number) => {
      times.push(performance.now());
      response.writeHead(number < 2 ? 429 : 200, { 'retry-after': '1' }).end();
    });
    await transport.send(get);
    // It may take longer, and never less.
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(990);
  });

  test('ends with the answer of a server that never recovers', async () => {
    const { transport, seen } = await connect((response) => answer(response, 429, 'too many'));
    expect(await transport.send(get)).toMatchObject({ status: 429, body: 'too many' });
    expect(seen).toHaveLength(6);
  });

  test('ends also when the last try before was a refusal of the credentials', async () => {
    const { transport, seen } = await connect((response, number) => answer(response, number === 6 ? 401 : 429));
    expect(await transport.send(get)).toMatchObject({ status: 429 });
    expect(seen.length).toBeLessThanOrEqual(7);
  });
});

describe('credentials', () => {
  test('are renewed once after a 401', async () => {
    const { transport, seen, renewals } = await connect((response, _number, { headers }) =>
      answer(response, headers.authorization === 'Bearer new' ? 200 : 401),
    );
    expect(await transport.send(get)).toMatchObject({ status: 200 });
    expect(seen).toHaveLength(2);
    expect(renewals).toEqual([false, true]);
  });

  test('that are refused twice are refused', async () => {
    const { transport, seen } = await connect((response) => answer(response, 401, 'no'));
    expect(await transport.send(get)).toMatchObject({ status: 401, body: 'no' });
    expect(seen).toHaveLength(2);
  });

  test('that cannot be had are an error, and nothing is sent', async () => {
    const authorize = () => Promise.reject(new VidraError('CLUSTER_UNAUTHORIZED', 'the plugin is missing'));
    const { transport, seen } = await connect((response) => answer(response, 200), { authorize });
    await expect(transport.send(get)).rejects.toMatchObject({ code: 'CLUSTER_UNAUTHORIZED' });
    expect(seen).toHaveLength(0);
  });
});

describe('a connection', () => {
  test.each([
    ['before the answer', (response: ServerResponse) => response.socket?.destroy()],
    [
      'in the middle of the answer',
      (response: ServerResponse) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('half', () => response.socket?.destroy());
      },
    ],
  ])('that is reset %s is tried again', async (_case, reset) => {
    const { transport, seen } = await connect((response, number) =>
      number < 2 ? void reset(response) : answer(response, 200, 'whole'),
    );
    expect(await transport.send(get)).toMatchObject({ status: 200, body: 'whole' });
    expect(seen).toHaveLength(2);
  });

  test('that nobody takes is an error that names the server', async () => {
    const { transport, stop } = await connect((response) => answer(response, 200));
    await stop();
    await expect(transport.send(get)).rejects.toMatchObject({
      code: 'CLUSTER_UNREACHABLE',
      message: expect.stringContaining('http://127.0.0.1:'),
    });
  }, 30_000);

  test('is never one of more than may be under way', async () => {
    let running = 0;
    let most = 0;
    const listener: Listener = (response) => {
      most = Math.max(most, ++running);
      setImmediate(() => {
        running--;
        answer(response, 200);
      });
    };
    const { transport, seen } = await connect(listener, { parallel: 2 });
    await Promise.all(Array.from({ length: 12 }, () => transport.send(get)));
    expect(seen).toHaveLength(12);
    expect(most).toBe(2);
  });
});

describe('an abort', () => {
  test.each<[string, Listener]>([
    ['while the server thinks', () => undefined],
    [
      'while it waits for the time that the server named',
      (response) => response.writeHead(429, { 'retry-after': '60' }).end(),
    ],
  ])('ends a request with INTERRUPTED %s', async (_case, listener) => {
    const controller = new AbortController();
    const { transport } = await connect(
      (...all) => {
        listener(...all);
        setTimeout(() => controller.abort(), 20);
      },
      { signal: controller.signal },
    );
    await expect(transport.send(get)).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });

  test('keeps a request from being sent', async () => {
    const { transport, seen } = await connect((response) => answer(response, 200), { signal: AbortSignal.abort() });
    await expect(transport.send(get)).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(seen).toHaveLength(0);
  });

  test('does not end a write that is under way: its outcome must be known', async () => {
    const controller = new AbortController();
    const { transport, seen } = await connect(
      (response, number) => {
        controller.abort();
        answer(response, number < 2 ? 429 : 200, 'written');
      },
      { signal: controller.signal },
    );
    const request: ClusterRequest = { method: 'PATCH', path: '/x', body: '{}', write: true };
    expect(await transport.send(request)).toMatchObject({ status: 200, body: 'written' });
    expect(seen).toHaveLength(2);
  });
});

describe('a fence', () => {
  const write = { method: 'PUT', path: '/x', body: '{}', write: true } as const;

  test('lets everything pass while it is held', async () => {
    const { transport } = await connect((response) => answer(response, 200, 'written'));
    expect(await transport.send({ ...write, fence: { isHeld: () => true } })).toEqual(
      expect.objectContaining({ status: 200, body: 'written' }),
    );
  });

  test('that is not held keeps a request from being sent, and harms no other', async () => {
    const { transport, seen } = await connect((response) => answer(response, 200));
    const refused = transport.send({ ...write, fence: { isHeld: () => false } });
    const others = [transport.send(get), transport.send(get)];
    await expect(refused).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual([200, 200]);
    expect(seen.map(({ method }) => method)).toEqual(['GET', 'GET']);
  });

  test('that is lost keeps a request from being sent again', async () => {
    let held = true;
    const { transport, seen } = await connect((response) => {
      held = false;
      answer(response, 429);
    });
    await expect(transport.send({ ...write, fence: { isHeld: () => held } })).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
    expect(seen).toHaveLength(1);
  });

  // The first of these waits for room here, the second one for a connection of the pool, which has four.
  test.each([1, 16])('is asked when a request goes out, not when it was made (%i at once)', async (parallel) => {
    const waiting: ServerResponse[] = [];
    const { transport, seen } = await connect((response) => void waiting.push(response), { parallel });
    const before = Array.from({ length: 4 }, () => transport.send(get));
    let held = true;
    const fenced = transport.send({ ...write, fence: { isHeld: () => held } });
    await expect.poll(() => waiting.length).toBeGreaterThan(0);
    held = false;
    const answering = setInterval(() => {
      for (const response of waiting.splice(0)) answer(response, 200);
    }, 5);
    await expect(fenced).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await Promise.all(before);
    clearInterval(answering);
    expect(seen.map(({ method }) => method)).toEqual(['GET', 'GET', 'GET', 'GET']);
  });
});
