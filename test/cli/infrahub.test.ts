/** From an Infrahub into the cluster by the program: artifacts come, change, wait, break and go. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { startInfrahub } from '../../src/sandbox/infrahub.ts';
import { syncFile } from '../support/definitions.ts';
import { infrahub, useNewInfrahub } from '../support/operator-stage.ts';
import { cluster, environment, namespace, useSharedCluster } from '../support/stage.ts';
import { type Ended, vidra } from '../support/vidra.ts';

const key = '06438eb2-8019-4776-878c-0941b1f1d1ec';
let cache: string;

useSharedCluster();
useNewInfrahub({ apiKeys: [key] });
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'vidra-cache-'));
});

const loggedIn = () => ({ ...environment, INFRAHUB_API_TOKEN: key, XDG_CACHE_HOME: cache });
const configMap = (name: string, color: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {color: ${color}}\n`;
const sync = (name = 'Webserver_Manifest') =>
  syncFile(`${namespace}-sync`, { infrahubAPIURL: infrahub.address, artefactName: name }, namespace);
const run = (verb: string, file: string, ...more: string[]): Promise<Ended> =>
  vidra([verb, '--set', namespace, '-f', file, ...(verb === 'plan' ? [] : ['--yes']), ...more], {
    environment: loggedIn(),
  });
const names = async () =>
  (await cluster.list('v1', 'ConfigMap', namespace, { labelSelector: 'managed-by=vidra' }))
    .map(({ metadata }) => metadata.name)
    .sort();
const set = (name: string, content: string) => infrahub.setArtifact({ name, content });

describe('artifacts', () => {
  it('are applied, one owner each, and nothing is downloaded twice', async () => {
    set('Webserver_Manifest', configMap('one', 'blue'));
    set('Webserver_Manifest', configMap('two', 'red'));
    set('Other_Manifest', configMap('other', 'green'));
    const first = await run('apply', sync());
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(first.stdout).toContain('Applied: 2 created');
    expect(await names()).toEqual(['one', 'two']);
    expect(infrahub.count('GET', /artifact/)).toBe(2);
    infrahub.forgetRequests();
    const again = await run('apply', sync());
    expect(again.stdout).toContain('nothing to do');
    expect(infrahub.count('GET', /artifact/)).toBe(0);
  });

  it('are followed when they change and when they leave', async () => {
    const stays = set('Webserver_Manifest', configMap('one', 'blue'));
    const goes = set('Webserver_Manifest', configMap('two', 'red'));
    const file = sync();
    await run('apply', file);
    infrahub.setArtifact({ id: stays, name: 'Webserver_Manifest', content: configMap('one', 'white') });
    infrahub.removeArtifact(goes);
    const plan = await run('plan', file);
    expect(plan.stdout).toContain('data.color: "blue" -> "white"');
    expect(plan.stdout).toContain('1 to update, 1 to delete');
    const result = await run('apply', file);
    expect([result.code, result.stderr]).toEqual([0, '']);
    expect(await names()).toEqual(['one']);
    // The owner of the artifact that left has no record any more.
    const secrets = await cluster.list('v1', 'Secret', namespace);
    expect(secrets.filter(({ metadata }) => metadata.name.startsWith('vidra-inventory-'))).toHaveLength(1);
  });

  it('that wait for their first rendering, or that the listing lacks by mistake, lose nothing', async () => {
    const id = set('Webserver_Manifest', configMap('one', 'blue'));
    const file = sync();
    await run('apply', file);
    const waiting = infrahub.setArtifact({ name: 'Webserver_Manifest' });
    const pending = await run('apply', file);
    expect(pending.code).toBe(0);
    expect(pending.stdout).toContain(`Webserver_Manifest (${waiting})`);
    expect(await names()).toEqual(['one']);

    infrahub.removeArtifact(id);
    infrahub.removeArtifact(waiting);
    const empty = await run('apply', file);
    expect(empty.code).toBe(1);
    expect(empty.stdout).toContain('SOURCE_EMPTY');
    expect(await names()).toEqual(['one']);
  });

  it('made anew under other ids take nothing away before they are rendered', async () => {
    const old = [
      set('Webserver_Manifest', configMap('one', 'blue')),
      set('Webserver_Manifest', configMap('two', 'red')),
    ];
    const file = sync();
    await run('apply', file);
    for (const id of old) infrahub.removeArtifact(id);
    const first = infrahub.setArtifact({ name: 'Webserver_Manifest' });
    const second = infrahub.setArtifact({ name: 'Webserver_Manifest' });
    const pending = await run('apply', file, '--prune');
    expect([pending.code, pending.stdout]).toEqual([0, expect.stringContaining('no artifact has content')]);
    infrahub.setArtifact({ id: first, name: 'Webserver_Manifest', content: configMap('one', 'blue') });
    await run('apply', file, '--prune');
    expect(await names()).toEqual(['one', 'two']);
    infrahub.setArtifact({ id: second, name: 'Webserver_Manifest', content: configMap('three', 'red') });
    expect((await run('apply', file, '--prune')).code).toBe(0);
    expect(await names()).toEqual(['one', 'three']);
  });

  it('of an Infrahub that keeps those of objects that left, or of a rendering that failed, come with a word on it', async () => {
    const id = set('Webserver_Manifest', configMap('one', 'blue'));
    infrahub.setArtifact({ id, name: 'Webserver_Manifest', status: 'Error' });
    const failed = await run('plan', sync());
    expect([failed.code, failed.stdout]).toEqual([
      0,
      expect.stringContaining('its content is that of the last success'),
    ]);
    const older = await startInfrahub({ apiKeys: [key], version: '1.2.11' });
    older.setArtifact({ name: 'Webserver_Manifest', content: configMap('one', 'blue') });
    const source = { infrahubAPIURL: older.address, artefactName: 'Webserver_Manifest' };
    const kept = await run('plan', syncFile(`${namespace}-older`, source, namespace));
    await older.close();
    expect(kept.stdout).toContain('Infrahub 1.2.11 keeps artifacts of objects that left their group');
  });

  it('of a list that is not complete, or empty, lose nothing to any verb', async () => {
    const id = set('Webserver_Manifest', configMap('one', 'blue'));
    set('Webserver_Manifest', configMap('two', 'red'));
    const file = sync();
    await run('apply', file);
    infrahub.removeArtifact(id);
    for (const verb of ['apply', 'prune']) {
      for (const count of [2, 0]) {
        const body = JSON.stringify({ data: { CoreArtifact: { count, edges: [] } } });
        const headers = { 'content-type': 'application/json' };
        infrahub.answerNext({ status: 200, headers, body }, { path: /^\/graphql/ });
        const { stdout } = await run(verb, file);
        expect(stdout).toContain(count === 0 || verb === 'prune' ? 'SOURCE_EMPTY' : 'is not complete');
        expect(await names()).toEqual(['one', 'two']);
      }
    }
    expect((await run('apply', file)).code).toBe(0);
    expect(await names()).toEqual(['two']);
  });

  it('keep the others going when one is a web page instead of manifests', async () => {
    set('Webserver_Manifest', configMap('one', 'blue'));
    set('Webserver_Manifest', '<!doctype html><html><body>Sign in</body></html>');
    const result = await run('apply', sync());
    expect(result.code).toBe(1);
    expect(result.stdout).toMatch(/HTML/);
  });

  it('are named with document, line and column when they cannot be read', async () => {
    const id = set('Webserver_Manifest', `${configMap('one', 'blue')}---\nkind: ConfigMap\nmetadata:\n  name: two\n`);
    const result = await run('apply', sync());
    expect(result.code).toBe(1);
    expect(result.stdout).toContain(`${infrahub.address}, artifact Webserver_Manifest (${id}), document 2, line`);
    expect(await names()).toEqual(['one']);
  });

  it('of 5 MB work', async () => {
    const text = Array.from({ length: 1500 }, (_, index) => configMap(`big-${index}`, 'x'.repeat(3400))).join('---\n');
    expect(text.length).toBeGreaterThan(5_000_000);
    set('Webserver_Manifest', text);
    const result = await run('apply', sync());
    expect([result.code, result.stderr]).toEqual([0, '']);
    expect(await names()).toHaveLength(1500);
    expect((await run('plan', sync(), '--detailed-exitcode')).code).toBe(0);
  });
});

describe('definitions', () => {
  it('that left the set are reported, and pruned on request', async () => {
    set('Webserver_Manifest', configMap('one', 'blue'));
    const other = syncFile(
      `${namespace}-other`,
      { infrahubAPIURL: infrahub.address, artefactName: 'Other_Manifest' },
      namespace,
    );
    set('Other_Manifest', configMap('other', 'green'));
    await run('apply', sync(), '-f', other);
    expect(await names()).toEqual(['one', 'other']);

    const reported = await run('apply', sync());
    expect(reported.code).toBe(0);
    expect(reported.stdout).toContain('--prune');
    expect(await names()).toEqual(['one', 'other']);

    const refused = await vidra(['prune', '--set', namespace, '-f', sync()], { environment: loggedIn() });
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('--yes')]);
    const pruned = await run('prune', sync());
    expect([pruned.code, pruned.stderr]).toEqual([0, '']);
    expect(await names()).toEqual(['one']);
  });

  it('of another set are never touched', async () => {
    set('Webserver_Manifest', configMap('one', 'blue'));
    await run('apply', sync());
    const other = `other-${randomBytes(3).toString('hex')}`;
    const empty = syncFile(
      `${namespace}-empty`,
      { infrahubAPIURL: infrahub.address, artefactName: 'Other_Manifest' },
      namespace,
    );
    set('Other_Manifest', configMap('other', 'green'));
    const result = await vidra(['apply', '--yes', '--prune', '--set', other, '-f', empty], { environment: loggedIn() });
    expect(result.code).toBe(0);
    expect(await names()).toEqual(['one', 'other']);
    const whole = await vidra(['prune', '--yes', '--set', other], { environment: loggedIn() });
    expect([whole.code, whole.stderr]).toEqual([0, '']);
    expect(await names()).toEqual(['one']);
  });
});

describe('an Infrahub in trouble', () => {
  it('that is down fails the run and deletes nothing', async () => {
    set('Webserver_Manifest', configMap('one', 'blue'));
    const file = sync();
    await run('apply', file);
    await infrahub.close();
    const result = await run('apply', file);
    expect(result.code).toBe(1);
    expect(result.stdout).toContain('SOURCE_UNREACHABLE');
    expect(await names()).toEqual(['one']);
  });

  it('that refuses the password says so, without the password', async () => {
    set('Webserver_Manifest', configMap('one', 'blue'));
    const login = {
      KUBECONFIG: cluster.kubeconfig,
      VIDRA_NAMESPACE: namespace,
      INFRAHUB_USERNAME: 'admin',
      INFRAHUB_PASSWORD: 'not-the-password',
    };
    const result = await vidra(['apply', '--yes', '--set', namespace, '-f', sync()], { environment: login });
    expect(result.code).toBe(1);
    expect(result.stdout).toContain('Incorrect password');
    expect(result.stdout + result.stderr).not.toContain('not-the-password');
  });
});
