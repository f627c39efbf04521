/** The composition root: from flags, environment, profile and kubeconfig to what the engine works on. */

import type { Cluster, WriteFence } from '../cluster/cluster.ts';
import type { KubeconfigSelection } from '../cluster/kubeconfig.ts';
import { configFolder } from '../config/folder.ts';
import { readProfiles } from '../config/profile.ts';
import { mergeSettings, type Settings } from '../config/settings.ts';
import type { Definition } from '../definition/definition.ts';
import { loadDefinitions } from '../definition/parse.ts';
import type { Policy } from '../definition/policy.ts';
import { createDestinations, type Destinations } from '../destination/destinations.ts';
import type { Target } from '../engine/target.ts';
import { VidraError } from '../errors.ts';
import { connectHistory } from '../history/secrets.ts';
import { connectInventory } from '../inventory/connect.ts';
import type { Consent } from '../plan/guards.ts';
import { readFiles } from '../source/files.ts';
import { printable } from '../view/printable.ts';
import { readClusterDefinitions } from './cluster-definitions.ts';
import { bySettingsOf } from './cluster-settings.ts';
import type { ClusterOptions } from './flags.ts';
import { createSources } from './sources.ts';
import type { Terminal } from './terminal.ts';

export interface TargetRules {
  readonly prune: boolean;
  readonly validate: boolean;
  readonly overrides: Partial<Policy>;
  readonly consent?: Consent;
  /** Without files, the definitions are those of the cluster. */
  readonly ofCluster?: boolean;
  /** Connections are for long, so credentials will be renewed while they are used. */
  readonly stays?: boolean;
}

type Options = ClusterOptions & {
  readonly filename?: readonly string[];
  readonly set?: string;
  readonly namespace?: string;
};

/** Where a target comes from. */
export interface Connected {
  readonly destinations: Destinations;
  /** Of the home cluster. */
  readonly kubeconfig: KubeconfigSelection;
  /** Vidra's own namespace. */
  readonly namespace: string;
  /** Where Secrets and ConfigMaps count that are found by a label. */
  readonly secretNamespaces: readonly string[];
  /** The target whose home cluster and records may be written to while a fence is held. */
  readonly fenced: (fence: WriteFence) => Promise<Target>;
}

/** Calls `use` with a target, and ends all its connections afterwards, whatever happened. */
export async function withTarget<T>(
  options: Options,
  rules: TargetRules,
  terminal: Terminal,
  use: (target: Target, connected: Connected) => Promise<T>,
): Promise<T> {
  const settings = await settingsOf(options, terminal);
  const { recordNamespace: namespace, secretNamespaces } = settings;
  const kubeconfig = { file: settings.kubeconfig, context: settings.context, environment: terminal.environment };
  const warn = sayingOnce((text) => terminal.stderr.write(`${printable(text)}\n`));
  const destinations = createDestinations({
    kubeconfig,
    secretNamespaces,
    signal: terminal.signal,
    warn,
    rotation: rules.stays === true,
  });
  const note = (text: string) => void (options.verbose && terminal.stderr.write(`${text}\n`));
  try {
    // The cluster answers while the definitions are read. If those are wrong, nobody waits for it.
    const connecting = destinations.of({});
    connecting.catch(() => undefined);
    const given = options.filename && (await readDefinitions(options.filename, terminal));
    const home = await connecting;
    const ofCluster = given === undefined && rules.ofCluster === true;
    const definitions = given ?? (ofCluster ? await readClusterDefinitions(home) : []);
    const sources = createSources({ settings, home, note, warn, rotation: rules.stays === true });
    try {
      const target: Target = {
        set: settings.set,
        definitions,
        sourceOf: ofCluster ? bySettingsOf(home, secretNamespaces, sources.of, warn) : sources.of,
        clusterOf: (server) => destinations.of({ server }),
        namespace: settings.namespace,
        ...(await recordsOn(home, namespace)),
        overrides: rules.overrides,
        consent: rules.consent ?? { confirmed: [] },
        validate: rules.validate,
        prune: rules.prune,
      };
      const fenced = async (fence: WriteFence) => ({
        ...target,
        ...(await recordsOn(home.fenced(fence), namespace)),
      });
      return await use(target, { destinations, kubeconfig, namespace, secretNamespaces, fenced });
    } finally {
      await sources.close();
    }
  } finally {
    await destinations.close();
  }
}

function sayingOnce(say: (text: string) => void): (text: string) => void {
  const said = new Set<string>();
  return (text) => {
    if (!said.has(text)) say(text);
    said.add(text);
  };
}

async function recordsOn(home: Cluster, namespace: string): Promise<Pick<Target, 'home' | 'inventory' | 'history'>> {
  const [inventory, history] = await Promise.all([connectInventory(home, namespace), connectHistory(home, namespace)]);
  return { home, inventory, history };
}

async function settingsOf(options: Options, { environment }: Terminal): Promise<Settings> {
  return mergeSettings(options, environment, await readProfiles(configFolder(environment)));
}

/** Throws DEFINITION_INVALID with all that is wrong, also with files that are not there or cannot be read. */
export async function readDefinitions(patterns: readonly string[], terminal: Terminal): Promise<readonly Definition[]> {
  const { definitions, problems } = await loadDefinitions(await readDefinitionFiles(patterns, terminal));
  const [first] = problems;
  if (!first) return definitions;
  // An owner whose definition cannot be read has not left the set: nothing is done before all can be read.
  throw new VidraError(first.code, problems.map((problem) => problem.message).join('\n'), { cause: problems });
}

// Whoever names the wrong file has made a mistake; a source that has nothing to give has not.
async function readDefinitionFiles(patterns: readonly string[], { cwd, stdin, signal }: Terminal) {
  try {
    return await readFiles(patterns, { cwd, stdin }, signal);
  } catch (error) {
    if (!(error instanceof VidraError) || !error.code.startsWith('SOURCE_')) throw error;
    throw new VidraError('DEFINITION_INVALID', error.message, { cause: error });
  }
}
