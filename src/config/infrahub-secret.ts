/** Infrahub credentials from the home cluster's Secrets, found by the label that upstream Vidra gives them. */
import type { Cluster } from '../cluster/cluster.ts';
import { labelledSecrets, secretName } from '../cluster/labelled-secrets.ts';
import type { JsonObject, Manifest } from '../manifest/manifest.ts';
import { type InfrahubAccess, isSameServer } from './infrahub-access.ts';
import { credentialsLabel } from './operator-names.ts';

export interface SecretAccess {
  readonly access?: InfrahubAccess;
  /** For people: why no Secret is used. */
  readonly note?: string;
}

/**
 * The credentials for `url`: of the Secret whose `infrahubapiurl` is this server, else of one that names no URL. `namespace`
 * is looked at first, and alone when Secrets may not be listed everywhere. Throws CLUSTER_* but for a refusal.
 */
export async function accessFromSecret(url: string, home: Cluster, namespace: string): Promise<SecretAccess> {
  const { hostname } = new URL(url);
  const found = await labelledSecrets(home, credentialsLabel, hostname, namespace);
  if (found === 'refused') return { note: `Secrets with credentials for ${hostname} may not be read` };
  const secret = fittingLogin(url, found.flatMap(usable));
  if (secret) {
    const { username, password, name } = secret;
    return { access: { credentials: { kind: 'password', username, password }, origin: `the Secret ${name}` } };
  }
  if (found.length === 0) return { note: `no Secret is labelled ${credentialsLabel}=${hostname}` };
  return { note: `no Secret labelled ${credentialsLabel}=${hostname} holds a username and a password for this URL` };
}

type UsableLogin = StoredLogin & { readonly name: string; readonly username: string; readonly password: string };

function usable(secret: Manifest): UsableLogin[] {
  const { url, username, password } = readLogin(secret);
  return username && password ? [{ name: secretName(secret), ...(url && { url }), username, password }] : [];
}

/** What a Secret holds of a login; nothing for what it does not hold. */
export interface StoredLogin {
  /** Missing: it is for any Infrahub on the host of its label. */
  readonly url?: string;
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
  const [url, username, password] = [read('infrahubapiurl'), read('username'), read('password')];
  // Upstream's CLI takes a host, too.
  return { ...(url.includes('://') && { url }), ...(username && { username }), ...(password && { password }) };
}

/** The Secret for a server: the one that names its URL, else one that names none. */
export function fittingLogin<T extends StoredLogin>(url: string, all: readonly T[]): T | undefined {
  return (
    all.find((one) => one.url !== undefined && isSameServer(one.url, url)) ?? all.find((one) => one.url === undefined)
  );
}
