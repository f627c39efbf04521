/** Definitions for another cluster than the one that holds them: one that is down, one that is let go, and whom Vidra acts as there. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Reference } from '../support/cluster.ts';
import { kubeconfigSecret, kubeconfigText, type SecondCluster, startSecondCluster } from '../support/destination.ts';
import { readKubeconfig } from '../support/kubeconfig.ts';
import { conditionOf, resource, untilCondition, type Written } from '../support/operator.ts';
import { useOperator } from '../support/operator-stage.ts';
import { type FaultyProxy, startProxy } from '../support/proxy.ts';
import { cluster, configMap, namespace, useOwnCluster } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

let second: SecondCluster;
let proxy: FaultyProxy;

useOwnCluster({ kinds: true });
beforeAll(async () => {
  second = await startSecondCluster();
  return () => second.close();
});
beforeEach(async () => {
  await second.cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  proxy = await startProxy(second.controlPlane.kubeconfig);
  const access = readKubeconfig(proxy.kubeconfig);
  await cluster.create(kubeconfigSecret(namespace, 'second', kubeconfigText(access), '127.0.0.1'));
  return () => proxy.close();
});
useOperator(() => ({ VIDRA_NAMESPACE: namespace }));

const there = (more: object = {}) => ({ destination: { server: proxy.server, reconcileOnEvents: true, ...more } });
const isGone = async (one: Written) => !(await cluster.exists(one));

describe('a definition for another cluster', () => {
  it('is applied there and mended there, and goes with its objects', async () => {
    const one = resource(`${namespace}-far`, [configMap('a', { color: 'red' })], there());
    await cluster.create(one);
    await untilCondition(cluster, one, 'Ready', 'True');
    expect([await second.cluster.exists(configMap('a')), await cluster.exists(configMap('a'))]).toEqual([true, false]);
    const query = { fieldManager: 'kubectl-edit' };
    await second.cluster.patch(configMap('a'), 'merge-patch', { data: { color: 'blue' } }, { query });
    await waitFor('it to be mended', async () => (await second.cluster.get(configMap('a'))).data?.['color'] === 'red');
    await cluster.remove(one);
    await waitFor('the definition to be gone', () => isGone(one));
    expect(await second.cluster.exists(configMap('a'))).toBe(false);
  });

  it('waits while that cluster is down, holds up no other, and goes on', async () => {
    const far = resource(`${namespace}-far`, [configMap('a')], { ...there(), interval: '2s' });
    await cluster.create(far);
    await untilCondition(cluster, far, 'Ready', 'True');
    await proxy.down();
    await cluster.patch(far, 'merge-patch', { spec: { manifest: JSON.stringify(configMap('b')) } });
    await cluster.create(resource(`${namespace}-near`, [configMap('near')]));
    await untilCondition(cluster, resource(`${namespace}-near`, []), 'Ready', 'True');
    const down = await untilCondition(cluster, far, 'Ready', 'False');
    expect(down.reason).toBe('ClusterUnreachable');
    expect(conditionOf(await cluster.get(far), 'Stalled')?.status).toBe('False');
    for (const type of ['Healthy', 'Drifted'])
      expect(conditionOf(await cluster.get(far), type)).toMatchObject({
        status: 'Unknown',
        reason: 'ClusterUnreachable',
      });
    await proxy.up();
    await untilCondition(cluster, far, 'Ready', 'True');
    const left = await second.cluster.list('v1', 'ConfigMap', namespace, { labelSelector: 'managed-by=vidra' });
    expect(left.map(({ metadata }) => metadata.name)).toEqual(['b']);
  });

  it('that is deleted while that cluster is down stays until it is clean, or is let go with Orphan', async () => {
    const far = resource(`${namespace}-far`, [configMap('a')], { ...there(), interval: '2s' });
    const kept = resource(`${namespace}-kept`, [configMap('kept')], { ...there(), interval: '2s' });
    for (const one of [far, kept]) await cluster.create(one);
    for (const one of [far, kept]) await untilCondition(cluster, one, 'Ready', 'True');
    await proxy.down();
    for (const one of [far, kept]) await cluster.remove(one);
    await waitFor('it to say why it stays', async () => {
      return conditionOf(await cluster.get(kept), 'Ready')?.reason === 'ClusterUnreachable';
    });
    await cluster.patch(kept, 'merge-patch', { spec: { deletionPolicy: 'Orphan' } });
    await waitFor('what is let go to be gone', () => isGone(kept));
    expect(await cluster.exists(far)).toBe(true);
    await proxy.up();
    await waitFor('what is clean to be gone', () => isGone(far));
    expect(await second.cluster.exists(configMap('a'))).toBe(false);
    expect(await second.cluster.exists(configMap('kept'))).toBe(true);
  });

  /** An account there, and what lets it edit the namespace of the test; its identity may be read by whoever keeps records of it. */
  const rightsOf = (name: string) => {
    const reference = { name, namespace };
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: reference };
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: reference,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
      subjects: [{ kind: 'ServiceAccount', ...reference }],
    };
    const identity = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: `${namespace}-identity` },
      rules: [{ apiGroups: [''], resources: ['namespaces'], resourceNames: ['kube-system'], verbs: ['get'] }],
    };
    const reader = {
      ...binding,
      kind: 'ClusterRoleBinding',
      metadata: { name: `${namespace}-identity` },
      roleRef: { ...binding.roleRef, name: `${namespace}-identity` },
    };
    return { account, binding, all: [binding, identity, reader] as Reference[] };
  };

  it('acts as the account that it names, and says which right is missing', async () => {
    const { account, all } = rightsOf('deployer');
    await second.cluster.create(account);
    const one = resource(`${namespace}-far`, [configMap('a')], {
      ...there(),
      serviceAccountName: `${namespace}/deployer`,
      interval: '2s',
    });
    await cluster.create(one);
    const refused = await untilCondition(cluster, one, 'Ready', 'False');
    expect(refused).toMatchObject({ reason: 'ClusterForbidden' });
    for (const manifest of all) await second.cluster.create(manifest);
    await untilCondition(cluster, one, 'Ready', 'True');
    const { metadata } = await second.cluster.get(configMap('a'));
    expect(metadata.managedFields?.map(({ operation }) => operation)).toEqual(['Apply']);
  });

  it('that is deleted after its account has lost its rights says so, and is let go with Orphan', async () => {
    const { account, binding, all } = rightsOf('leaver');
    for (const manifest of [account, ...all]) await second.cluster.create(manifest);
    const more = { ...there(), serviceAccountName: `${namespace}/leaver`, interval: '1s' };
    const one = resource(`${namespace}-far`, [configMap('a')], more);
    await cluster.create(one);
    await untilCondition(cluster, one, 'Ready', 'True');
    for (const manifest of [binding, account] as Reference[]) await second.cluster.remove(manifest);
    await cluster.remove(one);
    await waitFor('it to say why it stays', async () => {
      const said = conditionOf(await cluster.get(one), 'Stalled');
      return said?.reason === 'ClusterForbidden' && said.message.includes(`${namespace}:leaver`);
    });
    await cluster.patch(one, 'merge-patch', { spec: { deletionPolicy: 'Orphan' } });
    await waitFor('what is let go to be gone', () => isGone(one));
    expect(await second.cluster.exists(configMap('a'))).toBe(true);
  });
});
