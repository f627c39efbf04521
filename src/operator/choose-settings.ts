/** Which ConfigMap holds the settings of a cluster: one with upstream Vidra's label, where such count. */
import type { Cluster } from '../cluster/cluster.ts';
import { isCounted, rankOf } from '../cluster/counted-namespaces.ts';
import { listCounted } from '../cluster/list-counted.ts';
import { settingsLabel } from '../config/operator-names.ts';
import { VidraError } from '../errors.ts';
import { describe, type Manifest, referenceOf } from '../manifest/manifest.ts';
import { hasSettings, type OperatorSettings, readSettings, usualSettings } from './settings.ts';

export interface Choice {
  readonly settings: OperatorSettings;
  readonly problems: readonly VidraError[];
}

export const configMaps = { group: '', version: 'v1', kind: 'ConfigMap' };
export const settingsSelector = `${settingsLabel.name}=${settingsLabel.value}`;

/** The first in Vidra's own namespace, else the first that holds settings: others may use the label, too. Pure. */
export function choose(found: readonly Manifest[], namespaces: readonly string[]): Choice {
  const [own] = namespaces;
  const placeOf = (one: Manifest) => one.metadata.namespace ?? '';
  const [first, ...others] = found
    .filter((one) => isCounted(placeOf(one), namespaces) && (placeOf(one) === own || hasSettings(dataOf(one))))
    .sort(
      (one, other) =>
        rankOf(placeOf(one), namespaces) - rankOf(placeOf(other), namespaces) || (nameOf(one) < nameOf(other) ? -1 : 1),
    );
  if (!first) return { settings: usualSettings, problems: [] };
  const { settings, faults } = readSettings(dataOf(first));
  const idle = others.map((one) =>
    problemOf(one, `is labelled ${settingsSelector}, too, and does not count: ${nameOf(first)} does`),
  );
  return { settings, problems: [...faults.map((fault) => problemOf(first, fault)), ...idle] };
}

/** As they are now. What may not be read is a problem. Throws CLUSTER_* but for a refusal. */
export async function readSettingsOf(home: Cluster, namespaces: readonly string[]): Promise<Choice> {
  const type = home.typeOf(configMaps);
  if (!type) return { settings: usualSettings, problems: [] };
  const { objects, refusals } = await listCounted(home, type, settingsSelector, namespaces);
  const { settings, problems } = choose(objects, namespaces);
  return { settings, problems: [...refusals.map(({ error }) => error), ...problems] };
}

/** Of a ConfigMap, for people. */
export function nameOf(object: Manifest): string {
  return describe(referenceOf(object));
}

function problemOf(object: Manifest, message: string): VidraError {
  return new VidraError('DEFINITION_INVALID', message, { subject: nameOf(object) });
}

function dataOf(object: Manifest): Readonly<Record<string, string>> {
  return (object['data'] ?? {}) as Readonly<Record<string, string>>;
}
