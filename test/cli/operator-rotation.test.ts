/** Secrets with kubeconfigs that change under `vidra watch`: definitions go on with what they say now, without a restart. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createToken,
  isRevoked,
  kubeconfigSecret,
  kubeconfigText,
  type SecondCluster,
  startSecondCluster,
} from '../support/destination.ts';
import { type Line, resource, untilCondition, type Written } from '../support/operator.ts';
import { operator, useOperator } from '../support/operator-stage.ts';
import { cluster, namespace, useOwnCluster } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

let second: SecondCluster;

useOwnCluster({ kinds: true });
beforeAll(async () => {
  second = await startSecondCluster();
});
beforeEach(async () => {
  await second.cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
});
useOperator(() => ({ VIDRA_NAMESPACE: namespace }));
afterAll(async () => {
  await second.close();
});

const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } });
const putSecret = (token: string, host?: string) =>
  cluster.apply(kubeconfigSecret(namespace, 'second', kubeconfigText({ ...second.access, token }), host), 'test');
const runsOf = (one: Written): Line[] => {
  const key = `${one.kind} ${one.metadata.name}`;
  return operator.lines().filter(({ event, definition }) => event === 'reconciling' && definition === key);
};

describe.each([
  ['by its label', '127.0.0.1', {}],
  ['by the definition', undefined, { name: 'second' }],
])('a Secret that is found %s', (_case, host, named) => {
  const far = () => {
    const kubeconfigSecretRef = { ...named, namespace };
    const reference = 'name' in named ? { kubeconfigSecretRef } : {};
    const destination = { server: second.access.server, ...reference };
    // Nothing but the Secret makes it look again.
    return resource(`${namespace}-far`, [configMap('a')], { destination, interval: '1h' });
  };

  it('lets in at once who was refused before', async () => {
    await putSecret('nobody', host);
    const one = far();
    await cluster.create(one);
    const refused = await untilCondition(cluster, one, 'Ready', 'False');
    expect(refused.reason).toBe('ClusterUnauthorized');
    await putSecret(second.access.token, host);
    await untilCondition(cluster, one, 'Ready', 'True');
    expect(await second.cluster.exists(configMap('a'))).toBe(true);
    expect(runsOf(one).at(-1)?.trigger?.type).toBe('access');
  });

  it('may change while it is in use', async () => {
    const old = await createToken(second.cluster, `${namespace}-old`, 'cluster-admin');
    await putSecret(old, host);
    const one = far();
    await cluster.create(one);
    await untilCondition(cluster, one, 'Ready', 'True');
    await putSecret(second.access.token, host);
    const metadata = { name: `${namespace}-old`, namespace: 'default' };
    await second.cluster.remove({ apiVersion: 'v1', kind: 'ServiceAccount', metadata });
    await waitFor('the token to be revoked', () => isRevoked(second.cluster, old));
    await cluster.patch(one, 'merge-patch', { spec: { manifest: JSON.stringify(configMap('b')) } });
    await untilCondition(cluster, one, 'Ready', 'True');
    expect([await second.cluster.exists(configMap('a')), await second.cluster.exists(configMap('b'))]).toEqual([
      false,
      true,
    ]);
  });
});
