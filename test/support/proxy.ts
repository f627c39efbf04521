/** A real reverse proxy in front of an API server that counts requests and makes faults between real parts. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  chooseFault,
  type Fault,
  type FaultRule,
  type Match,
  matches,
  type RuleState,
  type SeenRequest,
} from './faults.ts';
import { readKubeconfig } from './kubeconfig.ts';

export interface FaultyProxy {
  /** A kubeconfig that leads through the proxy. */
  readonly kubeconfig: string;
  readonly server: string;
  /** Everything since the start or the last `forget`, in the order of arrival, faults included. */
  readonly requests: readonly SeenRequest[];
  count(match?: Match): number;
  /** The TCP connections since the start or the last `forget`. */
  connections(): number;
  /** The most requests that were open at one moment since the start or the last `forget`. */
  mostAtOnce(): number;
  /** The requests that are open at this moment. */
  openNow(): number;
  forget(): void;
  /** Adds a rule; of several that match a request the first one holds. */
  inject(rule: FaultRule): void;
  /** The answer to the `from`-th request that matches (1 is the next one) is held back until it is released. */
  hold(match: Match, from?: number): Held;
  /** Removes all rules. */
  heal(): void;
  /** Resets all connections and refuses new ones. */
  down(): Promise<void>;
  /** Listens again, on the same port. */
  up(): Promise<void>;
  close(): Promise<void>;
}

export interface Held {
  /** The server has answered. */
  readonly answered: Promise<void>;
  readonly release: () => void;
}

/** Starts a proxy in front of the sandbox that a kubeconfig belongs to; it serves with the sandbox's own certificate. */
export async function startProxy(kubeconfig: string): Promise<FaultyProxy> {
  const { server: target, ca } = readKubeconfig(kubeconfig);
  const certificates = join(dirname(kubeconfig), 'certificates');
  const agent = new Agent({ keepAlive: true, ca });
  const sockets = new Set<Socket>();
  const traffic = { requests: [] as SeenRequest[], connections: 0, open: 0, mostAtOnce: 0 };
  let rules: RuleState[] = [];

  const server = createServer({
    cert: readFileSync(join(certificates, 'apiserver.crt')),
    key: readFileSync(join(certificates, 'apiserver.key')),
  });
  server.keepAliveTimeout = 60_000;
  server.requestTimeout = 0;
  server.on('connection', (socket: Socket) => {
    traffic.connections++;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  /** Ends the TCP connection below TLS. */
  const reset = ({ socket }: IncomingMessage) => {
    for (const raw of sockets) if (raw.remotePort === socket.remotePort) raw.resetAndDestroy();
  };
  server.on('request', async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const seen = seenRequest(incoming);
    traffic.requests.push(seen);
    traffic.mostAtOnce = Math.max(traffic.mostAtOnce, ++traffic.open);
    outgoing.once('close', () => traffic.open--);
    const fault = chooseFault(rules, seen);
    if (fault?.kind === 'reset') return reset(incoming);
    if (fault?.kind === 'status') return answer(incoming, outgoing, fault);
    if (fault?.kind === 'say') return outgoing.writeHead(200, { 'content-type': 'application/json' }).end(fault.body);
    if (fault?.kind === 'delay') await sleep(fault.milliseconds);
    const query = fault?.kind === 'rewrite' ? fault.query(seen.query) : seen.query;
    const url = query ? `${target}${seen.path}?${query}` : target + seen.path;
    if (!incoming.socket.destroyed) pass({ url, agent, incoming, outgoing, reset, fault });
  });

  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  const down = async () => {
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.resetAndDestroy();
    await closed;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const folder = mkdtempSync(join(tmpdir(), 'vidra-proxy-'));
  const own = join(folder, 'kubeconfig');
  const url = `https://127.0.0.1:${port}`;
  writeFileSync(own, readFileSync(kubeconfig, 'utf8').replaceAll(target, url), { mode: 0o600 });

  return {
    kubeconfig: own,
    server: url,
    requests: traffic.requests,
    count: (match = {}) => traffic.requests.filter((seen) => matches(match, seen)).length,
    connections: () => traffic.connections,
    mostAtOnce: () => traffic.mostAtOnce,
    openNow: () => traffic.open,
    forget: () => {
      traffic.requests.length = 0;
      traffic.connections = 0;
      traffic.mostAtOnce = traffic.open;
    },
    inject: (rule) => void rules.push({ rule, seen: 0 }),
    hold: (match, from = 1) => {
      let release: () => void = () => undefined;
      const until = new Promise<void>((resolve) => {
        release = resolve;
      });
      const answered = new Promise<void>((resolve) => {
        rules.push({ rule: { ...match, from, times: 1, fault: { kind: 'hold', answered: resolve, until } }, seen: 0 });
      });
      return { answered, release };
    },
    heal: () => {
      rules = [];
    },
    down,
    up: () => listen(port),
    close: async () => {
      await down();
      agent.destroy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function seenRequest({ method = '', url = '', headers }: IncomingMessage): SeenRequest {
  const [path = '', query = ''] = url.split('?', 2);
  return { method, path, query, contentType: headers['content-type'] ?? '' };
}

function answer(incoming: IncomingMessage, outgoing: ServerResponse, fault: Fault & { kind: 'status' }): void {
  incoming.resume();
  const { status: code, retryAfter } = fault;
  const details = retryAfter === undefined ? {} : { retryAfterSeconds: retryAfter };
  const message = `The proxy of the test answers ${code}.`;
  const body = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code, details };
  const retry = retryAfter === undefined ? {} : { 'retry-after': `${retryAfter}` };
  outgoing.writeHead(code, { 'content-type': 'application/json', ...retry }).end(JSON.stringify(body));
}

interface Passage {
  readonly url: string;
  readonly agent: Agent;
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly reset: (incoming: IncomingMessage) => void;
  readonly fault: Fault | undefined;
}

function pass({ url, agent, incoming, outgoing, reset, fault }: Passage): void {
  const { method, headers } = incoming;
  const forward = request(url, { method, headers, agent }, async (response) => {
    if (fault?.kind === 'hold') {
      fault.answered();
      await fault.until;
    }
    if (fault?.kind === 'lose-answer') {
      response.resume();
      response.once('close', () => reset(incoming));
      return;
    }
    outgoing.writeHead(response.statusCode ?? 502, response.headers);
    outgoing.flushHeaders();
    response.once('error', () => reset(incoming));
    if (fault?.kind === 'cut' || fault?.kind === 'freeze') {
      passBytes(response, outgoing, fault.afterBytes, () => fault.kind === 'cut' && reset(incoming));
    } else response.pipe(outgoing);
  });
  forward.once('error', () => reset(incoming));
  // A watch that the client leaves must end at the server too.
  outgoing.once('close', () => forward.destroy());
  incoming.pipe(forward);
}

/** Passes so many bytes on, calls `then` when they have left, and swallows the rest. */
function passBytes(from: IncomingMessage, to: ServerResponse, bytes: number, then: () => void): void {
  let left = bytes;
  from.on('data', (chunk: Buffer) => {
    if (left <= 0) return;
    const part = chunk.subarray(0, left);
    left -= part.length;
    to.write(part, () => left <= 0 && then());
  });
}
