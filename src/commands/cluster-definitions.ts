/** The definitions that a cluster has as custom resources. */
import type { Cluster } from '../cluster/cluster.ts';
import type { Definition } from '../definition/definition.ts';
import { loadStored } from '../definition/stored.ts';
import { VidraError } from '../errors.ts';
import { definitionsThere, definitionType } from './definitions-there.ts';

const definitionKinds = ['InfrahubSync', 'VidraResource'] as const;

/** Throws USAGE where their kinds are not installed, and DEFINITION_INVALID with all that is wrong. */
export async function readClusterDefinitions(home: Cluster): Promise<readonly Definition[]> {
  mustBeInstalled(home);
  const objects = (await Promise.all(definitionKinds.map((kind) => definitionsThere(home, kind)))).flat();
  const stored = await loadStored(objects);
  const problems = stored.flatMap((one) => one.problems);
  // As of files: nothing is done before all can be read.
  if (problems.length > 0)
    throw new VidraError('DEFINITION_INVALID', problems.map(({ message }) => message).join('\n'), { cause: problems });
  return stored.flatMap(({ definition, stored: now }) => (definition ? [{ ...definition, stored: now }] : []));
}

/** Throws USAGE where the kinds of definitions are not installed. */
export function mustBeInstalled(home: Cluster): void {
  try {
    for (const kind of definitionKinds) definitionType(home, kind);
  } catch (error) {
    if (!(error instanceof VidraError) || error.code !== 'KIND_UNKNOWN') throw error;
    const message = `give definitions with '-f, --filename <path>'; without it they would be those of the cluster, but ${error.message}`;
    throw new VidraError('USAGE', message, { cause: error });
  }
}
