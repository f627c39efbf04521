/** What users of upstream's operator have in their repositories, all of it together and as it is, under `vidra watch`. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type InfrahubDouble, startInfrahub } from '../../src/sandbox/infrahub.ts';
import type { Reference } from '../support/cluster.ts';
import { kubeconfigSecret, kubeconfigText, type SecondCluster, startSecondCluster } from '../support/destination.ts';
import { type StoredDefinition, startOperator, untilCondition } from '../support/operator.ts';
import { cluster, useOwnCluster } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

let second: SecondCluster;
let infrahub: InfrahubDouble;

useOwnCluster({ kinds: true });
beforeAll(async () => {
  second = await startSecondCluster();
  infrahub = await startInfrahub({ accounts: { admin: 'infrahub' }, anonymous: false, createdAt: from.getTime() });
});
afterAll(async () => {
  await infrahub.close();
  await second.close();
});

const from = new Date('2025-01-01T00:00:00Z');
const artifactId = '1834265b-8d16-4e4a-3bd9-c518b7dc1939';
const samples = () => `
apiVersion: v1
kind: Secret
metadata:
  name: infrahub-credentials
  namespace: vidra-system
  labels:
    infrahub-api-url: ${new URL(infrahub.address).hostname}
type: Opaque
stringData:
  username: admin
  password: infrahub
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: vidra-config
  namespace: vidra-system
  labels:
    app: vidra
data:
  requeueSyncAfter: "1s"
  requeueResourcesAfter: "2s"
  queryName: ArtifactIDs
  eventBasedReconcile: "true"
---
apiVersion: infrahub.operators.com/v1alpha1
kind: InfrahubSync
metadata:
  name: infrahubsync-sample
  labels:
    app.kubernetes.io/name: vidra
    app.kubernetes.io/managed-by: kustomize
spec:
  source:
    infrahubAPIURL: ${infrahub.address}
    targetBranch: main
    targetDate: "2025-04-09T00:00:00Z"
    artefactName: Webserver_Manifest
  destination:
    server: https://kubernetes.default.svc
    namespace: default
    reconcileOnEvents: true
---
apiVersion: infrahub.operators.com/v1alpha1
kind: InfrahubSync
metadata:
  name: infrahubsync-far
spec:
  source:
    infrahubAPIURL: ${infrahub.address}
    targetDate: now-1s
    artefactName: Webserver_Manifest
  destination:
    server: ${second.access.server}
---
apiVersion: infrahub.operators.com/v1alpha1
kind: VidraResource
metadata:
  name: ${artifactId}
spec:
  manifest: '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "example"}, "data": {"a": "b"}}'
  reconciledAt: "2025-06-19T12:00:00Z"
  destination:
    server: https://kubernetes.default.svc
    namespace: default
`;

const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } });
const text = (color: string) => JSON.stringify({ ...configMap('web'), metadata: { name: 'web' }, data: { color } });

it('are carried out, each as its fields say', async () => {
  const { cluster: far, access } = second;
  const id = infrahub.setArtifact({ name: 'Webserver_Manifest', content: text('red'), at: from });
  infrahub.setArtifact({ id, name: 'Webserver_Manifest', content: text('blue') });
  await cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'vidra-system' } });
  await cluster.create(kubeconfigSecret('vidra-system', 'cluster-kubeconfig', kubeconfigText(access), '127.0.0.1'));
  const objects = parseAllDocuments(samples()).map((document) => document.toJS() as Reference);
  for (const object of objects) await cluster.create(object);

  const operator = await startOperator(cluster.kubeconfig);
  const definitions = objects.filter(({ apiVersion }) => apiVersion.startsWith('infrahub'));
  expect(definitions).toHaveLength(3);
  for (const one of definitions) await untilCondition(cluster, one, 'Ready', 'True');
  expect((await cluster.get(configMap('web'))).data).toEqual({ color: 'red' });
  // A second ago there may have been no other one yet.
  await waitFor('what is new', async () => (await far.get(configMap('web'))).data?.['color'] === 'blue');
  expect((await cluster.get(configMap('example'))).data).toEqual({ a: 'b' });
  const stored = () => Promise.all(definitions.map((one) => cluster.get<StoredDefinition>(one)));
  // What is written is told of a moment later.
  const [near, , own] = await waitFor('the checksums of both', async () => {
    const all = await stored();
    const [here, there] = all.map(({ status }) => JSON.stringify(status?.['checksums']));
    return here !== there ? all : undefined;
  });
  expect(near?.status).toMatchObject({ syncState: 'Succeeded', lastError: '', checksums: [expect.any(String)] });
  expect(own?.status).toMatchObject({ DeployState: 'Succeeded', managedResources: [{ kind: 'ConfigMap' }] });

  // By the ConfigMap, for all clusters.
  for (const there of [cluster, far]) await there.remove(configMap('web'));
  for (const there of [cluster, far]) await waitFor('it to be back', () => there.exists(configMap('web')));
  for (const one of definitions) await cluster.remove(one);
  for (const one of definitions) await waitFor('it to be gone', async () => !(await cluster.exists(one)));
  expect(await Promise.all([cluster, far].map((there) => there.exists(configMap('web'))))).toEqual([false, false]);
  expect(await cluster.exists(configMap('example'))).toBe(false);
  expect(await operator.stop()).toMatchObject({ code: 0, stderr: '' });
});
