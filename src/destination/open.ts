/** Opens the connection to a destination, by whatever access there is to it. */
import { setMaxListeners } from 'node:events';
import { isSameAddress } from '../cluster/address.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { connectCluster, connectWith } from '../cluster/connect.ts';
import { type Credentials, cachedCredentials } from '../cluster/credentials.ts';
import type { KubeconfigSelection } from '../cluster/kubeconfig.ts';
import { VidraError } from '../errors.ts';
import type { ClusterDestination } from './destination.ts';
import { type Access, isSameAccess, type SecretAccess } from './resolve.ts';

export interface OpenOptions {
  readonly kubeconfig: KubeconfigSelection;
  readonly signal: AbortSignal;
  readonly accessOf: (destination: ClusterDestination) => Promise<Access>;
  /** Says something else when the access may be another one. */
  readonly versionOf: (destination: ClusterDestination) => string;
  readonly warn: (text: string) => void;
}

export interface Opened {
  readonly access: Access;
  readonly cluster: Cluster;
}

/** A server that does not answer costs no more. */
const connectMs = 15_000;

/** `before` is kept when it is as good. */
export function createOpen(options: OpenOptions) {
  const warn = createWarning(options.warn);
  return async (destination: ClusterDestination, before: Opened | undefined): Promise<Opened> => {
    const access = await options.accessOf(destination);
    if (before && isSameAccess(before.access, access)) return before;
    if (access.type === 'secret') warn(access);
    const start = (signal: AbortSignal) => connect(destination, access, { ...options, signal });
    try {
      return { access, cluster: await within(connectMs, options.signal, start) };
    } catch (error) {
      throw error instanceof VidraError ? aboutAccess(error, access) : error;
    }
  };
}

function connect(destination: ClusterDestination, access: Access, options: OpenOptions): Promise<Cluster> {
  const { kubeconfig, signal } = options;
  const common = { environment: kubeconfig.environment, signal, serviceAccount: destination.serviceAccount };
  if (access.type === 'home') return connectCluster({ ...kubeconfig, ...common });
  if (access.type === 'context') return connectCluster({ ...kubeconfig, ...common, context: access.context });
  return connectWith({ ...common, credentials: credentialsOf(destination, access, options) });
}

/** They follow the Secret, but never to another server: what began there may end there. */
function credentialsOf(
  destination: ClusterDestination,
  { server, grant }: SecretAccess,
  { accessOf, versionOf }: OpenOptions,
): Credentials {
  const read = async () => {
    const next = await accessOf(destination);
    return next.type === 'secret' && isSameAddress(next.server, server) ? next.grant : grant;
  };
  return cachedCredentials(read, { version: () => versionOf(destination) });
}

function aboutAccess({ code, message, cause }: VidraError, { server, origin }: Access): VidraError {
  return new VidraError(code, message, { subject: `destination.server ${server} (${origin})`, cause });
}

/** Aborts what takes too long. What was started goes on with the signal that it got. */
async function within<T>(
  milliseconds: number,
  signal: AbortSignal,
  start: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const either = AbortSignal.any([signal, late.signal]);
  // Every request under way listens for it.
  setMaxListeners(0, either);
  const timer = setTimeout(() => late.abort(), milliseconds);
  const tooLate = new Promise<never>((_resolve, reject) => {
    const message = `did not answer within ${milliseconds / 1000} s`;
    late.signal.addEventListener('abort', () => reject(new VidraError('CLUSTER_UNREACHABLE', message)));
  });
  try {
    return await Promise.race([tooLate, start(either)]);
  } finally {
    clearTimeout(timer);
  }
}

function createWarning(tell: (text: string) => void): (access: SecretAccess) => void {
  const told = new Set<string>();
  return ({ origin, grant }) => {
    const text = `Warning: ${origin}: insecure-skip-tls-verify: anybody on the way to ${grant.server} can pose as it`;
    if (grant.tls.rejectUnauthorized || told.has(text)) return;
    told.add(text);
    tell(text);
  };
}
