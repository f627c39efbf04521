/** `vidra install`: the kinds InfrahubSync and VidraResource, as this version knows them. */
import type { Cluster } from '../cluster/cluster.ts';
import { awaitEstablished } from '../engine/established.ts';
import { VidraError } from '../errors.ts';
import { canonicalJson } from '../manifest/json.ts';
import { lostFields } from '../manifest/lost-fields.ts';
import type { JsonObject } from '../manifest/manifest.ts';
import { type DefinitionKind, definitionType } from './definitions-there.ts';
import type { ClusterOptions } from './flags.ts';
import { typeIn, withHome } from './home.ts';
import { definitionKind, type InstalledKind, installedKinds } from './installed-kinds.ts';
import { printText } from './print.ts';
import type { ExitStatus, Terminal } from './terminal.ts';

export interface InstallOptions extends ClusterOptions {
  readonly dryRun?: boolean;
  readonly allowDowngrade?: boolean;
}

const manager = 'vidra';

/** Returns when the kinds are served. Throws GUARDED when fields of theirs would be forgotten. */
export function install(options: InstallOptions, terminal: Terminal): Promise<ExitStatus> {
  return withHome(options, terminal, async ({ cluster }): Promise<ExitStatus> => {
    const kinds = await installedKinds(cluster);
    if (!options.allowDowngrade) mustKeepFields(kinds);
    for (const kind of kinds) {
      terminal.signal.throwIfAborted();
      const answer = await compare(cluster, kind);
      if (answer !== 'unchanged' && !options.dryRun) {
        await write(cluster, kind, false);
        await awaitEstablished(cluster, kind.reference, terminal.signal);
        await awaitStorage(cluster, kind);
      }
      printText([`${kind.name} ${options.dryRun ? `would be ${answer}` : answer}`], terminal);
    }
    return 0;
  });
}

/** What writing it would do, as the API server sees it. */
async function compare(cluster: Cluster, kind: InstalledKind): Promise<'created' | 'updated' | 'unchanged'> {
  const tried = await write(cluster, kind, true);
  if (!kind.live) return 'created';
  const specOf = (object: JsonObject) => canonicalJson((object['spec'] ?? {}) as JsonObject);
  return specOf(tried) === specOf(kind.live) ? 'unchanged' : 'updated';
}

/** Throws PLAN_STALE when it is not as it was any more. */
async function write(cluster: Cluster, { wanted, live, name }: InstalledKind, dryRun: boolean): Promise<JsonObject> {
  const expect = live ? { uid: String(live.metadata['uid']) } : ('absent' as const);
  const type = typeIn(cluster, definitionKind);
  const answer = await cluster.apply(type, wanted, { manager, force: true, dryRun, expect });
  if (answer.type === 'applied') return answer.object;
  throw new VidraError('PLAN_STALE', 'changed meanwhile', { subject: name });
}

/** A kind that is established refuses for a moment to be read, while its storage begins; the client asks again. */
async function awaitStorage(cluster: Cluster, { wanted }: InstalledKind): Promise<void> {
  const { kind } = (wanted['spec'] as { names: { kind: DefinitionKind } }).names;
  await cluster.list(definitionType(cluster, kind), { limit: 1 });
}

function mustKeepFields(kinds: readonly InstalledKind[]): void {
  const lost = kinds.flatMap(({ wanted, live, name }) => {
    const fields = live ? lostFields(live, wanted) : [];
    return fields.length > 0 ? [`${name} has fields that this version does not know: ${fields.join(', ')}`] : [];
  });
  if (lost.length === 0) return;
  const message = [...lost, 'objects would lose them, so nothing was changed\n    to allow it: --allow-downgrade'];
  throw new VidraError('GUARDED', message.join('\n'));
}
