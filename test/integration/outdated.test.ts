/** Objects of which managedFields names versions that are gone from their CustomResourceDefinition. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../support/cluster.ts';
import { actionsOf, resource } from '../support/engine.ts';
import { engine, useEngine } from '../support/engine-stage.ts';
import { cluster, namespace } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

let group: string;

useEngine();
beforeEach(() => {
  group = `${namespace}.example.org`;
});

interface Version {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly fields: readonly string[];
}
type Definition = KubeObject & { spec: object; status: { storedVersions: string[]; conditions?: object[] } };
type Thing = KubeObject & { spec: Record<string, string> };

const versionOf = ({ name, served, storage, fields }: Version) => {
  const spec = { type: 'object', properties: Object.fromEntries(fields.map((field) => [field, { type: 'string' }])) };
  return { name, served, storage, schema: { openAPIV3Schema: { type: 'object', properties: { spec } } } };
};
const definition = (...versions: Version[]) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `things.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind: 'Thing', plural: 'things' },
    versions: versions.map(versionOf),
  },
});
const alpha = (served: boolean, storage: boolean): Version => {
  return { name: 'v1alpha1', served, storage, fields: ['size', 'color'] };
};
const stable: Version = { name: 'v1', served: true, storage: true, fields: ['size', 'color', 'shape'] };
const thing = (version: string, spec: Record<string, string>) => ({
  apiVersion: `${group}/${version}`,
  kind: 'Thing',
  metadata: { name: 'it', namespace },
  spec,
});
const live = () => cluster.get<Thing>(thing('v1', {}));
const wanted = (version: string, spec: Record<string, string>) => [resource(`${namespace}-web`, thing(version, spec))];
const entries = async () => {
  const { metadata } = await live();
  return (metadata.managedFields ?? []) as unknown as { manager: string; apiVersion: string; fieldsV1: object }[];
};

/** Replaces all versions and waits until the server serves the new ones, and only those. */
async function define(...versions: Version[]): Promise<void> {
  const found = await cluster.get<Definition>(definition());
  await cluster.replace({ ...found, spec: definition(...versions).spec } as Definition);
  await waitFor('the new versions', async () => {
    const { text } = await cluster.request('GET', `/apis/${group}`);
    const served = JSON.parse(text).versions?.map(({ version }: { version: string }) => version) ?? [];
    const wanted = versions.filter((version) => version.served).map(({ name }) => name);
    // The schema comes a moment after the version.
    const shape = await cluster.request('PATCH', `/apis/${group}/v1/namespaces/${namespace}/things/probe`, {
      body: { ...thing('v1', { shape: 'x' }), metadata: { name: 'probe', namespace } },
      headers: { 'content-type': 'application/apply-patch+yaml' },
      query: { dryRun: 'All', fieldManager: 'probe', fieldValidation: 'Strict' },
    });
    return served.sort().join() === wanted.sort().join() && shape.status < 300;
  });
}

describe('an object that was applied at a version which is gone', () => {
  beforeEach(async () => {
    await cluster.create(definition(alpha(true, true)) as never);
    await waitFor(
      'the definition',
      async () => (await cluster.request('GET', `/apis/${group}/v1alpha1`)).status === 200,
    );
    await engine.apply(wanted('v1alpha1', { size: '1', color: 'red' }));
    const byOther = { apiVersion: `${group}/v1alpha1`, fieldsV1: { 'f:spec': { 'f:color': {} } } };
    const value = { manager: 'painter', operation: 'Update', fieldsType: 'FieldsV1', ...byOther };
    await cluster.patch(thing('v1alpha1', {}), 'json-patch', [{ op: 'add', path: '/metadata/managedFields/-', value }]);
  });

  it.each([
    ['served, with an older schema', [alpha(true, false), stable], false],
    ['not served any more', [alpha(false, false), stable], false],
    ['gone from the definition', [stable], true],
  ])('is applied where the version is %s', async (_, versions, isGone) => {
    await define(alpha(true, false), stable);
    // As a migration of the storage does it, before a version may go.
    await cluster.replace(await live());
    if (isGone) {
      const found = await cluster.get<Definition>(definition());
      found.status.storedVersions = ['v1'];
      await cluster.replace(found, { subresource: 'status' });
    }
    await define(...versions);
    const { uid } = (await live()).metadata;

    // Size leaves, and shape is unknown to the old version.
    const now = wanted('v1', { shape: 'round' });
    const plan = await engine.plan(now);
    expect(actionsOf(plan)).toEqual(['update Thing it']);
    const row = plan.owners[0]?.changes[0];
    expect(row).toMatchObject({ confidence: 'predicted', reason: expect.stringContaining(`${group}/v1alpha1`) });
    expect((await engine.apply(now)).outcomes).toMatchObject([{ result: 'succeeded' }]);
    // What another manager holds stays, and stays his.
    expect(await live()).toMatchObject({ metadata: { uid }, spec: { color: 'red', shape: 'round' } });
    expect((await live()).spec).not.toHaveProperty('size');
    expect((await entries()).map(({ manager, apiVersion }) => [manager, apiVersion])).toEqual([
      [expect.stringMatching(/^vidra:/), `${group}/v1`],
      ['painter', `${group}/v1`],
    ]);
    expect(actionsOf(await engine.plan(now))).toEqual([]);
  });

  it.each([
    ['served, with an older schema', [alpha(true, false), stable]],
    ['not served any more', [alpha(false, false), stable]],
  ])('with kubectl is adopted where the version is %s', async (_, versions) => {
    const made = { ...thing('v1alpha1', { size: '1', color: 'red' }), metadata: { name: 'other', namespace } };
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(made) };
    const path = `/apis/${group}/v1alpha1/namespaces/${namespace}/things`;
    const body = { ...made, metadata: { ...made.metadata, annotations } };
    await cluster.request('POST', path, { body, query: { fieldManager: 'kubectl-client-side-apply' } });
    await define(alpha(true, false), stable);
    await define(...versions);
    const now = { ...thing('v1', { shape: 'round', color: 'red' }), metadata: made.metadata };
    const definitions = [resource(`${namespace}-other`, now)];
    const result = await engine.apply(definitions, { overrides: { adopt: 'IfUnowned' } });
    expect(result.outcomes).toMatchObject([{ result: 'succeeded', change: { action: 'adopt' } }]);
    const after = await cluster.get<Thing>(now);
    expect(after.spec).toEqual({ shape: 'round', color: 'red' });
    expect(after.metadata.annotations).not.toHaveProperty(['kubectl.kubernetes.io/last-applied-configuration']);
    expect(after.metadata.managedFields).toMatchObject([{ manager: expect.stringMatching(/^vidra:/) }]);
    expect(actionsOf(await engine.plan(definitions))).toEqual([]);
  });
});
