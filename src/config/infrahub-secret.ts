/** Infrahub credentials from the home cluster's Secrets, found by the label that upstream Vidra gives them. */
import type { Cluster } from '../cluster/cluster.ts';
import { labelledSecrets, secretName } from '../cluster/labelled-secrets.ts';
import type { JsonObject, Manifest } from '../manifest/manifest.ts';
import { type InfrahubAccess, isSameServer } from './infrahub-access.ts';

const hostLabel = 'infrahub-api-url';

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
  const found = await labelledSecrets(home, hostLabel, hostname, namespace);
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
  return { name: secretName(secret), url: read('infrahubapiurl') || undefined, username, password };
}
