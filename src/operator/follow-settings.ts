/** The settings of a cluster as they are now: of the ConfigMap with upstream Vidra's label. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Cluster, ResourceType, Selection } from '../cluster/cluster.ts';
import { settingsLabel } from '../config/operator-names.ts';
import { VidraError } from '../errors.ts';
import { describe, type Manifest, referenceOf } from '../manifest/manifest.ts';
import { hasSettings, type OperatorSettings, readSettings, usualSettings } from './settings.ts';

export interface SettingsOptions {
  readonly home: Cluster;
  /** Vidra's own: a ConfigMap there counts before others, and is all that is seen where no more may be. */
  readonly namespace: string;
  readonly onChange: (now: OperatorSettings, before: OperatorSettings) => void;
  /** Told once of what is wrong, as long as it is. */
  readonly onProblem: (error: VidraError) => void;
  readonly signal: AbortSignal;
}

const configMaps = { group: '', version: 'v1', kind: 'ConfigMap' };
const label = `${settingsLabel.name}=${settingsLabel.value}`;
/** Rights may come later. */
const againMs = 30_000;

/** Resolves when the ConfigMap has been looked for once, and goes on. */
export async function followSettings(options: SettingsOptions): Promise<() => OperatorSettings> {
  const { home, namespace, onChange, onProblem, signal } = options;
  let current = usualSettings;
  let told = new Set<string>();
  const take = ({ settings, problems }: Choice) => {
    for (const problem of problems) if (!told.has(problem.message)) onProblem(problem);
    told = new Set(problems.map(({ message }) => message));
    const before = current;
    current = settings;
    if (!isDeepStrictEqual(settings, before)) onChange(settings, before);
  };
  const follow = async (looked: () => void) => {
    while (!signal.aborted) {
      const refusal = await watchSome(options, (found) => {
        take(choose(found, namespace));
        looked();
      });
      if (refusal && !signal.aborted) take({ settings: current, problems: [refusal] });
      looked();
      await sleep(againMs, undefined, { signal }).catch(() => undefined);
    }
  };
  if (home.typeOf(configMaps)) await new Promise<void>((resolve) => void follow(resolve));
  return () => current;
}

/** Those of all namespaces, or else of its own; gives why neither may be watched. */
async function watchSome(
  { home, namespace, signal }: SettingsOptions,
  onFound: (found: readonly Manifest[]) => void,
): Promise<VidraError | undefined> {
  const type = home.typeOf(configMaps) as ResourceType;
  let refusal: VidraError | undefined;
  for (const selection of [{ labelSelector: label }, { labelSelector: label, namespace }]) {
    try {
      await watchSelected(home, type, selection, signal, onFound);
    } catch (error) {
      if (!(error instanceof VidraError)) throw error;
      refusal = error;
    }
  }
  return refusal;
}

async function watchSelected(
  home: Cluster,
  type: ResourceType,
  selection: Selection,
  signal: AbortSignal,
  onFound: (found: readonly Manifest[]) => void,
): Promise<void> {
  const found = new Map<string, Manifest>();
  for await (const event of home.watch(type, selection, signal)) {
    if (event.type === 'listed') found.clear();
    for (const object of event.type === 'listed' ? event.objects : [event.object]) {
      if (event.type === 'removed') found.delete(nameOf(object));
      else found.set(nameOf(object), object);
    }
    onFound([...found.values()]);
  }
}

interface Choice {
  readonly settings: OperatorSettings;
  readonly problems: readonly VidraError[];
}

/** The first in its own namespace, else the first by namespace and name that holds settings: others may use the label, too. */
function choose(found: readonly Manifest[], namespace: string): Choice {
  const rank = (one: Manifest) => `${one.metadata.namespace === namespace ? 0 : 1} ${nameOf(one)}`;
  const [first, ...others] = found
    .filter((one) => one.metadata.namespace === namespace || hasSettings(dataOf(one)))
    .sort((one, other) => (rank(one) < rank(other) ? -1 : 1));
  if (!first) return { settings: usualSettings, problems: [] };
  const { settings, faults } = readSettings(dataOf(first));
  const idle = others.map((one) =>
    problemOf(one, `is labelled ${label}, too, and does not count: ${nameOf(first)} does`),
  );
  return { settings, problems: [...faults.map((fault) => problemOf(first, fault)), ...idle] };
}

function problemOf(object: Manifest, message: string): VidraError {
  return new VidraError('DEFINITION_INVALID', message, { subject: nameOf(object) });
}

function nameOf(object: Manifest): string {
  return describe(referenceOf(object));
}

function dataOf(object: Manifest): Readonly<Record<string, string>> {
  return (object['data'] ?? {}) as Readonly<Record<string, string>>;
}
