/** Ends what a supervisor leaves that was killed itself and so could not end its programs. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Processes {
  readonly supervisor: number;
  readonly parts: readonly number[];
}

/** Whether the supervisor of a folder still runs. */
export function isSupervised(folder: string): boolean {
  const processes = readProcesses(folder);
  return processes !== undefined && commandOf(processes.supervisor).includes('supervisor.mjs');
}

/** Kills the programs that still run in a folder. A process id that was given to somebody else meanwhile is left alone. */
export function endOrphans(folder: string): void {
  for (const id of readProcesses(folder)?.parts ?? []) {
    // Each program has its folder among its arguments.
    if (commandOf(id).includes(folder)) kill(id);
  }
}

function readProcesses(folder: string): Processes | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'processes.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

/** The command line of a process, or nothing when it has ended. */
export function commandOf(id: number): string {
  if (!existsSync('/proc/self/cmdline'))
    return spawnSync('ps', ['-o', 'args=', '-p', `${id}`], { encoding: 'utf8' }).stdout;
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function kill(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
