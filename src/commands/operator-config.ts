/** `vidra config`: the operator's settings, in a ConfigMap that it finds by its label and follows without a restart. */
import type { ResourceType } from '../cluster/cluster.ts';
import { secretName } from '../cluster/labelled-secrets.ts';
import { settingsLabel, settingsName } from '../config/operator-names.ts';
import { VidraError } from '../errors.ts';
import { describe, type Manifest, type ObjectReference, referenceOf } from '../manifest/manifest.ts';
import { mustConfirm } from './ask.ts';
import type { ConsentedOptions, KeptOptions, ListOptions } from './group-flags.ts';
import { type Home, typeIn, withHome } from './home.ts';
import { findKept, keep, labelled, noteUncounted, placesText, removeKept } from './keep.ts';
import { printFacts, printObject, printRows, printText } from './print.ts';
import type { ExitStatus, Terminal } from './terminal.ts';

export interface ConfigOptions extends KeptOptions {
  readonly queryName?: string;
  readonly requeueResourceAfter?: string;
  readonly requeueSyncAfter?: string;
  readonly eventBasedReconcile?: boolean;
}

/** What holds where nothing is said. */
const defaults = {
  requeueSyncAfter: '1m',
  requeueResourcesAfter: '10m',
  queryName: 'ArtifactIDs',
  eventBasedReconcile: 'false',
} as const;
type Settings = { readonly [name in keyof typeof defaults]: string };
/** Upstream's CLI writes this key, and nobody reads it. */
const mistyped = 'requeueResourceAfter';

/** What is not given stays as it is. */
export function applyConfig(options: ConfigOptions, terminal: Terminal): Promise<ExitStatus> {
  return withHome(options, terminal, async (home): Promise<ExitStatus> => {
    const type = configMapType(home);
    const [found] = await findConfigs(home, type, options);
    const namespace = options.namespace ?? home.namespace;
    const usual = { group: '', version: 'v1', kind: 'ConfigMap', namespace, name: settingsName };
    const reference: ObjectReference = found ? referenceOf(found) : usual;
    let settings: Settings = defaults;
    const kept = await keep(home, type, reference, (live) => {
      const { [mistyped]: _, ...others } = (live?.['data'] ?? {}) as Record<string, string>;
      settings = { ...defaults, ...(live && settingsOf(live)), ...givenIn(options) };
      const metadata = labelled(reference, { [settingsLabel.name]: settingsLabel.value }, live);
      return { apiVersion: 'v1', kind: 'ConfigMap', ...live, metadata, data: { ...others, ...settings } };
    });
    noteUncounted(home, reference.namespace, terminal);
    printText([`${kept} ${describe(reference)}: ${sentence(settings)}.`], terminal);
    return 0;
  });
}

export function deleteConfig(options: ConsentedOptions, terminal: Terminal): Promise<ExitStatus> {
  return withHome(options, terminal, async (home): Promise<ExitStatus> => {
    const type = configMapType(home);
    const found = await mustFind(home, type, options);
    const name = describe(referenceOf(found));
    terminal.stderr.write(`Without ${name} the defaults hold: ${sentence(defaults)}.\n`);
    await mustConfirm(`Delete ${name}?`, options, terminal);
    await removeKept(home.cluster, type, found);
    printText([`Deleted ${name}.`], terminal);
    return 0;
  });
}

export function getConfig(options: ListOptions, terminal: Terminal): Promise<ExitStatus> {
  return withHome(options, terminal, async (home): Promise<ExitStatus> => {
    const found = await mustFind(home, configMapType(home), options);
    if (options.output !== 'text') printObject(found, options, terminal);
    else printFacts(describe(referenceOf(found)), { ...withDefaults(found) }, options, terminal);
    return 0;
  });
}

export function listConfigs(options: ListOptions, terminal: Terminal): Promise<ExitStatus> {
  return withHome(options, terminal, async (home): Promise<ExitStatus> => {
    const found = await findConfigs(home, configMapType(home), options);
    const rows = found.map((object) => ({
      object,
      cells: [secretName(object), ...Object.values(withDefaults(object))],
    }));
    printRows(['CONFIGMAP', 'SYNC AFTER', 'RESOURCES AFTER', 'QUERY', 'EVENTS'], rows, options, terminal);
    return 0;
  });
}

function givenIn(options: ConfigOptions): Partial<Settings> {
  const { requeueSyncAfter, requeueResourceAfter, queryName, eventBasedReconcile } = options;
  return {
    ...(requeueSyncAfter !== undefined && { requeueSyncAfter }),
    ...(requeueResourceAfter !== undefined && { requeueResourcesAfter: requeueResourceAfter }),
    ...(queryName !== undefined && { queryName }),
    ...(eventBasedReconcile !== undefined && { eventBasedReconcile: String(eventBasedReconcile) }),
  };
}

function settingsOf(configMap: Manifest): Partial<Settings> {
  const data = (configMap['data'] ?? {}) as Record<string, string>;
  const meant: Record<string, string | undefined> = { requeueResourcesAfter: data[mistyped], ...data };
  const known = Object.keys(defaults).filter((name) => meant[name] !== undefined);
  return Object.fromEntries(known.map((name) => [name, meant[name]]));
}

/** In the order of the columns; what only the mistyped key says does not hold. */
function withDefaults(configMap: Manifest): Settings {
  const { [mistyped]: _, ...data } = (configMap['data'] ?? {}) as Record<string, string>;
  return { ...defaults, ...settingsOf({ ...configMap, data }) };
}

function sentence(settings: Settings): string {
  const { requeueSyncAfter, requeueResourcesAfter, queryName, eventBasedReconcile } = settings;
  const events =
    eventBasedReconcile === 'true' ? 'and at every change in a cluster' : 'and not at changes in a cluster';
  return `syncs every ${requeueSyncAfter} by the query ${queryName}, resources every ${requeueResourcesAfter}, ${events}`;
}

async function mustFind(home: Home, type: ResourceType, options: KeptOptions): Promise<Manifest> {
  const [found, ...others] = await findConfigs(home, type, options);
  const label = `${settingsLabel.name}=${settingsLabel.value}`;
  if (!found)
    throw new VidraError(
      'NOT_FOUND',
      `no ConfigMap in ${placesText(home, options)} is labelled ${label}, so the defaults hold: ${sentence(defaults)}`,
    );
  if (others.length === 0) return found;
  const names = [found, ...others].map(secretName).join(', ');
  throw new VidraError('USAGE', `there are several, ${names}: choose one by --namespace`);
}

function findConfigs(home: Home, type: ResourceType, options: KeptOptions): Promise<readonly Manifest[]> {
  return findKept(home, type, `${settingsLabel.name}=${settingsLabel.value}`, options);
}

function configMapType({ cluster }: Home): ResourceType {
  return typeIn(cluster, { group: '', version: 'v1', kind: 'ConfigMap' });
}
