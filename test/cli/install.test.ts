/** `vidra install` and `vidra uninstall`, on a control plane of their own. */
import { describe, expect, it } from 'vitest';
import type { Reference } from '../support/cluster.ts';
import { resourceFile } from '../support/definitions.ts';
import { cluster, environment, useOwnCluster } from '../support/stage.ts';
import { vidra } from '../support/vidra.ts';

useOwnCluster({ kinds: false });

const run = (...words: string[]) => vidra(words, { environment });
const names = ['infrahubsyncs', 'vidraresources'].map((name) => `${name}.infrahub.operators.com`);
const kinds = names.map((name) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name },
}));
const [syncs, resources] = kinds as [Reference, Reference];
const confirmed = names.flatMap((name) => ['--confirm', `CustomResourceDefinition ${name}`]);
const said = (word: string) => names.map((name) => `CustomResourceDefinition ${name} ${word}\n`).join('');

describe('without the kinds', () => {
  it.each(['plan', 'apply'])('vidra %s wants files', async (verb) => {
    expect(await run(verb)).toMatchObject({ code: 64, stdout: '', stderr: expect.stringContaining('--filename') });
  });
});

describe('vidra install', () => {
  it('changes nothing with --dry-run', async () => {
    expect(await run('install', '--dry-run')).toMatchObject({ code: 0, stdout: said('would be created'), stderr: '' });
    expect(await cluster.exists(syncs)).toBe(false);
  });

  it('makes both kinds, which are served when it ends, and does nothing a second time', async () => {
    expect(await run('install')).toMatchObject({ code: 0, stdout: said('created'), stderr: '' });
    expect(await cluster.list('infrahub.operators.com/v1alpha1', 'VidraResource')).toEqual([]);
    const { resourceVersion } = (await cluster.get(syncs)).metadata;
    expect(await run('install')).toMatchObject({ code: 0, stdout: said('unchanged') });
    expect((await cluster.get(syncs)).metadata.resourceVersion).toBe(resourceVersion);
  });

  it('puts back what differs, and takes no field away that somebody may use', async () => {
    const path = '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties';
    await cluster.patch(syncs, 'json-patch', [{ op: 'remove', path: `${path}/suspend` }]);
    expect((await run('install')).stdout).toContain(`${names[0]} updated\n`);
    await cluster.patch(syncs, 'json-patch', [{ op: 'add', path: `${path}/otherwise`, value: { type: 'string' } }]);
    const refused = await run('install');
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/spec\.otherwise[\s\S]*--allow-downgrade/),
    });
    expect(JSON.stringify(await cluster.get(syncs))).toContain('otherwise');
    expect((await run('install', '--allow-downgrade')).stdout).toContain(`${names[0]} updated\n`);
    expect(JSON.stringify(await cluster.get(syncs))).not.toContain('otherwise');
  });
});

describe('vidra uninstall', () => {
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kept', namespace: 'default' } };
  const owned = { ...configMap, metadata: { ...configMap.metadata, name: 'owned' } };
  const record = { apiVersion: 'infrahub.operators.com/v1alpha1', kind: 'VidraResource', metadata: { name: 'web' } };
  let file: string;

  it('refuses to take definitions away that nobody has named', async () => {
    file = resourceFile('web', [configMap]);
    expect(await run('apply', '-f', file)).toMatchObject({ code: 0 });
    // As upstream leaves things: with a finalizer, and with objects that go with their VidraResource.
    const finalizers = ['vidraresource.infrahub.operators.com/finalizer'];
    const { uid } = (await cluster.patch(record, 'merge-patch', { metadata: { finalizers } })).metadata;
    const ownerReferences = [{ apiVersion: record.apiVersion, kind: record.kind, name: 'web', uid, controller: true }];
    await cluster.create({ ...owned, metadata: { ...owned.metadata, ownerReferences } } as Reference);
    const refused = await run('uninstall', '--yes');
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`--confirm "CustomResourceDefinition ${names[1]}"`),
    });
    expect(refused.stderr).toContain('1 object');
    expect(await cluster.exists(record)).toBe(true);
  });

  it('refuses while an operator runs', async () => {
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'vidra', namespace: 'vidra-system' },
    };
    await cluster
      .create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'vidra-system' } })
      .catch(() => undefined);
    const renewTime = new Date().toISOString().replace('Z', '000Z');
    const spec = { holderIdentity: 'replica-1', leaseDurationSeconds: 600, renewTime };
    await cluster.create({ ...lease, spec } as Reference);
    const refused = await run('uninstall', ...confirmed);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('replica-1') });
    expect(await cluster.exists(record)).toBe(true);
    await cluster.remove(lease);
  });

  it('leaves every object where it is, and goes on with its record when it is installed again', async () => {
    const before = (await cluster.get(configMap)).metadata.uid;
    const done = await run('uninstall', ...confirmed);
    expect(done).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('1 record moved to Secrets') });
    expect([await cluster.exists(syncs), await cluster.exists(resources)]).toEqual([false, false]);
    expect((await cluster.get(configMap)).metadata.uid).toBe(before);
    const left = (await cluster.get(owned)).metadata as { ownerReferences?: unknown; deletionTimestamp?: string };
    expect(left.ownerReferences ?? []).toEqual([]);
    expect(left.deletionTimestamp).toBeUndefined();

    // Without the kinds, and with them again, nothing is new and nothing is forgotten.
    const unchanged = { code: 0, stdout: 'Plan: nothing to do, 1 unchanged.\n' };
    expect(await run('plan', '-f', file, '--detailed-exitcode')).toMatchObject(unchanged);
    expect(await run('install')).toMatchObject({ code: 0 });
    expect(await run('plan', '-f', file, '--detailed-exitcode')).toMatchObject(unchanged);
    const other = { ...configMap, metadata: { ...configMap.metadata, name: 'other' } };
    const replaced = await run('apply', '-f', resourceFile('web', [other]), '--yes', '--max-deletions', '5');
    expect(replaced).toMatchObject({ code: 0 });
    expect(await cluster.exists(configMap)).toBe(false);
  });

  it('asks where nothing is lost, too, and says where nothing is installed', async () => {
    for (const one of await cluster.list(record.apiVersion, record.kind)) {
      await cluster.patch(one, 'merge-patch', { metadata: { finalizers: null } });
      await cluster.remove(one);
    }
    expect(await run('uninstall')).toMatchObject({ code: 1, stderr: expect.stringContaining('NOT_CONFIRMED') });
    expect(await run('uninstall', '--yes')).toMatchObject({ code: 0, stdout: said('deleted') });
    expect(await run('uninstall', '--yes')).toMatchObject({ code: 0, stdout: 'Nothing is installed.\n' });
  });
});
