/** One request to the double, and what its branch, time and credentials mean. */

import type { Accounts, Caller } from './infrahub-accounts.ts';
import { type Answer, type InfrahubVersion, restError } from './infrahub-answer.ts';
import type { InfrahubState } from './infrahub-state.ts';
import { parseAt, printInstant } from './infrahub-time.ts';

export interface DoubleRequest {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly acceptsGzip: boolean;
  readonly caller: Caller;
  readonly body: string;
}

/** Everything that a route may look at. */
export interface World {
  readonly version: InfrahubVersion;
  readonly deployment: string;
  readonly address: () => string;
  readonly state: InfrahubState;
  readonly accounts: Accounts;
  readonly now: () => number;
}

/** A branch and a moment (milliseconds), or the refusal of either. */
export type Moment =
  | { readonly branch: string; readonly at: number }
  | { readonly refused: string; readonly status: number };

/** What `at` of the request means on this branch. A time to come is now; 1.11 refuses a time before the branch. */
export function momentOf(world: World, branchName: string, query: URLSearchParams): Moment {
  const branch = world.state.branches.get(branchName);
  if (!branch) return { refused: `Branch: ${branchName} not found.`, status: 400 };
  const text = query.get('at');
  if (text === null) return { branch: branchName, at: world.now() };
  const at = parseAt(text, world.version, world.now());
  if (at === undefined) return { refused: `Invalid time format for ${text}`, status: 400 };
  if (world.version === '1.11.9' && at < branch.createdAt) {
    const created = printInstant(branch.createdAt);
    const refused = `Requested time '${printInstant(at)}' is before branch '${branchName}' was created at '${created}'.`;
    return { refused, status: 422 };
  }
  return { branch: branchName, at: Math.min(at, world.now()) };
}

/** The 401 of the REST interface, if the caller gets one: nobody may read with GET where anonymous access is on. */
export function refusedCaller(world: World, request: DoubleRequest): Answer | undefined {
  const caller = world.accounts.authenticate(request.caller);
  if ('refused' in caller) return restError(401, caller.refused);
  if (caller.authenticated || (world.accounts.anonymousAllowed && request.method === 'GET')) return undefined;
  return restError(401, 'Authentication is required');
}
