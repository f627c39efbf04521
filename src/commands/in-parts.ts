/** Goes through the parts that definitions are planned in, each with a target of its own, and holds back what waits for others. */
import { type Definition, nameOfDefinition } from '../definition/definition.ts';
import type { Destinations } from '../destination/destinations.ts';
import type { Target } from '../engine/target.ts';
import { VidraError } from '../errors.ts';
import { conditionOf } from '../manifest/condition.ts';
import type { JsonObject } from '../manifest/manifest.ts';
import { consentOf } from '../operator/consent.ts';
import { listOf } from '../plan/names.ts';
import { printable } from '../view/printable.ts';
import { definitionsThere } from './definitions-there.ts';
import { isPlain, type Part, partsOf, waitsFor } from './parts.ts';
import type { ExitStatus, Terminal } from './terminal.ts';

export interface PartsOptions {
  readonly destinations: Destinations;
  readonly terminal: Terminal;
  /** What waits for something that is not done is left out, and said so. */
  readonly inOrder: boolean;
}

/** `alone` is the definition of a part that somebody decides over by itself. */
export type WorkOnPart = (target: Target, alone: Definition | undefined) => Promise<ExitStatus>;

/** The worst status of all parts. */
export async function inParts(target: Target, options: PartsOptions, work: WorkOnPart): Promise<ExitStatus> {
  const { terminal, inOrder } = options;
  const parts = partsIn(target);
  const done = new Set<string>();
  const statuses: ExitStatus[] = [];
  for (const part of parts) {
    const obstacles = inOrder ? await obstaclesTo(part, target, done) : new Map<Definition, string>();
    for (const [definition, reason] of obstacles) {
      terminal.stderr.write(`${nameOfDefinition(definition)} waits, and is left as it is: ${reason}\n`);
      statuses.push(1);
    }
    const definitions = part.definitions.filter((definition) => !obstacles.has(definition));
    if (definitions.length === 0 && part.definitions.length > 0) continue;
    const own = { ...part, definitions };
    const attempt = () => work(targetOf(target, own, options), part.alone);
    const status = parts.length > 1 ? await unlessOutOfReach(attempt, own, terminal) : await attempt();
    statuses.push(status);
    if (terminal.signal.aborted) break;
    const isObserved = part.alone?.mode === 'Observe';
    if (status === 0 && !isObserved) for (const one of definitions) if (!one.suspend) done.add(nameOfDefinition(one));
  }
  const worst = [130, 1, 2] as const;
  return worst.find((status) => statuses.includes(status)) ?? 0;
}

/** The others go on where the cluster of one part, or whom it is acted as, is the matter. */
async function unlessOutOfReach(
  attempt: () => Promise<ExitStatus>,
  { definitions }: Part,
  { stderr }: Terminal,
): Promise<ExitStatus> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof VidraError) || !/^(CLUSTER|DESTINATION)_/.test(error.code)) throw error;
    const names = listOf(definitions.map(nameOfDefinition));
    stderr.write(`${printable(`${names}: left as it is: ${error.message}`)} (${error.code})\n`);
    return 1;
  }
}

/** Whose definitions left the set is for one part to say: the first, or one of its own. */
function partsIn({ definitions, prune }: Target): Part[] {
  const parts = partsOf(definitions);
  return parts.some(isPlain) || (parts.length > 0 && !prune) ? parts : [{ definitions: [] }, ...parts];
}

function targetOf(target: Target, part: Part, { destinations }: PartsOptions): Target {
  const { definitions, destination, alone } = part;
  const others = target.definitions.filter((definition) => !definitions.includes(definition));
  const whole = isPlain(part);
  const confirmed = alone?.stored ? consentOf(alone.stored).confirmed : [];
  return {
    ...target,
    definitions,
    ...(whole ? { others } : { partial: true, prune: false }),
    ...(destination && {
      clusterOf: (server) => destinations.of({ ...destination, server }),
    }),
    consent: { ...target.consent, confirmed: [...target.consent.confirmed, ...confirmed] },
    // As the operator plans it, so that both name it by the same digest.
    ...(alone?.stored && alone.mode !== 'Enforce' && { salt: alone.stored.uid, validate: false }),
  };
}

async function obstaclesTo(part: Part, target: Target, done: ReadonlySet<string>): Promise<Map<Definition, string>> {
  const known = new Set(target.definitions.map(nameOfDefinition));
  const isReady = async (name: string) => done.has(name) || (!known.has(name) && (await isReadyThere(target, name)));
  const found = new Map<Definition, string>();
  for (const definition of part.definitions) {
    if (definition.suspend) continue;
    const names = waitsFor(definition);
    const ready = await Promise.all(names.map(isReady));
    const missing = names.filter((_, index) => !ready[index]);
    if (missing.length > 0) found.set(definition, `${missing.join(', ')} not ready`);
  }
  return found;
}

/** Whether the operator says so of a definition that is in the cluster only. */
async function isReadyThere({ home }: Target, name: string): Promise<boolean> {
  const [kind, ...rest] = name.split(' ');
  const there = await definitionsThere(home, kind as Definition['kind']);
  const object = there.find(({ metadata }) => metadata.name === rest.join(' '));
  const ready = object && conditionOf((object['status'] ?? {}) as JsonObject, 'Ready');
  return ready?.status === 'True' && ready.observedGeneration === object?.metadata['generation'];
}
