/** `vidra adopt`: takes over objects that exist and that definitions want, as those say of whom, and does nothing else. */
import { type Definition, nameOfDefinition } from '../definition/definition.ts';
import type { Destinations } from '../destination/destinations.ts';
import { adoptionOf, mustBeAdoptable, prepareAdoptions } from '../engine/request.ts';
import type { Target } from '../engine/target.ts';
import { VidraError } from '../errors.ts';
import type { ObjectName } from '../manifest/object-name.ts';
import { isOwnerOf } from '../operator/part.ts';
import type { Plan } from '../plan/plan.ts';
import { type Action, carryOutPlan } from './carry-out.ts';
import { statusOfPlan, worstOf } from './exit-status.ts';
import { type AdoptOptions, overridesOf } from './flags.ts';
import { isOutOfReach } from './in-parts.ts';
import { objectName } from './object-name.ts';
import { partsIn, targetOf } from './part-target.ts';
import { type Phase, runPhase } from './phase.ts';
import { printPlan } from './print.ts';
import { withTarget } from './target.ts';
import type { ExitStatus, Terminal } from './terminal.ts';

const adoption: Action = { verb: 'Adopted', question: 'Take these objects over' };

/** Throws USAGE where the definition is suspended, or lets nothing be changed without a decision on its plan. */
export function adopt(objects: readonly string[], options: AdoptOptions, terminal: Terminal): Promise<ExitStatus> {
  const names = objects.map(objectName);
  const rules = { prune: false, validate: false, overrides: overridesOf(options) };
  return withTarget(options, rules, terminal, async (target, { destinations }) => {
    const prepared = await prepareAll(target, destinations, names, options, terminal);
    const asked = prepared
      .map(({ phase, ...part }) => ({ ...part, phase: { ...phase, value: adoptionOf(phase.value, names) } }))
      .filter(({ phase }) => phase.value.owners.length > 0);
    for (const { phase } of asked) mustBeFree(phase.value, target.definitions);
    const statuses: ExitStatus[] = [];
    for (const { phase, part } of asked) {
      if (options.dryRun) await printPlan(phase.value, options, terminal);
      statuses.push(
        options.dryRun
          ? statusOfPlan(phase.value, options.detailedExitcode === true)
          : await carryOutPlan(phase, adoption, part, options, terminal),
      );
    }
    return worstOf(statuses);
  });
}

interface Prepared {
  readonly phase: Phase<Plan>;
  readonly part: Target;
}

/** What is suspended is planned, too, to say so of what it wants. A part that is out of reach matters only when it may be the one. */
async function prepareAll(
  target: Target,
  destinations: Destinations,
  names: readonly ObjectName[],
  options: AdoptOptions,
  terminal: Terminal,
): Promise<Prepared[]> {
  const definitions = target.definitions.map((definition) => ({ ...definition, suspend: false }));
  const awake = { ...target, definitions };
  const prepared: Prepared[] = [];
  let unreached: VidraError | undefined;
  for (const one of partsIn(awake)) {
    const part = targetOf(awake, one, destinations);
    try {
      prepared.push({ part, phase: await runPhase(options, terminal, (run) => prepareAdoptions(part, run)) });
    } catch (error) {
      if (!isOutOfReach(error)) throw error;
      unreached = error;
    }
  }
  const plans = prepared.map(({ phase }) => phase.value);
  for (const name of names) {
    try {
      mustBeAdoptable(name, plans);
    } catch (error) {
      throw unreached ?? error;
    }
  }
  return prepared;
}

function mustBeFree(plan: Plan, definitions: readonly Definition[]): void {
  for (const { header } of plan.owners) {
    const definition = definitions.find((one) => isOwnerOf(one, header));
    const why = definition && obstacleIn(definition);
    if (why) throw new VidraError('USAGE', why, { subject: nameOfDefinition(definition) });
  }
}

function obstacleIn({ suspend, mode }: Definition): string | undefined {
  if (suspend) return 'is suspended, so nothing is taken over for it; take suspend: true out of it first';
  if (mode === 'Observe')
    return 'only observes, so nothing is taken over for it; its mode would have to be another one';
  if (mode === 'Enforce') return undefined;
  return 'changes only what is approved, by mode: Approve; write adopt: IfUnowned into it, save its plan with vidra plan --out, and apply that';
}
