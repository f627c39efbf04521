/** Names for completions from the surroundings: kubeconfig, profiles, and the cluster, which must answer at once. */
import { connectCluster } from '../cluster/connect.ts';
import { contextNames } from '../cluster/kubeconfig.ts';
import { configFolder } from '../config/folder.ts';
import { readProfiles } from '../config/profile.ts';
import { mergeSettings } from '../config/settings.ts';
import { isRecord } from '../definition/record.ts';
import { VidraError } from '../errors.ts';
import { connectHistory } from '../history/secrets.ts';
import { connectInventory } from '../inventory/connect.ts';
import type { Completion, Source } from './completion-words.ts';
import { definitionsThere } from './definitions-there.ts';
import type { Terminal } from './terminal.ts';

/** Who presses Tab does not wait longer. */
const limitMs = 3_000;

/** Nothing where they cannot be had: a completion has nobody to complain to. */
export async function namesOf(completion: Completion, terminal: Terminal): Promise<readonly string[]> {
  const { source, given } = completion;
  const { environment } = terminal;
  if (source === 'nothing' || source === 'files') return [];
  try {
    const profiles = await readProfiles(configFolder(environment));
    if (source === 'profiles') return Object.keys(profiles.byName).sort();
    const { kubeconfig: file, context, recordNamespace } = mergeSettings(given, environment, profiles);
    if (source === 'contexts') return await contextNames({ file, environment });
    const signal = AbortSignal.any([terminal.signal, AbortSignal.timeout(limitMs)]);
    const cluster = await connectCluster({ file, context, environment, signal });
    try {
      return await inCluster(source, completion, cluster, recordNamespace);
    } finally {
      await cluster.close();
    }
  } catch (error) {
    if (error instanceof VidraError) return [];
    throw error;
  }
}

async function inCluster(
  source: Exclude<Source, 'nothing' | 'files' | 'profiles' | 'contexts'>,
  { arguments: [owner] }: Completion,
  cluster: Awaited<ReturnType<typeof connectCluster>>,
  recordNamespace: string,
): Promise<string[]> {
  if (source === 'namespaces') {
    const type = cluster.typeOf({ group: '', version: 'v1', kind: 'Namespace' });
    const found = type ? await cluster.listMetadata(type, {}) : [];
    return found.map(({ reference }) => reference.name).sort();
  }
  if (source === 'definitions') {
    const there = [
      ...(await definitionsThere(cluster, 'InfrahubSync')),
      ...(await definitionsThere(cluster, 'VidraResource')),
    ];
    return there.filter((one) => !isRecord(one)).map(({ kind, metadata }) => `${kind.toLowerCase()}/${metadata.name}`);
  }
  if (source === 'revisions') {
    if (owner === undefined) return [];
    const revisions = await (await connectHistory(cluster, recordNamespace)).list(owner);
    return revisions.map(({ number }) => String(number)).reverse();
  }
  const records = await (await connectInventory(cluster, recordNamespace)).list();
  const own = records.filter(({ elsewhere }) => elsewhere === undefined).map(({ header }) => header);
  return [...new Set(own.map((header) => (source === 'sets' ? header.set : header.name)))].sort();
}
