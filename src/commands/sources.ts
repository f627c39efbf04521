/** The Infrahubs that runs read from: one client per address and credentials. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster } from '../cluster/cluster.ts';
import { followSecrets } from '../cluster/secret-versions.ts';
import { cacheFolder } from '../config/folder.ts';
import { accessTo, caFileFor, type InfrahubAccess } from '../config/infrahub-access.ts';
import { accessFromNamed, accessFromSecret } from '../config/infrahub-secret.ts';
import { credentialsLabel } from '../config/operator-names.ts';
import type { Settings } from '../config/settings.ts';
import type { InfrahubSync } from '../definition/definition.ts';
import type { Target } from '../engine/target.ts';
import { VidraError } from '../errors.ts';
import { folderCache } from '../source/artifact-cache-folder.ts';
import { infrahubSource } from '../source/infrahub.ts';
import { createInfrahubClient, type InfrahubClient } from '../source/infrahub-client.ts';
import type { InfrahubCredentials } from '../source/infrahub-session.ts';

interface SourcesOptions {
  readonly settings: Settings;
  readonly home: Cluster;
  /** Told which credentials are used, never what they are. */
  readonly note: (text: string) => void;
  /** Told of Secrets that may be meant, and do not count. */
  readonly warn: (text: string) => void;
  /** Take up credentials that change in Secrets. */
  readonly rotation: boolean;
}

export interface Sources {
  readonly of: Target['sourceOf'];
  close(): Promise<void>;
}

type From = InfrahubSync['source'];
type Access = InfrahubAccess | undefined;

/** Opens nothing before the first source is asked for. */
export function createSources(options: SourcesOptions): Sources {
  const { settings, home, rotation } = options;
  const ended = new AbortController();
  const accesses = new Map<string, { readonly version: string; readonly access: Promise<Access> }>();
  // Those with former credentials stay open, as runs may still use them.
  const clients = new Map<string, Promise<InfrahubClient>>();
  const cache = folderCache(join(cacheFolder(settings.access.environment), 'artifacts'));
  const follow = { label: credentialsLabel, namespaces: settings.secretNamespaces, signal: ended.signal };
  const versions = rotation ? followSecrets({ home: () => Promise.resolve(home), ...follow }) : undefined;

  const accessFor = ({ infrahubAPIURL: url, credentialsSecretRef: named }: From): Promise<Access> => {
    const fromSettings = accessTo(url, settings.access);
    const version = fromSettings ? '' : (versions?.versionOf(named) ?? '');
    return remembered(accesses, JSON.stringify([url, named]), version, async () => {
      const access = fromSettings ?? (await clusterAccess(url, named, options));
      options.note(`Credentials for ${url}: ${access ? `from ${access.origin}` : 'none'}`);
      return access;
    });
  };
  const clientFor = (url: string, access: Access) => {
    const credentials = access?.credentials ?? { kind: 'anonymous' };
    const key = JSON.stringify([url, credentials]);
    const client = clients.get(key) ?? createClient(url, credentials, settings);
    clients.set(key, client);
    client.catch(() => clients.delete(key));
    return client;
  };
  return {
    of: async ({ source }, queryName) => {
      const client = await clientFor(source.infrahubAPIURL, await accessFor(source));
      const { artefactName: artifactName, targetBranch: branch, targetDate: date } = source;
      const selection = { artifactName, branch, ...(date !== undefined && { date }), ...(queryName && { queryName }) };
      return infrahubSource(client, selection, { cache });
    },
    close: async () => {
      ended.abort();
      const settled = await Promise.allSettled(clients.values());
      await Promise.allSettled(settled.map((one) => one.status === 'fulfilled' && one.value.close()));
    },
  };
}

/** What was read at a version, as long as it is of that; a failure is not remembered. */
function remembered<T>(
  all: Map<string, { readonly version: string; readonly access: Promise<T> }>,
  key: string,
  version: string,
  read: () => Promise<T>,
): Promise<T> {
  const last = all.get(key);
  if (last?.version === version) return last.access;
  const access = read();
  all.set(key, { version, access });
  access.catch(() => {
    if (all.get(key)?.access === access) all.delete(key);
  });
  return access;
}

async function createClient(
  address: string,
  credentials: InfrahubCredentials,
  { access }: Settings,
): Promise<InfrahubClient> {
  const caFile = caFileFor(address, access);
  const { environment } = access;
  const trusted = caFile && { certificateAuthority: await readCertificates(caFile) };
  return createInfrahubClient({ address, credentials, environment, ...trusted });
}

async function clusterAccess(
  url: string,
  named: From['credentialsSecretRef'],
  { home, settings, note, warn }: SourcesOptions,
): Promise<Access> {
  if (named) return accessFromNamed(url, named, home);
  const found = await accessFromSecret(url, home, settings.secretNamespaces);
  if (found.note) note(`Credentials for ${url}: ${found.note}`);
  if (found.strangers) warn(`Warning: credentials for ${url}: the Secret ${found.strangers}`);
  return found.access;
}

async function readCertificates(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new VidraError('USAGE', 'cannot be read as a certificate authority', { subject: path, cause });
  }
}
