/** The Infrahub double: an HTTP server on loopback that answers as recorded servers of both versions do. */

import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type AccountOptions, type Accounts, createAccounts } from './infrahub-accounts.ts';
import type { Answer, InfrahubVersion } from './infrahub-answer.ts';
import { createFaults, type Faults } from './infrahub-fault.ts';
import type { DoubleRequest, World } from './infrahub-request.ts';
import { route } from './infrahub-route.ts';
import { type ArtifactChange, createState, type InfrahubState } from './infrahub-state.ts';

export interface InfrahubDoubleOptions extends AccountOptions {
  /** `1.11.9` when absent. */
  readonly version?: InfrahubVersion;
  /** The clock that decides what "now" is, in milliseconds; that of the machine when absent. */
  readonly now?: () => number;
  /** When the branch main was made, in milliseconds; an hour before the start when absent. */
  readonly createdAt?: number;
  /** Makes the server, e.g. one with TLS; plain HTTP when absent. */
  readonly createServer?: (listener: (request: IncomingMessage, response: ServerResponse) => void) => Server;
}

interface LoggedRequest {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: string;
  readonly credentials: 'apiKey' | 'bearer' | 'none';
}

export interface InfrahubDouble extends Faults {
  readonly address: string;
  readonly version: InfrahubVersion;
  readonly state: InfrahubState;
  readonly accounts: Accounts;
  /** Every request so far, in order. */
  readonly requests: readonly LoggedRequest[];
  /** How many requests had this method and a path that matches. */
  count(method: string, path: RegExp): number;
  forgetRequests(): void;
  /** Makes or changes an artifact and returns its id. Without an id it is a new one. */
  setArtifact(change: ArtifactChange): string;
  removeArtifact(id: string, branch?: string): void;
  /** Changes the stored bytes behind Infrahub's back: the checksum stays. */
  tamper(id: string, content: string): void;
  /** Loses the stored file of an artifact. */
  loseFile(id: string): void;
  /** Makes a branch, which shows the artifacts of main until it has its own. */
  addBranch(name: string): void;
  close(): Promise<void>;
}

/** The query that Vidra's demo repository stores in Infrahub. */
const artifactIdsQuery = `query ArtifactIDs($artifactname: [String]) {
  CoreArtifact(name__values: $artifactname) {
    edges { node { id storage_id { id } checksum { value } name { value } } }
  }
}
`;

/** Starts on a free port of 127.0.0.1, with the branch main and the stored query ArtifactIDs, and no artifacts. */
export async function startInfrahub(options: InfrahubDoubleOptions = {}): Promise<InfrahubDouble> {
  const now = options.now ?? Date.now;
  const createdAt = options.createdAt ?? now() - 3_600_000;
  const version = options.version ?? '1.11.9';
  const state = createState(createdAt, now);
  state.queries.push({ id: randomUUID(), name: 'ArtifactIDs', text: artifactIdsQuery, createdAt });
  const accounts = createAccounts(options, now);
  const faults = createFaults();
  const log: LoggedRequest[] = [];
  let address = '';
  const world: World = { version, deployment: randomUUID(), address: () => address, state, accounts, now };
  const server = (options.createServer ?? createServer)((incoming, response) => {
    void serve(world, faults, log, incoming, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `${'setSecureContext' in server ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const storageOf = (id: string) => {
    const artifact = state.artifacts('main', now()).find((candidate) => candidate.id === id);
    if (!artifact?.storageId) throw new Error(`Artifact ${id} has no stored file.`);
    return artifact.storageId;
  };

  return {
    ...faults,
    address,
    version,
    state,
    accounts,
    requests: log,
    count: (method, path) => log.filter((entry) => entry.method === method && path.test(entry.path)).length,
    forgetRequests: () => void log.splice(0),
    setArtifact: (change) => state.setArtifact(change),
    removeArtifact: (id, branch = 'main') => state.removeArtifact(id, { branch }),
    tamper: (id, content) => void state.files.set(storageOf(id), Buffer.from(content)),
    loseFile: (id) => void state.files.delete(storageOf(id)),
    addBranch: (name) => void state.branches.set(name, { id: randomUUID(), name, status: 'OPEN', createdAt: now() }),
    close: () => closeServer(server),
  };
}

async function serve(
  world: World,
  faults: ReturnType<typeof createFaults>,
  log: LoggedRequest[],
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = await readRequest(incoming).catch(() => undefined);
  if (!request) return void response.destroy();
  const { apiKey, bearer } = request.caller;
  const credentials = apiKey !== undefined ? 'apiKey' : bearer !== undefined ? 'bearer' : 'none';
  log.push({ method: request.method, path: request.path, query: request.query.toString(), credentials });
  const taken = faults.take(request.path);
  for (const { delayMs } of taken) if (delayMs) await sleep(delayMs, undefined, { ref: false });
  if (taken.some(({ broken }) => broken)) return void response.destroy();
  write(world, request, response, taken.find(({ answer }) => answer)?.answer ?? route(world, request));
  for (const { after } of taken) after?.();
}

function write(world: World, request: DoubleRequest, response: ServerResponse, answer: Answer): void {
  response.setHeader('server', 'uvicorn');
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  const unhandled = answer.status === 500;
  if (!unhandled) {
    response.setHeader('x-process-time', '0.001');
    response.setHeader('x-request-id', randomUUID().replaceAll('-', ''));
    response.setHeader('vary', world.version === '1.11.9' ? 'Origin' : 'Accept-Encoding');
  }
  const content = Buffer.from(answer.body);
  // 1.2 compresses what is longer than 500 bytes when asked.
  const zipped = world.version === '1.2.11' && request.acceptsGzip && content.length >= 500;
  if (zipped) response.setHeader('content-encoding', 'gzip');
  else response.setHeader('content-length', content.length);
  response.writeHead(answer.status).end(request.method === 'HEAD' ? undefined : zipped ? gzipSync(content) : content);
}

async function readRequest(incoming: IncomingMessage): Promise<DoubleRequest> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  const url = new URL(incoming.url ?? '/', 'http://double');
  const authorization = incoming.headers.authorization;
  const apiKey = incoming.headers['x-infrahub-key'];
  return {
    method: incoming.method ?? 'GET',
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    contentType: incoming.headers['content-type'] ?? '',
    acceptsGzip: /\bgzip\b/.test(String(incoming.headers['accept-encoding'] ?? '')),
    caller: {
      apiKey: typeof apiKey === 'string' ? apiKey : undefined,
      bearer: authorization?.startsWith('Bearer ') ? authorization.slice(7) : undefined,
    },
    body: Buffer.concat(pieces).toString(),
  };
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
