/** Goes through the parts that definitions are planned in, each with a target of its own, and holds back what waits for others. */
import { type Definition, nameOfDefinition } from '../definition/definition.ts';
import type { Destinations } from '../destination/destinations.ts';
import type { Target } from '../engine/target.ts';
import { VidraError } from '../errors.ts';
import { listOf } from '../plan/names.ts';
import { printable } from '../view/printable.ts';
import { worstOf } from './exit-status.ts';
import { obstaclesTo } from './obstacles.ts';
import { partsIn, targetOf } from './part-target.ts';
import type { Part } from './parts.ts';
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
  const { terminal, inOrder, destinations } = options;
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
    const attempt = () => work(targetOf(target, own, destinations), part.alone);
    const status = parts.length > 1 ? await unlessOutOfReach(attempt, own, terminal) : await attempt();
    statuses.push(status);
    if (terminal.signal.aborted) break;
    const isObserved = part.alone?.mode === 'Observe';
    if (status === 0 && !isObserved) for (const one of definitions) if (!one.suspend) done.add(nameOfDefinition(one));
  }
  return worstOf(statuses);
}

/** The cluster of one part, or whom it is acted as, is no matter of the others. */
export function isOutOfReach(error: unknown): error is VidraError {
  return error instanceof VidraError && /^(CLUSTER|DESTINATION)_/.test(error.code);
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
    if (!isOutOfReach(error)) throw error;
    const names = listOf(definitions.map(nameOfDefinition));
    stderr.write(`${printable(`${names}: left as it is: ${error.message}`)} (${error.code})\n`);
    return 1;
  }
}
