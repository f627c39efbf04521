/** Control planes that start side by side and end whatever happens to those who started them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startControlPlane, stopControlPlane } from '../../src/sandbox/control-plane.ts';
import { commandOf } from '../../src/sandbox/orphans.ts';
import type { Progress } from '../../src/sandbox/progress.ts';
import { connect } from '../support/cluster.ts';
import { waitFor } from '../support/wait-for.ts';

let bundles: string;
let parentProgram: string;

/** Bundled as the package is, so that the supervisor is found from there too. */
beforeAll(async () => {
  const cache = join(import.meta.dirname, '../../node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  bundles = mkdtempSync(join(cache, 'vidra-test-'));
  parentProgram = join(bundles, 'parent.mjs');
  const entry = join(import.meta.dirname, '../support/sandbox-parent.ts');
  await build({ entryPoints: [entry], outfile: parentProgram, bundle: true, platform: 'node', format: 'esm' });
});

afterAll(() => rmSync(bundles, { recursive: true, force: true }));

interface Processes {
  readonly supervisor: number;
  readonly parts: readonly number[];
}

const processesOf = (folder: string): Processes => JSON.parse(readFileSync(join(folder, 'processes.json'), 'utf8'));
const running = ({ supervisor, parts }: Processes) => [supervisor, ...parts].filter((id) => commandOf(id) !== '');

async function expectGone(folder: string, processes: Processes): Promise<void> {
  await waitFor('the processes to end', () => running(processes).length === 0);
  await waitFor('the folder to go', () => !existsSync(folder));
}

interface Parent {
  readonly child: ChildProcess;
  /** Resolves with the first line of the log that matches. */
  logged(pattern: RegExp): Promise<RegExpExecArray>;
  readonly started: Promise<{ folder: string; kubeconfig: string }>;
  readonly ended: Promise<number | null>;
}

function startParent(mode: 'hold' | 'leave' | 'keep'): Parent {
  const child = spawn(process.execPath, [parentProgram, mode], { stdio: ['ignore', 'pipe', 'pipe'] });
  const log = createInterface({ input: child.stderr });
  const logged: Parent['logged'] = (pattern) =>
    new Promise((resolve) =>
      log.on('line', (line) => {
        const found = pattern.exec(line);
        if (found) resolve(found);
      }),
    );
  return {
    child,
    logged,
    started: new Promise((resolve) =>
      createInterface({ input: child.stdout }).on('line', (line) => resolve(JSON.parse(line))),
    ),
    ended: new Promise((resolve) => child.once('close', resolve)),
  };
}

test('Two control planes run side by side and know nothing of each other', async () => {
  const seen: Progress[] = [];
  const [one, two] = await Promise.all([
    startControlPlane({ onProgress: (progress) => seen.push(progress) }),
    startControlPlane(),
  ]);
  const clusters = [connect(one.kubeconfig), connect(two.kubeconfig)] as const;
  try {
    const namespace = await clusters[0].createNamespace();
    const reference = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
    expect(await clusters[0].exists(reference)).toBe(true);
    expect(await clusters[1].exists(reference)).toBe(false);
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } };
    expect(await clusters[1].exists(account)).toBe(true);
    expect(seen.at(-1)).toEqual({ phase: 'start', done: 3, total: 3 });
  } finally {
    await Promise.all([...clusters.map((cluster) => cluster.close()), one.stop(), two.stop()]);
  }
});

test('Stopping ends all processes, deletes the folder, and may be repeated', async () => {
  const { folder, stop } = await startControlPlane();
  const processes = processesOf(folder);
  expect(running(processes)).toHaveLength(4);
  await Promise.all([stop(), stop()]);
  await stop();
  await stopControlPlane(folder);
  expect(running(processes)).toEqual([]);
  expect(existsSync(folder)).toBe(false);
});

test('Only this user can read the folder, the kubeconfig and the token', () => {
  const folder = inject('controlPlaneFolder');
  expect(dirname(inject('kubeconfig'))).toBe(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  for (const file of ['kubeconfig', 'tokens.csv', 'service-account.key', 'processes.json']) {
    expect(statSync(join(folder, file)).mode & 0o777, file).toBe(0o600);
  }
  const kubeconfig = readFileSync(inject('kubeconfig'), 'utf8');
  expect(kubeconfig).toContain('current-context: vidra-sandbox');
  expect(kubeconfig).not.toContain('insecure');
});

test('Nothing stays when the process that started it is killed with -9', async () => {
  const { child, started } = startParent('hold');
  const { folder } = await started;
  const processes = processesOf(folder);
  expect(running(processes)).toHaveLength(4);
  child.kill('SIGKILL');
  await expectGone(folder, processes);
});

test('Nothing stays when that process is killed with -9 in the middle of the start', async () => {
  const { child, logged } = startParent('hold');
  const place = logged(/lives in (.*)/);
  await logged(/Starting kube-apiserver/);
  const folder = (await place)[1] ?? '';
  expect(existsSync(folder)).toBe(true);
  expect(running(processesOf(folder)).length).toBeGreaterThan(1);
  child.kill('SIGKILL');
  // What was started between the two is read, too.
  await expectGone(folder, processesOf(folder));
});

test('A process that forgets to stop it ends all the same, and so does the control plane', async () => {
  const { started, ended, child } = startParent('leave');
  child.once('error', () => {});
  const { folder } = await started;
  expect(await ended).toBe(0);
  await waitFor('the folder to go', () => !existsSync(folder));
});

test('Nothing stays when the supervisor itself is killed with -9', async () => {
  const lines: string[] = [];
  const { folder, stop } = await startControlPlane({ log: (line) => lines.push(line) });
  const processes = processesOf(folder);
  process.kill(processes.supervisor, 'SIGKILL');
  await expectGone(folder, processes);
  await stop();
});

test('A kept control plane goes on after its parent and ends when it is told to', async () => {
  const { started, ended } = startParent('keep');
  const { folder, kubeconfig } = await started;
  expect(await ended).toBe(0);
  const processes = processesOf(folder);
  const cluster = connect(kubeconfig);
  expect((await cluster.request('GET', '/readyz')).text).toBe('ok');
  await cluster.close();
  await stopControlPlane(folder);
  await expectGone(folder, processes);
});

test('A kept control plane whose supervisor was killed with -9 can still be ended', async () => {
  const { started, ended } = startParent('keep');
  const { folder } = await started;
  await ended;
  const processes = processesOf(folder);
  process.kill(processes.supervisor, 'SIGKILL');
  await waitFor('the supervisor to end', () => commandOf(processes.supervisor) === '');
  expect(running(processes)).toHaveLength(3);
  await stopControlPlane(folder);
  await expectGone(folder, processes);
});

test('Aborting the start leaves nothing running', async () => {
  const aborter = new AbortController();
  let folder = '';
  let processes: Processes = { supervisor: 0, parts: [] };
  const log = (line: string) => {
    folder ||= /lives in (.*)/.exec(line)?.[1] ?? '';
    if (line !== 'Starting kube-apiserver') return;
    aborter.abort();
  };
  const starting = startControlPlane({ signal: aborter.signal, log });
  aborter.signal.addEventListener('abort', () => {
    processes = processesOf(folder);
  });
  await expect(starting).rejects.toMatchObject({ code: 'INTERRUPTED' });
  expect(processes.parts.length).toBeGreaterThan(0);
  await expectGone(folder, processes);
});
