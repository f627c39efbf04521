/** How recorded objects are, wherever they are: one LIST for each kind and cluster. */
import type { Cluster, ResourceType } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import type { InventoryRecord } from '../inventory/inventory.ts';
import { type Health, healthOf, isAlwaysHealthy } from '../manifest/health.ts';
import type { HealthExpressions, HealthRule } from '../manifest/health-checks.ts';
import { keyOf, type Manifest, type ObjectReference, referenceOf } from '../manifest/manifest.ts';
import { managedSelector } from '../manifest/owner.ts';
import { bounded } from './bounded.ts';
import type { ObjectStatus, Survey } from './status-tree.ts';

type Seen = Pick<ObjectStatus, 'state' | 'reason'>;
type Rules = (reference: ObjectReference) => HealthRule | undefined;

export interface SurveyOptions {
  readonly clusterOf: (server: string) => Promise<Cluster>;
  /** The health checks of the definition that an owner belongs to. */
  readonly checksOf: (record: InventoryRecord) => readonly HealthExpressions[];
}

const current: Seen = { state: 'current', reason: '' };
const missing: Seen = { state: 'missing', reason: 'it is not there, or has lost the label managed-by: vidra' };
const endless: Health = { state: 'progressing', reason: 'its health check takes too long' };

/** A cluster that cannot be reached makes its objects unknown, and no others. */
export async function survey(records: readonly InventoryRecord[], options: SurveyOptions): Promise<Survey> {
  const servers = new Set(records.map(({ header }) => header.server));
  const parts = await Promise.all([...servers].map((server) => surveyServer(server, records, options)));
  return new Map(parts.flat());
}

async function surveyServer(
  server: string,
  records: readonly InventoryRecord[],
  { clusterOf, checksOf }: SurveyOptions,
): Promise<(readonly [string, ReadonlyMap<string, Seen>])[]> {
  const here = records.filter(({ header }) => header.server === server);
  const references = here.flatMap(({ entries }) => [...entries.values()].map(({ reference }) => reference));
  const look = await lookAt(references, () => clusterOf(server));
  return Promise.all(
    here.map(async (record) => {
      const rules = await rulesOf(checksOf(record));
      const all = [...record.entries].map(([key, { reference }]) => [key, seenOf(reference, look, rules)] as const);
      return [record.header.name, new Map(all)] as const;
    }),
  );
}

interface Look {
  readonly objects: ReadonlyMap<string, Manifest>;
  /** Of kinds, as `group/kind`: why nobody knows. */
  readonly unknown: ReadonlyMap<string, string>;
}

async function lookAt(references: readonly ObjectReference[], connect: () => Promise<Cluster>): Promise<Look> {
  const kinds = new Map(references.map((reference) => [`${reference.group}/${reference.kind}`, reference]));
  const objects = new Map<string, Manifest>();
  const unknown = new Map<string, string>();
  const orUnknown = async (some: Iterable<string>, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof VidraError) || error.code === 'INTERRUPTED') throw error;
      for (const kind of some) unknown.set(kind, error.message);
    }
  };
  await orUnknown(kinds.keys(), async () => {
    const cluster = await connect();
    await Promise.all(
      [...kinds].map(([kind, reference]) =>
        orUnknown([kind], async () => {
          const type = cluster.typeOf(reference);
          const namespaces = new Set(references.filter((one) => `${one.group}/${one.kind}` === kind).map(namespaceOf));
          for (const object of type ? await listManaged(cluster, type, namespaces) : []) {
            objects.set(keyOf(referenceOf(object)), object);
          }
        }),
      ),
    );
  });
  return { objects, unknown };
}

/** Of all namespaces, or where that is forbidden, of each. */
async function listManaged(
  cluster: Cluster,
  type: ResourceType,
  namespaces: ReadonlySet<string>,
): Promise<readonly Manifest[]> {
  try {
    return await cluster.list(type, { labelSelector: managedSelector });
  } catch (error) {
    if (!(error instanceof VidraError) || error.code !== 'CLUSTER_FORBIDDEN' || !type.namespaced) throw error;
    const lists = [...namespaces].map((namespace) => cluster.list(type, { labelSelector: managedSelector, namespace }));
    return (await Promise.all(lists)).flat();
  }
}

function seenOf(reference: ObjectReference, { objects, unknown }: Look, rules: Rules): Seen {
  const object = objects.get(keyOf(reference));
  const reason = unknown.get(`${reference.group}/${reference.kind}`);
  if (!object) return reason === undefined ? missing : { state: 'unknown', reason };
  const rule = rules(reference);
  if (rule) return bounded(() => healthOf(object, rule)) ?? endless;
  return isAlwaysHealthy(reference) && !object.metadata['deletionTimestamp'] ? current : healthOf(object);
}

async function rulesOf(checks: readonly HealthExpressions[]): Promise<Rules> {
  if (checks.length === 0) return () => undefined;
  // Loaded late: the interpreter of expressions is large.
  return (await import('../manifest/health-checks.ts')).healthRules(checks);
}

function namespaceOf({ namespace }: ObjectReference): string {
  return namespace;
}
