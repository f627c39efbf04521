/** Deletions that would be an accident are held back on a real API server, and made when they are named. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Reference } from '../support/cluster.ts';
import { actionsOf, resource } from '../support/engine.ts';
import { engine, useEngine } from '../support/engine-stage.ts';
import { cluster, namespace } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

let owner: string;

useEngine();
beforeEach(() => {
  owner = `${namespace}-a`;
});

const configMap = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, ...more },
});
const confirm = (...confirmed: string[]) => ({ consent: { confirmed } });
const isGone = (reference: Reference) =>
  waitFor(`${reference.kind} ${reference.metadata.name} to be gone`, async () => !(await cluster.exists(reference)));
const recorded = async () => {
  const records = await (await engine.target([])).inventory.list();
  const record = records.find(({ header }) => header.name === owner);
  return [...(record?.entries.values() ?? [])].map(({ reference }) => `${reference.kind} ${reference.name}`);
};

describe('a Namespace', () => {
  const shop = () => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${namespace}-shop` } });
  const inShop = { namespace: '' };
  beforeEach(async () => {
    inShop.namespace = shop().metadata.name;
    await engine.apply([resource(owner, shop(), configMap('ours', inShop))]);
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', ...inShop } };
    await waitFor('its ServiceAccount to be made', () => cluster.exists(account));
    // By a controller that runs in every real cluster, and not in this one.
    await cluster.create(configMap('kube-root-ca.crt', inShop));
  });

  it('is deleted without a question when it holds what Kubernetes makes itself and what goes anyway', async () => {
    expect((await engine.plan([resource(owner)])).guards).toEqual([]);
    await engine.apply([resource(owner)]);
    await isGone(shop());
  });

  it('is kept while it holds what Vidra does not manage, the rest goes, and it is deleted when it is named', async () => {
    const labels = { app: 'theirs' };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'a' }] } };
    await cluster.create({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'theirs', ...inShop },
      spec: { replicas: 1, selector: { matchLabels: labels }, template },
    } as Reference);
    await waitFor('its Pod to be made', async () => (await cluster.list('v1', 'Pod', inShop.namespace)).length > 0);
    await cluster.create(configMap('theirs', inShop));
    const subject = `Namespace ${inShop.namespace}`;
    const objects = `Deployment ${inShop.namespace}/theirs`;
    const plan = await engine.plan([resource(owner)]);
    expect(actionsOf(plan).sort()).toEqual(['delete ConfigMap ours', `delete ${subject}`]);
    expect(plan.guards).toMatchObject([
      { type: 'namespace', subject, message: expect.stringContaining('holds 2 objects that Vidra does not manage: ') },
    ]);
    expect(plan.guards[0]?.message).toContain(objects);

    const held = await engine.apply([resource(owner)]);
    expect(actionsOf(held.plan).sort()).toEqual(['delete ConfigMap ours', `skip ${subject}`]);
    expect(await cluster.exists(configMap('ours', inShop))).toBe(false);
    expect(await cluster.exists(configMap('theirs', inShop))).toBe(true);
    expect(await recorded()).toEqual([subject]);

    await engine.apply([resource(owner)], confirm(subject));
    await isGone(shop());
  });
});

describe('a CustomResourceDefinition with an instance that Vidra does not manage', () => {
  const group = () => `${namespace}.example.org`;
  const definition = () => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${group()}` },
    spec: {
      group: group(),
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  });

  it('is kept, and deleted when it is named', async () => {
    await engine.apply([resource(owner, definition())]);
    const widget = { apiVersion: `${group()}/v1`, kind: 'Widget', metadata: { name: 'theirs', namespace } };
    await cluster.create(widget);
    const subject = `CustomResourceDefinition widgets.${group()}`;
    expect((await engine.plan([resource(owner)])).guards).toMatchObject([
      { type: 'definition', subject, message: expect.stringContaining(`Widget ${namespace}/theirs`) },
    ]);
    expect(actionsOf((await engine.apply([resource(owner)])).plan)).toEqual([`skip ${subject}`]);
    expect(await cluster.exists(widget)).toBe(true);
    expect(await recorded()).toEqual([subject]);
    await engine.apply([resource(owner)], confirm(subject));
    await isGone(definition());
  });
});

describe('a PersistentVolumeClaim', () => {
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  const claim = () => ({ ...configMap('data'), kind: 'PersistentVolumeClaim', spec });

  it('is kept, and deleted when it is named', async () => {
    await engine.apply([resource(owner, claim())]);
    const held = await engine.apply([resource(owner)]);
    expect(held.plan.owners[0]?.changes).toMatchObject([{ action: 'skip', code: 'GUARDED' }]);
    expect(await cluster.exists(claim())).toBe(true);
    await engine.apply([resource(owner)], confirm(`PersistentVolumeClaim ${namespace}/data`));
    await isGone(claim());
  });
});

describe('many deletions', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => configMap(`c${index}`));

  it('are held back, while writes are made, and are made when there may be so many', async () => {
    await engine.apply([resource(owner, ...many(6))]);
    const held = await engine.apply([resource(owner, configMap('new'))]);
    expect(actionsOf(held.plan).sort()).toEqual([
      'create ConfigMap new',
      ...many(6).map(({ metadata }) => `skip ConfigMap ${metadata.name}`),
    ]);
    expect(await cluster.exists(configMap('new'))).toBe(true);
    expect(await cluster.exists(configMap('c5'))).toBe(true);

    await engine.apply([resource(owner, configMap('new'))], { consent: { confirmed: [], maxDeletions: { count: 6 } } });
    expect(await cluster.exists(configMap('c5'))).toBe(false);
    expect(await recorded()).toEqual(['ConfigMap new']);
  });
});
