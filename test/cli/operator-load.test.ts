/** Many definitions at once, and kinds that come and go under the operator. */
import { beforeAll, expect, it } from 'vitest';
import { conditionOf, type Operator, resource, type StoredDefinition, untilCondition } from '../support/operator.ts';
import { runOperator, useOperators } from '../support/operator-stage.ts';
import { type FaultyProxy, startProxy } from '../support/proxy.ts';
import { cluster, configMap, namespace, useOwnCluster } from '../support/stage.ts';
import { thingKind } from '../support/thing-kind.ts';
import { waitFor } from '../support/wait-for.ts';

let proxy: FaultyProxy;

useOwnCluster({ kinds: true });
beforeAll(async () => {
  proxy = await startProxy(cluster.kubeconfig);
  return () => proxy.close();
});
useOperators();

const apiVersion = 'infrahub.operators.com/v1alpha1';
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

it('applies 200 definitions of 20 objects with a few lists, and finds them unchanged with fewer', async () => {
  const definitions = numbers(200).map((index) =>
    resource(
      `${namespace}-${index}`,
      numbers(20).map((object) => configMap(`c-${index}-${object}`)),
    ),
  );
  await Promise.all(definitions.map((one) => cluster.create(one)));
  const lists = () => proxy.count({ path: /\/configmaps(\?(?!.*watch=)|$)/ });

  const first = await runOperator({ kubeconfig: proxy.kubeconfig });
  const reconciledBy = (one: Operator) =>
    new Set(one.lines().flatMap(({ event, definition }) => (event === 'reconciled' ? [definition] : []))).size;
  await waitFor('all to be reconciled', () => reconciledBy(first) === definitions.length, 500);
  const stored = await cluster.list<StoredDefinition>(apiVersion, 'VidraResource');
  const ready = stored.filter((one) => conditionOf(one, 'Ready')?.status === 'True');
  expect(ready).toHaveLength(definitions.length);
  const objects = await cluster.list('v1', 'ConfigMap', namespace, { labelSelector: 'managed-by=vidra' });
  expect(objects).toHaveLength(4000);
  // Whoever comes with a later batch is looked at with it.
  expect(lists()).toBeLessThan(20);
  await first.stop();

  const versions = new Map(objects.map(({ metadata }) => [metadata.name, metadata.resourceVersion]));
  proxy.forget();
  const second = await runOperator({ kubeconfig: proxy.kubeconfig });
  await waitFor('all to be looked at', () => reconciledBy(second) === definitions.length);
  await second.stop();
  expect(lists()).toBeLessThan(10);
  expect(proxy.count({ method: 'PATCH' })).toBe(0);
  for (const { metadata } of await cluster.list('v1', 'ConfigMap', namespace, { labelSelector: 'managed-by=vidra' }))
    expect(metadata.resourceVersion).toBe(versions.get(metadata.name));
}, 600_000);

it('goes on when a kind that it manages vanishes, and makes its objects again when it is back', async () => {
  const group = `${namespace}.example.com`;
  const kind = thingKind(group);
  const thing = { apiVersion: `${group}/v1`, kind: 'Thing', metadata: { name: 'one', namespace } };
  const install = async () => {
    await cluster.create(kind);
    await waitFor('the kind', async () => conditionOf(await cluster.get(kind), 'Established')?.status === 'True');
    await waitFor('the kind to be served', () => cluster.list(thing.apiVersion, 'Thing').catch(() => undefined));
  };
  await install();
  const destination = { reconcileOnEvents: true };
  const one = resource(`${namespace}-things`, [thing, configMap('beside')], { destination, interval: '2s' });
  await cluster.create(one);
  await runOperator();
  await untilCondition(cluster, one, 'Ready', 'True');
  await cluster.remove(kind);
  const lost = await untilCondition(cluster, one, 'Ready', 'False');
  expect(lost.reason).toBe('KindUnknown');
  await cluster.remove(configMap('beside'));
  await waitFor('what is beside to be there again', () => cluster.exists(configMap('beside')));
  await waitFor('the kind to be gone', async () => !(await cluster.exists(kind)));
  await install();
  await untilCondition(cluster, one, 'Ready', 'True');
  expect(await cluster.exists(thing)).toBe(true);
});
