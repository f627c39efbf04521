/** `vidra infrahubsync`: InfrahubSyncs in the cluster, for its operator. */
import { isSameServer } from '../config/infrahub-access.ts';
import { infrahubUrl } from '../config/infrahub-address.ts';
import { syncName } from '../config/operator-names.ts';
import { definitionApiVersion } from '../definition/definition.ts';
import { parseDefinitions } from '../definition/parse.ts';
import { VidraError } from '../errors.ts';
import { connectInventory } from '../inventory/connect.ts';
import type { InventoryRecord } from '../inventory/inventory.ts';
import { conditionOf } from '../manifest/condition.ts';
import { describe, type JsonObject, type Manifest } from '../manifest/manifest.ts';
import { absoluteDate } from '../source/date.ts';
import { printableLine } from '../view/printable.ts';
import { countOf } from '../view/quantity.ts';
import { mustConfirm } from './ask.ts';
import { definitionsThere, definitionType, partOf } from './definitions-there.ts';
import type { ConsentedOptions, KeptOptions, ListOptions } from './group-flags.ts';
import { type Home, withHome } from './home.ts';
import { keep, removeKept } from './keep.ts';
import { printFacts, printObject, printRows, printText } from './print.ts';
import type { ExitStatus, Terminal } from './terminal.ts';

export interface SyncSelection extends KeptOptions {
  readonly name?: string;
  readonly artifact?: string;
  readonly branch?: string;
  readonly date?: string;
}

export interface SyncOptions extends SyncSelection {
  readonly server?: string;
  readonly destinationNamespace?: string;
  readonly reconcileOnEvents?: boolean;
}

const mostObjects = 20;

/** Makes the sync what the flags say; fields that no flag is for stay as they are. */
export function applySync(url: string, options: SyncOptions, terminal: Terminal): Promise<ExitStatus> {
  const infrahubAPIURL = infrahubUrl(url, 'the address');
  const { artifact, branch = 'main', date = '' } = options;
  if (artifact === undefined) throw new VidraError('USAGE', 'name the artifact with -a');
  const name = options.name ?? syncName({ url: infrahubAPIURL, date, branch, artifact });
  const source = { infrahubAPIURL, artefactName: artifact, targetBranch: branch, ...(date && { targetDate: date }) };
  const { server, destinationNamespace: namespace, reconcileOnEvents = false } = options;
  const destination = { ...(server && { server }), ...(namespace && { namespace }), reconcileOnEvents };
  if (date) absoluteDate(date, new Date());
  mustBeValid(name, { source, destination });
  return withHome(options, terminal, async (home): Promise<ExitStatus> => {
    const type = definitionType(home.cluster, 'InfrahubSync');
    const kept = await keep(home, type, { ...type, namespace: '', name }, (live) => {
      const spec = (live?.['spec'] ?? {}) as JsonObject;
      const parts = {
        source: { ...without(spec['source'], ['targetDate']), ...source },
        destination: { ...without(spec['destination'], ['server', 'namespace']), ...destination },
      };
      const fresh = { apiVersion: definitionApiVersion, kind: 'InfrahubSync', metadata: { name } };
      return { ...fresh, ...live, spec: { ...spec, ...parts } };
    });
    printText([`${kept} InfrahubSync ${name}: ${artifact} of ${infrahubAPIURL}, branch ${branch}.`], terminal);
    return 0;
  });
}

export function deleteSync(
  url: string,
  options: SyncSelection & ConsentedOptions,
  terminal: Terminal,
): Promise<ExitStatus> {
  return withHome(options, terminal, async (home): Promise<ExitStatus> => {
    const sync = await mustFind(url, options, home);
    const title = `InfrahubSync ${sync.metadata.name}`;
    const records = await recordsOf(sync.metadata.name, home);
    terminal.stderr.write(`${consequences(title, records).join('\n')}\n`);
    await mustConfirm(`Delete ${title}?`, options, terminal);
    const finalizers = await removeKept(home.cluster, definitionType(home.cluster, 'InfrahubSync'), sync);
    const waits = finalizers.length > 0 ? `Deleting ${title}: it waits for ${finalizers.join(', ')}.` : undefined;
    printText([waits ?? `Deleted ${title}.`], terminal);
    return 0;
  });
}

export function getSync(url: string, options: SyncSelection & ListOptions, terminal: Terminal): Promise<ExitStatus> {
  return withHome(options, terminal, async (home): Promise<ExitStatus> => {
    const sync = await mustFind(url, options, home);
    if (options.output !== 'text') printObject(sync, options, terminal);
    else {
      const { infrahubAPIURL, artefactName, targetBranch, targetDate } = partOf(sync, 'source') as Texts;
      const { server, namespace, reconcileOnEvents } = partOf(sync, 'destination') as Texts;
      const facts = {
        Infrahub: infrahubAPIURL,
        artifact: artefactName,
        branch: targetBranch,
        date: targetDate,
        server: server ?? 'this cluster',
        namespace: namespace ?? 'default',
        'on events': String(reconcileOnEvents ?? false),
        state: stateOf(sync),
        error: statusOf(sync)['lastError'] as string | undefined,
      };
      printFacts(`InfrahubSync ${sync.metadata.name}`, facts, options, terminal);
    }
    return 0;
  });
}

export function listSyncs(options: ListOptions, terminal: Terminal): Promise<ExitStatus> {
  return withHome(options, terminal, async ({ cluster }): Promise<ExitStatus> => {
    definitionType(cluster, 'InfrahubSync');
    const rows = (await definitionsThere(cluster, 'InfrahubSync')).map((object) => {
      const {
        infrahubAPIURL = '',
        artefactName = '',
        targetBranch = '',
        targetDate,
      } = partOf(object, 'source') as Texts;
      const { server = '', namespace = '' } = partOf(object, 'destination') as Texts;
      const branch = targetDate ? `${targetBranch} at ${targetDate}` : targetBranch;
      const cells = [object.metadata.name, infrahubAPIURL, artefactName, branch, server, namespace];
      return { object, cells: [...cells, stateOf(object) ?? ''] };
    });
    printRows(['NAME', 'INFRAHUB', 'ARTIFACT', 'BRANCH', 'SERVER', 'NAMESPACE', 'STATE'], rows, options, terminal);
    return 0;
  });
}

type Texts = Readonly<Record<string, string | undefined>>;

/** By its name, given as the argument or as a flag, or by what it reads. Throws NOT_FOUND and USAGE. */
async function mustFind(argument: string, options: SyncSelection, { cluster }: Home): Promise<Manifest> {
  definitionType(cluster, 'InfrahubSync');
  const all = await definitionsThere(cluster, 'InfrahubSync');
  const named = options.name ?? (argument.includes('://') ? undefined : argument);
  const fits = (sync: Manifest) =>
    named === undefined ? reads(sync, argument, options) : sync.metadata.name === named;
  const [found, ...others] = all.filter(fits);
  if (!found) throw new VidraError('NOT_FOUND', `there is no InfrahubSync ${named ?? `of ${argument} like that`}`);
  if (others.length === 0) return found;
  const names = [found, ...others].map(({ metadata }) => metadata.name).join(', ');
  throw new VidraError('USAGE', `several fit: name one of ${names}, or say more with -a, -b and -d`);
}

function reads(sync: Manifest, url: string, { artifact, branch, date }: SyncSelection): boolean {
  const { infrahubAPIURL = '', artefactName, targetBranch, targetDate } = partOf(sync, 'source') as Texts;
  const isWanted = (given: string | undefined, there: string | undefined) => given === undefined || given === there;
  return (
    isSameServer(url, infrahubAPIURL) &&
    isWanted(artifact, artefactName) &&
    isWanted(branch, targetBranch) &&
    isWanted(date, targetDate)
  );
}

/** Throws DEFINITION_INVALID, before any cluster is asked. */
function mustBeValid(name: string, spec: object): void {
  const definition = { apiVersion: definitionApiVersion, kind: 'InfrahubSync', metadata: { name }, spec };
  const file = { name: 'the command line', content: JSON.stringify(definition) };
  const [problem] = parseDefinitions([file]).problems;
  if (problem) throw problem;
}

async function recordsOf(sync: string, { cluster, namespace }: Home): Promise<InventoryRecord[]> {
  const records = await (await connectInventory(cluster, namespace)).list();
  return records.filter(({ header, elsewhere }) => header.sync === sync && elsewhere === undefined);
}

/** What its operator will do, object by object. */
function consequences(title: string, records: readonly InventoryRecord[]): string[] {
  const objects = (policy: 'Delete' | 'Orphan') =>
    records
      .filter(({ header }) => (header.deletionPolicy ?? 'Delete') === policy)
      .flatMap(({ header, entries }) =>
        [...entries.values()].map(({ reference }) => describe(reference) + (header.server && ` on ${header.server}`)),
      );
  const [gone, stay] = [objects('Delete'), objects('Orphan')];
  const more = gone.length - mostObjects;
  return [
    gone.length === 0
      ? `${title} has no recorded objects that would be deleted.`
      : `${title} has ${countOf(gone.length, 'object')}, of which its operator deletes what nobody else wants:`,
    ...gone.slice(0, mostObjects).map((name) => `  ${printableLine(name)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(stay.length > 0 ? [`${countOf(stay.length, 'object')} of it stay, as nobody's.`] : []),
  ];
}

function stateOf(sync: Manifest): string | undefined {
  const status = statusOf(sync);
  const ready = conditionOf(status, 'Ready');
  if (ready?.status === 'True') return 'Ready';
  return ready ? `${ready.reason ?? 'not ready'}` : (status['syncState'] as string | undefined);
}

function statusOf(sync: Manifest): JsonObject {
  return (sync['status'] ?? {}) as JsonObject;
}

function without(value: unknown, names: readonly string[]): object {
  return Object.fromEntries(Object.entries((value ?? {}) as object).filter(([name]) => !names.includes(name)));
}
