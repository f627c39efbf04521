/** A double with a source that reads it, for tests. */

import type { InfrahubDouble } from '../../src/sandbox/infrahub.ts';
import { type InfrahubSelection, type InfrahubSourceOptions, infrahubSource } from '../../src/source/infrahub.ts';
import {
  createInfrahubClient,
  type InfrahubClient,
  type InfrahubClientOptions,
} from '../../src/source/infrahub-client.ts';

export const admin = { kind: 'password', username: 'admin', password: 'infrahub' } as const;

/** A client of the double that does not wait long. */
export function clientOf(double: InfrahubDouble, options: Partial<InfrahubClientOptions> = {}): InfrahubClient {
  return createInfrahubClient({ address: double.address, credentials: admin, retryMs: 1, ...options });
}

/** A source of the artifacts `web` on main, or what the selection says. */
export function sourceOf(
  client: InfrahubClient,
  selection: Partial<InfrahubSelection> = {},
  options: InfrahubSourceOptions = {},
) {
  const source = infrahubSource(
    client,
    { artifactName: 'web', branch: 'main', ...selection },
    { retryMs: 1, ...options },
  );
  return { ...source, read: () => source.fetch(new AbortController().signal) };
}
