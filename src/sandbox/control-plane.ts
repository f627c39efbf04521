/** Starts and stops throwaway control planes: a real API server with its controllers, on a loopback port of its own. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { VidraError } from '../errors.ts';
import { endOrphans, isSupervised } from './orphans.ts';
import { findPrograms } from './programs.ts';
import type { OnProgress } from './progress.ts';
import { type ControlPlane, startSupervisor } from './supervise.ts';

export type { ControlPlane } from './supervise.ts';

export interface ControlPlaneOptions {
  /** Gets the progress of the build, if one is needed, and of the start. */
  readonly onProgress?: OnProgress;
  /** Aborting ends the build or the start, and leaves nothing running. */
  readonly signal?: AbortSignal;
  /** Goes on after this process ended, until `stopControlPlane(folder)`. */
  readonly keep?: boolean;
  /** Gets a line for people on what happens; also when the control plane ends by itself later. */
  readonly log?: (line: string) => void;
}

/**
 * Starts a control plane and returns when it serves, with the `default` namespace and its ServiceAccount; builds it first if it
 * must. It does not keep this process alive, and ends with it, even when it is killed (see `keep`).
 * Throws CONTROL_PLANE_MISSING, CONTROL_PLANE_FAILED, INTERRUPTED.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const { onProgress, signal, keep = false, log } = options;
  const programs = await findPrograms({ onProgress, signal });
  for (const path of Object.values(programs)) log?.(`Found ${path}`);
  return startSupervisor({ programs, keep, onProgress, signal, log });
}

const stopLimit = 20_000;

/** Ends the control plane that lives in a folder, whoever started it, and says whether there was one. */
export async function stopControlPlane(folder: string): Promise<boolean> {
  if (!existsSync(join(folder, 'processes.json'))) return false;
  if (isSupervised(folder)) {
    writeFileSync(join(folder, 'stop'), '');
    for (const end = Date.now() + stopLimit; existsSync(folder) && Date.now() < end; ) await sleep(50);
  }
  endOrphans(folder);
  rmSync(folder, { recursive: true, force: true });
  if (existsSync(folder)) throw new VidraError('CONTROL_PLANE_FAILED', 'could not be removed.', { subject: folder });
  return true;
}
