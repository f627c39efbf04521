/** A second API server on a control plane's etcd, to be killed and started again while the first one serves everybody else. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandOf } from '../../src/sandbox/orphans.ts';
import { connect } from './cluster.ts';
import { freePort } from './free-port.ts';
import { readKubeconfig } from './kubeconfig.ts';
import { waitFor } from './wait-for.ts';

export interface ApiServer {
  readonly kubeconfig: string;
  /** Kills it, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again, on the same port, and returns when it is ready. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Starts one on a port of its own, with the arguments of the control plane's. */
export async function startApiServer(controlPlaneFolder: string): Promise<ApiServer> {
  const port = await freePort();
  const [program = '', ...args] = commandOfApiServer(controlPlaneFolder);
  const ownArgs = args.map((arg) => (arg.startsWith('--secure-port=') ? `--secure-port=${port}` : arg));
  const existing = join(controlPlaneFolder, 'kubeconfig');
  const folder = mkdtempSync(join(tmpdir(), 'vidra-api-server-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const text = readFileSync(existing, 'utf8').replaceAll(readKubeconfig(existing).server, `https://127.0.0.1:${port}`);
  writeFileSync(kubeconfig, text, { mode: 0o600 });
  const cluster = connect(kubeconfig);

  let child: ChildProcess | undefined;
  const isReady = async () => (await cluster.request('GET', '/readyz').catch(() => undefined))?.status === 200;
  const start = async () => {
    // In the control plane's folder, because etcd's socket is named from there.
    child = spawn(program, ownArgs, { cwd: controlPlaneFolder, stdio: 'ignore' });
    await waitFor('the API server', isReady);
  };
  const kill = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child?.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  };
  await start();
  return {
    kubeconfig,
    kill,
    start,
    async close() {
      await kill();
      await cluster.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function commandOfApiServer(controlPlaneFolder: string): string[] {
  const { parts } = JSON.parse(readFileSync(join(controlPlaneFolder, 'processes.json'), 'utf8')) as { parts: number[] };
  const command = parts.map(commandOf).find((text) => text.includes('--etcd-servers='));
  if (!command) throw new Error('The control plane has no API server.');
  // Of /proc and of ps.
  return command.split(/[\0 \n]/).filter((part) => part !== '');
}
