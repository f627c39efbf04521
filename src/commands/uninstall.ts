/** `vidra uninstall`: takes Vidra's kinds out of a cluster, and leaves every object that is kept by them where it is. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, ResourceType } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import { connectInventory } from '../inventory/connect.ts';
import { keepInSecrets } from '../inventory/keep-in-secrets.ts';
import { type JsonObject, type Manifest, referenceOf } from '../manifest/manifest.ts';
import { flagFor } from '../view/guard-text.ts';
import { countOf } from '../view/quantity.ts';
import { ask, mustConfirm } from './ask.ts';
import type { ConsentOptions } from './consent-flags.ts';
import { type DefinitionKind, definitionsThere, definitionType } from './definitions-there.ts';
import type { ClusterOptions } from './flags.ts';
import { type Home, typeIn, withHome } from './home.ts';
import { definitionKind, type InstalledKind, installedKinds } from './installed-kinds.ts';
import { removeKept } from './keep.ts';
import { printText } from './print.ts';
import { type ExitStatus, isInteractive, type Terminal } from './terminal.ts';

export interface UninstallOptions extends ClusterOptions, Pick<ConsentOptions, 'confirm'> {
  readonly yes?: boolean;
}

const manager = 'vidra';
/** The garbage collector looks for new kinds every half a minute, and knows no orphans of kinds that it has not seen. */
const goneMs = 120_000;
const pollMs = 100;

/** Throws GUARDED when there are definitions or records that nobody has named, and while an operator runs. */
export function uninstall(options: UninstallOptions, terminal: Terminal): Promise<ExitStatus> {
  return withHome(options, terminal, async (home): Promise<ExitStatus> => {
    const { cluster } = home;
    const installed = (await installedKinds(cluster)).filter(({ live }) => live);
    if (installed.length === 0) {
      printText(['Nothing is installed.'], terminal);
      return 0;
    }
    await mustBeIdle(home);
    const guards = await guardsOf(installed, home);
    await passGuards(guards, options, terminal);
    if (guards.length === 0) await mustConfirm(`Uninstall from ${cluster.server}?`, options, terminal);
    // From here on nothing is known only by what is about to go.
    const records = await keepInSecrets(cluster, home.namespace);
    // An InfrahubSync first: its VidraResources would go with it.
    for (const kind of ['InfrahubSync', 'VidraResource'] as const) await removeAll(cluster, kind);
    for (const { live, name } of installed) {
      await removeKept(cluster, typeIn(cluster, definitionKind), live as Manifest);
      await awaitGone(cluster, typeIn(cluster, definitionKind), live as Manifest);
      printText([`${name} deleted`], terminal);
    }
    if (records > 0) printText([`${countOf(records, 'record')} moved to Secrets in ${home.namespace}`], terminal);
    return 0;
  });
}

interface Guard {
  readonly subject: string;
  readonly message: string;
}

async function guardsOf(installed: readonly InstalledKind[], { cluster, namespace }: Home): Promise<Guard[]> {
  const records = await (await connectInventory(cluster, namespace)).list();
  const objects = records.reduce((sum, { entries }) => sum + entries.size, 0);
  const guards = await Promise.all(
    installed.map(async ({ name, wanted }) => {
      const kind = ((wanted['spec'] as JsonObject)['names'] as { kind: DefinitionKind }).kind;
      const count = (await definitionsThere(cluster, kind)).length;
      const kept = kind === 'VidraResource' ? `, with ${countOf(objects, 'object')} on record: those stay` : '';
      const message = `${name} has ${countOf(count, kind)}${kept}`;
      return count > 0 ? [{ subject: name, message }] : [];
    }),
  );
  return guards.flat();
}

async function passGuards(guards: readonly Guard[], options: UninstallOptions, terminal: Terminal): Promise<void> {
  const left = guards.filter(({ subject }) => !options.confirm?.includes(subject));
  if (left.length === 0) return;
  if (options.yes || !isInteractive(terminal)) {
    const lines = left.map((guard) => `${guard.message}\n    ${flagFor({ type: 'definition', ...guard })}`);
    const backup = 'save the definitions before, with: kubectl get infrahubsyncs,vidraresources -o yaml';
    throw new VidraError('GUARDED', [...lines, backup, 'nobody has allowed that, so nothing was changed'].join('\n'));
  }
  for (const { subject, message } of left) {
    terminal.stderr.write(`${message}.\n`);
    const answer = await ask(`Type "${subject}" to go on: `, terminal);
    if (answer.trim() !== subject)
      throw new VidraError('GUARDED', `the answer was not "${subject}"; nothing was changed`);
  }
}

/** An operator would take the end of its definitions for the wish to delete what they keep. */
async function mustBeIdle({ cluster, namespace }: Home): Promise<void> {
  const leases = cluster.typeOf({ group: 'coordination.k8s.io', version: 'v1', kind: 'Lease' });
  const found = leases ? await cluster.list(leases, { namespace }) : [];
  const held = found.find(({ spec }) => {
    const { holderIdentity, renewTime, leaseDurationSeconds } = (spec ?? {}) as Readonly<Record<string, unknown>>;
    const until = Date.parse(String(renewTime)) + Number(leaseDurationSeconds) * 1000;
    return Boolean(holderIdentity) && until > Date.now();
  });
  if (!held) return;
  const message = `is held by ${(held['spec'] as JsonObject)['holderIdentity']}: an operator runs, and would delete what it keeps; stop it first`;
  throw new VidraError('GUARDED', message, { subject: `Lease ${namespace}/${held.metadata.name}` });
}

async function removeAll(cluster: Cluster, kind: DefinitionKind): Promise<void> {
  for (const object of await definitionsThere(cluster, kind))
    await removeOne(cluster, definitionType(cluster, kind), object);
}

/**
 * Without Vidra's finalizers nobody is asked to clean up; as an orphan, what it owns stays. Throws PLAN_STALE when somebody else
 * writes it: then an operator runs.
 */
async function removeOne(cluster: Cluster, type: ResourceType, object: Manifest): Promise<void> {
  const {
    uid,
    resourceVersion,
    finalizers = [],
  } = object.metadata as unknown as {
    uid: string;
    resourceVersion: string;
    finalizers?: readonly string[];
  };
  const reference = referenceOf(object);
  const others = finalizers.filter((finalizer) => !finalizer.includes('infrahub.operators.com/'));
  const operation = { op: 'add' as const, path: '/metadata/finalizers', value: others };
  const freed =
    others.length === finalizers.length
      ? { resourceVersion }
      : await cluster.patch(type, reference, [operation], { uid, resourceVersion, manager });
  const answer =
    freed &&
    (await cluster.remove(type, reference, { uid, resourceVersion: freed.resourceVersion, propagation: 'Orphan' }));
  const subject = `${type.kind} ${reference.name}`;
  if (!answer || answer.type === 'stale')
    throw new VidraError('PLAN_STALE', 'changed meanwhile: stop the operator first', { subject });
  await awaitGone(cluster, type, object);
}

/** Throws TIMEOUT with what it waits for. */
async function awaitGone(cluster: Cluster, type: ResourceType, { metadata, ...object }: Manifest): Promise<void> {
  const reference = referenceOf({ metadata, ...object } as Manifest);
  for (const end = Date.now() + goneMs; ; await sleep(pollMs)) {
    const live = await cluster.getMetadata(type, reference);
    if (!live || live.uid !== metadata['uid']) return;
    if (Date.now() < end) continue;
    const message = `is still there: waits for ${live.finalizers.join(', ') || 'its end'}`;
    throw new VidraError('TIMEOUT', message, { subject: `${type.kind} ${reference.name}` });
  }
}
