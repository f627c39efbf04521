/** Namespaces and definitions of kinds stay while others have something in them; what is left when a definition goes. */
import { describe, expect, it } from 'vitest';
import type { Reference } from '../support/cluster.ts';
import { actionsOf, resource } from '../support/engine.ts';
import { engine, useEngine } from '../support/engine-stage.ts';
import { cluster, namespace } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

useEngine();

const widget = (name: string) => ({
  apiVersion: `${namespace}.example.org/v1`,
  kind: 'Widget',
  metadata: { name, namespace },
});
const definition = () => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `widgets.${namespace}.example.org` },
  spec: {
    group: `${namespace}.example.org`,
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
});

describe('a definition of a kind that left the manifests', () => {
  it('stays while another owner wants an instance, and goes when it does not any more', async () => {
    const [a, b] = [`${namespace}-a`, `${namespace}-b`];
    await engine.apply([resource(a, definition())]);
    await engine.apply([resource(b, widget('one'))]);

    const inOnePlan = await engine.plan([resource(a), resource(b, widget('one'))]);
    expect(actionsOf(inOnePlan)).toEqual([`skip CustomResourceDefinition widgets.${namespace}.example.org`]);
    await engine.apply([resource(a)]);
    expect(await cluster.exists(widget('one'))).toBe(true);

    const both = await engine.apply([resource(a), resource(b)]);
    expect(both.outcomes.map(({ result }) => result)).toEqual(['succeeded', 'succeeded']);
    await waitFor('the definition to be gone', async () => !(await cluster.exists(definition())));
  });
});

describe('an instance whose definition somebody deleted', () => {
  it('is forgotten, also while the group has other kinds', async () => {
    const { metadata, spec } = definition();
    const gadgets = {
      ...definition(),
      metadata: { name: metadata.name.replace('widgets', 'gadgets') },
      spec: { ...spec, names: { plural: 'gadgets', kind: 'Gadget' } },
    };
    const a = `${namespace}-a`;
    await engine.apply([resource(a, definition(), gadgets, widget('one'))]);
    await cluster.remove(definition());
    await waitFor('the kind to be gone', async () => {
      await engine.cluster.discover();
      return !engine.cluster.typeOf({ group: spec.group, version: 'v1', kind: 'Widget' });
    });
    const result = await engine.apply([resource(a, gadgets)]);
    expect(actionsOf(result.plan)).toEqual([]);
    const records = await (await engine.target([])).inventory.list();
    const record = records.find(({ header }) => header.name === a);
    expect([...(record?.entries.values() ?? [])].map(({ reference }) => reference.name)).toEqual([
      gadgets.metadata.name,
    ]);
  });
});

describe('a Namespace that left the manifests', () => {
  const shop = () => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${namespace}-shop` } });
  const inside = (metadata: object = {}) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'theirs', namespace: shop().metadata.name, ...metadata },
  });

  it('stays while the Vidra of another home has something in it', async () => {
    await engine.apply([resource(`${namespace}-a`, shop())]);
    const labels = { 'managed-by': 'vidra' };
    await cluster.apply(inside({ labels }) as Reference, 'vidra:web@elsewher');
    const plan = await engine.plan([resource(`${namespace}-a`)]);
    const reason = `still holds ConfigMap ${shop().metadata.name}/theirs of web`;
    expect(plan.owners[0]?.changes).toMatchObject([{ action: 'skip', reason }]);
  });

  it('stays while an owner has something in it that names the same cluster by its address', async () => {
    const [a, b] = [`${namespace}-a`, `${namespace}-b`];
    const there = {
      ...resource(b, inside()),
      destination: { server: engine.cluster.server, reconcileOnEvents: false },
    };
    await engine.apply([resource(a, shop())]);
    await engine.apply([there as ReturnType<typeof resource>]);
    expect((await engine.plan([resource(a)])).owners[0]?.changes).toMatchObject([{ action: 'skip' }]);
  });
});
