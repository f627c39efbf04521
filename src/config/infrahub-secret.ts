/** Infrahub credentials from the home cluster's Secrets, found by the label that upstream Vidra gives them. */
import type { Cluster } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import type { JsonObject, Manifest } from '../manifest/manifest.ts';
import { type InfrahubAccess, isSameServer } from './infrahub-access.ts';

const hostLabel = 'infrahub-api-url';
const secretKind = { group: '', version: 'v1', kind: 'Secret' };

export interface SecretAccess {
  readonly access?: InfrahubAccess;
  /** For people: why no Secret is used. */
  readonly note?: string;
}

/**
 * The credentials for `url`: of the Secret whose `infrahubapiurl` is this server, else of one that names no URL. `namespace`
 * is where to look when Secrets may not be listed everywhere. Throws CLUSTER_* but for a refusal.
 */
export async function accessFromSecret(url: string, home: Cluster, namespace: string): Promise<SecretAccess> {
  const { hostname } = new URL(url);
  const found = await listSecrets(home, hostname, namespace);
  if (found === 'refused') return { note: `Secrets with credentials for ${hostname} may not be read` };
  const secrets = found.map(readSecret).filter((secret) => secret !== undefined);
  const secret =
    secrets.find((one) => one.url !== undefined && isSameServer(one.url, url)) ??
    secrets.find((one) => one.url === undefined);
  if (secret) {
    const { username, password, name } = secret;
    return { access: { credentials: { kind: 'password', username, password }, origin: `the Secret ${name}` } };
  }
  if (found.length === 0) return { note: `no Secret is labelled ${hostLabel}=${hostname}` };
  return { note: `no Secret labelled ${hostLabel}=${hostname} holds a username and a password for this URL` };
}

async function listSecrets(home: Cluster, hostname: string, namespace: string): Promise<Manifest[] | 'refused'> {
  const type = home.typeOf(secretKind);
  // What cannot be the value of a label, such as an IPv6 address, is on no Secret.
  if (!type || !/^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/.test(hostname)) return [];
  const labelSelector = `${hostLabel}=${hostname}`;
  for (const selection of [{ labelSelector }, { labelSelector, namespace }]) {
    try {
      const secrets = await home.list(type, selection);
      return secrets.sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
    } catch (error) {
      if (!(error instanceof VidraError && error.code === 'CLUSTER_FORBIDDEN')) throw error;
    }
  }
  return 'refused';
}

interface Credentials {
  readonly name: string;
  readonly url: string | undefined;
  readonly username: string;
  readonly password: string;
}

function readSecret(secret: Manifest): Credentials | undefined {
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
  const [username, password] = [read('username'), read('password')];
  if (!username || !password) return undefined;
  return { name: nameOf(secret), url: read('infrahubapiurl') || undefined, username, password };
}

function nameOf({ metadata }: Manifest): string {
  return `${metadata.namespace}/${metadata.name}`;
}
