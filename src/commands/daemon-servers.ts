/** What others may ask a daemon: how it is, and its metrics. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from '../cluster/cluster.ts';
import type { VidraError } from '../errors.ts';
import { guarded } from '../server/access.ts';
import { parseAddress } from '../server/address.ts';
import { selfSigned } from '../server/certificate.ts';
import { followCertificate, readCertificate } from '../server/certificate-files.ts';
import { type Checks, health } from '../server/health.ts';
import type { Metrics } from '../server/metrics.ts';
import { type Routes, type RunningServer, startServer } from '../server/server.ts';
import { version } from '../version.ts';
import type { DaemonOptions } from './daemon-flags.ts';

export interface ServersOptions {
  readonly flags: DaemonOptions;
  readonly readiness: Checks;
  readonly onProblem: (error: VidraError) => void;
}

export interface Servers {
  /** Nothing where nobody asks for them. */
  readonly metrics: Metrics | undefined;
  /** From here on the home cluster can say who may read the metrics. */
  readonly admit: (home: Cluster) => void;
  close(): Promise<void>;
}

/** Throws USAGE for addresses and certificates that are none. */
export async function startServers({ flags, readiness, onProblem }: ServersOptions): Promise<Servers> {
  const ended = new AbortController();
  const running: RunningServer[] = [];
  const probes = parseAddress(flags.healthProbeBindAddress);
  const address = parseAddress(flags.metricsBindAddress);
  const metrics = address && (await import('../server/metrics.ts')).createMetrics(version);
  let metricsRoute: Routes[string] = () => ({ status: 503, body: 'the cluster has not answered yet\n' });
  if (metrics && !flags.metricsSecure) metricsRoute = metrics.reply;

  // A process that answers is alive.
  const routes = { '/healthz': health('healthz', {}), '/readyz': health('readyz', readiness) };
  if (probes) running.push(await startServer({ address: probes, routes, onProblem }));
  if (address) {
    const files = certificateFiles(flags);
    const secure = flags.metricsSecure ? await certificateOf(files) : undefined;
    const routes: Routes = { '/metrics': (question) => metricsRoute(question) };
    const server = await startServer({ address, routes, onProblem, ...(secure && { certificate: secure }) });
    running.push(server);
    if (files && secure) void followCertificate(files, secure, server.renew, ended.signal);
  }
  return {
    metrics,
    admit: (home) => {
      if (metrics && flags.metricsSecure) metricsRoute = guarded(home, '/metrics', metrics.reply);
    },
    close: async () => {
      ended.abort();
      await Promise.all(running.map((server) => server.close()));
    },
  };
}

type Files = Parameters<typeof readCertificate>[0];

function certificateFiles({ metricsCertPath, metricsCertName, metricsCertKey }: DaemonOptions): Files | undefined {
  if (metricsCertPath === undefined) return undefined;
  return { cert: join(metricsCertPath, metricsCertName), key: join(metricsCertPath, metricsCertKey) };
}

async function certificateOf(files: Files | undefined) {
  return files ? await readCertificate(files) : selfSigned(['localhost', hostname()], new Date());
}
