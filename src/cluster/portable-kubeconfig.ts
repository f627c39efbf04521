/** Kubeconfigs that hold one context and everything that it takes, so that they work on another machine. */
import { readFile } from 'node:fs/promises';
import type { KubeConfig } from '@kubernetes/client-node';
import { VidraError } from '../errors.ts';
import { type KubeconfigSelection, loadKubeconfig } from './kubeconfig.ts';

export interface PortableKubeconfig {
  readonly context: string;
  readonly server: string;
  /** For people: `a token`, `a client certificate`. */
  readonly login: string;
  /** As a kubeconfig is written. */
  readonly document: object;
}

/** Throws KUBECONFIG_INVALID, also when the context logs in by a program, which other machines do not have. */
export async function portableKubeconfig(selection: KubeconfigSelection): Promise<PortableKubeconfig> {
  const config = await loadKubeconfig(selection);
  const name = config.currentContext;
  const { cluster, user, namespace } = partsOf(config);
  const login = loginOf(user, name);
  const userName = user?.name ?? 'nobody';
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    contexts: [{ name, context: { cluster: cluster.name, user: userName, ...(namespace && { namespace }) } }],
    clusters: [
      {
        name: cluster.name,
        cluster: {
          server: cluster.server,
          ...given('certificate-authority-data', await inline(cluster.caData, cluster.caFile)),
          ...(cluster.skipTLSVerify && { 'insecure-skip-tls-verify': true }),
          ...given('tls-server-name', cluster.tlsServerName),
          ...given('proxy-url', cluster.proxyUrl),
        },
      },
    ],
    users: [
      {
        name: userName,
        user: {
          ...given('token', user?.token),
          ...given('client-certificate-data', await inline(user?.certData, user?.certFile)),
          ...given('client-key-data', await inline(user?.keyData, user?.keyFile)),
          ...given('username', user?.username),
          ...given('password', user?.password),
        },
      },
    ],
  };
  return { context: name, server: cluster.server, login, document };
}

function partsOf(config: KubeConfig) {
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new VidraError('KUBECONFIG_INVALID', `context ${config.currentContext} has no cluster`);
  const namespace = config.getContextObject(config.currentContext)?.namespace;
  return { cluster, user: config.getCurrentUser() ?? undefined, namespace };
}

function loginOf(user: ReturnType<typeof partsOf>['user'], context: string): string {
  const program = user?.exec ? `the program ${user.exec.command}` : user?.authProvider && 'an auth-provider';
  if (program) {
    const message = `logs in by ${program}, which only this machine has; make a ServiceAccount in that cluster, and a context with its token`;
    throw new VidraError('KUBECONFIG_INVALID', message, { subject: `context ${context}` });
  }
  if (user?.impersonateUser) {
    const message = `acts as ${user.impersonateUser}, which Vidra does not do because a Secret says so; use a login of its own`;
    throw new VidraError('KUBECONFIG_INVALID', message, { subject: `context ${context}` });
  }
  if (user?.token) return 'a token';
  if (user?.certData || user?.certFile) return 'a client certificate';
  return user?.username ? 'a user name and a password' : 'nothing';
}

/** In base64, as kubeconfigs hold files. */
async function inline(data: string | undefined, file: string | undefined): Promise<string | undefined> {
  if (data || !file) return data;
  try {
    return (await readFile(file)).toString('base64');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new VidraError('KUBECONFIG_INVALID', `cannot be read (${code})`, { subject: file });
  }
}

function given<Name extends string>(name: Name, value: string | null | undefined): { [key in Name]?: string } {
  return value ? ({ [name]: value } as { [key in Name]: string }) : {};
}
