/** The port `Cluster` on a real API server: plain JSON over one pool of connections. */
import { parseJson, stringifyJson } from '../manifest/json.ts';
import { describe, type Manifest, type ObjectReference } from '../manifest/manifest.ts';
import { apply } from './apply.ts';
import type { Cluster, Permission, RemoveAnswer, RemoveOptions, ResourceType, WriteFence } from './cluster.ts';
import { listObjects, metadataAccept, metadataForm, objectForm } from './collection.ts';
import { type Discovery, discoveryAccept, readDiscovery } from './discovery.ts';
import { metadataOf, type RawObject } from './metadata.ts';
import { patch, tryPatch } from './patch.ts';
import { collectionPath, objectPath } from './path.ts';
import { checked } from './status-error.ts';
import type { Streams } from './stream.ts';
import type { ClusterAnswer, ClusterRequest, Transport } from './transport.ts';
import { watch } from './watch.ts';

/** Asks at once for what every run needs: the kinds, and which cluster it is. */
export async function createKubernetes(server: string, transport: Transport, streams: Streams): Promise<Cluster> {
  const identity = readIdentity(transport);
  // Whoever asks for it gets the failure.
  identity.catch(() => undefined);
  let discovery = await discover(transport);
  const isServed = (kind: { group: string; version: string; kind: string }) =>
    discovery.typeOf(kind)?.version === kind.version;

  const over = (transport: Transport): Cluster => ({
    server,
    identity: () => identity,
    typeOf: (kind) => discovery.typeOf(kind),
    types: () => discovery.types,
    discover: async () => {
      discovery = await discover(transport);
    },
    listMetadata: async (type, selection) => (await listObjects(transport, type, selection, metadataForm)).objects,
    watchMetadata: (type, selection, signal) =>
      watch(transport, streams, { type, selection, form: metadataForm }, signal),
    async getMetadata(type, reference) {
      const answer = await readOne(transport, type, reference, metadataAccept);
      return answer && metadataOf(JSON.parse(answer.body), type);
    },
    async get(type, reference) {
      const answer = await readOne(transport, type, reference);
      return answer && (parseJson(answer.body) as Manifest);
    },
    list: async (type, selection) => (await listObjects(transport, type, selection, objectForm)).objects,
    watch: (type, selection, signal) => watch(transport, streams, { type, selection, form: objectForm }, signal),
    apply: (type, manifest, options) => apply({ transport, isServed }, type, manifest, options),
    remove: (type, reference, options) => remove(transport, type, reference, options),
    patch: (type, reference, operations, options) => patch(transport, type, reference, operations, options),
    tryPatch: (type, reference, operations, options) => tryPatch(transport, type, reference, operations, options),
    mayI: (permission) => mayI(transport, permission),
    async create(type, manifest) {
      const path = collectionPath(type, manifest.metadata.namespace);
      const answer = await transport.send({ method: 'POST', write: true, path, body: stringifyJson(manifest) });
      return written(answer, subjectOf(type, manifest));
    },
    async replace(type, manifest, subresource) {
      const { namespace = '', name } = manifest.metadata;
      const path = objectPath(type, { namespace, name }) + (subresource ? `/${subresource}` : '');
      const answer = await transport.send({ method: 'PUT', write: true, path, body: stringifyJson(manifest) });
      return written(answer, subjectOf(type, manifest));
    },
    fenced: (fence) => over(fencedTransport(transport, fence)),
    close: async () => {
      await Promise.all([streams.close(), transport.close()]);
    },
  });
  return over(transport);
}

function fencedTransport(transport: Transport, fence: WriteFence): Transport {
  return { ...transport, send: (request) => transport.send(request.write ? { ...request, fence } : request) };
}

async function discover(transport: Transport): Promise<Discovery> {
  const paths = ['/api', '/apis'];
  const answers = await Promise.all(
    paths.map((path) => expectOk(transport, { method: 'GET', path, accept: discoveryAccept }, 'discovery')),
  );
  return readDiscovery(answers.map((answer) => JSON.parse(answer.body)));
}

async function readIdentity(transport: Transport): Promise<string> {
  const request = { method: 'GET', path: '/api/v1/namespaces/kube-system', accept: metadataAccept } as const;
  const answer = await expectOk(transport, request, 'Namespace kube-system');
  return (JSON.parse(answer.body) as RawObject).metadata.uid;
}

async function readOne(transport: Transport, type: ResourceType, reference: ObjectReference, accept?: string) {
  const request: ClusterRequest = { method: 'GET', path: objectPath(type, reference), ...(accept ? { accept } : {}) };
  const answer = await transport.send(request);
  return answer.status === 404 ? undefined : checked(answer, describe(reference));
}

async function remove(
  transport: Transport,
  type: ResourceType,
  reference: ObjectReference,
  options: RemoveOptions,
): Promise<RemoveAnswer> {
  const { uid, resourceVersion } = options;
  const answer = await transport.send({
    method: 'DELETE',
    write: true,
    path: objectPath(type, reference),
    body: JSON.stringify({
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      propagationPolicy: options.propagation ?? 'Background',
      preconditions: { uid, ...(resourceVersion ? { resourceVersion } : {}) },
    }),
  });
  if (answer.status === 404) return { type: 'absent' };
  if (answer.status === 409) return { type: 'stale' };
  const body = JSON.parse(checked(answer, describe(reference)).body);
  // The answer is a Status when the object is gone, and the object when it is only marked; of some kinds, such as Service, it is
  // always the object, and then the mark tells.
  const gone = body.kind === 'Status' || body.metadata?.deletionTimestamp === undefined;
  return { type: 'removed', gone, finalizers: body.metadata?.finalizers ?? [] };
}

async function mayI(transport: Transport, permission: Permission): Promise<boolean> {
  const { type, ...rest } = permission;
  const { group, version, resource } = type;
  const resourceAttributes = { ...rest, group, version, resource };
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const answer = await expectOk(transport, { method: 'POST', path, body: JSON.stringify(body) }, 'permissions');
  return JSON.parse(answer.body).status?.allowed === true;
}

function written(answer: ClusterAnswer, subject: string): Manifest | undefined {
  if (answer.status === 409) return undefined;
  return parseJson(checked(answer, subject).body) as Manifest;
}

async function expectOk(transport: Transport, request: ClusterRequest, subject: string): Promise<ClusterAnswer> {
  return checked(await transport.send(request), subject);
}

function subjectOf(type: ResourceType, manifest: Manifest): string {
  return describe({ kind: type.kind, namespace: manifest.metadata.namespace ?? '', name: manifest.metadata.name });
}
