/** The ConfigMap of `vidra watch`: taken up as it changes, and what is wrong in it is named. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAccount } from '../support/account.ts';
import type { Reference } from '../support/cluster.ts';
import { resource, sync, untilCondition } from '../support/operator.ts';
import { infrahub, operator, runOperator, useInfrahub, useOperators } from '../support/operator-stage.ts';
import { cluster, configMap, dataOf, namespace, useOwnCluster } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

const own = 'vidra-system';
const key = '4ce1e6a4-5f0e-4d43-8d3c-1d6a1a1f1f55';
useOwnCluster({ kinds: true });
beforeAll(() => cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: own } }));
useInfrahub({ apiKeys: [key] });
afterEach(async () => {
  for (const one of await cluster.list('v1', 'ConfigMap', undefined, { labelSelector: 'app=vidra' }))
    await cluster.remove({ ...one, apiVersion: 'v1', kind: 'ConfigMap' });
});
useOperators();

const start = (kubeconfig = cluster.kubeconfig, environment: Record<string, string> = {}) =>
  runOperator({ kubeconfig, environment: { INFRAHUB_API_TOKEN: key, ...environment } });

/** As a whole: what is not in `data` goes. */
async function putSettings(data: Record<string, string>, place = own, name = 'vidra-config'): Promise<void> {
  const metadata = { name, namespace: place, labels: { app: 'vidra' } };
  const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data } as Reference;
  await ((await cluster.exists(settings)) ? cluster.replace(settings) : cluster.create(settings));
}

const said = (event: string) => operator.lines().filter((line) => line.event === event);
const untilSettings = (wanted: object) =>
  waitFor(`the settings ${JSON.stringify(wanted)}`, () => {
    const last = said('settings').at(-1);
    return last && Object.entries(wanted).every(([name, value]) => (last as never)[name] === value);
  });
const warnings = () => said('warned').map(({ problem }) => problem?.message);

/** A sync of one ConfigMap without an interval of its own, and what changes that. */
async function startSync() {
  const name = `Configs ${namespace}`;
  const content = (color: string) => JSON.stringify(configMap('a', { color }));
  const id = infrahub.setArtifact({ name, content: content('red') });
  const one = sync(namespace, { source: { infrahubAPIURL: infrahub.address, artefactName: name } });
  await cluster.create(one);
  await untilCondition(cluster, one, 'Ready', 'True');
  return { one, paint: (color: string) => void infrahub.setArtifact({ id, name, content: content(color) }) };
}

describe('the ConfigMap', () => {
  it('shortens and ends the time between two looks, also for what waits already', async () => {
    await putSettings({ requeueSyncAfter: '0', requeueResourcesAfter: '2h45m' });
    await start();
    await untilSettings({ syncIntervalMs: 0, resourceIntervalMs: 9_900_000 });
    const { one, paint } = await startSync();
    paint('blue');
    // Longer than a timer can be.
    await putSettings({ requeueSyncAfter: '1000h' });
    await untilSettings({ syncIntervalMs: 3_600_000_000, resourceIntervalMs: 600_000 });
    const other = resource(`${namespace}-other`, [configMap('other')]);
    await cluster.create(other);
    await untilCondition(cluster, other, 'Ready', 'True');
    expect(await dataOf('a')).toEqual({ color: 'red' });
    await putSettings({ requeueSyncAfter: '1s' });
    await waitFor('the new revision', async () => (await dataOf('a'))?.['color'] === 'blue', 30);
    await cluster.remove(one);
    await waitFor('it to be gone', async () => !(await cluster.exists(one)));
  });

  it('has all definitions mended at once, also those that do not ask for it', async () => {
    await start();
    const one = resource(`${namespace}-web`, [configMap('a', { color: 'red' })]);
    await cluster.create(one);
    await untilCondition(cluster, one, 'Ready', 'True');
    const runs = () => said('reconciled').length;
    const before = runs();
    await putSettings({ eventBasedReconcile: 'true' });
    await waitFor('a run by the new settings', () => runs() > before);
    const query = { fieldManager: 'kubectl-edit' };
    await cluster.patch(configMap('a'), 'merge-patch', { data: { color: 'blue' } }, { query });
    await waitFor('it to be mended', async () => (await dataOf('a'))?.['color'] === 'red', 30);
  });

  it('names the stored query', async () => {
    infrahub.failNext(403, { path: /^\/graphql/, times: 1_000 });
    infrahub.state.queries.push({ ...infrahub.state.queries[0], name: 'Mine' } as never);
    await start();
    const { one, paint } = await startSync();
    expect(infrahub.count('GET', /^\/api\/query\/ArtifactIDs$/)).toBeGreaterThan(0);
    paint('blue');
    await putSettings({ queryName: 'Mine' });
    await waitFor('the new revision', async () => (await dataOf('a'))?.['color'] === 'blue', 30);
    expect(infrahub.count('GET', /^\/api\/query\/Mine$/)).toBeGreaterThan(0);
    infrahub.recover();
    await cluster.remove(one);
    await waitFor('it to be gone', async () => !(await cluster.exists(one)));
  });

  it('is told what is wrong in it, once, and the defaults hold', async () => {
    const wrong = { requeueSyncAfter: '-5m', eventBasedReconcile: 'yes', requeueResourceAfter: '5m' };
    await putSettings({ ...wrong, requeueResourcesAfter: '7m' });
    await start();
    await untilSettings({ syncIntervalMs: 60_000, resourceIntervalMs: 420_000, reconcileOnEvents: false });
    await putSettings({ ...wrong, requeueResourcesAfter: '8m' });
    await untilSettings({ resourceIntervalMs: 480_000 });
    const name = `ConfigMap ${own}/vidra-config`;
    expect(warnings().sort()).toEqual([
      `${name}: eventBasedReconcile must be "true" or "false", not "yes"; the default holds`,
      `${name}: requeueResourceAfter is not known; is requeueResourcesAfter meant?`,
      `${name}: requeueSyncAfter must be a duration such as 5m, or 0 for never, not "-5m"; the default holds`,
    ]);
  });

  it("counts in Vidra's own namespace, then in those that are named, and in no other", async () => {
    const other = await cluster.createNamespace();
    await putSettings({ requeueSyncAfter: '9m' }, other, 'mine');
    await putSettings({ requeueSyncAfter: '2m' }, namespace, 'mine');
    await putSettings({ color: 'red' }, namespace, 'of-somebody-else');
    await start(cluster.kubeconfig, { VIDRA_SECRET_NAMESPACES: namespace });
    await untilSettings({ syncIntervalMs: 120_000 });
    expect(warnings()).toEqual([]);
    await putSettings({ requeueSyncAfter: '3m' });
    await untilSettings({ syncIntervalMs: 180_000 });
    expect(warnings()).toEqual([
      `ConfigMap ${namespace}/mine: is labelled app=vidra, too, and does not count: ConfigMap ${own}/vidra-config does`,
    ]);
    await cluster.remove({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'vidra-config', namespace: own } });
    await untilSettings({ syncIntervalMs: 120_000 });
  });

  it("is read in Vidra's own namespace by whoever may read no others, and nobody has to be let read any", async () => {
    const rule = (apiGroup: string, ...resources: string[]) => ({ apiGroups: [apiGroup], resources, verbs: ['*'] });
    const everywhere = [rule('infrahub.operators.com', '*'), rule('events.k8s.io', '*'), rule('', 'secrets')];
    await putSettings({ requeueSyncAfter: '4m' });
    const rights = { [namespace]: [], [own]: [rule('', 'configmaps')] };
    await start(await createAccount(cluster, rights, everywhere));
    await untilSettings({ syncIntervalMs: 240_000 });
    expect(warnings()).toEqual([]);
    await operator.stop();
    const other = await cluster.createNamespace();
    await start(await createAccount(cluster, { [other]: [] }, everywhere));
    await waitFor('the start', () => said('watching').length > 0);
    expect(warnings()).toEqual([expect.stringContaining('configmaps is forbidden')]);
  });
});
