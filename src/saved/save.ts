/** Makes a plan that can be saved. */
import { randomBytes } from 'node:crypto';
import { planInputs, readInputs } from '../engine/prepare.ts';
import type { Run } from '../engine/run.ts';
import type { Target } from '../engine/target.ts';
import type { Guard } from '../plan/plan.ts';
import { digestOfSealed } from '../plan/plan-digest.ts';
import { sealPlan } from '../plan/seal.ts';
import { version } from '../version.ts';
import { originsOf } from './origins.ts';
import type { SavedPlan } from './saved-plan.ts';

/** Plans, and changes nothing. `filenames` are where the target's definitions were read from. */
export async function prepareToSave(target: Target, run: Run, filenames: readonly string[]): Promise<SavedPlan> {
  const salt = randomBytes(32).toString('base64url');
  const inputs = await readInputs(target, run);
  const { namespace, prune, overrides, consent, access } = target;
  const { confirmed: subjects, ...limits } = consent;
  // With all its guards, to keep those that are confirmed, too.
  const guarded = await planInputs({ ...target, salt, consent: { ...limits, confirmed: [] } }, run, inputs);
  const isConfirmed = ({ subject }: Guard) => subjects.includes(subject);
  const guards = guarded.guards.filter((guard) => !isConfirmed(guard));
  const plan = sealPlan({ ...guarded, guards }, salt);
  return {
    version,
    created: new Date().toISOString(),
    home: await target.home.identity(),
    salt,
    options: { filenames, namespace, prune, overrides, ...limits, ...(access && { access }) },
    origins: originsOf(target.definitions, inputs.fetched, salt),
    confirmed: guarded.guards.filter(isConfirmed),
    plan: { ...plan, digest: digestOfSealed(plan, salt) },
  };
}
