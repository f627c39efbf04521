/** Measures Vidra as whole processes against peers and the raw limit, on throwaway control planes; prints ratios. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { startControlPlane } from '../../src/sandbox/control-plane.ts';
import { readKubeconfig } from '../support/kubeconfig.ts';
import { measureDaemon } from './daemon.ts';
import { type Measured, measure, median } from './process.ts';

const objectCount = Number(process.argv[2] ?? 1000);
const manyObjects = Number(process.argv[3] ?? 10_000);
const rounds = 5;

const folder = mkdtempSync(join(tmpdir(), 'vidra-bench-'));
let environment: Record<string, string> = {};
const root = new URL('..', import.meta.url).pathname;

function objectsOf(count: number, namespace: string): object[] {
  const configMaps = Array.from({ length: count }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `settings-${index}`, namespace, labels: { app: 'bench' } },
    data: { index: `${index}`, payload: 'x'.repeat(200) },
  }));
  return [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, ...configMaps];
}

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const manifestsOf = (objects: readonly object[]) => objects.map((object) => stringify(object)).join('---\n');

function definition(objects: readonly object[], name: string): string {
  const manifest = manifestsOf(objects);
  return write(
    `${name}.yaml`,
    stringify(
      {
        apiVersion: 'infrahub.operators.com/v1alpha1',
        kind: 'VidraResource',
        metadata: { name },
        spec: { manifest },
      },
      { blockQuote: 'literal' },
    ),
  );
}

const vidra = (...given: string[]) => measure(process.execPath, [join(root, 'bin/vidra.js'), ...given], environment);
const vidraWithMemory = (...given: string[]) =>
  measure(process.execPath, [join(root, 'bin/vidra.js'), ...given], { ...environment, MEMORY: 'yes' });
const kubeconfig = () => environment['KUBECONFIG'] ?? '';
const raw = (path: string) => measure(process.execPath, [join(root, 'test/bench/raw-apply.mjs'), path], environment);

function report(
  name: string,
  mine: readonly Measured[],
  theirs: readonly Measured[] | undefined,
  target: string,
): void {
  const mineMedian = median(mine.map((run) => run.seconds));
  const theirsMedian = theirs && median(theirs.map((run) => run.seconds));
  const ratio = theirsMedian ? `ratio ${(mineMedian / theirsMedian).toFixed(2)} (${target})` : `no peer (${target})`;
  const peer = theirsMedian ? ` against ${theirsMedian.toFixed(3)} s` : '';
  process.stdout.write(`${name.padEnd(44)} ${mineMedian.toFixed(3)} s${peer}, ${ratio}\n`);
}

/** Each round on a control plane of its own, the two in turn first. */
async function firstApply(): Promise<void> {
  const mine: Measured[] = [];
  const theirs: Measured[] = [];
  for (let round = 0; round < rounds; round++) await onControlPlane(() => firstApplyRound(round, mine, theirs));
  report(`first apply of ${objectCount} objects, to raw applies`, mine, theirs, 'target 1.30 or less');
}

async function firstApplyRound(round: number, mine: Measured[], theirs: Measured[]): Promise<void> {
  const objects = objectsOf(objectCount, 'raw');
  const rawObjects = write('raw.json', JSON.stringify({ ...readKubeconfig(kubeconfig()), objects }));
  const path = definition(objectsOf(objectCount, 'vidra'), 'vidra');
  const turns = [
    async () => void theirs.push(await raw(rawObjects)),
    async () => void mine.push(await vidra('apply', '--yes', '-f', path)),
  ];
  for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn();
}

async function nothingToDo(): Promise<void> {
  const kapp = findKapp();
  const set = 'default';
  const path = definition(objectsOf(objectCount, 'vidra'), 'vidra');
  await vidra('apply', '--yes', '-f', path);
  const applies: Measured[] = [];
  const plans: Measured[] = [];
  const theirs: Measured[] = [];
  const kappObjects = write('kapp.yaml', manifestsOf(objectsOf(objectCount, 'kapp')));
  const kappDeploy = [kapp ?? '', ['deploy', '-a', 'bench', '-f', kappObjects, '--yes']] as const;
  if (kapp) await measure(...kappDeploy, environment);
  for (let round = 0; round < rounds; round++) {
    applies.push(await vidra('apply', '--yes', '--set', set, '-f', path));
    plans.push(await vidra('plan', '--set', set, '-f', path));
    if (kapp) theirs.push(await measure(...kappDeploy, environment));
  }
  report('apply with nothing to do, to kapp deploy', applies, kapp ? theirs : undefined, 'target 0.40 or less');
  report('plan with nothing to do, to kapp deploy', plans, kapp ? theirs : undefined, 'target 0.40 or less');
}

function findKapp(): string | undefined {
  const kapp = process.env['KAPP'] ?? 'kapp';
  try {
    execFileSync(kapp, ['version']);
    return kapp;
  } catch {
    return undefined;
  }
}

async function startUp(): Promise<void> {
  const mine: Measured[] = [];
  const theirs: Measured[] = [];
  for (let round = 0; round < 4 * rounds; round++) {
    theirs.push(await measure(process.execPath, ['-e', '0']));
    mine.push(await vidra('--version'));
  }
  report('vidra --version, to node -e 0', mine, theirs, 'target 1.50 or less');
}

async function memory(): Promise<void> {
  const path = definition(objectsOf(manyObjects, 'many'), 'many');
  const apply = await vidraWithMemory('apply', '--yes', '--set', 'many', '-f', path);
  const plan = await vidraWithMemory('plan', '--set', 'many', '-f', path);
  const show = ({ seconds, peakMegabytes = Number.NaN }: Measured) =>
    `${peakMegabytes.toFixed(0)} MB at most, ${seconds.toFixed(1)} s`;
  process.stdout.write(`${`first apply of ${manyObjects} objects`.padEnd(44)} ${show(apply)}\n`);
  process.stdout.write(`${`plan with nothing to do, ${manyObjects} objects`.padEnd(44)} ${show(plan)}\n`);
}

async function daemon(): Promise<void> {
  const measured = await measureDaemon(kubeconfig(), root, manyObjects);
  const { secondsToReady, peakMegabytes, restMegabytes, idleRequests, idleSourceRequests } = measured;
  const lines = [
    [`operator with ${manyObjects} objects, to Ready`, `${secondsToReady.toFixed(1)} s`],
    [
      'its memory',
      `on Node ${process.versions.node}: ${peakMegabytes.toFixed(0)} MB at most, ${restMegabytes.toFixed(0)} MB at rest (target 200 or less)`,
    ],
    ['its requests in an idle minute', `${idleRequests} to the API server, ${idleSourceRequests} to Infrahub`],
  ] as const;
  for (const [name, figures] of lines) process.stdout.write(`${name.padEnd(44)} ${figures}\n`);
}

/** Each part has a control plane of its own, so that what one leaves does not weigh on the next. */
async function onControlPlane(part: () => Promise<void>): Promise<void> {
  const controlPlane = await startControlPlane();
  environment = { KUBECONFIG: controlPlane.kubeconfig, HOME: folder };
  try {
    await part();
  } finally {
    await controlPlane.stop();
  }
}

try {
  await startUp();
  await firstApply();
  for (const part of [nothingToDo, memory, daemon]) await onControlPlane(part);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
