/** Tries objects whose Namespace the plan makes in one that exists: what is wrong with the object itself is wrong there, too. */
import { randomBytes } from 'node:crypto';
import type { ApplyAnswer, Cluster, ResourceType } from '../cluster/cluster.ts';
import { isAboutTheCluster, refusalOf, refusedFields } from '../cluster/refusal.ts';
import { VidraError } from '../errors.ts';
import type { DesiredObject } from '../manifest/desired-set.ts';
import { describe, type Manifest } from '../manifest/manifest.ts';
import { markedBy, type Owner } from '../manifest/owner.ts';
import { takenClaims } from './try-taken.ts';

/** A namespace that every cluster has. */
const standIn = 'default';
const longestName = 63;

/** Why the server refuses the object; `taken`: only because others have these things, as in `claimsOf`. */
export interface Fault {
  readonly message: string;
  readonly taken?: readonly string[];
}

/**
 * What the server would refuse of the object wherever it was, as a message about the object; nothing when it refuses nothing,
 * or only what may be the stand-in's own: its quotas, its policies, and what the caller may do there.
 */
export async function tryElsewhere(
  cluster: Cluster,
  type: ResourceType,
  owner: Owner,
  desired: DesiredObject,
): Promise<Fault | undefined> {
  const { name } = desired.reference;
  const attempt = (as: string, manifest = desired.manifest): Promise<ApplyAnswer> =>
    cluster.apply(type, moved(markedBy(owner, manifest), as), {
      manager: owner.manager,
      expect: 'absent',
      dryRun: true,
    });
  // Under its own name, which may be wrong as well; where that is taken, under one that nobody has.
  const other = `${name.slice(0, longestName - 9)}-${randomBytes(4).toString('hex')}`;
  for (const as of [name, other]) {
    try {
      if ((await attempt(as)).type !== 'stale') return undefined;
    } catch (error) {
      return takenClaims(error, desired.manifest, (less) => attempt(as, less)).then(
        (taken) => withTaken(faultOf(error, desired, as), taken),
        (other) => faultOf(other, desired, as),
      );
    }
  }
  return undefined;
}

function withTaken(fault: Fault | undefined, taken: readonly string[]): Fault | undefined {
  return fault && { ...fault, taken };
}

function moved(manifest: Manifest, name: string): Manifest {
  return { ...manifest, metadata: { ...manifest.metadata, namespace: standIn, name } };
}

function faultOf(error: unknown, { reference }: DesiredObject, as: string): Fault | undefined {
  if (!(error instanceof VidraError) || isAboutTheCluster(error)) throw error;
  const fields = refusedFields(error);
  if (!fields || fields.some((field) => reference.kind === 'Pod' && isLimited(field))) return undefined;
  const said = refusalOf(error)?.status.message ?? error.message;
  const { namespace, name } = reference;
  const message = said.replaceAll(as, name).replaceAll(`${standIn}/${name}`, `${namespace}/${name}`);
  return { message: `${describe(reference)}: ${message}` };
}

/** A LimitRange of the stand-in fills these in. */
function isLimited(field: string): boolean {
  return /\.resources\b/.test(field);
}
