/** What holds for all definitions of a cluster that say nothing else: read from a ConfigMap, as upstream Vidra has it. */
import { parseDuration } from '../definition/duration.ts';
import { nearest } from '../manifest/nearest.ts';

export interface OperatorSettings {
  /** Milliseconds between two reconciles of an InfrahubSync; 0: only when something changes. */
  readonly syncIntervalMs: number;
  /** The same of a VidraResource. */
  readonly resourceIntervalMs: number;
  /** Name of the stored query, where the Infrahub takes no other. */
  readonly queryName: string;
  /** Whether changes in the clusters start a reconcile, also where a definition does not ask for it. */
  readonly reconcileOnEvents: boolean;
}

export const usualSettings: OperatorSettings = {
  syncIntervalMs: 60_000,
  resourceIntervalMs: 600_000,
  queryName: 'ArtifactIDs',
  reconcileOnEvents: false,
};

type Data = Readonly<Record<string, string>>;
type Setting = OperatorSettings[keyof OperatorSettings];

interface Key {
  readonly setting: keyof OperatorSettings;
  readonly wanted: string;
  /** Nothing for what it cannot be. */
  readonly read: (text: string) => Setting | undefined;
}

const duration = { wanted: 'a duration such as 5m, or 0 for never', read: parseDuration };
const switched = new Map([
  ['true', true],
  ['false', false],
]);

const keys: Readonly<Record<string, Key>> = {
  requeueSyncAfter: { setting: 'syncIntervalMs', ...duration },
  requeueResourcesAfter: { setting: 'resourceIntervalMs', ...duration },
  queryName: { setting: 'queryName', wanted: 'the name of a query', read: (text) => text || undefined },
  eventBasedReconcile: {
    setting: 'reconcileOnEvents',
    wanted: '"true" or "false"',
    read: (text) => switched.get(text.toLowerCase()),
  },
};

/** Whether a ConfigMap says anything of settings. */
export function hasSettings(data: Data): boolean {
  return Object.keys(keys).some((name) => Object.hasOwn(data, name));
}

/** What is wrong has its default, and is named in `faults`, sentences that each start with the key. */
export function readSettings(data: Data): { readonly settings: OperatorSettings; readonly faults: readonly string[] } {
  const faults: string[] = [];
  const settings: Partial<Record<keyof OperatorSettings, Setting>> = {};
  for (const [name, value] of Object.entries(data)) {
    const key = Object.hasOwn(keys, name) ? keys[name] : undefined;
    const meant = key ? undefined : nearest(name, Object.keys(keys));
    const read = key?.read(value.trim());
    if (key && read !== undefined) settings[key.setting] = read;
    else if (key) faults.push(`${name} must be ${key.wanted}, not ${JSON.stringify(value)}; the default holds`);
    else if (meant) faults.push(`${name} is not known; is ${meant} meant?`);
  }
  return { settings: { ...usualSettings, ...(settings as Partial<OperatorSettings>) }, faults };
}
