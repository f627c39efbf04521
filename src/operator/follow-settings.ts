/** The settings of a cluster as they are now: of the ConfigMap with upstream Vidra's label. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Cluster, ResourceType, Selection } from '../cluster/cluster.ts';
import { placesToWatch } from '../cluster/counted-namespaces.ts';
import { VidraError } from '../errors.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { choose, configMaps, nameOf, settingsSelector } from './choose-settings.ts';
import { type OperatorSettings, usualSettings } from './settings.ts';

export interface SettingsOptions {
  readonly home: Cluster;
  /** Where a ConfigMap counts: Vidra's own first. */
  readonly namespaces: readonly string[];
  readonly onChange: (now: OperatorSettings, before: OperatorSettings) => void;
  /** Told once of what is wrong, as long as it is. */
  readonly onProblem: (error: VidraError) => void;
  readonly signal: AbortSignal;
}

/** What is known of a place where ConfigMaps are looked for. */
interface Place {
  readonly selections: readonly Selection[];
  found: readonly Manifest[];
  refusal?: VidraError | undefined;
}

/** Rights may come later. */
const againMs = 30_000;

/** Resolves when the ConfigMap has been looked for once, and goes on. */
export async function followSettings(options: SettingsOptions): Promise<() => OperatorSettings> {
  const { home, namespaces, onChange, onProblem, signal } = options;
  const places = placesToWatch(namespaces, settingsSelector).map((selections): Place => ({ selections, found: [] }));
  const unseen = new Set(places);
  let current = usualSettings;
  let told = new Set<string>();
  const take = () => {
    const chosen = choose(
      places.flatMap(({ found }) => found),
      namespaces,
    );
    const problems = [...places.flatMap(({ refusal }) => refusal ?? []), ...chosen.problems];
    for (const problem of problems) if (!told.has(problem.message)) onProblem(problem);
    told = new Set(problems.map(({ message }) => message));
    const before = current;
    current = chosen.settings;
    if (!isDeepStrictEqual(current, before)) onChange(current, before);
  };
  const follow = async (place: Place, looked: () => void) => {
    const see = () => {
      unseen.delete(place);
      if (unseen.size === 0) take();
      looked();
    };
    while (!signal.aborted) {
      place.refusal = await watchPlace(home, place, signal, see);
      if (signal.aborted) return;
      see();
      await sleep(againMs, undefined, { signal }).catch(() => undefined);
    }
  };
  if (home.typeOf(configMaps))
    await Promise.all(places.map((place) => new Promise<void>((resolve) => void follow(place, resolve))));
  return () => current;
}

/** By the first of its selections that is allowed; gives why none may be watched. */
async function watchPlace(
  home: Cluster,
  place: Place,
  signal: AbortSignal,
  onFound: () => void,
): Promise<VidraError | undefined> {
  const type = home.typeOf(configMaps) as ResourceType;
  let refusal: VidraError | undefined;
  for (const selection of place.selections) {
    try {
      await watchSelected(home, type, selection, signal, (found) => {
        place.found = found;
        place.refusal = undefined;
        onFound();
      });
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
