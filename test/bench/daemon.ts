/** Measures the operator as a process: memory with many managed objects, and what it asks for when nothing happens. */

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startInfrahub } from '../../src/sandbox/infrahub.ts';
import { connect } from '../support/cluster.ts';
import { installKinds } from '../support/definitions-installed.ts';
import { readImage } from '../support/image.ts';
import { sync, untilCondition } from '../support/operator.ts';
import { startProxy } from '../support/proxy.ts';

const key = '06438eb2-8019-4776-878c-0941b1f1d1ec';
const artifacts = 10;
const idleMinutes = 2;

export interface DaemonMeasured {
  readonly objects: number;
  readonly secondsToReady: number;
  /** Resident size in MB: at most, and after the idle time. */
  readonly peakMegabytes: number;
  readonly restMegabytes: number;
  /** Per minute in which nothing happens, at the usual interval: to the API server, and to Infrahub. */
  readonly idleRequests: number;
  readonly idleSourceRequests: number;
}

/** In the environment and with the flags that the image has; every artifact has its share of `count` ConfigMaps. `root` is the repository. */
export async function measureDaemon(kubeconfig: string, root: string, count: number): Promise<DaemonMeasured> {
  const cluster = connect(kubeconfig);
  const infrahub = await startInfrahub({ apiKeys: [key] });
  const proxy = await startProxy(kubeconfig);
  await installKinds(cluster);
  const metadata = { name: 'many' };
  await cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata });
  for (let artifact = 0; artifact < artifacts; artifact++) {
    const manifests = Array.from({ length: count / artifacts }, (_, index) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `settings-${artifact}-${index}`, namespace: 'many' },
      data: { payload: 'x'.repeat(200) },
    }));
    infrahub.setArtifact({ name: 'Many', content: manifests.map((one) => JSON.stringify(one)).join('\n---\n') });
  }
  const { environment, entrypoint } = readImage(root);
  const flags = entrypoint.slice(1, -1);
  const env = {
    ...process.env,
    ...environment,
    ...{ KUBECONFIG: proxy.kubeconfig, INFRAHUB_API_TOKEN: key },
  };
  const child = spawn(process.execPath, [...flags, join(root, 'bin/vidra.js'), 'watch'], { env, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    const start = performance.now();
    const source = { infrahubAPIURL: infrahub.address, artefactName: 'Many' };
    const definition = sync('many', { source, destination: { reconcileOnEvents: true } });
    await cluster.create(definition);
    await untilCondition(cluster, definition, 'Ready', 'True', 600);
    const secondsToReady = (performance.now() - start) / 1000;
    proxy.forget();
    infrahub.forgetRequests();
    await sleep(idleMinutes * 60_000);
    const { peak, rest } = memoryOf(child.pid as number);
    return {
      objects: count,
      secondsToReady,
      peakMegabytes: peak,
      restMegabytes: rest,
      idleRequests: proxy.count() / idleMinutes,
      idleSourceRequests: infrahub.requests.length / idleMinutes,
    };
  } finally {
    child.kill('SIGTERM');
    await ended;
    await proxy.close();
    await infrahub.close();
    await cluster.close();
  }
}

/** As Linux tells it. */
function memoryOf(pid: number): { readonly peak: number; readonly rest: number } {
  const status = readFileSync(join('/proc', String(pid), 'status'), 'utf8');
  const megabytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024;
  return { peak: megabytes('VmHWM'), rest: megabytes('VmRSS') };
}
