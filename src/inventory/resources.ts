/** First pieces of records as the status of VidraResources, for clusters that have the CRDs. */
import type { Cluster, ResourceType } from '../cluster/cluster.ts';
import { isRecord, syncOfRecord } from '../definition/record.ts';
import { apiVersionOf, groupVersion, type JsonObject, type Manifest } from '../manifest/manifest.ts';
import { destinationServer, type InventoryEntry, type OwnerHeader } from './inventory.ts';
import type { Piece, PieceStore } from './piece.ts';

export const vidraResource = { group: 'infrahub.operators.com', version: 'v1alpha1', kind: 'VidraResource' } as const;

/** As the operator before Vidra has it. */
export const resourceFinalizer = 'vidraresource.infrahub.operators.com/finalizer';

interface Status extends JsonObject {
  readonly managedResources?: readonly StoredEntry[];
  readonly inventory?: {
    readonly set?: string;
    readonly sync?: string;
    readonly artifact?: string;
    readonly checksum?: string;
    readonly deletionPolicy?: string;
    readonly propagationPolicy?: string;
    readonly shards?: number;
  };
}

interface StoredEntry extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly digest?: string;
  readonly content?: string;
  readonly fields?: string;
  readonly yielded?: InventoryEntry['yielded'];
  readonly contest?: InventoryEntry['contest'];
  readonly state?: string;
  readonly protected?: boolean;
  readonly run?: string;
}

export function resourcePieces(home: Cluster, type: ResourceType): PieceStore {
  return {
    permissions: {
      create: { verb: 'create', type, namespace: '' },
      update: { verb: 'update', type, subresource: 'status', namespace: '' },
    },
    list: async () => (await home.list(type, {})).map(readPiece),
    async write(piece) {
      const object = piece.stored ?? (await createResource(home, type, piece.header));
      if (!object) return undefined;
      const status = { ...(object['status'] as JsonObject | undefined), ...statusOf(piece) };
      const stored = await home.replace(type, { ...object, status }, 'status');
      return stored && { ...piece, stored: withoutEntries(stored) };
    },
    async remove({ stored }) {
      if (!stored) return;
      if (isRecord(stored)) await removeRecord(home, type, stored);
      else await emptyDefinition(home, type, stored);
    },
  };
}

/** With the finalizer that it was made with, by Vidra or by the operator before it. */
async function removeRecord(home: Cluster, type: ResourceType, { metadata }: Manifest): Promise<void> {
  const { name, uid, resourceVersion, finalizers = [] } = metadata as Manifest['metadata'] & RecordMetadata;
  const reference = { ...type, namespace: '', name };
  const others = finalizers.filter((finalizer) => finalizer !== resourceFinalizer);
  if (others.length === finalizers.length) {
    await home.remove(type, reference, { uid, resourceVersion });
    return;
  }
  const operation = { op: 'add' as const, path: '/metadata/finalizers', value: others };
  const freed = await home.patch(type, reference, [operation], { uid, resourceVersion, manager: 'vidra' });
  if (freed) await home.remove(type, reference, { uid, resourceVersion: freed.resourceVersion });
}

interface RecordMetadata {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly finalizers?: readonly string[];
}

/** What somebody wrote is not Vidra's to delete: only what was recorded there goes. */
async function emptyDefinition(home: Cluster, type: ResourceType, object: Manifest): Promise<void> {
  const { inventory: _inventory, ...status } = (object['status'] ?? {}) as JsonObject;
  await home.replace(type, { ...object, status: { ...status, managedResources: [] } }, 'status');
}

// Without `manifest`: that means "kept elsewhere", never "nothing is wanted". With a finalizer: what an owner has must not be
// forgotten because somebody deletes what it is recorded in, and perhaps its sync at the same time.
function createResource(home: Cluster, type: ResourceType, header: OwnerHeader): Promise<Manifest | undefined> {
  return home.create(type, {
    apiVersion: apiVersionOf(type),
    kind: type.kind,
    metadata: { name: header.name, finalizers: [resourceFinalizer] },
    spec: { destination: header.server ? { server: header.server } : {} },
  });
}

function statusOf({ header, entries, shards }: Piece): Status {
  const { set, sync, artifact, checksum, deletionPolicy, propagationPolicy } = header;
  const inventory = {
    set,
    shards,
    ...(sync ? { sync } : {}),
    ...(artifact ? { artifact } : {}),
    ...(checksum ? { checksum } : {}),
    ...(deletionPolicy ? { deletionPolicy } : {}),
    ...(propagationPolicy ? { propagationPolicy } : {}),
  };
  return { inventory, managedResources: entries.map(storedEntry) };
}

function storedEntry({ reference, ...rest }: InventoryEntry): StoredEntry {
  const { kind, namespace, name } = reference;
  return { apiVersion: apiVersionOf(reference), kind, name, ...(namespace ? { namespace } : {}), ...rest };
}

function readPiece(object: Manifest): Piece {
  const status = (object['status'] ?? {}) as Status;
  const { set = '', shards = 1, artifact, checksum, ...end } = status.inventory ?? {};
  const deletionPolicy = end.deletionPolicy as OwnerHeader['deletionPolicy'];
  const propagationPolicy = end.propagationPolicy as OwnerHeader['propagationPolicy'];
  const spec = object['spec'] as { destination?: { server?: string } } | undefined;
  const sync = syncOfRecord(object);
  const header: OwnerHeader = {
    name: object.metadata.name,
    set,
    ...(sync ? { sync } : {}),
    ...(artifact ? { artifact } : {}),
    ...(checksum ? { checksum } : {}),
    server: destinationServer(spec?.destination?.server),
    ...(deletionPolicy ? { deletionPolicy } : {}),
    ...(propagationPolicy ? { propagationPolicy } : {}),
  };
  const entries = (status.managedResources ?? []).map(readEntry);
  const isGoing = object.metadata['deletionTimestamp'] !== undefined;
  const kept = isRecord(object) ? isGoing && { going: true as const } : { written: true as const };
  return { header, index: 0, shards, entries, stored: withoutEntries(object), ...kept };
}

// They are in the piece already, and there may be many.
function withoutEntries(object: Manifest): Manifest {
  const { managedResources: _entries, ...status } = (object['status'] ?? {}) as JsonObject;
  return { ...object, status };
}

function readEntry(stored: StoredEntry): InventoryEntry {
  const { apiVersion, kind, name, namespace = '', uid, digest, content, fields, yielded, contest, state, run } = stored;
  const isProtected = stored.protected === true;
  const reference = { ...groupVersion(apiVersion), kind, namespace, name };
  return {
    reference,
    state: state === 'pending' || state === 'deleting' ? state : 'applied',
    ...(uid ? { uid } : {}),
    ...(digest ? { digest } : {}),
    ...(content ? { content } : {}),
    ...(fields ? { fields } : {}),
    ...(yielded ? { yielded } : {}),
    ...(contest ? { contest } : {}),
    ...(isProtected ? { protected: true } : {}),
    ...(run ? { run } : {}),
  };
}
