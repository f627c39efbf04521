/** Infrahub credentials from the home cluster's Secrets: of those that definitions name, or that carry upstream Vidra's label. */
import type { Cluster } from '../cluster/cluster.ts';
import { labelledSecrets, secretKind, secretName, strangersText } from '../cluster/labelled-secrets.ts';
import { VidraError } from '../errors.ts';
import type { JsonObject, JsonValue, Manifest } from '../manifest/manifest.ts';
import type { InfrahubCredentials } from '../source/infrahub-session.ts';
import { type InfrahubAccess, isSameServer } from './infrahub-access.ts';
import { credentialsLabel } from './operator-names.ts';

export interface SecretAccess {
  readonly access?: InfrahubAccess;
  /** For people: why no Secret is used. */
  readonly note?: string;
  /** Of Secrets that do not count where they are, and perhaps should. */
  readonly strangers?: string;
}

/**
 * The credentials for `url`: of the Secret whose `infrahubapiurl` is this server, else of one that names no URL. Only those in
 * `namespaces` count. Throws CLUSTER_* but for a refusal.
 */
export async function accessFromSecret(
  url: string,
  home: Cluster,
  namespaces: readonly string[],
): Promise<SecretAccess> {
  const { hostname } = new URL(url);
  const { secrets, missing } = await labelledSecrets(home, credentialsLabel, hostname, namespaces);
  const logins = secrets.map((secret) => ({ name: secretName(secret), ...readLogin(secret) }));
  const login = fittingLogin(url, logins.filter(credentialsOf));
  const access = login && accessOf(login);
  if (access) return { access };
  const strangers = await strangersText(home, credentialsLabel, hostname, namespaces);
  const unfit = `no Secret labelled ${credentialsLabel}=${hostname} holds credentials for this URL`;
  return { note: secrets.length === 0 ? missing : unfit, ...(strangers && { strangers }) };
}

/** Of the Secret that a definition names, for `url`. Throws SOURCE_UNAUTHORIZED when it does not give them, and CLUSTER_*. */
export async function accessFromNamed(
  url: string,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  home: Cluster,
): Promise<InfrahubAccess> {
  const subject = `source.credentialsSecretRef ${namespace}/${name}`;
  const refuse = (message: string) => new VidraError('SOURCE_UNAUTHORIZED', message, { subject });
  const type = home.typeOf(secretKind);
  const reading = type && home.get(type, { ...secretKind, namespace, name });
  const secret = await reading?.catch((error: unknown) => {
    throw error instanceof VidraError ? new VidraError(error.code, error.message, { subject, cause: error }) : error;
  });
  if (!secret) throw refuse('there is no such Secret in the home cluster');
  const login = readLogin(secret);
  if (login.url !== undefined && !isSameServer(login.url, url))
    throw refuse(`is for ${login.url}, as its infrahubapiurl says, and not for ${url}`);
  const { hostname } = new URL(url);
  // Whoever may write definitions must not have the login of any Secret sent to a server of his own.
  if (login.url === undefined && labelOf(secret) !== hostname)
    throw refuse(
      `does not say that it is for ${hostname}: label it ${credentialsLabel}=${hostname}, or add infrahubapiurl`,
    );
  const access = accessOf({ name: secretName(secret), ...login });
  if (!access) throw refuse('has neither apiKey nor username and password');
  return access;
}

function labelOf({ metadata }: Manifest): JsonValue | undefined {
  return (metadata['labels'] as JsonObject | undefined)?.[credentialsLabel];
}

function accessOf({ name, ...login }: StoredLogin & { readonly name: string }): InfrahubAccess | undefined {
  const credentials = credentialsOf(login);
  return credentials && { credentials, origin: `the Secret ${name}` };
}

function credentialsOf({ apiKey, username, password }: StoredLogin): InfrahubCredentials | undefined {
  if (apiKey) return { kind: 'apiKey', apiKey };
  return username && password ? { kind: 'password', username, password } : undefined;
}

/** What a Secret holds of a login; nothing for what it does not hold. */
export interface StoredLogin {
  /** Missing: it is for any Infrahub on the host of its label. */
  readonly url?: string;
  /** It counts before user name and password. */
  readonly apiKey?: string;
  readonly username?: string;
  readonly password?: string;
}

export function readLogin(secret: Manifest): StoredLogin {
  const data = (secret['data'] ?? {}) as JsonObject;
  const read = (key: string) => {
    const value = data[key];
    // Secrets made with `echo` end with a line feed that nobody meant.
    return typeof value === 'string'
      ? Buffer.from(value, 'base64')
          .toString('utf8')
          .replace(/\r?\n$/, '')
      : '';
  };
  const [url, apiKey, username, password] = ['infrahubapiurl', 'apiKey', 'username', 'password'].map(read);
  return {
    // Upstream's CLI takes a host, too.
    ...(url?.includes('://') && { url }),
    ...(apiKey && { apiKey }),
    ...(username && { username }),
    ...(password && { password }),
  };
}

/** The Secret for a server: the one that names its URL, else one that names none. */
export function fittingLogin<T extends StoredLogin>(url: string, all: readonly T[]): T | undefined {
  return (
    all.find((one) => one.url !== undefined && isSameServer(one.url, url)) ?? all.find((one) => one.url === undefined)
  );
}
