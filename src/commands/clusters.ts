/** `vidra cluster`: clusters that definitions may name as their destination, as kubeconfigs in Secrets that Vidra finds by their label. */
import type { ResourceType } from '../cluster/cluster.ts';
import { type ForeignKubeconfig, readForeignKubeconfig } from '../cluster/foreign-kubeconfig.ts';
import { contextNames } from '../cluster/kubeconfig.ts';
import { secretKind, secretName } from '../cluster/labelled-secrets.ts';
import { type PortableKubeconfig, portableKubeconfig } from '../cluster/portable-kubeconfig.ts';
import { isLabelValue } from '../config/namespace-name.ts';
import { kubeconfigName } from '../config/operator-names.ts';
import { hostLabel } from '../destination/kubeconfig-secrets.ts';
import { VidraError } from '../errors.ts';
import { destinationServer } from '../inventory/inventory.ts';
import { describe, type JsonObject, type Manifest, type ObjectReference, referenceOf } from '../manifest/manifest.ts';
import { documentText } from '../view/document.ts';
import { printableLine } from '../view/printable.ts';
import { ask, mustConfirm } from './ask.ts';
import { definitionsThere, namesOf, partOf } from './definitions-there.ts';
import type { ConsentedOptions, GetOptions, KeptOptions, ListOptions } from './group-flags.ts';
import { type Home, typeIn, withHome } from './home.ts';
import { findKept, keep, labelled, noteUncounted, placesText, removeKept } from './keep.ts';
import { printFacts, printObject, printRows, printText } from './print.ts';
import { type ExitStatus, isInteractive, type Terminal } from './terminal.ts';

/** `context` is the one that is kept; `--context` says in which cluster. */
export async function applyCluster(
  context: string | undefined,
  options: KeptOptions,
  terminal: Terminal,
): Promise<ExitStatus> {
  const { environment } = terminal;
  const selection = { file: options.kubeconfig, environment };
  const name = context ?? (await chooseContext(await contextNames(selection), terminal));
  const kubeconfig = await portableKubeconfig({ ...selection, context: name });
  const host = hostOf(kubeconfig.server);
  if (/^(localhost|127\..*)$/.test(host))
    terminal.stderr.write(`note: ${host} is this machine; in a Pod it is the Pod itself\n`);
  return withHome(options, terminal, async (home): Promise<ExitStatus> => {
    const type = typeIn(home.cluster, secretKind);
    const reference = await placeOf(kubeconfig, home, type, options);
    const content = documentText(kubeconfig.document, 'yaml');
    const kept = await keep(home, type, reference, (live) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      ...live,
      metadata: labelled(reference, { [hostLabel]: host }, live),
      data: { ...(live?.['data'] as JsonObject | undefined), kubeconfig: Buffer.from(content).toString('base64') },
      ...(!live && { type: 'Opaque' }),
    }));
    const { server, login } = kubeconfig;
    noteUncounted(home, reference.namespace, terminal);
    printText([`${kept} ${describe(reference)} for ${server}, which is entered with ${login}.`], terminal);
    return 0;
  });
}

export function deleteCluster(name: string, options: ConsentedOptions, terminal: Terminal): Promise<ExitStatus> {
  return withHome(options, terminal, async (home): Promise<ExitStatus> => {
    const type = typeIn(home.cluster, secretKind);
    const { secret, servers } = await mustFind(name, home, type, options);
    const [syncs, resources] = await Promise.all([
      definitionsThere(home.cluster, 'InfrahubSync'),
      definitionsThere(home.cluster, 'VidraResource'),
    ]);
    const title = describe(referenceOf(secret));
    terminal.stderr.write(`${title} leads to ${[...servers.values()].join(', ') || 'no server'}.\n`);
    const destinations = new Set([...servers.values()].map(destinationServer));
    const users = [...syncs, ...resources].filter((one) => {
      const server = destinationServer(String(partOf(one, 'destination')['server'] ?? ''));
      return server !== '' && destinations.has(server);
    });
    if (users.length > 0)
      terminal.stderr.write(
        `${namesOf(users)} keep objects there: without it they stay, and are not reached any more.\n`,
      );
    await mustConfirm(`Delete ${title}?`, options, terminal);
    await removeKept(home.cluster, type, secret);
    printText([`Deleted ${title}.`], terminal);
    return 0;
  });
}

export function getCluster(name: string, options: GetOptions, terminal: Terminal): Promise<ExitStatus> {
  return withHome(options, terminal, async (home): Promise<ExitStatus> => {
    const { secret, current, servers, text } = await mustFind(name, home, typeIn(home.cluster, secretKind), options);
    if (options.output !== 'text') printObject(secret, options, terminal);
    else {
      const all = Object.fromEntries([...servers].map(([context, server]) => [`context ${context}`, server]));
      const facts = { ...all, 'current context': current || undefined };
      printFacts(describe(referenceOf(secret)), facts, options, terminal);
      printText(options.showSecrets ? ['', text.trimEnd()] : [], terminal);
    }
    return 0;
  });
}

export function listClusters(options: ListOptions, terminal: Terminal): Promise<ExitStatus> {
  return withHome(options, terminal, async (home): Promise<ExitStatus> => {
    const found = await findClusters(home, typeIn(home.cluster, secretKind), options);
    const rows = found.map(({ secret, current, servers }) => ({
      object: secret,
      cells: [servers.get(current) ?? [...servers.values()].join(' '), current, secretName(secret)],
    }));
    printRows(['SERVER', 'CONTEXT', 'SECRET'], rows, options, terminal);
    return 0;
  });
}

interface StoredCluster {
  readonly secret: Manifest;
  readonly text: string;
  readonly current: string;
  /** By the name of the context. */
  readonly servers: ReadonlyMap<string, string>;
}

async function findClusters(home: Home, type: ResourceType, options: KeptOptions): Promise<StoredCluster[]> {
  const secrets = await findKept(home, type, hostLabel, options);
  return secrets.map((secret) => {
    const data = (secret['data'] as JsonObject | undefined)?.['kubeconfig'];
    const text = typeof data === 'string' ? Buffer.from(data, 'base64').toString() : '';
    const { current, contexts } = readable(text);
    return { secret, text, current, servers: new Map(contexts.map(({ name, server }) => [name, server])) };
  });
}

/** One that nobody can read leads nowhere, and can still be deleted or renewed. */
function readable(text: string): Pick<ForeignKubeconfig, 'current' | 'contexts'> {
  try {
    return readForeignKubeconfig(text, '');
  } catch (error) {
    if (error instanceof VidraError) return { current: '', contexts: [] };
    throw error;
  }
}

/** By the name of a context, the URL or host of the server, or the name of the Secret. Throws NOT_FOUND and USAGE. */
async function mustFind(name: string, home: Home, type: ResourceType, options: KeptOptions): Promise<StoredCluster> {
  const all = await findClusters(home, type, options);
  const fits = ({ secret, servers }: StoredCluster) =>
    [secret.metadata.name, secretName(secret), secret.metadata.labels?.[hostLabel], ...servers.keys()].includes(name) ||
    secret.metadata.name === kubeconfigName(name) ||
    [...servers.values()].some((server) => destinationServer(server) === destinationServer(name));
  const [found, ...others] = all.filter(fits);
  if (!found)
    throw new VidraError('NOT_FOUND', `no Secret in ${placesText(home, options)} labelled ${hostLabel} is for ${name}`);
  if (others.length === 0) return found;
  const names = [found, ...others].map(({ secret }) => secretName(secret)).join(', ');
  throw new VidraError('USAGE', `several fit ${name}: name one of ${names}`);
}

/** The Secret that leads to the server already, and to no other, or that has the usual name. */
async function placeOf(
  { context, server }: PortableKubeconfig,
  home: Home,
  type: ResourceType,
  options: KeptOptions,
): Promise<ObjectReference> {
  const all = await findClusters(home, type, options);
  const name = kubeconfigName(context);
  const wanted = destinationServer(server);
  const found =
    all.find(({ servers }) => servers.size === 1 && [...servers.values()].map(destinationServer).includes(wanted)) ??
    all.find(({ secret }) => secret.metadata.name === name);
  if (found) return referenceOf(found.secret);
  return { ...secretKind, namespace: options.namespace ?? home.namespace, name };
}

async function chooseContext(names: readonly string[], terminal: Terminal): Promise<string> {
  const listed = names.map(printableLine);
  if (names.length === 0) throw new VidraError('KUBECONFIG_INVALID', 'the kubeconfig has no contexts');
  if (!isInteractive(terminal)) throw new VidraError('USAGE', `name a context: ${listed.join(', ')}`);
  terminal.stderr.write(listed.map((name, index) => `${String(index + 1).padStart(3)}  ${name}\n`).join(''));
  const answer = (await ask('Which context? ', terminal)).trim();
  const name = names.includes(answer) ? answer : names[Number(answer) - 1];
  if (name !== undefined) return name;
  throw new VidraError('USAGE', `the answer was none of ${listed.join(', ')}; nothing was changed`);
}

function hostOf(server: string): string {
  const host = URL.canParse(server) ? new URL(server).hostname : '';
  if (isLabelValue(host)) return host;
  const message = `the host of ${server} cannot be the value of a label, by which the Secret is found; use a name`;
  throw new VidraError('KUBECONFIG_INVALID', message);
}
