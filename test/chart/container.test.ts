/** The image and the chart's Pod together, as a process that has no more than the container would have. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../src/sandbox/control-plane.ts';
import { chart, chartNamespace, render } from '../support/chart.ts';
import { type Cluster, connect, type Reference } from '../support/cluster.ts';
import { canRunContainers, startContainer } from '../support/container.ts';
import { startHelm } from '../support/helm.ts';
import { type Pod, podOf } from '../support/pod.ts';

let controlPlane: ControlPlane;
let cluster: Cluster;
let pod: Pod;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  cluster = connect(controlPlane.kubeconfig);
  const helm = startHelm(controlPlane.kubeconfig);
  const values = { rbac: { scope: 'kinds', kinds: [{ apiGroups: [''], resources: ['configmaps'] }] } };
  await helm(['install', 'vidra', chart, '--namespace', chartNamespace, '--create-namespace'], values);
  pod = podOf(await render(helm, values));
});

afterAll(async () => {
  await cluster.close();
  await controlPlane.stop();
});

const object = (kind: string) => ({ apiVersion: 'v1', kind, metadata: { name: 'mine', namespace: 'default' } });

/** A definition of some objects, as text. */
const definition = (...objects: readonly Reference[]) =>
  JSON.stringify({
    apiVersion: 'infrahub.operators.com/v1alpha1',
    kind: 'VidraResource',
    metadata: { name: 'mine' },
    spec: { manifest: objects.map((each) => JSON.stringify(each)).join('\n---\n') },
  });

async function run(args: readonly string[], input = '') {
  const child = await startContainer(pod, cluster, args);
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}

describe.runIf(canRunContainers)('the container', () => {
  it('holds all that the program needs', async () => {
    const { version } = JSON.parse(readFileSync(join(chart, '../../package.json'), 'utf8'));
    expect(await run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    expect(await run(['--help'])).toMatchObject({ code: 0, stderr: '' });
  });

  it('applies as the ServiceAccount of the chart, and no more than it may', async () => {
    const allowed = await run(['apply', '-f', '-', '--output=json'], definition(object('ConfigMap')));
    expect(allowed).toMatchObject({ code: 0, stderr: '' });
    expect(await cluster.exists(object('ConfigMap'))).toBe(true);

    const more = await run(['apply', '-f', '-', '--output=json'], definition(object('ConfigMap'), object('Secret')));
    expect(more.code).toBe(1);
    expect(more.stdout).toContain('secrets');
    expect(await cluster.exists(object('Secret'))).toBe(false);
  });

  it('has no privilege and a root that it cannot write, and ends when it is told to', async () => {
    const child = await startContainer(pod, cluster, ['watch', '-f', '-', '--output=json']);
    child.stdin.end(definition(object('ConfigMap')));
    await once(child.stdout, 'data');
    const linesOf = (file: string) => readFileSync(`/proc/${child.pid}/${file}`, 'utf8').split('\n');
    expect(linesOf('status')).toEqual(
      expect.arrayContaining(['Uid:\t65532\t65532\t65532\t65532', 'CapEff:\t0000000000000000', 'NoNewPrivs:\t1']),
    );
    const root = linesOf('mountinfo').find((line) => line.split(' ')[4] === '/');
    expect(root?.split(' ')[5]).toMatch(/^ro(,|$)/);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
