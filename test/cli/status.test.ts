/** `vidra status`: with the kinds installed and without, on a control plane of its own. */
import { describe, expect, it } from 'vitest';
import { resourceFile } from '../support/definitions.ts';
import { installKinds } from '../support/definitions-installed.ts';
import { violationsOf } from '../support/schema.ts';
import { cluster, environment, useOwnCluster } from '../support/stage.ts';
import { vidra } from '../support/vidra.ts';
import { waitFor } from '../support/wait-for.ts';

useOwnCluster({ kinds: false });

const run = (...words: string[]) => vidra(words, { environment });
const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } });
const labels = { app: 'web' };
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web' }] } },
  },
};

describe('without the kinds', () => {
  it('says that there is nothing', async () => {
    expect(await run('status')).toMatchObject({
      code: 0,
      stdout: 'Nothing is kept in this cluster yet.\n',
      stderr: '',
    });
  });

  it('knows what was applied from files, counts what is healthy, and names what is not', async () => {
    const file = resourceFile('web', [configMap('a'), configMap('b'), deployment]);
    expect(await run('apply', '-f', file, '--yes', '--no-wait')).toMatchObject({ code: 0 });
    const { code, stdout } = await run('status');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^~ VidraResource web {2}from files {2}3 objects: 2 healthy, 1 on the way\n {2}~ Deployment default\/web {2}\S/,
    );
    expect(stdout).not.toContain('ConfigMap');
    expect(stdout).toMatch(/\n1 definition, 1 owner, 3 objects: 2 healthy, 1 on the way\.\n$/);
    expect((await run('status', '--show-objects')).stdout).toContain('  * ConfigMap default/a\n');
  });

  it('sees what somebody has deleted', async () => {
    await cluster.remove(configMap('b'));
    expect((await run('status', 'web')).stdout).toContain('  ! ConfigMap default/b  it is not there');
    expect(await run('status', 'nowhere')).toMatchObject({ code: 1, stderr: expect.stringContaining('NOT_FOUND') });
  });

  it('prints a document that its schema knows', async () => {
    const document = JSON.parse((await run('status', '-o', 'json')).stdout);
    expect(violationsOf('status', document)).toEqual([]);
    expect(document).toMatchObject({ kind: 'Status', definitions: [{ name: 'web', owners: [{ name: 'web' }] }] });
    const [owner] = document.definitions[0].owners;
    expect(
      Object.fromEntries(owner.objects.map((one: { name: string; state: string }) => [one.name, one.state])),
    ).toEqual({ a: 'current', b: 'missing', web: 'progressing' });
  });

  it('stays with --watch, and prints what changes', async () => {
    let text = '';
    const running = vidra(['status', '--watch'], {
      environment,
      onStart: (child) => {
        child.stdout?.on('data', (chunk: Buffer) => {
          text += chunk;
        });
        void waitFor('the first look', () => text.includes('1 definition'))
          .then(() => cluster.remove(configMap('a')))
          .then(() => waitFor('the second look', () => text.includes('default/a  it is not there')))
          .finally(() => child.kill('SIGINT'));
      },
    });
    expect(await running).toMatchObject({ code: 0 });
    expect(text).toContain('2 missing');
  });
});

describe('with the kinds', () => {
  it('shows syncs with their owners, as far as an operator has spoken, and a cluster that nobody reaches as unknown', async () => {
    await installKinds(cluster);
    const group = { apiVersion: 'infrahub.operators.com/v1alpha1' };
    const source = { infrahubAPIURL: 'http://infrahub.example.com', artefactName: 'web', targetBranch: 'main' };
    const sync = { ...group, kind: 'InfrahubSync', metadata: { name: 'shop' }, spec: { source, suspend: false } };
    const record = {
      ...group,
      kind: 'VidraResource',
      metadata: { name: 'shop-1' },
      spec: { destination: { server: 'https://127.0.0.1:1' } },
    };
    await cluster.create(sync);
    await cluster.create(record);
    const inventory = { set: 'default', sync: 'shop', artifact: 'Shop (1)', shards: 1 };
    const managedResources = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'far', namespace: 'shop' }];
    await cluster.patch(record, 'merge-patch', { status: { inventory, managedResources } }, { subresource: 'status' });
    const condition = { type: 'Ready', status: 'False', reason: 'Failed', message: 'the branch is gone' };
    const conditions = [{ ...condition, lastTransitionTime: '2026-01-01T00:00:00Z' }];
    await cluster.patch(sync, 'merge-patch', { status: { conditions } }, { subresource: 'status' });
    const { code, stdout } = await run('status', 'infrahubsync/shop');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^~ InfrahubSync shop {2}not ready: the branch is gone\n {2}~ Shop \(shop-1\) {2}on https:\/\/127\.0\.0\.1:1 {2}1 object: 1 unknown\n/,
    );
    // What is left of the files is still here, and one cluster that is down changes nothing of it.
    expect((await run('status')).stdout).toContain('VidraResource web');
    await run('suspend', 'shop');
    expect((await run('status', 'shop')).stdout).toContain('InfrahubSync shop  suspended');
  });
});
