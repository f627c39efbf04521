/** Real HorizontalPodAutoscalers beside Vidra, on a control plane of its own that has their controller. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../src/sandbox/control-plane.ts';
import { startAutoscaler } from '../support/autoscaler.ts';
import { type Cluster, connect, type KubeObject } from '../support/cluster.ts';
import { actionsOf, type Engine, resource, startEngine } from '../support/engine.ts';
import { waitFor } from '../support/wait-for.ts';

let controlPlane: ControlPlane;
let stopAutoscaler: () => Promise<void>;
let cluster: Cluster;
let engine: Engine;
let namespace: string;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  stopAutoscaler = await startAutoscaler(controlPlane.kubeconfig);
  cluster = connect(controlPlane.kubeconfig);
});
afterAll(async () => {
  await cluster.close();
  await stopAutoscaler();
  await controlPlane.stop();
});
beforeEach(async () => {
  namespace = await cluster.createNamespace();
  engine = await startEngine(controlPlane.kubeconfig, namespace);
});
afterEach(() => engine.close());

const deployment = (replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } },
  },
});
const autoscaler = (minReplicas: number) => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'scaler', namespace },
  spec: {
    minReplicas,
    maxReplicas: 20,
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    behavior: { scaleUp: { stabilizationWindowSeconds: 0 } },
  },
});
const wanted = (...manifests: object[]) => [resource(`${namespace}-web`, ...manifests)];
const replicas = async () =>
  (await cluster.get<KubeObject & { spec: { replicas: number } }>(deployment(0))).spec.replicas;
const scaledTo = (count: number) => waitFor(`${count} replicas`, async () => (await replicas()) === count);
const reasonOf = (plan: Awaited<ReturnType<Engine['plan']>>) =>
  plan.owners[0]?.changes.find(({ reference }) => reference.kind === 'Deployment')?.reason;
const leftAlone = 'unchanged; left to HorizontalPodAutoscaler scaler: .spec.replicas';

describe('what a HorizontalPodAutoscaler scales', () => {
  it('is left to it, however often it scales', async () => {
    await engine.apply(wanted(deployment(3)));
    await cluster.create(autoscaler(5));
    await scaledTo(5);
    const { plan } = await engine.apply(wanted(deployment(3)));
    expect(actionsOf(plan)).toEqual([]);
    expect(reasonOf(plan)).toBe(leftAlone);
    await cluster.apply(autoscaler(7), 'somebody');
    await scaledTo(7);
    expect(reasonOf((await engine.apply(wanted(deployment(4)))).plan)).toBe(leftAlone);
    expect(await replicas()).toBe(7);
  });

  it('comes back when the autoscaler is gone, though its entry in managedFields stays', async () => {
    await engine.apply(wanted(deployment(3)));
    await cluster.create(autoscaler(5));
    await scaledTo(5);
    await engine.apply(wanted(deployment(3)));
    await cluster.remove(autoscaler(5));
    const managers = (await cluster.get(deployment(0))).metadata.managedFields ?? [];
    expect(managers).toContainEqual(expect.objectContaining({ subresource: 'scale' }));

    const { plan } = await engine.apply(wanted(deployment(3)));
    expect(reasonOf(plan)).toBe('.spec.replicas is not left to HorizontalPodAutoscaler scaler any more');
    expect(await replicas()).toBe(3);
    expect(reasonOf(await engine.plan(wanted(deployment(3))))).toBe('unchanged');
  });

  it('comes back with the next run when the autoscaler leaves the same manifests', async () => {
    await engine.apply(wanted(deployment(3), autoscaler(5)));
    await scaledTo(5);
    expect(actionsOf((await engine.apply(wanted(deployment(3), autoscaler(5)))).plan)).toEqual([]);
    expect(actionsOf((await engine.apply(wanted(deployment(3)))).plan)).toEqual([
      'delete HorizontalPodAutoscaler scaler',
    ]);
    expect(actionsOf((await engine.apply(wanted(deployment(3)))).plan)).toEqual(['update Deployment web']);
    expect(await replicas()).toBe(3);
  });
});
