/** An API of a server of its own that does not answer, as a metrics server does at times: what is not of it goes on, and nothing of it is lost. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../src/sandbox/control-plane.ts';
import { type Cluster, connect } from '../support/cluster.ts';
import { actionsOf, type Engine, resource, startEngine } from '../support/engine.ts';
import { waitFor } from '../support/wait-for.ts';

let controlPlane: ControlPlane;
let cluster: Cluster;
let engine: Engine;

// One of its own: a Namespace that is deleted waits for every API.
beforeAll(async () => {
  controlPlane = await startControlPlane();
  cluster = connect(controlPlane.kubeconfig);
  engine = await startEngine(controlPlane.kubeconfig, 'default');
});
afterAll(async () => {
  await engine?.close();
  await cluster?.close();
  await controlPlane?.stop();
});

const group = 'down.example.org';
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `widgets.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
};
const widget = { apiVersion: `${group}/v1`, kind: 'Widget', metadata: { name: 'one', namespace: 'default' } };
const configMap = (color: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'colors', namespace: 'default' },
  data: { color },
});
const service = {
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: `v1.${group}` },
};
const statusOfWidgets = async () => (await cluster.request('GET', `/apis/${group}/v1/widgets`)).status;
const recorded = async () => {
  const [record] = await (await engine.target([])).inventory.list();
  return [...(record?.entries.values() ?? [])].map(({ reference }) => reference.kind).sort();
};

it('what is not of it is applied, and what left of it stays on record and goes when it answers again', async () => {
  await engine.apply([resource('web', definition, widget, configMap('red'))]);
  // Without its label, the API server does not put it back.
  const dead = { service: { name: 'nobody', namespace: 'default', port: 443 }, insecureSkipTLSVerify: true };
  const labels = { 'kube-aggregator.kubernetes.io/automanaged': null };
  await cluster.patch(service, 'merge-patch', { metadata: { labels }, spec: dead });
  await waitFor('the API to be down', async () => (await statusOfWidgets()) === 503);

  const result = await engine.apply([resource('web', definition, configMap('blue'))]);
  expect(actionsOf(result.plan)).toEqual(['update ConfigMap colors', 'skip Widget one']);
  expect(result.outcomes.map(({ result }) => result)).toEqual(['succeeded']);
  expect((await cluster.get(configMap('blue'))).data).toEqual({ color: 'blue' });
  expect(await recorded()).toEqual(['ConfigMap', 'CustomResourceDefinition', 'Widget']);

  await cluster.remove(service);
  await waitFor('the API to be back', async () => (await statusOfWidgets()) === 200);
  await waitFor('the widget to be gone', async () => {
    await engine.apply([resource('web', definition, configMap('blue'))]);
    return !(await cluster.exists(widget));
  });
  expect(await recorded()).toEqual(['ConfigMap', 'CustomResourceDefinition']);
});
