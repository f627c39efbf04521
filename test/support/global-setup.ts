/** Starts one control plane for a run of the tests, however many projects need it, and gives its kubeconfig to the tests. */
import type { TestProject } from 'vitest/node';
import { type ControlPlane, startControlPlane } from '../../src/sandbox/control-plane.ts';
import { progressLines } from './progress-lines.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the kubeconfig of the run's control plane. */
    readonly kubeconfig: string;
    /** The folder of the run's control plane. */
    readonly controlPlaneFolder: string;
  }
}

interface Shared {
  users: number;
  readonly controlPlane: Promise<ControlPlane>;
}

// Each project loads this file for itself, so what they share hangs on the process.
const key = Symbol.for('vidra.test.control-plane');
const shared = globalThis as { [key]?: Shared | undefined };

/** Runs once per project; the last of the returned teardowns ends the control plane. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const mine = shared[key] ?? {
    users: 0,
    controlPlane: startControlPlane({ onProgress: progressLines('Control plane') }),
  };
  shared[key] = mine;
  mine.users++;
  const { kubeconfig, folder, stop } = await mine.controlPlane;
  project.provide('kubeconfig', kubeconfig);
  project.provide('controlPlaneFolder', folder);
  return async () => {
    mine.users--;
    if (mine.users > 0) return;
    shared[key] = undefined;
    await stop();
  };
}
