/** The port `Cluster` on a real API server: plain JSON over one pool of connections. */
import { parseJson, stringifyJson } from '../manifest/json.ts';
import { describe, type Manifest, type ObjectReference } from '../manifest/manifest.ts';
import type {
  ApplyAnswer,
  ApplyOptions,
  Cluster,
  PatchOperation,
  PatchOptions,
  Permission,
  RemoveAnswer,
  RemoveOptions,
  ResourceType,
} from './cluster.ts';
import { listObjects, metadataAccept, metadataForm, objectForm } from './collection.ts';
import { type Discovery, discoveryAccept, readDiscovery } from './discovery.ts';
import { metadataOf, type ObjectMetadata, type RawObject } from './metadata.ts';
import { collectionPath, objectPath, query } from './path.ts';
import { fieldConflicts, parseStatus, statusError } from './status-error.ts';
import type { Streams } from './stream.ts';
import type { ClusterAnswer, ClusterRequest, Transport } from './transport.ts';
import { watch } from './watch.ts';

const applyPatch = 'application/apply-patch+yaml';

// An object that exists never has this resourceVersion, and the server ignores it where there is no object: with it,
// server-side apply creates or answers 409, and never takes an existing object over unseen.
const absentVersion = '1';

/** Asks at once for what every run needs: the kinds, and which cluster it is. */
export async function createKubernetes(server: string, transport: Transport, streams: Streams): Promise<Cluster> {
  const identity = readIdentity(transport);
  // Whoever asks for it gets the failure.
  identity.catch(() => undefined);
  let discovery = await discover(transport);

  return {
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
    apply: (type, manifest, options) => apply(transport, type, manifest, options),
    remove: (type, reference, options) => remove(transport, type, reference, options),
    patch: (type, reference, operations, options) => patch(transport, type, reference, operations, options),
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
    close: async () => {
      await Promise.all([streams.close(), transport.close()]);
    },
  };
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

async function apply(
  transport: Transport,
  type: ResourceType,
  manifest: Manifest,
  options: ApplyOptions,
): Promise<ApplyAnswer> {
  const { namespace = '', name } = manifest.metadata;
  const parameters = {
    fieldManager: options.manager,
    fieldValidation: 'Strict',
    force: options.force ? 'true' : undefined,
    dryRun: options.dryRun ? 'All' : undefined,
  };
  const subject = subjectOf(type, manifest);
  const answer = await transport.send({
    method: 'PATCH',
    write: !options.dryRun,
    path: objectPath(type, { namespace, name }) + query(parameters),
    contentType: applyPatch,
    body: stringifyJson(expecting(manifest, options.expect)),
    ...(options.dryRun ? {} : { accept: metadataAccept }),
  });
  const refusal = answer.status >= 400 ? parseStatus(answer.body) : undefined;
  if (refusal && answer.status === 409) {
    const conflicts = fieldConflicts(refusal);
    return conflicts.length > 0 ? { type: 'conflict', conflicts } : { type: 'stale', message: refusal.message ?? '' };
  }
  // A uid that is not the live object's is refused as an immutable field.
  if (refusal && answer.status === 422 && isOtherUid(refusal)) return { type: 'stale', message: refusal.message ?? '' };
  // Metadata holds no integers that could lose digits, so the answer to a write is read the fast way.
  const read = options.dryRun ? parseJson : JSON.parse;
  const object = read(checked(answer, subject).body) as Manifest;
  const metadata = metadataOf(object as unknown as RawObject, type);
  return { type: 'applied', created: answer.status === 201, metadata, object };
}

function isOtherUid(status: ReturnType<typeof parseStatus>): boolean {
  const causes = status.details?.causes ?? [];
  return causes.length > 0 && causes.every((cause) => cause.field === 'metadata.uid');
}

function expecting(manifest: Manifest, expect: ApplyOptions['expect']): Manifest {
  if (expect === undefined) return manifest;
  const precondition = expect === 'absent' ? { resourceVersion: absentVersion } : { uid: expect.uid };
  return { ...manifest, metadata: { ...manifest.metadata, ...precondition } };
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

async function patch(
  transport: Transport,
  type: ResourceType,
  reference: ObjectReference,
  operations: readonly PatchOperation[],
  { uid, resourceVersion, manager }: PatchOptions,
): Promise<ObjectMetadata | undefined> {
  const guards: PatchOperation[] = [
    { op: 'test', path: '/metadata/uid', value: uid },
    { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
  ];
  const answer = await transport.send({
    method: 'PATCH',
    write: true,
    path: objectPath(type, reference) + query({ fieldManager: manager }),
    contentType: 'application/json-patch+json',
    body: stringifyJson([...guards, ...operations].map((operation) => ({ ...operation }))),
    accept: metadataAccept,
  });
  if (answer.status === 404 || answer.status === 409) return undefined;
  // An operation that does not fit, as a test that fails, is refused without a word on what is wrong.
  if (answer.status === 422 && isWithoutDetails(parseStatus(answer.body))) return undefined;
  return metadataOf(JSON.parse(checked(answer, describe(reference)).body), type);
}

function isWithoutDetails({ reason, details = {} }: ReturnType<typeof parseStatus>): boolean {
  return reason === 'Invalid' && Object.keys(details).length === 0;
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

function checked(answer: ClusterAnswer, subject: string): ClusterAnswer {
  if (answer.status < 300) return answer;
  throw statusError(answer.status, parseStatus(answer.body), subject);
}

function subjectOf(type: ResourceType, manifest: Manifest): string {
  return describe({ kind: type.kind, namespace: manifest.metadata.namespace ?? '', name: manifest.metadata.name });
}
