/** `vidra watch` on the definitions of a cluster: the whole life of a definition, as the cluster sees it. */
import { describe, expect, it } from 'vitest';
import {
  conditionOf,
  resource,
  type StoredDefinition,
  sync,
  textOf,
  untilCondition,
  type Written,
} from '../support/operator.ts';
import { infrahub, useInfrahub, useOperator } from '../support/operator-stage.ts';
import { cluster, configMap, dataOf, namespace, useOwnCluster } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

const key = '06438eb2-8019-4776-878c-0941b1f1d1ec';
useOwnCluster({ kinds: true });
useInfrahub({ apiKeys: [key] });
useOperator(() => ({ INFRAHUB_API_TOKEN: key }));

describe('a VidraResource', () => {
  it('is applied, changed with its manifests, and takes its objects along when it is deleted', async () => {
    const one = resource(`${namespace}-web`, [configMap('a', { color: 'red' }), configMap('b')]);
    await cluster.create(one);
    const ready = await untilCondition(cluster, one, 'Ready', 'True');
    expect(ready).toMatchObject({ reason: 'Succeeded', message: '2 objects as wanted' });
    expect(await dataOf('a')).toEqual({ color: 'red' });
    const { status, metadata } = await cluster.get<StoredDefinition>(one);
    expect(status).toMatchObject({ DeployState: 'Succeeded', lastError: '', objects: 2 });
    expect(metadata.finalizers).toEqual(['vidraresource.infrahub.operators.com/finalizer']);

    await cluster.patch(one, 'merge-patch', { spec: { manifest: textOf(configMap('a', { color: 'blue' })) } });
    await waitFor('b to be gone', async () => !(await cluster.exists(configMap('b'))));
    expect(await dataOf('a')).toEqual({ color: 'blue' });
    await untilCondition(cluster, one, 'Ready', 'True');

    await cluster.remove(one);
    await waitFor('the definition to be gone', async () => !(await cluster.exists(one)));
    expect(await cluster.exists(configMap('a'))).toBe(false);
  });

  it('that cannot be read says what is wrong, and is taken when it is mended', async () => {
    const one = resource(`${namespace}-web`, []);
    const wrong: Written = { ...one, spec: { manifest: 'kind: [' } };
    await cluster.create(wrong);
    const ready = await untilCondition(cluster, one, 'Ready', 'False');
    expect(ready.reason).toBe('ManifestInvalid');
    expect(conditionOf(await cluster.get(one), 'Stalled')?.status).toBe('True');
    for (const type of ['Healthy', 'Drifted'])
      expect(conditionOf(await cluster.get(one), type)).toMatchObject({ status: 'Unknown', reason: 'ManifestInvalid' });
    await cluster.patch(one, 'merge-patch', { spec: { manifest: textOf(configMap('a')) } });
    await untilCondition(cluster, one, 'Ready', 'True');
    expect(conditionOf(await cluster.get(one), 'Stalled')?.status).toBe('False');
    expect(conditionOf(await cluster.get(one), 'Healthy')?.status).toBe('True');
    expect(conditionOf(await cluster.get(one), 'Drifted')?.status).toBe('False');
    expect(await cluster.exists(configMap('a'))).toBe(true);
  });
});

describe('an InfrahubSync', () => {
  it('follows its artifacts, and takes everything along when it is deleted', async () => {
    const name = `Configs ${namespace}`;
    const id = infrahub.setArtifact({ name, content: textOf(configMap('a', { color: 'red' })) });
    const source = { infrahubAPIURL: infrahub.address, artefactName: name };
    const one = sync(namespace, { source, destination: { namespace }, interval: '1s' });
    await cluster.create(one);
    await untilCondition(cluster, one, 'Ready', 'True');
    const { status } = await cluster.get<StoredDefinition>(one);
    expect(status).toMatchObject({ syncState: 'Succeeded', owners: 1, objects: 1 });
    expect(status?.['checksums']).toHaveLength(1);
    const record = await cluster.get<StoredDefinition>(resource(`${namespace}-${id}`, []));
    expect(record.status?.managedResources).toMatchObject([{ kind: 'ConfigMap', name: 'a', namespace }]);
    expect((await untilCondition(cluster, record, 'Ready', 'True')).message).toBe('1 object as wanted');
    expect((await cluster.get<StoredDefinition>(record)).status).toMatchObject({
      DeployState: 'Succeeded',
      objects: 1,
    });
    const { uid } = (await cluster.get(configMap('a'))).metadata;
    await cluster.remove(record);
    await waitFor('the record to be there again', async () => {
      const { status } = await cluster.get<StoredDefinition>(record).catch(() => ({ status: undefined }));
      return status?.managedResources?.length === 1;
    });
    expect((await cluster.get(configMap('a'))).metadata.uid).toBe(uid);

    infrahub.setArtifact({ id, name, content: textOf(configMap('a', { color: 'blue' }), configMap('b')) });
    await waitFor('the new revision', async () => (await dataOf('a'))?.['color'] === 'blue');
    await waitFor('what is new', () => cluster.exists(configMap('b')));

    await cluster.remove(one);
    await waitFor('the definition to be gone', async () => !(await cluster.exists(one)));
    expect(await cluster.list('v1', 'ConfigMap', namespace, { labelSelector: 'managed-by=vidra' })).toEqual([]);
    expect(await cluster.exists(record)).toBe(false);
  });
});
