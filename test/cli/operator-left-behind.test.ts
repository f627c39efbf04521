/** Records that upstream's operator has left, of InfrahubSyncs that are gone: `vidra watch` ends their deletion. */

import { afterEach, expect, it } from 'vitest';
import type { KubeObject, Reference } from '../support/cluster.ts';
import { conditionOf, type Operator, resource, startOperator, sync, untilCondition } from '../support/operator.ts';
import { cluster, namespace, useOwnCluster } from '../support/stage.ts';
import { ownedBy, upstreamObject, upstreamResource, upstreamSync } from '../support/upstream.ts';
import { waitFor } from '../support/wait-for.ts';

let operator: Operator | undefined;

useOwnCluster({ kinds: true });
afterEach(async () => {
  const ended = operator?.stop();
  operator = undefined;
  expect(await ended).toMatchObject({ code: 0, stderr: '' });
});

const start = async () => {
  operator = await startOperator(cluster.kubeconfig);
};
const configMap = (name: string) =>
  ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } }) as Reference;
const isGone = async (one: Reference) => !(await cluster.exists(one));
const untilGone = (one: Reference) => waitFor(`${one.metadata.name} to be gone`, () => isGone(one));
const source = { infrahubAPIURL: 'http://127.0.0.1:9', artefactName: 'web' };
/** It is left alone: nobody gives it a finalizer. */
const syncOf = (name: string) =>
  upstreamSync(cluster, sync(`${namespace}-${name}`, { source, destination: { namespace }, suspend: true }));
const record = (name: string, of: KubeObject, ...objects: Reference[]) =>
  upstreamResource(cluster, { name: `${name}-${namespace}`, sync: of, objects });

/** A definition that came later is done. */
async function untilLater(name: string): Promise<void> {
  const later = resource(`${namespace}-${name}`, [configMap(name)]);
  await cluster.create(later);
  await untilCondition(cluster, later, 'Ready', 'True');
}

it('deletes what only they have, and leaves what others have as theirs', async () => {
  const [one, two] = [await syncOf('one'), await syncOf('two')];
  const first = await record('first', one, configMap('a'), configMap('shared'), configMap('both'));
  const other = await record('other', one, configMap('both'));
  const second = await record('second', two, configMap('b'), configMap('shared'));
  await upstreamObject(cluster, configMap('a'), [first]);
  await upstreamObject(cluster, configMap('both'), [first, other]);
  await upstreamObject(cluster, configMap('b'), [second]);
  const shared = await upstreamObject(cluster, configMap('shared'), [first, second]);
  // As the garbage collector does when their sync goes.
  for (const gone of [one, first, other]) await cluster.remove(gone);

  await start();
  for (const gone of [first, other, configMap('a'), configMap('both')]) await untilGone(gone);
  const { metadata } = await cluster.get(configMap('shared'));
  expect(metadata.uid).toBe(shared.metadata.uid);
  expect(metadata.annotations?.[ownedBy]).toBe(second.metadata.name);
  expect([await isGone(second), await isGone(configMap('b'))]).toEqual([false, false]);
});

it('waits as long as the InfrahubSync is there, and for what must be confirmed', async () => {
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'manual', resources: { requests: { storage: '1Gi' } } },
  };
  const one = await syncOf('one');
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const left = await record('left', one, claim, ...names.map(configMap));
  await upstreamObject(cluster, claim, [left]);
  for (const name of names) await upstreamObject(cluster, configMap(name), [left]);
  await start();
  await cluster.remove(left);
  await untilLater('later');
  expect([await isGone(left), await isGone(configMap('a'))]).toEqual([false, false]);

  await cluster.remove(one);
  const guarded = await untilCondition(cluster, left, 'Ready', 'False');
  expect(guarded.reason).toBe('Guarded');
  for (const name of names) await untilGone(configMap(name));
  expect([await isGone(left), await isGone(claim)]).toEqual([false, false]);
  expect(conditionOf(await cluster.get(left), 'Stalled')?.status).toBe('True');
  const again = await syncOf('one');
  const confirm = `PersistentVolumeClaim ${namespace}/data`;
  const annotations = { 'vidra.infrahub.operators.com/confirm': confirm };
  await cluster.patch(left, 'merge-patch', { metadata: { annotations } });
  await untilLater('latest');
  expect((await cluster.get(claim)).metadata).not.toHaveProperty('deletionTimestamp');
  await cluster.remove(again);
  await untilGone(left);
});

it('lets go what they have where the record is told to', async () => {
  const one = await syncOf('one');
  const left = await record('left', one, configMap('a'));
  await upstreamObject(cluster, configMap('a'), [left]);
  await cluster.patch(left, 'merge-patch', { spec: { deletionPolicy: 'Orphan' } });
  for (const gone of [one, left]) await cluster.remove(gone);
  await start();
  await untilGone(left);
  const { metadata } = await cluster.get(configMap('a'));
  expect(metadata).not.toHaveProperty('annotations');
  expect(metadata).not.toHaveProperty('labels');
});
