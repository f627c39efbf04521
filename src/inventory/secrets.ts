/** Pieces of records as Secrets in Vidra's namespace: not for their values, but because few may read Secrets. */
import type { Cluster, ResourceType } from '../cluster/cluster.ts';
import { ensureNamespace } from '../cluster/namespace.ts';
import { VidraError } from '../errors.ts';
import type { JsonObject, Manifest } from '../manifest/manifest.ts';
import { ownerOf } from '../manifest/owner.ts';
import type { InventoryEntry, OwnerHeader } from './inventory.ts';
import type { Piece, PieceStore } from './piece.ts';

const label = 'vidra.infrahub.operators.com/inventory';

/** `home` is the cluster, `identity` the uid of its namespace kube-system. */
export function secretPieces(home: Cluster, identity: string, namespace: string): PieceStore {
  const secrets = knownType(home, 'Secret');
  let hasNamespace = false;
  const permission = (verb: string) => ({ verb, type: secrets, namespace });
  return {
    permissions: { create: permission('create'), update: permission('update') },
    async list(whole) {
      const found = await listEverywhere(home, secrets, namespace, whole);
      hasNamespace ||= found.some((secret) => secret.metadata.namespace === namespace);
      return found.map((secret) => readPiece(secret, namespace));
    },
    async write(piece) {
      const id = ownerOf(piece.header.name, identity).id;
      const manifest = secretOf(piece, namespace, id);
      if (piece.stored) return kept(piece, await home.replace(secrets, manifest));
      // Where no record is yet, the namespace may be missing, too.
      if (!hasNamespace) await ensureNamespace(home, namespace);
      hasNamespace = true;
      return kept(piece, await home.create(secrets, manifest));
    },
    async remove(piece) {
      const stored = piece.stored as (Manifest & { metadata: { uid: string; resourceVersion: string } }) | undefined;
      if (!stored) return;
      const { uid, resourceVersion, name } = stored.metadata;
      await home.remove(secrets, { ...secrets, namespace, name }, { uid, resourceVersion });
    },
  };
}

async function listEverywhere(home: Cluster, secrets: ResourceType, namespace: string, whole: boolean) {
  try {
    return await home.list(secrets, { labelSelector: label });
  } catch (error) {
    if (whole || !(error instanceof VidraError) || error.code !== 'CLUSTER_FORBIDDEN') throw error;
    return home.list(secrets, { namespace, labelSelector: label });
  }
}

function knownType(home: Cluster, kind: string): ResourceType {
  const type = home.typeOf({ group: '', version: 'v1', kind });
  if (!type) throw new VidraError('KIND_UNKNOWN', `the cluster does not serve ${kind}`, { subject: home.server });
  return type;
}

function kept(piece: Piece, stored: Manifest | undefined): Piece | undefined {
  return stored && { ...piece, stored: withoutData(stored) };
}

// It is in the piece already, and there may be much.
function withoutData({ apiVersion, kind, metadata }: Manifest): Manifest {
  return { apiVersion, kind, metadata };
}

function secretOf(piece: Piece, namespace: string, id: string): Manifest {
  const content = { header: piece.header, index: piece.index, shards: piece.shards, entries: piece.entries };
  const metadata = {
    ...piece.stored?.metadata,
    name: `vidra-inventory-${id}-${piece.index}`,
    namespace,
    labels: { [label]: id },
  };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'vidra.infrahub.operators.com/inventory',
    metadata,
    data: { 'record.json': Buffer.from(JSON.stringify(content)).toString('base64') },
  };
}

function readPiece(secret: Manifest, own: string): Piece {
  const data = secret['data'] as JsonObject | undefined;
  try {
    const text = Buffer.from(String(data?.['record.json']), 'base64').toString();
    const content = JSON.parse(text) as {
      header: OwnerHeader;
      index: number;
      shards: number;
      entries: InventoryEntry[];
    };
    const { namespace = '' } = secret.metadata;
    const elsewhere = namespace === own ? {} : { elsewhere: namespace };
    return { ...content, ...elsewhere, stored: withoutData(secret) };
  } catch (cause) {
    const subject = `Secret ${secret.metadata.namespace}/${secret.metadata.name}`;
    throw new VidraError('INVENTORY_INVALID', 'does not hold a record that can be read', { subject, cause });
  }
}
