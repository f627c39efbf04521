/** Reads what the definitions of a cluster name by the settings that the cluster has, as its operator does. */
import type { Cluster } from '../cluster/cluster.ts';
import type { Target } from '../engine/target.ts';
import { readSettingsOf } from '../operator/choose-settings.ts';

/** Asks for the settings when the first source is asked for. `warn` is told of what is wrong in them. */
export function bySettingsOf(
  home: Cluster,
  namespaces: readonly string[],
  sourceOf: Target['sourceOf'],
  warn: (text: string) => void,
): Target['sourceOf'] {
  let reading: Promise<string> | undefined;
  const readQueryName = async () => {
    const { settings, problems } = await readSettingsOf(home, namespaces);
    for (const { message } of problems) warn(`Warning: ${message}`);
    return settings.queryName;
  };
  return async (sync, queryName) => {
    if (queryName !== undefined) return sourceOf(sync, queryName);
    reading ??= readQueryName();
    return sourceOf(sync, await reading);
  };
}
