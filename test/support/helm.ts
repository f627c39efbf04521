/** Runs the real helm, with a home of its own. */
import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';

export interface Values {
  readonly [name: string]: unknown;
}

/** Standard output; throws with what helm says when it fails. */
export type Helm = (args: readonly string[], values?: Values) => Promise<string>;

/** A helm that knows nothing of this user's repositories, registries and plugins, and this cluster alone. */
export function startHelm(kubeconfig: string): Helm {
  const home = mkdtempSync(join(tmpdir(), 'vidra-helm-'));
  const folders = { HOME: home, HELM_CONFIG_HOME: home, HELM_CACHE_HOME: home, HELM_DATA_HOME: home };
  const env = { ...folders, PATH: process.env['PATH'] ?? '', KUBECONFIG: kubeconfig };
  const { helm } = inject('helmPrograms');
  return (args, values) =>
    new Promise((resolve, reject) => {
      const given = values ? [...args, '--values', '-'] : args;
      const child = execFile(helm, given, { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
        if (error) reject(new Error(`helm ${given.join(' ')}\n${stderr}${stdout}`));
        else resolve(stdout);
      });
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(JSON.stringify(values ?? {}));
    });
}
