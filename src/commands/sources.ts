/** The Infrahubs that a run reads from: one client per address, with the credentials that are meant for it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster } from '../cluster/cluster.ts';
import { cacheFolder } from '../config/folder.ts';
import { accessTo, caFileFor, type InfrahubAccess } from '../config/infrahub-access.ts';
import { accessFromSecret } from '../config/infrahub-secret.ts';
import type { Settings } from '../config/settings.ts';
import type { InfrahubSync } from '../definition/definition.ts';
import { VidraError } from '../errors.ts';
import { folderCache } from '../source/artifact-cache-folder.ts';
import { infrahubSource } from '../source/infrahub.ts';
import { createInfrahubClient, type InfrahubClient } from '../source/infrahub-client.ts';
import type { Source } from '../source/source.ts';

interface SourcesOptions {
  readonly settings: Settings;
  readonly home: Cluster;
  /** Told which credentials are used, never what they are. */
  readonly note: (text: string) => void;
}

export interface Sources {
  readonly of: (sync: InfrahubSync) => Promise<Source>;
  close(): Promise<void>;
}

/** Opens nothing before the first source is asked for. */
export function createSources(options: SourcesOptions): Sources {
  const clients = new Map<string, Promise<InfrahubClient>>();
  const cache = folderCache(join(cacheFolder(options.settings.access.environment), 'artifacts'));
  const clientFor = (url: string) => {
    const client = clients.get(url) ?? createClient(url, options);
    clients.set(url, client);
    return client;
  };
  return {
    of: async ({ source }) => {
      const client = await clientFor(source.infrahubAPIURL);
      const { artefactName: artifactName, targetBranch: branch, targetDate: date } = source;
      return infrahubSource(client, { artifactName, branch, ...(date !== undefined && { date }) }, { cache });
    },
    close: async () => {
      const settled = await Promise.allSettled(clients.values());
      await Promise.allSettled(settled.map((one) => one.status === 'fulfilled' && one.value.close()));
    },
  };
}

async function createClient(url: string, options: SourcesOptions): Promise<InfrahubClient> {
  const { access } = options.settings;
  const caFile = caFileFor(url, access);
  const found = accessTo(url, access) ?? (await clusterAccess(url, options));
  options.note(found ? `Credentials for ${url}: from ${found.origin}` : `Credentials for ${url}: none`);
  return createInfrahubClient({
    address: url,
    credentials: found?.credentials ?? { kind: 'anonymous' },
    environment: access.environment,
    ...(caFile && { certificateAuthority: await readCertificates(caFile) }),
  });
}

async function clusterAccess(url: string, options: SourcesOptions): Promise<InfrahubAccess | undefined> {
  const { access, note } = await accessFromSecret(url, options.home, options.settings.recordNamespace);
  if (note) options.note(`Credentials for ${url}: ${note}`);
  return access;
}

async function readCertificates(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new VidraError('USAGE', 'cannot be read as a certificate authority', { subject: path, cause });
  }
}
