/** Definitions for a second cluster, with the program: a labelled Secret leads there, also when it changes under `vidra watch`. */
import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { type Cluster, connect } from '../support/cluster.ts';
import { write } from '../support/definitions.ts';
import {
  createToken,
  isRevoked,
  kubeconfigSecret,
  kubeconfigText,
  type SecondCluster,
  startSecondCluster,
} from '../support/destination.ts';
import { type Ended, vidra } from '../support/vidra.ts';
import { waitFor } from '../support/wait-for.ts';

let home: Cluster;
let second: SecondCluster;
let namespace: string;
let environment: Record<string, string>;

beforeAll(async () => {
  home = connect(inject('kubeconfig'));
  second = await startSecondCluster();
});
beforeEach(async () => {
  namespace = await home.createNamespace();
  environment = { KUBECONFIG: inject('kubeconfig'), VIDRA_NAMESPACE: namespace };
  return () => home.request('DELETE', `/api/v1/namespaces/${namespace}/secrets`);
});
afterAll(async () => {
  await second.close();
  await home.close();
});

const configMap = (data: object = { color: 'red' }) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: namespace, namespace: 'default' },
  data,
});
const definition = (server: string) =>
  write(
    'resource.json',
    JSON.stringify({
      apiVersion: 'infrahub.operators.com/v1alpha1',
      kind: 'VidraResource',
      metadata: { name: `${namespace}-web` },
      spec: { manifest: JSON.stringify(configMap()), destination: { server } },
    }),
  );
const put = (token: string) =>
  home.apply(kubeconfigSecret(namespace, 'second', kubeconfigText({ ...second.access, token }), '127.0.0.1'), 'test');
const colors = async () => (await second.cluster.get(configMap())).data;
const run = (...flags: string[]) => vidra([...flags, '--set', namespace], { environment });

it('are applied there, and go when they leave', async () => {
  await put(second.access.token);
  const applied = await run('apply', '-y', '-f', definition(second.access.server));
  expect(applied).toMatchObject({ code: 0 });
  expect(await colors()).toEqual({ color: 'red' });
  expect(await home.exists(configMap())).toBe(false);
  // Whoever is gone is known by the URL alone.
  const pruned = await run('prune', '-y');
  expect(pruned).toMatchObject({ code: 0 });
  expect(await second.cluster.exists(configMap())).toBe(false);
});

it('are refused with the field and the way out when nothing leads there', async () => {
  const { code, stdout, stderr } = await run('plan', '-f', definition('https://127.0.0.1:9'));
  expect(code).toBe(1);
  expect(stdout + stderr).toContain('destination.server https://127.0.0.1:9: no context');
  expect(stdout + stderr).toContain('destination.kubeconfigSecretRef');
});

it('are kept there by a process whose token is changed and revoked', async () => {
  const token = await createToken(second.cluster, namespace, 'cluster-admin');
  await put(token);
  let child: ChildProcess | undefined;
  let ended: Promise<Ended> | undefined;
  try {
    ended = vidra(['watch', '--set', namespace, '-f', definition(second.access.server), '--interval', '2s'], {
      environment,
      onStart: (started) => {
        child = started;
      },
    });
    await waitFor('the object', () => second.cluster.exists(configMap()));
    await put(second.access.token);
    const metadata = { name: namespace, namespace: 'default' };
    await second.cluster.remove({ apiVersion: 'v1', kind: 'ServiceAccount', metadata });
    await waitFor('the token to be revoked', () => isRevoked(second.cluster, token));
    const query = { fieldManager: 'kubectl-edit' };
    await second.cluster.patch(configMap(), 'merge-patch', { data: { color: 'blue' } }, { query });
    await waitFor('the mended object', async () => JSON.stringify(await colors()) === '{"color":"red"}');
    child?.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  } finally {
    child?.kill('SIGKILL');
    await ended;
  }
});
