/** An apply that meets fields of others: what is planned to be taken is taken, from its planned holder and nobody else. */
import type { ApplyAnswer, ApplyOptions, Cluster, FieldConflict, ResourceType } from '../cluster/cluster.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { WriteChange } from '../plan/plan.ts';
import { agree } from './agree.ts';

/** How often it is tried when the object changes meanwhile, as a busy controller makes it. */
const attempts = 5;

/** By force only at the version whose conflicts are known: force would take the fields of whoever came in between, too. */
export async function applyInConflict(
  cluster: Cluster,
  type: ResourceType,
  manifest: Manifest,
  options: ApplyOptions,
  change: WriteChange,
): Promise<ApplyAnswer> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const live = await cluster.get(type, change.reference);
    const { uid, resourceVersion } = (live?.metadata ?? {}) as {
      readonly uid: string;
      readonly resourceVersion: string;
    };
    if (!live || (typeof options.expect === 'object' && options.expect.uid !== uid)) break;
    const exactly = { ...options, expect: { uid, resourceVersion } };
    const answer = await cluster.apply(type, manifest, exactly);
    if (answer.type === 'stale') continue;
    if (answer.type !== 'conflict') return answer;
    const agreed = await agree(cluster, type, options.manager, manifest, live, answer.conflicts);
    if (!agreed.conflicts.every((conflict) => isTaken(conflict, change))) {
      return { type: 'conflict', conflicts: agreed.conflicts };
    }
    const taken = await cluster.apply(type, agreed.manifest, { ...exactly, force: agreed.conflicts.length > 0 });
    if (taken.type !== 'stale') return taken;
  }
  return cluster.apply(type, manifest, options);
}

/** Whether the plan takes the field from this very holder. */
function isTaken({ field, manager }: FieldConflict, { take }: WriteChange): boolean {
  return take.some((taken) => taken.field === field && taken.manager === manager);
}
