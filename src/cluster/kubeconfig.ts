/** Finds and merges kubeconfig files as kubectl does: the first file that names a thing wins, missing files are passed over. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { VidraError } from '../errors.ts';
import { isSameAddress } from './address.ts';

export interface KubeconfigSelection {
  /** `--kubeconfig`; otherwise the variable KUBECONFIG, otherwise ~/.kube/config, otherwise the Pod's own account. */
  readonly file?: string | undefined;
  /** `--context`; otherwise the current one. */
  readonly context?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Throws KUBECONFIG_INVALID when a file cannot be read or the context is not in it. */
export async function loadKubeconfig(selection: KubeconfigSelection): Promise<KubeConfig> {
  // Loaded late: this package costs more to import than everything else together.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const merged = new KubeConfig();
  const paths = pathsOf(selection);
  const files = readAll(KubeConfig, paths);
  if (files.length === 0) {
    // Who names a file or a context means that, and never the cluster that the program happens to run in.
    const isNamed = selection.file !== undefined || selection.context !== undefined;
    if (isNamed || !selection.environment['KUBERNETES_SERVICE_HOST']) throw noFile(paths);
    merged.loadFromCluster();
    return merged;
  }
  merged.loadFromOptions({
    clusters: firstByName(files.flatMap((file) => file.clusters)),
    users: firstByName(files.flatMap((file) => file.users)),
    contexts: firstByName(files.flatMap((file) => file.contexts)),
    currentContext: selection.context ?? files.map((file) => file.currentContext).find((name) => name) ?? '',
  });
  checkContext(merged, paths);
  return merged;
}

/** The names of all contexts, whether they are complete or not. Throws KUBECONFIG_INVALID when a file cannot be read. */
export async function contextNames(selection: Omit<KubeconfigSelection, 'context'>): Promise<string[]> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const contexts = readAll(KubeConfig, pathsOf(selection)).flatMap((file) => file.contexts);
  return firstByName(contexts).map(({ name }) => name);
}

/** The first context that leads to a server, if any. Throws as `loadKubeconfig`. */
export async function contextOfServer(selection: KubeconfigSelection, server: string): Promise<string | undefined> {
  const { contexts, clusters } = await loadKubeconfig(selection);
  const names = clusters.filter((cluster) => isSameAddress(cluster.server, server)).map(({ name }) => name);
  return contexts.find(({ cluster }) => names.includes(cluster))?.name;
}

function readAll(Empty: typeof KubeConfig, paths: readonly string[]): KubeConfig[] {
  return paths.filter((path) => existsSync(path)).map((path) => readOne(new Empty(), path));
}

function pathsOf(selection: KubeconfigSelection): string[] {
  if (selection.file !== undefined) return [selection.file];
  const listed = selection.environment['KUBECONFIG'];
  if (listed) return listed.split(delimiter).filter((path) => path);
  return [join(selection.environment['HOME'] || homedir(), '.kube', 'config')];
}

function readOne(empty: KubeConfig, path: string): KubeConfig {
  try {
    empty.loadFromFile(path);
    return empty;
  } catch (cause) {
    throw new VidraError('KUBECONFIG_INVALID', `cannot be read as a kubeconfig: ${reasonOf(cause)}`, { subject: path });
  }
}

// The parser's message quotes the lines around the fault, and tokens may stand there; so neither it nor the cause is kept.
function reasonOf(cause: unknown): string {
  const { reason, mark, code } = (cause ?? {}) as { reason?: string; mark?: { line?: number }; code?: string };
  if (reason && mark?.line !== undefined) return `line ${mark.line + 1}: ${reason}`;
  return code ?? 'it does not hold clusters, users and contexts';
}

function firstByName<T extends { name: string }>(things: readonly T[]): T[] {
  const names = things.map((thing) => thing.name);
  return things.filter((thing, index) => names.indexOf(thing.name) === index);
}

function checkContext(config: KubeConfig, paths: readonly string[]): void {
  const subject = paths.join(delimiter);
  const names = config.contexts.map((context) => context.name).join(', ') || 'none';
  if (!config.currentContext) {
    throw new VidraError('KUBECONFIG_INVALID', `no current context; contexts: ${names}`, { subject });
  }
  const context = config.getContextObject(config.currentContext);
  if (!context) {
    throw new VidraError('KUBECONFIG_INVALID', `no context "${config.currentContext}"; contexts: ${names}`, {
      subject,
    });
  }
  if (!config.getCluster(context.cluster)?.server) {
    const message = `context "${context.name}" names the cluster "${context.cluster}", which is not there or has no server`;
    throw new VidraError('KUBECONFIG_INVALID', message, { subject });
  }
}

function noFile(paths: readonly string[]): VidraError {
  return new VidraError('KUBECONFIG_INVALID', 'no such file', { subject: paths.join(delimiter) });
}
