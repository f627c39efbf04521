/** `vidra cluster`, `credentials`, `config` and `infrahubsync`, on a control plane of their own. */

import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { KubeObject, Reference } from '../support/cluster.ts';
import { installKinds } from '../support/definitions-installed.ts';
import { atTerminal } from '../support/pty.ts';
import { cluster, environment, useOwnCluster } from '../support/stage.ts';
import { vidra } from '../support/vidra.ts';

useOwnCluster({ kinds: false });

const run = (...words: string[]) => vidra(words, { environment });
const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const secret = (name: string, namespace = 'vidra-system', labels: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace, labels },
});
const definition = (kind: string, name: string, spec: object = {}) => ({
  apiVersion: 'infrahub.operators.com/v1alpha1',
  kind,
  metadata: { name },
  spec,
});
function decoded({ data = {} }: KubeObject): Record<string, string> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
}

describe('vidra credentials', () => {
  const name = `infrahub-credentials-${md5('infrahub.example.com')}`;
  const url = 'https://infrahub.example.com';

  it('keeps a login as upstream does, and says what it did', async () => {
    const made = await vidra(['credentials', 'apply', url, '-u', 'ann', '-p', '-'], { environment, input: 'hush\n' });
    expect(made).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^Created Secret vidra-system\//),
    });
    const live = await cluster.get(secret(name));
    expect(live.metadata.labels).toEqual({ 'infrahub-api-url': 'infrahub.example.com' });
    expect(decoded(live)).toEqual({ username: 'ann', password: 'hush', infrahubapiurl: url });

    const again = await run('credentials', 'apply', url, '-u', 'ann', '-p', 'hush');
    expect(again.stdout).toMatch(/^Unchanged Secret/);
    expect((await cluster.get(secret(name))).metadata.resourceVersion).toBe(live.metadata.resourceVersion);
    expect((await run('credentials', 'apply', url, '-u', 'ann', '-p', 'new')).stdout).toMatch(/^Updated Secret/);
    expect(decoded(await cluster.get(secret(name)))['password']).toBe('new');
  });

  it('hides the password, but from who asks for it, also what kubectl remembers of it', async () => {
    const remembered = { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"password":"bmV3"}}' };
    await cluster.patch(secret(name), 'merge-patch', { metadata: { annotations: remembered } });
    for (const output of ['text', 'yaml', 'json']) {
      const hidden = await run('credentials', 'get', url, '-o', output);
      expect(hidden).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('***') });
      expect(hidden.stdout).not.toMatch(/\bnew\b|bmV3/);
      const list = await run('credentials', 'list', '-o', output);
      expect(list).toMatchObject({ code: 0, stdout: expect.stringContaining(name) });
      expect(list.stdout).not.toMatch(/\bnew\b|bmV3/);
    }
    expect((await run('credentials', 'get', url, '--show-secrets')).stdout).toMatch(/password +new\n/);
    const shown = parse((await run('credentials', 'get', url, '-o', 'yaml', '--show-secrets')).stdout);
    expect(shown).toMatchObject({ kind: 'Secret', metadata: { name }, data: { password: 'bmV3' } });
    expect(shown.metadata).not.toHaveProperty('annotations');
  });

  it('keeps two Infrahubs on one host apart', async () => {
    const other = `${url}:8443`;
    expect((await run('credentials', 'apply', other, '-u', 'bob', '-p', 'x')).stdout).toMatch(/^Created/);
    expect(decoded(await cluster.get(secret(name)))['username']).toBe('ann');
    expect((await run('credentials', 'get', other)).stdout).toContain('bob');
    expect(await run('credentials', 'get', 'infrahub.example.com')).toMatchObject({
      code: 64,
      stderr: expect.stringContaining(`write ${url}:8443 or ${url}`),
    });
    expect(await run('credentials', 'delete', other, '--yes')).toMatchObject({ code: 0 });
    expect(await cluster.exists(secret(name))).toBe(true);
  });

  it('renews the Secret that counts, whatever it is called, and writes nothing where others may read it', async () => {
    const namespace = await cluster.createNamespace();
    const labels = { 'infrahub-api-url': 'old.example.com' };
    const stringData = { username: 'ann', password: 'x' };
    await cluster.create({ ...secret('by-hand', namespace, labels), stringData } as Reference);
    const apply = (password: string, more: Record<string, string> = {}) =>
      vidra(['credentials', 'apply', 'http://old.example.com', '-u', 'eve', '-p', password], {
        environment: { ...environment, ...more },
      });
    const usual = `infrahub-credentials-${md5('old.example.com')}`;
    expect((await apply('y')).stdout).toMatch(new RegExp(`^Created Secret vidra-system/${usual} `));
    expect(decoded(await cluster.get(secret('by-hand', namespace)))).toEqual(stringData);
    expect((await run('credentials', 'list')).stdout).not.toContain('by-hand');
    expect((await run('credentials', 'list', '-n', namespace)).stdout).toContain('by-hand');

    await cluster.remove(secret(usual));
    const named = await apply('y', { VIDRA_SECRET_NAMESPACES: namespace });
    expect(named.stdout).toMatch(new RegExp(`^Updated Secret ${namespace}/by-hand `));
    // It is for every Infrahub on its host, and stays so.
    expect(decoded(await cluster.get(secret('by-hand', namespace)))).toEqual({ username: 'eve', password: 'y' });
    const elsewhere = await run(
      'credentials',
      'apply',
      'http://old.example.com',
      '-u',
      'e',
      '-p',
      'z',
      '-n',
      namespace,
    );
    expect(elsewhere).toMatchObject({ code: 0, stderr: expect.stringContaining('VIDRA_SECRET_NAMESPACES') });
  });

  it.runIf(process.platform === 'linux')('leaves no password in the list of processes', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const config = parse(readFileSync(cluster.kubeconfig, 'utf8'));
    config.clusters[0].cluster.server = `https://127.0.0.1:${port}`;
    const file = join(mkdtempSync(join(tmpdir(), 'vidra-kubeconfig-')), 'config');
    writeFileSync(file, JSON.stringify(config));
    let child: ChildProcess | undefined;
    const words = ['credentials', 'apply', url, '-u', 'ann', '-phush-hush', '--kubeconfig', file];
    const ended = vidra(words, {
      environment,
      onStart: (started) => {
        child = started;
      },
    });
    const [socket] = await once(silent, 'connection');
    expect(readFileSync(`/proc/${child?.pid}/cmdline`, 'utf8')).not.toContain('hush');
    child?.kill('SIGINT');
    const { stdout, stderr } = await ended;
    expect(stdout + stderr).not.toContain('hush');
    expect(stderr).toContain('--password - it is read from standard input');
    socket.destroy();
    silent.close();
  });

  it.each([
    [['apply', 'https://ann:hush-hush@infrahub.example.com'], 64],
    [['apply', url, '--pasword', 'hush-hush'], 64],
    [['apply', '-u', 'ann', '-p', 'hush-hush'], 64],
    [['apply', url, '-u', 'ann', '-p', 'hush-hush', '-n', 'No Name'], 64],
    [['apply', url, '-u', 'ann', '-p', 'hush-hush', '--context', 'nowhere'], 64],
    [['apply', url, '-u', 'ann', '-p', 'hush-hush', '-n', 'nowhere', '-v'], 1],
  ])('says nothing of it in an error: credentials %j', async (words, code) => {
    const ended = await run('credentials', ...words);
    expect(ended.code).toBe(code);
    expect(ended.stdout + ended.stderr).not.toContain('hush');
  });

  it('asks for what is not given, and shows nothing of it', async () => {
    const turns = [
      { asked: 'User name:', typed: 'ann' },
      { asked: 'Password:', typed: 'whispered' },
    ];
    const { code, screen } = await atTerminal(
      ['credentials', 'apply', 'https://asked.example.com'],
      turns,
      environment,
    );
    expect({ code, shows: screen.includes('whispered') }).toEqual({ code: 0, shows: false });
    const live = await cluster.get(secret(`infrahub-credentials-${md5('asked.example.com')}`));
    expect(decoded(live)).toMatchObject({ username: 'ann', password: 'whispered' });
    expect(await run('credentials', 'apply', url, '-u', 'ann')).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('--password -'),
    });
  });

  it('deletes nothing that nobody has allowed, and says what is not there', async () => {
    expect(await run('credentials', 'delete', url)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('NOT_CONFIRMED'),
    });
    expect(await cluster.exists(secret(name))).toBe(true);
    expect(await run('credentials', 'delete', url, '-y')).toMatchObject({ code: 0 });
    expect(await cluster.exists(secret(name))).toBe(false);
    expect(await run('credentials', 'delete', url, '-y')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('NOT_FOUND'),
    });
    expect(await run('credentials', 'apply', url, '-u', 'a', '-p', 'b', '-n', 'mistyped')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('mistyped'),
    });
  });
});

describe('vidra cluster', () => {
  /** A kubeconfig whose context reads its authority and token from files. */
  function kubeconfig(user: object): string {
    const folder = mkdtempSync(join(tmpdir(), 'vidra-kubeconfig-'));
    const home = parse(readFileSync(cluster.kubeconfig, 'utf8'));
    writeFileSync(join(folder, 'ca.pem'), 'the authority');
    writeFileSync(join(folder, 'token'), 'the token');
    const file = join(folder, 'config');
    const east = { server: 'https://east.example.com:6443', 'certificate-authority': 'ca.pem' };
    const config = {
      ...home,
      clusters: [...home.clusters, { name: 'c', cluster: east }],
      users: [...home.users, { name: 'u', user: { ...user, 'token-file': join(folder, 'token') } }],
      contexts: [...home.contexts, { name: 'admin@east', context: { cluster: 'c', user: 'u', namespace: 'shop' } }],
    };
    writeFileSync(file, JSON.stringify(config));
    return file;
  }
  const name = `cluster-kubeconfig-${md5('admin@east')}`;

  it('keeps a kubeconfig of one context that needs no files', async () => {
    const file = kubeconfig({});
    const made = await run('cluster', 'apply', 'admin@east', '--kubeconfig', file);
    expect(made).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^Created .* entered with a token/),
    });
    const live = await cluster.get(secret(name));
    expect(live.metadata.labels).toEqual({ 'cluster-kubeconfig': 'east.example.com' });
    expect(parse(decoded(live)['kubeconfig'] ?? '')).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'admin@east',
      contexts: [{ name: 'admin@east', context: { cluster: 'c', user: 'u', namespace: 'shop' } }],
      clusters: [
        {
          name: 'c',
          cluster: {
            server: 'https://east.example.com:6443',
            'certificate-authority-data': Buffer.from('the authority').toString('base64'),
          },
        },
      ],
      users: [{ name: 'u', user: { token: 'the token' } }],
    });
    expect((await run('cluster', 'apply', 'admin@east', '--kubeconfig', file)).stdout).toMatch(/^Unchanged/);
  });

  it('shows where it leads, and the token only to who asks for it', async () => {
    for (const argument of ['admin@east', 'east.example.com', 'https://east.example.com:6443', name]) {
      const { code, stdout } = await run('cluster', 'get', argument);
      expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('https://east.example.com:6443') });
      expect(stdout).not.toContain('the token');
    }
    for (const output of ['yaml', 'json']) {
      const hidden = await run('cluster', 'get', name, '-o', output);
      expect(hidden.stdout).toMatch(/"?kubeconfig"?: "\*\*\*"/);
      const shown = parse((await run('cluster', 'get', name, '-o', output, '--show-secrets')).stdout);
      expect(decoded(shown)['kubeconfig']).toContain('the token');
      const list = await run('cluster', 'list', '-o', output);
      expect(list.stdout).toContain(name);
      expect(list.stdout).not.toContain(shown.data.kubeconfig);
    }
    expect((await run('cluster', 'get', name, '--show-secrets')).stdout).toContain('the token');
    expect((await run('cluster', 'list')).stdout).toMatch(
      /^https:\/\/east\.example\.com:6443 +admin@east +vidra-system/m,
    );
  });

  it('offers the contexts to who names none', async () => {
    const file = kubeconfig({});
    const turns = [{ asked: 'Which context?', typed: '2' }];
    const { code, screen } = await atTerminal(['cluster', 'apply', '--kubeconfig', file], turns, environment);
    expect({ code, screen }).toEqual({
      code: 0,
      screen: expect.stringMatching(/ 2 {2}admin@east\n[\s\S]*Unchanged Secret/),
    });
    expect(await run('cluster', 'apply', '--kubeconfig', file)).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('admin@east'),
    });
  });

  it('refuses a login that only this machine can make, with the way out', async () => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'aws', interactiveMode: 'Never' };
    const refused = await run('cluster', 'apply', 'admin@east', '--kubeconfig', kubeconfig({ exec }));
    expect(refused).toMatchObject({ code: 64, stderr: expect.stringMatching(/aws.*ServiceAccount/) });
  });

  it('takes nothing else with it: a Secret of several clusters stays as it is', async () => {
    const several = parse(readFileSync(kubeconfig({}), 'utf8'));
    several.clusters[1].cluster.server = 'https://west.example.com';
    delete several.clusters[1].cluster['certificate-authority'];
    delete several.users[1].user['token-file'];
    const file = join(mkdtempSync(join(tmpdir(), 'vidra-kubeconfig-')), 'config');
    writeFileSync(file, JSON.stringify(several));
    const labels = { 'cluster-kubeconfig': 'west.example.com' };
    const stringData = { kubeconfig: JSON.stringify(several) };
    const before = await cluster.create({ ...secret('several', 'vidra-system', labels), stringData } as Reference);
    expect((await run('cluster', 'apply', 'admin@east', '--kubeconfig', file)).stdout).toMatch(/^Updated/);
    expect((await cluster.get(secret('several'))).metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    await cluster.remove(secret('several'));
    await run('cluster', 'apply', 'admin@east', '--kubeconfig', kubeconfig({}));
  });

  it('names whose destination goes before it deletes', async () => {
    await installKinds(cluster);
    await cluster.create(
      definition('VidraResource', 'eastern', {
        manifest: '',
        destination: { server: 'https://east.example.com:6443' },
      }),
    );
    const refused = await run('cluster', 'delete', 'admin@east');
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/VidraResource eastern[\s\S]*NOT_CONFIRMED/),
    });
    expect(await cluster.exists(secret(name))).toBe(true);
    expect(await run('cluster', 'delete', 'admin@east', '--yes')).toMatchObject({ code: 0 });
    expect(await cluster.exists(secret(name))).toBe(false);
  });
});

describe('vidra config', () => {
  const configMap = { ...secret('vidra-config'), kind: 'ConfigMap' };

  it('changes what is given, and leaves the rest', async () => {
    expect((await run('config', 'apply', '-r', '5m', '-s', '2m')).stdout).toMatch(/^Created ConfigMap vidra-system/);
    const usual = { requeueSyncAfter: '2m', requeueResourcesAfter: '5m', queryName: 'ArtifactIDs' };
    const live = await cluster.get(configMap);
    expect(live).toMatchObject({
      metadata: { labels: { app: 'vidra' } },
      data: { ...usual, eventBasedReconcile: 'false' },
    });
    expect((await run('config', 'apply', '-q', 'Mine', '--eventBasedReconcile')).stdout).toMatch(/^Updated/);
    const changed = { ...usual, queryName: 'Mine', eventBasedReconcile: 'true' };
    expect((await cluster.get(configMap)).data).toEqual(changed);
    expect((await run('config', 'apply')).stdout).toMatch(/^Unchanged/);
    expect(await run('config', 'apply', '-r', 'soon')).toMatchObject({ code: 64 });
  });

  it("mends the key that upstream's CLI writes and nobody reads", async () => {
    await cluster.patch(configMap, 'merge-patch', {
      data: { requeueResourceAfter: '7m', requeueResourcesAfter: null },
    });
    expect((await run('config', 'get')).stdout).toMatch(/requeueResourcesAfter +10m/);
    await run('config', 'apply');
    expect((await cluster.get(configMap)).data).toMatchObject({ requeueResourcesAfter: '7m' });
    expect((await cluster.get(configMap)).data).not.toHaveProperty('requeueResourceAfter');
  });

  it('lists, prints and deletes', async () => {
    expect((await run('config', 'list')).stdout).toMatch(/^vidra-system\/vidra-config +2m +7m +Mine +true$/m);
    expect(JSON.parse((await run('config', 'get', '-o', 'json')).stdout)).toMatchObject({
      data: { queryName: 'Mine' },
    });
    expect(await run('config', 'delete')).toMatchObject({ code: 1, stderr: expect.stringContaining('every 1m') });
    expect(await run('config', 'delete', '--yes')).toMatchObject({ code: 0 });
    expect(await cluster.exists(configMap)).toBe(false);
  });
});

describe('vidra infrahubsync', () => {
  const url = 'http://infrahub.example.com:8000';
  const named = (name: string) => definition('InfrahubSync', name);
  const hash = createHash('sha256').update(`${url}now-2hmain2Webserver_Manifest`).digest('hex');

  it("takes upstream's arguments, under upstream's names", async () => {
    await installKinds(cluster);
    const words = [
      'infrahubsync',
      'apply',
      url,
      '-a',
      'Webserver_Manifest',
      '--targetBranche',
      'main2',
      '-d',
      'now-2h',
    ];
    const more = ['-s', 'https://east.example.com:6443', '-N', 'shop', '-e', '-n', 'ignored'];
    expect(await run(...words, ...more)).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^Created/),
    });
    expect((await run('infrahubsync', 'get', url, '-E', `infrahubsync-${hash}`)).code).toBe(0);
    expect(await cluster.get(named(`infrahubsync-${hash}`))).toMatchObject({
      spec: {
        source: {
          infrahubAPIURL: url,
          artefactName: 'Webserver_Manifest',
          targetBranch: 'main2',
          targetDate: 'now-2h',
        },
        destination: { server: 'https://east.example.com:6443', namespace: 'shop', reconcileOnEvents: true },
      },
    });
    expect((await run(...words, ...more)).stdout).toMatch(/^Unchanged/);
  });

  it('leaves fields alone that no flag is for, and takes away what is not said any more', async () => {
    await cluster.patch(named(`infrahubsync-${hash}`), 'merge-patch', { spec: { deletionPolicy: 'Orphan' } });
    const words = ['infrahubsync', 'apply', url, '-a', 'Webserver_Manifest', '-E', `infrahubsync-${hash}`];
    expect((await run(...words)).stdout).toMatch(/^Updated/);
    const { spec } = (await cluster.get(named(`infrahubsync-${hash}`))) as { spec?: Record<string, unknown> };
    expect(spec).toMatchObject({ deletionPolicy: 'Orphan', destination: { reconcileOnEvents: false } });
    expect(spec?.['destination']).not.toHaveProperty('server');
    expect(spec?.['source']).not.toHaveProperty('targetDate');
  });

  it('finds one by what it reads, or by its name', async () => {
    await run('infrahubsync', 'apply', url, '-a', 'Other', '-E', 'other');
    expect((await run('infrahubsync', 'get', url, '-a', 'Other')).stdout).toMatch(/^InfrahubSync other\n/);
    expect((await run('infrahubsync', 'get', 'other')).stdout).toMatch(/branch +main\n/);
    expect(await run('infrahubsync', 'get', url)).toMatchObject({ code: 64, stderr: expect.stringContaining('other') });
    expect(await run('infrahubsync', 'get', 'nowhere')).toMatchObject({ code: 1 });
    expect((await run('infrahubsync', 'list')).stdout).toMatch(/^other +http:\/\/infrahub/m);
    expect(JSON.parse((await run('infrahubsync', 'list', '-o', 'json')).stdout)).toMatchObject({ kind: 'List' });
  });

  it('says which objects the operator will delete, before it deletes', async () => {
    const record = definition('VidraResource', 'other-1');
    await cluster.create(record);
    const managedResources = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'settings', namespace: 'shop' }];
    const status = { inventory: { set: 'default', sync: 'other', shards: 1 }, managedResources };
    await cluster.patch(record, 'merge-patch', { status }, { subresource: 'status' });
    const refused = await run('infrahubsync', 'delete', url, '-a', 'Other');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('  ConfigMap shop/settings\n') });
    expect(await cluster.exists(named('other'))).toBe(true);
    expect(await run('infrahubsync', 'delete', url, '-a', 'Other', '--yes')).toMatchObject({ code: 0 });
    expect(await cluster.exists(named('other'))).toBe(false);
  });

  it.each([
    [['-a', 'x', '-d', 'yesterday'], 'DATE_INVALID'],
    [['-a', 'x', '-s', 'east'], 'spec.destination.server'],
    [['-a', 'x', '-E', 'No Name'], 'metadata.name'],
    [[], '-a'],
  ])('refuses %j', async (words, message) => {
    expect(await run('infrahubsync', 'apply', url, ...words)).toMatchObject({
      code: 64,
      stderr: expect.stringContaining(message),
    });
  });
});
