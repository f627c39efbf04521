/** Definitions of a cluster as people name them, and small changes of them. */
import { annotationPath, changeNewest } from '../cluster/change-newest.ts';
import type { Cluster, PatchOperation } from '../cluster/cluster.ts';
import { isRecord } from '../definition/record.ts';
import { VidraError } from '../errors.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { type DefinitionKind, definitionsThere, definitionType } from './definitions-there.ts';

const kinds: Readonly<Record<string, DefinitionKind>> = {
  infrahubsync: 'InfrahubSync',
  infrahubsyncs: 'InfrahubSync',
  isync: 'InfrahubSync',
  vidraresource: 'VidraResource',
  vidraresources: 'VidraResource',
  vres: 'VidraResource',
};

/** `infrahubsync/web`, `InfrahubSync web`, `isync/web`, or a bare name that only one has. Throws USAGE and NOT_FOUND. */
export async function namedDefinitions(
  cluster: Cluster,
  names: readonly string[],
  { all = false }: { readonly all?: boolean },
): Promise<Manifest[]> {
  if (all === names.length > 0) throw new VidraError('USAGE', 'name definitions, or give --all');
  definitionType(cluster, 'InfrahubSync');
  const there = (
    await Promise.all([definitionsThere(cluster, 'InfrahubSync'), definitionsThere(cluster, 'VidraResource')])
  ).flat();
  if (all) return there.filter((object) => !isRecord(object));
  return [...new Set(names.map((name) => named(name, there)))];
}

/** Changes exactly what was read, or what it has become meanwhile; false when it is so already. Throws INVENTORY_CONTESTED. */
export async function changeDefinition(
  cluster: Cluster,
  first: Manifest,
  operationsFor: (object: Manifest) => readonly PatchOperation[],
): Promise<boolean> {
  const type = definitionType(cluster, first.kind as DefinitionKind);
  const end = await changeNewest(cluster, type, first, {
    reference: { ...type, namespace: '', name: first.metadata.name },
    uid: first.metadata['uid'] as string,
    manager: 'vidra-cli',
    operationsFor,
  });
  const subject = titleOf(first);
  if (end === 'gone') throw new VidraError('NOT_FOUND', 'is gone', { subject });
  if (end === 'contested') throw new VidraError('INVENTORY_CONTESTED', 'changes all the time', { subject });
  return end === 'changed';
}

/** What sets an annotation; nothing where it is set. */
export function annotating({ metadata }: Manifest, name: string, value: string): PatchOperation[] {
  if (metadata.annotations?.[name] === value) return [];
  const first: PatchOperation[] = metadata.annotations ? [] : [{ op: 'add', path: '/metadata/annotations', value: {} }];
  return [...first, { op: 'add', path: annotationPath(name), value }];
}

/** `InfrahubSync web`. */
export function titleOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.name}`;
}

/** As it is named on the command line: `infrahubsync/web`. */
export function argumentOf({ kind, metadata }: Manifest): string {
  return `${kind.toLowerCase()}/${metadata.name}`;
}

function named(text: string, there: readonly Manifest[]): Manifest {
  const [word, rest] = text.split(/[/ ](.*)/s);
  const kind = rest === undefined ? undefined : kinds[(word ?? '').toLowerCase()];
  if (rest !== undefined && !kind)
    throw new VidraError('USAGE', `name it as infrahubsync/web or vidraresource/web, not ${text}`);
  const fitting = there.filter(
    (one) => one.metadata.name === (rest ?? text) && (kind === undefined || one.kind === kind),
  );
  // A record is named like its sync, where a sync has one artifact without an id.
  const [found, ...others] = fitting.some((one) => !isRecord(one)) ? fitting.filter((one) => !isRecord(one)) : fitting;
  if (!found) throw new VidraError('NOT_FOUND', `there is no definition ${text}`);
  if (others.length > 0)
    throw new VidraError('USAGE', `there are ${[found, ...others].map(titleOf).join(' and ')}: name the kind`);
  if (!isRecord(found)) return found;
  throw new VidraError('USAGE', 'is a record of what a definition has applied: name that definition', {
    subject: titleOf(found),
  });
}
