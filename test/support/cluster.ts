/** A raw client of a real API server for tests: looks at and changes what is there, independent of Vidra's own client. */
import { randomBytes } from 'node:crypto';
import { type Dispatcher, Pool } from 'undici';
import { readKubeconfig } from './kubeconfig.ts';

/** Names an object; every manifest does. */
export interface Reference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** An object as the server returns it. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    resourceVersion: string;
    generation?: number;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    finalizers?: string[];
    managedFields?: { manager: string; operation: string; subresource?: string; fieldsV1: unknown }[];
  };
  data?: Record<string, string>;
  [field: string]: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly text: string;
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

export interface WriteOptions {
  /** For example `status` or `scale`. */
  readonly subresource?: string;
  readonly query?: Readonly<Record<string, string>>;
}

export type PatchType = 'merge-patch' | 'json-patch' | 'strategic-merge-patch' | 'apply-patch';

/** An answer of the API server that is not a success. */
export class StatusError extends Error {
  readonly status: number;

  constructor(method: string, path: string, answer: Answer) {
    super(`${method} ${path}: ${answer.status} ${answer.text}`);
    this.status = answer.status;
  }
}

export interface Cluster {
  readonly kubeconfig: string;
  /** Sends anything; returns also what is not a success. A body that is not a string becomes JSON. */
  request(method: Dispatcher.HttpMethod, path: string, options?: RequestOptions): Promise<Answer>;
  get<T extends KubeObject>(reference: Reference): Promise<T>;
  exists(reference: Reference): Promise<boolean>;
  /** Of one namespace, or of all. */
  list<T extends KubeObject>(
    apiVersion: string,
    kind: string,
    namespace?: string,
    query?: RequestOptions['query'],
  ): Promise<T[]>;
  create<T extends KubeObject>(manifest: Reference): Promise<T>;
  replace<T extends KubeObject>(manifest: Reference, options?: WriteOptions): Promise<T>;
  patch<T extends KubeObject>(reference: Reference, type: PatchType, body: unknown, options?: WriteOptions): Promise<T>;
  /** Server-side apply, forced unless `force` is false. */
  apply<T extends KubeObject>(
    manifest: Reference,
    fieldManager: string,
    options?: WriteOptions & { force?: boolean },
  ): Promise<T>;
  remove(reference: Reference, query?: RequestOptions['query']): Promise<void>;
  /** Makes a namespace with a name of its own and returns the name. */
  createNamespace(): Promise<string>;
  close(): Promise<void>;
}

/** Opens a connection pool to the server of a sandbox's kubeconfig. */
export function connect(kubeconfig: string): Cluster {
  const { server, ca, token } = readKubeconfig(kubeconfig);
  const pool = new Pool(server, { connect: { ca }, connections: 16, headersTimeout: 60_000, bodyTimeout: 60_000 });

  const request: Cluster['request'] = async (method, path, { body, headers = {}, query = {} } = {}) => {
    const answer = await pool.request({
      method,
      path,
      query,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined || typeof body === 'string' ? (body ?? null) : JSON.stringify(body),
    });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  };

  const succeed = async <T>(method: Dispatcher.HttpMethod, path: string, options?: RequestOptions): Promise<T> => {
    const answer = await request(method, path, options);
    if (answer.status >= 300) throw new StatusError(method, path, answer);
    return JSON.parse(answer.text);
  };

  const pathOf = resourcePaths((path) => succeed(`GET`, path));
  const objectPath = async ({ apiVersion, kind, metadata }: Reference, subresource?: string) =>
    `${await pathOf(apiVersion, kind, metadata.namespace)}/${metadata.name}${subresource ? `/${subresource}` : ''}`;

  const patch: Cluster['patch'] = async (reference, type, body, { subresource, query = {} } = {}) => {
    const headers = { 'content-type': `application/${type}+${type === 'apply-patch' ? 'yaml' : 'json'}` };
    return succeed('PATCH', await objectPath(reference, subresource), { body, headers, query });
  };

  return {
    kubeconfig,
    request,
    patch,
    get: async (reference) => succeed('GET', await objectPath(reference)),
    exists: async (reference) => {
      const path = await objectPath(reference);
      const answer = await request('GET', path);
      if (answer.status !== 200 && answer.status !== 404) throw new StatusError('GET', path, answer);
      return answer.status === 200;
    },
    list: async <T>(apiVersion: string, kind: string, namespace?: string, query: RequestOptions['query'] = {}) => {
      const { items } = await succeed<{ items: T[] }>('GET', await pathOf(apiVersion, kind, namespace), { query });
      return items;
    },
    create: async (body) =>
      succeed('POST', await pathOf(body.apiVersion, body.kind, body.metadata.namespace), { body }),
    replace: async (body, { subresource, query = {} } = {}) =>
      succeed('PUT', await objectPath(body, subresource), { body, query }),
    apply: (manifest, fieldManager, { force = true, subresource = '', query = {} } = {}) =>
      patch(manifest, 'apply-patch', manifest, { subresource, query: { fieldManager, force: `${force}`, ...query } }),
    remove: async (reference, query = {}) => {
      await succeed('DELETE', await objectPath(reference), { query });
    },
    createNamespace: async () => {
      const name = `test-${randomBytes(5).toString('hex')}`;
      await succeed('POST', '/api/v1/namespaces', { body: { metadata: { name } } });
      return name;
    },
    close: () => pool.destroy(),
  };
}

interface ResourceList {
  readonly resources: readonly { readonly name: string; readonly kind: string }[];
}

/** Finds the path of a kind's collection by discovery, asked once per group and version and again for a new kind. */
function resourcePaths(get: (path: string) => Promise<ResourceList>) {
  const known = new Map<string, string>();
  return async (apiVersion: string, kind: string, namespace?: string): Promise<string> => {
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const key = `${apiVersion} ${kind}`;
    if (!known.has(key)) {
      const { resources } = await get(root);
      for (const { name, kind } of resources) if (!name.includes('/')) known.set(`${apiVersion} ${kind}`, name);
    }
    const plural = known.get(key);
    if (!plural) throw new Error(`The server has no ${kind} in ${apiVersion}.`);
    return `${root}/${namespace ? `namespaces/${namespace}/` : ''}${plural}`;
  };
}
