/** Where the demo plays: a control plane of its own, or a cluster that is there already. */
import { randomInt } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from '../cluster/cluster.ts';
import { connectCluster } from '../cluster/connect.ts';
import type { DemoOptions } from '../commands/flags.ts';
import { styleOf } from '../commands/print.ts';
import type { Terminal } from '../commands/terminal.ts';
import type { Environment } from '../config/environment.ts';
import { startControlPlane } from '../sandbox/control-plane.ts';
import { createBuildProgress } from '../view/build-progress.ts';

export interface Stage {
  /** Nothing means that the usual kubeconfig is read; only with a context that the user named. */
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  /** Whether the control plane was made for the demo. */
  readonly own: boolean;
  /** Starts the names of everything that the whole cluster can see. */
  readonly prefix: string;
  readonly set: string;
  /** The namespace that Vidra keeps the records of the demo in. */
  readonly recordNamespace: string;
  /** For definitions, and whatever else would be in the user's home. */
  readonly folder: string;
  /** Of the demo itself; it stays usable when the user wants to end. */
  readonly cluster: Cluster;
  /** Ends what was started and forgets the folder; a kept control plane goes on. */
  close(options?: { readonly keep: boolean }): Promise<void>;
}

/** `onBuild` is called once when the control plane must be built first, which takes minutes. Throws CONTROL_PLANE_*, CLUSTER_*, INTERRUPTED. */
export function openStage(options: DemoOptions, terminal: Terminal, onBuild: () => void): Promise<Stage> {
  return options.context === undefined ? ownStage(options, terminal, onBuild) : givenStage(options, terminal);
}

async function ownStage(options: DemoOptions, terminal: Terminal, onBuild: () => void): Promise<Stage> {
  const { stderr, signal } = terminal;
  const isTerminal = stderr.isTTY === true;
  const progress = await createBuildProgress({
    stream: stderr,
    terminal: isTerminal,
    style: styleOf(stderr, options, terminal),
  });
  let isBuilt = false;
  try {
    const controlPlane = await startControlPlane({
      keep: options.keep === true,
      signal,
      onProgress: (step) => {
        if (step.phase !== 'start' && !isBuilt) onBuild();
        isBuilt ||= step.phase !== 'start';
        progress.report(step);
      },
      ...(options.verbose && { log: (line) => void stderr.write(`${line}\n`) }),
    });
    const { kubeconfig } = controlPlane;
    try {
      const folder = join(controlPlane.folder, 'demo');
      mkdirSync(folder);
      const cluster = await connect({ file: kubeconfig, environment: {} });
      const close: Stage['close'] = async ({ keep } = { keep: false }) => {
        await cluster.close();
        if (!keep) await controlPlane.stop();
      };
      const names = { prefix: 'demo', set: 'default', recordNamespace: 'vidra-system' };
      return { kubeconfig, context: undefined, own: true, ...names, folder, cluster, close };
    } catch (error) {
      await controlPlane.stop();
      throw error;
    }
  } finally {
    progress.stop();
  }
}

async function givenStage({ kubeconfig, context }: DemoOptions, { environment }: Terminal): Promise<Stage> {
  const cluster = await connect({ file: kubeconfig, context, environment });
  const folder = mkdtempSync(join(tmpdir(), 'vidra-demo-'));
  const close = async () => {
    await cluster.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const name = `vidra-demo-${randomName(5)}`;
  return {
    kubeconfig,
    context,
    own: false,
    prefix: name,
    set: name,
    recordNamespace: name,
    folder,
    cluster,
    close,
  };
}

function connect(where: { file: string | undefined; context?: string | undefined; environment: Environment }) {
  const never = new AbortController().signal;
  // Every request under way listens to it.
  setMaxListeners(0, never);
  return connectCluster({ ...where, signal: never });
}

/** Letters and digits that cannot be mistaken for each other, nor make words. */
function randomName(length: number): string {
  const letters = 'bcdfghjkmnpqrstvwxz23456789';
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
}
