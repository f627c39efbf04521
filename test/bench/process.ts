/** Whole processes, timed from outside. */
import { spawn } from 'node:child_process';

export interface Measured {
  readonly seconds: number;
  /** Largest resident size of a node process in MB; nothing for other programs. */
  readonly peakMegabytes: number | undefined;
  readonly stdout: string;
}

const reportMemory = `data:text/javascript,process.on('exit',()=>process.stderr.write('maxrss='+process.resourceUsage().maxRSS+'%5Cn'))`;

/** Throws when the process does not end with 0. */
export function measure(
  command: string,
  given: readonly string[],
  environment: Record<string, string> = {},
): Promise<Measured> {
  const isNode = command === process.execPath && environment['MEMORY'] === 'yes';
  const env = { ...process.env, ...environment, ...(isNode ? { NODE_OPTIONS: `--import ${reportMemory}` } : {}) };
  const start = performance.now();
  const child = spawn(command, given, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code !== 0)
        return reject(
          new Error(`${command} ${given.join(' ')}: exit ${code}\n${stdout.slice(-2000)}${stderr.slice(-2000)}`),
        );
      const peak = /maxrss=(\d+)/.exec(stderr)?.[1];
      resolve({
        seconds: (performance.now() - start) / 1000,
        peakMegabytes: peak ? Number(peak) / 1024 : undefined,
        stdout,
      });
    });
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
