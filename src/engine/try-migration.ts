/** Lets the API server say what becomes of an object when its owner takes over what was there before. */

import type { Cluster, PatchOperation, ResourceType } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import { managedFieldsOf } from '../manifest/field-set.ts';
import { canonicalJson } from '../manifest/json.ts';
import { pointerStep } from '../manifest/json-pointer.ts';
import { type JsonObject, type Manifest, referenceOf } from '../manifest/manifest.ts';
import { type Estate, type Legacy, legaciesOf } from '../plan/inheritance.ts';
import { appliedAfter, type Heir, migrationOf } from '../plan/migration.ts';
import type { Means } from '../plan/observation.ts';
import type { Migration } from '../plan/plan.ts';

/** What the trial of an apply has to find out besides. */
export interface Inheritance {
  readonly estate: Estate;
  readonly heir: Heir;
  /** Owners of the same plan whose common legacy it is, and who apply what they want of it before. */
  readonly after: readonly string[];
}

type Migrating = Pick<Means, 'migrate' | 'after'>;

/** `result` is what the apply makes of the object then; nothing when it is gone. */
export type Inherited = Migrating & { readonly result?: Manifest };

/** What would be taken over, as far as that can be told without a trial. */
export function untriedMigration({ estate, heir, after }: Inheritance, means: Means): Migrating {
  return migrating(migrationOf(legaciesOf(estate), estate.live, heir, means), after);
}

function migrating(migrate: Migration | undefined, after: readonly string[]): Migrating {
  return migrate ? { migrate, ...(after.length > 0 && { after }) } : {};
}

/** `tried` is what the apply alone makes of the object. Asks only where taking over makes a difference. */
export async function tryMigration(
  cluster: Cluster,
  type: ResourceType,
  { estate, heir, after }: Inheritance,
  tried: Manifest,
  means: Means,
): Promise<Inherited> {
  const { live, adopting } = estate;
  // Where managedFields was wiped, the server makes up an entry for all that is there at the first apply.
  const entries = estate.entries.length > 0 ? estate.entries : managedFieldsOf(tried);
  const legacies = legaciesOf({ ...estate, entries });
  const attempt = async (some: readonly Legacy[]): Promise<Inherited> => {
    const migrate = migrationOf(some, live, heir, means);
    if (!migrate) return { result: tried };
    const left = appliedAfter(migrate, heir, live, tried);
    if (left === tried) return { result: tried, ...(adopting && migrating(migrate, after)) };
    const options = { uid: String(live.metadata['uid']), manager: heir.owner.manager };
    const result = await cluster.tryPatch(type, referenceOf(live), operationsTo(live, left), options);
    return { ...migrating(migrate, after), ...(result && { result }) };
  };
  const written = legacies.map((legacy) => (legacy.isWritten ? legacy : { ...legacy, gain: {} }));
  try {
    return await attempt(legacies);
  } catch (error) {
    // What the server itself added cannot always be taken away again; then it stays, as nobody's.
    if (!(error instanceof VidraError) || error.code !== 'CLUSTER_REFUSED' || legacies.every((one) => one.isWritten))
      throw error;
    return attempt(written);
  }
}

const ofServer = new Set(['apiVersion', 'kind', 'metadata', 'status']);
const ofMetadata = ['labels', 'annotations', 'finalizers', 'ownerReferences'];

/** What makes one state of an object of another. */
function operationsTo(before: Manifest, after: Manifest): PatchOperation[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !ofServer.has(name));
  return [
    ...names.flatMap((name) => operationOn(before, after, name, '')),
    ...ofMetadata.flatMap((name) => operationOn(before.metadata, after.metadata, name, '/metadata')),
  ];
}

function operationOn(before: JsonObject, after: JsonObject, name: string, above: string): PatchOperation[] {
  const path = `${above}${pointerStep(name)}`;
  const [then, now] = [before[name], after[name]];
  if (now === undefined) return then === undefined ? [] : [{ op: 'remove', path }];
  return then !== undefined && canonicalJson(then) === canonicalJson(now) ? [] : [{ op: 'add', path, value: now }];
}
