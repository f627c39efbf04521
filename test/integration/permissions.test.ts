/** What a user may not do is known before anything is done, and stops nothing else. */
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import type { Result } from '../../src/engine/run.ts';
import { createAccount } from '../support/account.ts';
import { type Cluster, connect } from '../support/cluster.ts';
import { resource, startEngine } from '../support/engine.ts';

let cluster: Cluster;
let namespace: string;
let other: string;

beforeAll(() => {
  cluster = connect(inject('kubeconfig'));
});
beforeEach(async () => {
  [namespace, other] = await Promise.all([cluster.createNamespace(), cluster.createNamespace()]);
});
afterAll(() => cluster.close());

const records = { apiGroups: ['infrahub.operators.com'], resources: ['*'], verbs: ['*'] };
const all = { apiGroups: [''], resources: ['configmaps', 'secrets', 'services'], verbs: ['*'] };

const configMap = (name: string, inNamespace = namespace) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: inNamespace },
});

/** As `action name result`. */
const outcomesOf = ({ outcomes }: Result) =>
  outcomes.map(({ change, result }) => `${change.action} ${change.reference.name} ${result}`).sort();

it('A namespace that may not be listed leaves the objects of other namespaces known', async () => {
  const admin = await startEngine(inject('kubeconfig'), namespace);
  const manifests = [configMap('a'), configMap('b', other), configMap('c')];
  await admin.apply([resource(`${namespace}-web`, ...manifests)]);

  const engine = await startEngine(await createAccount(cluster, { [namespace]: [all] }, [records]), namespace);
  const [plan] = (await engine.plan([resource(`${namespace}-web`, ...manifests)])).owners;
  expect(plan?.changes).toMatchObject([
    { action: 'keep', reference: { name: 'a' } },
    { action: 'skip', reference: { name: 'b' }, code: 'CLUSTER_FORBIDDEN' },
    { action: 'keep', reference: { name: 'c' } },
  ]);
  const removal = await engine.apply([resource(`${namespace}-web`)]);
  expect(outcomesOf(removal)).toEqual(['delete a succeeded', 'delete c succeeded']);
  expect(await cluster.exists(configMap('b', other))).toBe(true);
  await Promise.all([admin.close(), engine.close()]);
});
