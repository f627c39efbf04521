/** `vidra credentials`: logins to Infrahub, in Secrets that Vidra finds by their label. */
import type { ResourceType } from '../cluster/cluster.ts';
import { secretKind, secretName } from '../cluster/labelled-secrets.ts';
import { isSameServer } from '../config/infrahub-access.ts';
import { type InfrahubAddress, infrahubAddress } from '../config/infrahub-address.ts';
import { fittingLogin, readLogin, type StoredLogin } from '../config/infrahub-secret.ts';
import { credentialsLabel, credentialsName } from '../config/operator-names.ts';
import { VidraError } from '../errors.ts';
import { describe, type JsonObject, type Manifest, type ObjectReference, referenceOf } from '../manifest/manifest.ts';
import { ask, askSecret, givenSecret, mustConfirm } from './ask.ts';
import { definitionsThere, namesOf, partOf } from './definitions-there.ts';
import type { ConsentedOptions, GetOptions, KeptOptions, ListOptions } from './group-flags.ts';
import { type Home, typeIn, withHome } from './home.ts';
import { findKept, keep, labelled, noteUncounted, placesText, removeKept } from './keep.ts';
import { printFacts, printObject, printRows, printText } from './print.ts';
import { type ExitStatus, isInteractive, type Terminal } from './terminal.ts';

export interface CredentialsOptions extends KeptOptions {
  readonly username?: string;
  readonly password?: string;
}

export async function applyCredentials(
  text: string,
  options: CredentialsOptions,
  terminal: Terminal,
): Promise<ExitStatus> {
  const address = infrahubAddress(text);
  const { username, password } = await loginOf(options, terminal);
  return withHome(options, terminal, async (home): Promise<ExitStatus> => {
    const type = typeIn(home.cluster, secretKind);
    const stored = await findLogins(home, type, address.host, options);
    const reference = placeOf(fitting(address, stored), stored, address, options.namespace ?? home.namespace);
    const kept = await keep(home, type, reference, (live) => {
      // One that names no URL stays one for every Infrahub on its host.
      const url = live && readLogin(live).url === undefined ? undefined : address.url;
      const { apiKey: _, ...others } = (live?.['data'] ?? {}) as JsonObject;
      const data = { ...others, ...encoded({ username, password, ...(url && { infrahubapiurl: url }) }) };
      return {
        apiVersion: 'v1',
        kind: 'Secret',
        ...live,
        metadata: labelled(reference, { [credentialsLabel]: address.host }, live),
        data,
        ...(!live && { type: 'Opaque' }),
      };
    });
    noteUncounted(home, reference.namespace, terminal);
    printText([`${kept} ${describe(reference)} with the login of ${username} to ${text}.`], terminal);
    return 0;
  });
}

export function deleteCredentials(text: string, options: ConsentedOptions, terminal: Terminal): Promise<ExitStatus> {
  const address = infrahubAddress(text);
  return withHome(options, terminal, async (home): Promise<ExitStatus> => {
    const type = typeIn(home.cluster, secretKind);
    const { secret, url, username } = mustFit(
      address,
      await findLogins(home, type, address.host, options),
      placesText(home, options),
    );
    const name = describe(referenceOf(secret));
    const users = (await definitionsThere(home.cluster, 'InfrahubSync')).filter((sync) => reads(sync, url, address));
    terminal.stderr.write(`${name} holds the login of ${username ?? 'nobody'} to ${url ?? address.host}.\n`);
    if (users.length > 0) terminal.stderr.write(`Without it ${namesOf(users)} will not be let in.\n`);
    await mustConfirm(`Delete ${name}?`, options, terminal);
    await removeKept(home.cluster, type, secret);
    printText([`Deleted ${name}.`], terminal);
    return 0;
  });
}

export function getCredentials(text: string, options: GetOptions, terminal: Terminal): Promise<ExitStatus> {
  const address = infrahubAddress(text);
  return withHome(options, terminal, async (home): Promise<ExitStatus> => {
    const logins = await findLogins(home, typeIn(home.cluster, secretKind), address.host, options);
    const found = mustFit(address, logins, placesText(home, options));
    if (options.output !== 'text') printObject(found.secret, options, terminal);
    else {
      const shown = (value: string | undefined) => value && (options.showSecrets ? value : '***');
      const facts = {
        URL: found.url ?? `any on ${address.host}`,
        apiKey: shown(found.apiKey),
        username: found.username,
        password: shown(found.password),
      };
      printFacts(describe(referenceOf(found.secret)), facts, options, terminal);
    }
    return 0;
  });
}

export function listCredentials(options: ListOptions, terminal: Terminal): Promise<ExitStatus> {
  return withHome(options, terminal, async (home): Promise<ExitStatus> => {
    const found = await findLogins(home, typeIn(home.cluster, secretKind), undefined, options);
    const rows = found.map(({ secret, url, username }) => ({
      object: secret,
      cells: [url ?? `any on ${secret.metadata.labels?.[credentialsLabel]}`, username ?? '', secretName(secret)],
    }));
    printRows(['URL', 'USERNAME', 'SECRET'], rows, options, terminal);
    return 0;
  });
}

type Login = StoredLogin & { readonly secret: Manifest };

async function findLogins(
  home: Home,
  type: ResourceType,
  host: string | undefined,
  options: KeptOptions,
): Promise<Login[]> {
  const selector = host === undefined ? credentialsLabel : `${credentialsLabel}=${host}`;
  return (await findKept(home, type, selector, options)).map((secret) => ({ secret, ...readLogin(secret) }));
}

/** Where only a host was written, it is the only one there, or the one for all. */
function fitting({ url }: InfrahubAddress, all: readonly Login[]): Login | undefined {
  if (url !== undefined) return fittingLogin(url, all);
  return all.length === 1 ? all[0] : all.find((one) => one.url === undefined);
}

/** Throws NOT_FOUND or USAGE. */
function mustFit(address: InfrahubAddress, all: readonly Login[], where: string): Login {
  const found = fitting(address, all);
  if (found) return found;
  const urls = all.flatMap(({ url }) => url ?? []);
  if (urls.length > 1 && address.url === undefined)
    throw new VidraError('USAGE', `there are several on ${address.host}: write ${urls.join(' or ')}`);
  const message = `no Secret in ${where} labelled ${credentialsLabel}=${address.host} is for ${address.url ?? address.host}`;
  throw new VidraError('NOT_FOUND', urls.length > 0 ? `${message}, but for ${urls.join(', ')}` : message);
}

/** The usual name may be that of another Infrahub on the same host. */
function placeOf(
  found: Login | undefined,
  all: readonly Login[],
  { host, hostAndPort }: InfrahubAddress,
  namespace: string,
): ObjectReference {
  if (found) return referenceOf(found.secret);
  const secret = { ...secretKind, namespace };
  const usual = credentialsName(host);
  const isTaken = all.some(({ secret: { metadata } }) => metadata.name === usual && metadata.namespace === namespace);
  return { ...secret, name: isTaken ? credentialsName(hostAndPort) : usual };
}

function reads(sync: Manifest, url: string | undefined, { host }: InfrahubAddress): boolean {
  const address = String(partOf(sync, 'source')['infrahubAPIURL']);
  return url === undefined ? URL.canParse(address) && new URL(address).hostname === host : isSameServer(address, url);
}

async function loginOf(options: CredentialsOptions, terminal: Terminal) {
  const canAsk = isInteractive(terminal);
  const username = options.username ?? (canAsk ? (await ask('User name: ', terminal)).trim() : '');
  if (username === '') throw new VidraError('USAGE', 'give --username');
  if (options.password !== undefined)
    return { username, password: await givenSecret('--password', options.password, terminal) };
  const password = canAsk ? await askSecret('Password: ', terminal) : '';
  if (password === '') throw new VidraError('USAGE', 'give a password: pipe it in with --password -');
  return { username, password };
}

function encoded(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
}
