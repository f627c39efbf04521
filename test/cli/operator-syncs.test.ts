/** InfrahubSyncs of a cluster: several on one destination, branches, and everything that happens to artifacts and their server. */
import { afterEach, describe, expect, it } from 'vitest';
import { conditionOf, resource, type StoredDefinition, sync, textOf, untilCondition } from '../support/operator.ts';
import {
  infrahub,
  operator,
  reopenInfrahub,
  runOperator,
  useNewInfrahub,
  useOperator,
} from '../support/operator-stage.ts';
import { cluster, configMap, dataOf, namespace, useOwnCluster } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

const key = '06438eb2-8019-4776-878c-0941b1f1d1ec';
useOwnCluster({ kinds: true });
useNewInfrahub({ apiKeys: [key] });
afterEach(async () => {
  for (const one of await cluster.list<StoredDefinition>('infrahub.operators.com/v1alpha1', 'InfrahubSync')) {
    await cluster.patch(one, 'merge-patch', { metadata: { finalizers: [] } });
    await cluster.remove(one).catch(() => undefined);
  }
});
useOperator(() => ({ INFRAHUB_API_TOKEN: key }));

const mine = async () => {
  const found = await cluster.list('v1', 'ConfigMap', namespace, { labelSelector: 'managed-by=vidra' });
  return found.map(({ metadata }) => metadata.name).sort();
};
const syncOf = (name: string, artefactName: string, more: object = {}) =>
  sync(`${namespace}-${name}`, {
    source: { infrahubAPIURL: infrahub.address, artefactName, ...more },
    destination: { namespace, reconcileOnEvents: true },
    interval: '1s',
  });

describe('two syncs on one destination', () => {
  it('leave each other alone, also when one of them goes or has nothing any more', async () => {
    infrahub.setArtifact({ name: 'Red', content: textOf(configMap('red'), configMap('shared', { color: 'any' })) });
    const blue = infrahub.setArtifact({
      name: 'Blue',
      content: textOf(configMap('blue'), configMap('shared', { color: 'any' })),
    });
    const [one, other] = [syncOf('red', 'Red'), syncOf('blue', 'Blue')];
    await cluster.create(one);
    await cluster.create(other);
    await untilCondition(cluster, one, 'Ready', 'True');
    await untilCondition(cluster, other, 'Ready', 'True');
    expect(await mine()).toEqual(['blue', 'red', 'shared']);
    infrahub.removeArtifact(blue);
    const empty = await untilCondition(cluster, other, 'Ready', 'False');
    expect(empty.reason).toBe('SourceEmpty');
    expect(await mine()).toEqual(['blue', 'red', 'shared']);
    await cluster.remove(other);
    await waitFor('it to be gone', async () => !(await cluster.exists(other)));
    expect(await mine()).toEqual(['red', 'shared']);
    expect(conditionOf(await cluster.get(one), 'Ready')?.status).toBe('True');
  });

  it('want one artifact on two branches, each with owners of its own', async () => {
    const id = infrahub.setArtifact({ name: 'Config', content: textOf(configMap('of-main')) });
    infrahub.addBranch('next');
    infrahub.setArtifact({ id, name: 'Config', branch: 'next', content: textOf(configMap('of-next')) });
    const [main, next] = [syncOf('main', 'Config'), syncOf('next', 'Config', { targetBranch: 'next' })];
    await cluster.create(main);
    await cluster.create(next);
    await untilCondition(cluster, main, 'Ready', 'True');
    await untilCondition(cluster, next, 'Ready', 'True');
    expect(await mine()).toEqual(['of-main', 'of-next']);
    await cluster.remove(next);
    await waitFor('it to be gone', async () => !(await cluster.exists(next)));
    expect(await mine()).toEqual(['of-main']);
  });
});

describe('the records of a sync', () => {
  const kind = { apiVersion: 'infrahub.operators.com/v1alpha1', kind: 'VidraResource' };
  const records = () => cluster.list<StoredDefinition>(kind.apiVersion, kind.kind);
  const ready = async () => {
    infrahub.setArtifact({ name: 'Config', content: textOf(configMap('a'), configMap('b')) });
    // What happens is for what happened, and not for the time.
    const one = { ...syncOf('web', 'Config'), spec: { ...syncOf('web', 'Config').spec, interval: '1h' } };
    await cluster.create(one);
    await untilCondition(cluster, one, 'Ready', 'True');
    return one;
  };

  it('tell what goes with it also when somebody deletes them all together', async () => {
    const one = await ready();
    for (const record of await records()) await cluster.remove({ ...kind, metadata: record.metadata });
    await cluster.remove(one);
    await waitFor('all to be gone', async () => !(await cluster.exists(one)) && (await records()).length === 0);
    expect(await mine()).toEqual([]);
  });

  it('are made anew when somebody deletes one, and what they tell of is left alone', async () => {
    const one = await ready();
    const before = (await cluster.get(configMap('a'))).metadata;
    const [record] = await records();
    await cluster.remove({ ...kind, metadata: record?.metadata ?? { name: '' } });
    await waitFor('another record', async () => {
      const [now] = await records();
      return now && now.metadata.uid !== record?.metadata.uid && now.status?.managedResources?.length === 2;
    });
    expect((await cluster.get(configMap('a'))).metadata).toEqual(before);
    expect(await mine()).toEqual(['a', 'b']);
    await cluster.remove(one);
    await waitFor('it to be gone', async () => !(await cluster.exists(one)));
  });
});

describe('an artifact', () => {
  it('that changes stays, that leaves goes, and that is not rendered keeps what it gave', async () => {
    const ids = ['a', 'b', 'c'].map((name) =>
      infrahub.setArtifact({ name: 'Config', content: textOf(configMap(name)) }),
    );
    const one = syncOf('web', 'Config');
    await cluster.create(one);
    await untilCondition(cluster, one, 'Ready', 'True');
    const { uid } = (await cluster.get(configMap('a'))).metadata;
    infrahub.setArtifact({ id: ids[0] as string, name: 'Config', content: textOf(configMap('a', { is: 'changed' })) });
    infrahub.removeArtifact(ids[1] as string);
    infrahub.setArtifact({ id: ids[2] as string, name: 'Config', content: '' });
    await waitFor('what left to be gone', async () => !(await cluster.exists(configMap('b'))));
    await waitFor('what changed', async () => (await dataOf('a'))?.['is'] === 'changed');
    expect((await cluster.get(configMap('a'))).metadata.uid).toBe(uid);
    expect(await mine()).toEqual(['a', 'c']);
    await untilCondition(cluster, one, 'Ready', 'False');
  });

  it('that gets another name, or is made anew under another id, keeps its objects', async () => {
    const content = textOf(configMap('a', { color: 'red' }));
    const id = infrahub.setArtifact({ name: 'Config', content });
    const one = syncOf('web', 'Config');
    await cluster.create(one);
    await untilCondition(cluster, one, 'Ready', 'True');
    const { uid } = (await cluster.get(configMap('a'))).metadata;
    infrahub.setArtifact({ id, name: 'Renamed', content });
    expect((await untilCondition(cluster, one, 'Ready', 'False')).reason).toBe('SourceEmpty');
    await cluster.patch(one, 'merge-patch', { spec: { source: { artefactName: 'Renamed' } } });
    await untilCondition(cluster, one, 'Ready', 'True');
    expect((await cluster.get(configMap('a'))).metadata.uid).toBe(uid);

    infrahub.removeArtifact(id);
    const anew = infrahub.setArtifact({ name: 'Renamed', content });
    const record = resource(`${one.metadata.name}-${anew}`, []);
    await waitFor('the new owner', () => cluster.exists(record));
    await waitFor('the old owner to be gone', async () => {
      return !(await cluster.exists(resource(`${one.metadata.name}-${id}`, [])));
    });
    await untilCondition(cluster, one, 'Ready', 'True');
    expect((await cluster.get(configMap('a'))).metadata.uid).toBe(uid);
    expect(await mine()).toEqual(['a']);
  });

  it('that is too large for one object is kept whole, and only what changes is written again', async () => {
    const payload = 'x'.repeat(1_500);
    const many = Array.from({ length: 2_000 }, (_, index) => configMap(`c-${index}`, { payload }));
    const id = infrahub.setArtifact({ name: 'Large', content: textOf(...many) });
    const one = syncOf('large', 'Large');
    await cluster.create(one);
    await untilCondition(cluster, one, 'Ready', 'True', 400);
    expect((await cluster.get<StoredDefinition>(one)).status).toMatchObject({ owners: 1, objects: 2_000 });
    expect(await mine()).toHaveLength(2_000);
    const { resourceVersion } = (await cluster.get(configMap('c-7'))).metadata;
    infrahub.setArtifact({ id, name: 'Large', content: textOf(...many.slice(0, -1)) });
    await waitFor('what left to be gone', async () => !(await cluster.exists(configMap('c-1999'))));
    expect((await cluster.get(configMap('c-7'))).metadata.resourceVersion).toBe(resourceVersion);
    await cluster.remove(one);
    await waitFor('it to be gone', async () => !(await cluster.exists(one)), 400);
    expect(await mine()).toEqual([]);
  }, 600_000);

  it('is mended while Infrahub does not answer, and followed again when it does', async () => {
    const id = infrahub.setArtifact({ name: 'Config', content: textOf(configMap('a', { color: 'red' })) });
    const one = syncOf('web', 'Config');
    await cluster.create(one);
    await untilCondition(cluster, one, 'Ready', 'True');
    infrahub.failNext(503, { times: 10_000 });
    await untilCondition(cluster, one, 'Ready', 'False');
    expect((await cluster.get<StoredDefinition>(one)).status).toMatchObject({ syncState: 'Stale' });
    const query = { fieldManager: 'kubectl-edit' };
    await cluster.patch(configMap('a'), 'merge-patch', { data: { color: 'blue' } }, { query });
    await waitFor('it to be mended', async () => (await dataOf('a'))?.['color'] === 'red');
    infrahub.recover();
    infrahub.setArtifact({ id, name: 'Config', content: textOf(configMap('a', { color: 'green' })) });
    await waitFor('what is new', async () => (await dataOf('a'))?.['color'] === 'green');
    await untilCondition(cluster, one, 'Ready', 'True');
  });

  /** Stops the operator and Infrahub, deletes the ConfigMap `a` of two, and starts the operator alone. */
  const restartWithout = async (definition: ReturnType<typeof syncOf>) => {
    infrahub.setArtifact({ name: 'Config', content: textOf(configMap('a', { color: 'red' }), configMap('b')) });
    await cluster.create(definition);
    await untilCondition(cluster, definition, 'Ready', 'True');
    const before = await cluster.get<StoredDefinition>(definition);
    await operator.stop();
    await infrahub.close();
    await cluster.remove(configMap('a'));
    await runOperator({ environment: { INFRAHUB_API_TOKEN: key } });
    return before.status;
  };

  it('is mended by an operator that has never seen Infrahub, and loses nothing by that', async () => {
    const one = syncOf('web', 'Config');
    const before = await restartWithout(one);
    await waitFor('it to be back', () => cluster.exists(configMap('a')));
    const ready = await untilCondition(cluster, one, 'Ready', 'False');
    expect(ready.reason).toBe('SourceUnreachable');
    expect(ready.message).toContain(`revision ${before?.['lastAppliedRevision']} holds`);
    expect(await dataOf('a')).toEqual({ color: 'red' });
    expect(await mine()).toEqual(['a', 'b']);
    const { status } = await cluster.get<StoredDefinition>(one);
    expect(status).toMatchObject({
      syncState: 'Stale',
      lastAttemptedRevision: before?.['lastAppliedRevision'],
      objects: 2,
    });
    await reopenInfrahub({ apiKeys: [key] });
  });

  it('waits for Infrahub in an operator that has never seen it, where no history is kept', async () => {
    const { spec, ...one } = syncOf('web', 'Config');
    const definition = { ...one, spec: { ...spec, historyLimit: 0 } };
    await restartWithout(definition);
    expect((await untilCondition(cluster, definition, 'Ready', 'False')).reason).toBe('SourceUnreachable');
    expect(await mine()).toEqual(['b']);
    await reopenInfrahub({ apiKeys: [key] });
  });

  it('that is asked of another source now waits for that one', async () => {
    const one = syncOf('web', 'Config');
    await restartWithout(one);
    await cluster.patch(one, 'merge-patch', { spec: { source: { artefactName: 'Other' } } });
    await untilCondition(cluster, one, 'Ready', 'False');
    await cluster.remove(configMap('b'));
    await operator.stop();
    await runOperator({ environment: { INFRAHUB_API_TOKEN: key } });
    await waitFor('a run', () =>
      operator.lines().some(({ event, definition }) => event === 'reconciled' && definition),
    );
    expect(await cluster.exists(configMap('b'))).toBe(false);
    await reopenInfrahub({ apiKeys: [key] });
  });
});
