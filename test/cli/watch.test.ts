/** `vidra watch` as a process: it stays, mends, follows files and sources, and ends cleanly. */
import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { startInfrahub } from '../../src/sandbox/infrahub.ts';
import { createAccount, type Rule } from '../support/account.ts';
import { syncFile, write } from '../support/definitions.ts';
import { startProxy } from '../support/proxy.ts';
import { atTerminal } from '../support/pty.ts';
import { violationsOf } from '../support/schema.ts';
import { cluster, configMap, dataOf, environment, namespace, useSharedCluster } from '../support/stage.ts';
import { type Ended, vidra } from '../support/vidra.ts';
import { waitFor } from '../support/wait-for.ts';

const key = '06438eb2-8019-4776-878c-0941b1f1d1ec';
let child: ChildProcess | undefined;
let output: string;
let ended: Promise<Ended>;

useSharedCluster();
afterEach(async () => {
  child?.kill('SIGKILL');
  await ended;
  // Whatever was told, the schema knows it.
  if (output.startsWith('{')) expect(lines().flatMap((line) => violationsOf('watch', line))).toEqual([]);
});

/** Nothing ever binds it. */
const claim = () => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'never', namespace },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName: '', resources: { requests: { storage: '1Gi' } } },
});
const definitionOf = (manifests: readonly object[], more: object = {}) =>
  JSON.stringify({
    apiVersion: 'infrahub.operators.com/v1alpha1',
    kind: 'VidraResource',
    metadata: { name: `${namespace}-web` },
    spec: { manifest: manifests.map((one) => JSON.stringify(one)).join('\n---\n'), ...more },
  });

function start(file: string, ...flags: string[]): void {
  startWith({}, file, ...flags);
}

function startWith(more: Readonly<Record<string, string>>, file: string, ...flags: string[]): void {
  output = '';
  ended = vidra(['watch', '--set', namespace, '-f', file, ...flags], {
    environment: { ...environment, ...more },
    onStart: (started) => {
      child = started;
      started.stdout?.on('data', (chunk: string) => {
        output += chunk;
      });
    },
  });
}

interface Line {
  readonly event: string;
  readonly trigger?: { readonly type: string; readonly objects?: readonly string[] };
  readonly result?: { readonly summary: Record<string, number> };
  readonly problem?: { readonly code: string; readonly message: string };
}
const lines = (): Line[] =>
  output
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
const reconciled = (type?: string) =>
  lines().filter(({ event, trigger }) => event === 'reconciled' && (!type || trigger?.type === type));

describe('watch', () => {
  it('applies at once, puts back what somebody changes or deletes, and leaves the rest alone', async () => {
    start(write('resource.yaml', definitionOf([configMap('a', { color: 'red' }), configMap('b')])), '--interval', '1h');
    await waitFor('the first look', () => reconciled('start').length === 1);
    expect(await dataOf('a')).toEqual({ color: 'red' });

    const { metadata } = await cluster.get(configMap('b'));
    const query = { fieldManager: 'kubectl-edit' };
    await cluster.patch(configMap('a'), 'merge-patch', { data: { color: 'blue', own: 'yes' } }, { query });
    await waitFor('the color to be put back', async () => (await dataOf('a'))?.['color'] === 'red');
    expect(await dataOf('a')).toEqual({ color: 'red', own: 'yes' });
    await waitFor('the drift to be told', () => reconciled('drift').length > 0);
    expect(reconciled('drift')[0]?.trigger?.objects).toEqual([`ConfigMap ${namespace}/a`]);

    await cluster.remove(configMap('a'));
    await waitFor('a to be there again', () => cluster.exists(configMap('a')));
    expect(await dataOf('a')).toEqual({ color: 'red' });
    expect((await cluster.get(configMap('b'))).metadata.resourceVersion).toBe(metadata.resourceVersion);
  });

  it('sees nothing new in what it writes itself, and watches nothing but what is managed', async () => {
    const proxy = await startProxy(cluster.kubeconfig);
    try {
      const all = (key: string) => Array.from({ length: 20 }, (_, index) => configMap(`many-${index}`, { [key]: 'x' }));
      const file = write('resource.yaml', definitionOf(all('before')));
      startWith({ KUBECONFIG: proxy.kubeconfig }, file, '--interval', '1h');
      await waitFor('the first look', () => reconciled('start').length === 1);
      const takeAway = async (name: string, times: number) => {
        await cluster.remove(configMap(name));
        await waitFor('it to be there again', () => cluster.exists(configMap(name)));
        await waitFor('that to be told', () => reconciled('drift').length === times);
      };
      await takeAway('many-7', 1);
      // Long enough to be told of the other writes while the run still goes on.
      const slow = { kind: 'delay', milliseconds: 2000 } as const;
      proxy.inject({ method: 'PATCH', path: /many-19/, writes: true, times: 1, fault: slow });
      writeFileSync(file, definitionOf(all('after')));
      await waitFor('the new keys', () => reconciled('definitions').length === 1);
      // The watch tells of it after all that was written before.
      await takeAway('many-8', 2);
      expect(reconciled().map(({ trigger }) => trigger?.objects ?? trigger?.type)).toEqual([
        'start',
        [`ConfigMap ${namespace}/many-7`],
        'definitions',
        [`ConfigMap ${namespace}/many-8`],
      ]);
      const watches = proxy.requests.filter(
        ({ path, query }) => path.endsWith('/configmaps') && query.includes('watch='),
      );
      expect(watches.length).toBeGreaterThan(0);
      for (const { query } of watches) expect(query).toContain('labelSelector=managed-by');
    } finally {
      await proxy.close();
    }
  });

  it('leaves what only observes as it is, until it says otherwise', async () => {
    const file = write('resource.yaml', definitionOf([configMap('a')], { mode: 'Observe' }));
    start(file, '--interval', '1h');
    await waitFor('the first look', () => reconciled('start').length === 1);
    expect(await cluster.exists(configMap('a'))).toBe(false);
    expect(output).toContain('is left as it is, by mode: Observe');
    writeFileSync(file, definitionOf([configMap('a')]));
    await waitFor('a to be there', () => cluster.exists(configMap('a')));
  });

  it('follows its files, and keeps to what they said while they cannot be read', async () => {
    const file = write('resource.yaml', definitionOf([configMap('a', { color: 'red' })]));
    start(file, '--interval', '1h');
    await waitFor('the first look', () => reconciled('start').length === 1);
    writeFileSync(file, 'kind: [');
    await waitFor('the file to be refused', () => lines().some(({ event }) => event === 'unreadable'));
    expect(await dataOf('a')).toEqual({ color: 'red' });
    writeFileSync(file, definitionOf([configMap('a', { color: 'blue' })]));
    await waitFor('the new color', async () => (await dataOf('a'))?.['color'] === 'blue');
    writeFileSync(file, definitionOf([configMap('c')]));
    await waitFor('what left to be gone', async () => !(await cluster.exists(configMap('a'))));
    expect(await cluster.exists(configMap('c'))).toBe(true);
  });

  it('ends a run that waits when the files say something newer', async () => {
    const file = write('resource.yaml', definitionOf([claim()]));
    start(file, '--interval', '1h', '--timeout', '1h');
    await waitFor('the claim', () => cluster.exists(claim()));
    writeFileSync(file, definitionOf([claim(), configMap('a')]));
    await waitFor('what is newer', () => cluster.exists(configMap('a')));
    const superseded = lines().find(({ event }) => event === 'superseded');
    expect(superseded).toMatchObject({ result: { results: { succeeded: 1 } } });
  });

  it('puts back what somebody changes while it waits for something else', async () => {
    const file = write('resource.yaml', definitionOf([claim(), configMap('a', { color: 'red' })]));
    start(file, '--interval', '1h', '--timeout', '1h');
    await waitFor('the claim', () => cluster.exists(claim()));
    await waitFor('the object', () => cluster.exists(configMap('a')));
    await cluster.remove(configMap('a'));
    await waitFor('it to be there again', () => cluster.exists(configMap('a')));
    const events = lines().map(({ event, trigger }) => `${event} ${trigger?.type}`);
    expect(events).toEqual(expect.arrayContaining(['superseded start', 'reconciling drift']));
  });

  it('makes anew what somebody has deleted when that is gone, and minds the rest meanwhile', async () => {
    const held = { ...configMap('a'), metadata: { name: 'a', namespace, finalizers: ['example.com/keep'] } };
    start(
      write('resource.yaml', definitionOf([configMap('a'), configMap('b', { color: 'blue' })])),
      '--interval',
      '1h',
    );
    await waitFor('the first run', () => reconciled('start').length === 1);
    const { uid } = (await cluster.get(configMap('a'))).metadata;
    await cluster.patch(held, 'merge-patch', { metadata: { finalizers: held.metadata.finalizers } });
    await cluster.remove(held);
    await waitFor('what is in the way', () => output.includes('is being deleted, and waits for example.com/keep'));
    const query = { fieldManager: 'kubectl-edit' };
    await cluster.patch(configMap('b'), 'merge-patch', { data: { color: 'red' } }, { query });
    await waitFor('b to be put back', async () => (await dataOf('b'))?.['color'] === 'blue');
    await cluster.patch(held, 'merge-patch', { metadata: { finalizers: null } });
    const isAnew = async () =>
      (await cluster.exists(configMap('a'))) && (await cluster.get(configMap('a'))).metadata.uid !== uid;
    await waitFor('a to be made anew', isAnew);
  });

  it('ends a run that waits when the source has something newer', async () => {
    const infrahub = await startInfrahub({ apiKeys: [key] });
    try {
      const id = infrahub.setArtifact({ name: 'Claims', content: JSON.stringify(claim()) });
      const source = { infrahubAPIURL: infrahub.address, artefactName: 'Claims' };
      const login = { INFRAHUB_API_TOKEN: key };
      startWith(login, syncFile(`${namespace}-sync`, source, namespace), '--interval', '1s', '--timeout', '1h');
      await waitFor('the claim', () => cluster.exists(claim()));
      infrahub.setArtifact({
        id,
        name: 'Claims',
        content: `${JSON.stringify(claim())}\n---\n${JSON.stringify(configMap('a'))}`,
      });
      await waitFor('what is newer', () => cluster.exists(configMap('a')));
      expect(lines().some(({ trigger }) => trigger?.type === 'source')).toBe(true);
    } finally {
      await infrahub.close();
    }
  });

  it('lets be for a while what somebody changes back again and again, and says who', async () => {
    start(write('resource.yaml', definitionOf([configMap('a', { color: 'red' }), configMap('b')])), '--interval', '1h');
    await waitFor('the first look', () => reconciled('start').length === 1);
    const query = { fieldManager: 'kubectl-edit' };
    for (let times = 1; times <= 3; times++) {
      await cluster.patch(configMap('a'), 'merge-patch', { data: { color: `blue ${times}` } }, { query });
      await waitFor('it to be put back', async () => (await dataOf('a'))?.['color'] === 'red');
      await waitFor('that to be told', () => reconciled('drift').length === times);
    }
    expect(JSON.stringify(reconciled('drift').at(-1))).toContain('contested with kubectl-edit');
    await cluster.patch(configMap('a'), 'merge-patch', { data: { color: 'blue again' } }, { query });
    // What is changed later, elsewhere, is told of first, and alone.
    await cluster.remove(configMap('b'));
    await waitFor('another drift to be told', () => reconciled('drift').length === 4);
    expect(reconciled('drift').at(-1)?.trigger?.objects).toEqual([`ConfigMap ${namespace}/b`]);
  });

  it('names the flag that allows what is guarded', async () => {
    const all = Array.from({ length: 6 }, (_, index) => configMap(`many-${index}`));
    const file = write('resource.yaml', definitionOf(all));
    start(file, '--interval', '1h', '-o', 'text');
    await waitFor('the first look', () => output.includes('6 created'));
    writeFileSync(file, definitionOf(all.slice(0, 1)));
    await waitFor('the guard', () => output.includes('to allow it: --max-deletions 5'));
    expect(await cluster.exists(configMap('many-5'))).toBe(true);
  });

  it('shows no progress between runs', async () => {
    const file = write('resource.yaml', definitionOf([configMap('a')]));
    const given = ['watch', '--set', namespace, '-f', file];
    const watching = atTerminal(given, [{ asked: 'still holds', typed: '\x03' }], environment, { columns: 80 });
    await waitFor('the first look', () => cluster.exists(configMap('a')));
    writeFileSync(file, 'kind: [');
    const { code, screen } = await watching;
    expect(code).toBe(0);
    const idle = screen.slice(screen.indexOf('Reconciled: '), screen.indexOf('error: '));
    expect(idle).toMatch(/^Reconciled: 1 created/);
    expect(idle).not.toContain('Starting');
    expect(screen).toMatch(/Ended\s*$/);
  });

  const rules = (verbs: readonly string[]): Rule[] => [
    { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'create', 'update', 'delete'] },
    { apiGroups: [''], resources: ['configmaps'], verbs },
  ];

  it('sees what changes where it may watch a single namespace only', async () => {
    const verbs = ['get', 'list', 'watch', 'create', 'patch', 'delete'];
    const KUBECONFIG = await createAccount(cluster, { [namespace]: rules(verbs) });
    startWith(
      { KUBECONFIG },
      write('resource.yaml', definitionOf([configMap('a', { color: 'red' })])),
      '--interval',
      '1h',
    );
    await waitFor('the first look', () => reconciled('start').length === 1);
    await cluster.remove(configMap('a'));
    await waitFor('it to be there again', () => cluster.exists(configMap('a')));
    expect(lines().map(({ event }) => event)).not.toContain('blind');
  });

  it('says once what it may not watch, and looks at it with each interval', async () => {
    const KUBECONFIG = await createAccount(cluster, {
      [namespace]: rules(['get', 'list', 'create', 'patch', 'delete']),
    });
    startWith({ KUBECONFIG }, write('resource.yaml', definitionOf([configMap('a')])), '--interval', '1s');
    await waitFor('the first look', () => reconciled('start').length === 1);
    await cluster.remove(configMap('a'));
    await waitFor('it to be there again', () => cluster.exists(configMap('a')));
    const before = reconciled('interval').length;
    await waitFor('two more looks', () => reconciled('interval').length === before + 2);
    const blind = lines().filter(({ event }) => event === 'blind');
    expect(blind).toMatchObject([{ problem: { code: 'CLUSTER_FORBIDDEN' } }]);
    expect(blind[0]?.problem?.message).toContain(`in the namespace "${namespace}"`);
  });

  it('looks again after its interval', async () => {
    start(write('resource.yaml', definitionOf([configMap('a')], { interval: '1s' })));
    await waitFor('a usual look', () => reconciled('interval').length > 0);
    expect(reconciled('interval')[0]?.result?.summary).toMatchObject({ keep: 1, update: 0 });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends with 0 on %s, and leaves a record of what it did', async (signal) => {
    const file = write('resource.yaml', definitionOf([configMap('a')]));
    start(file);
    await waitFor('the first look', () => reconciled('start').length === 1);
    child?.kill(signal);
    expect(await ended).toMatchObject({ code: 0, signal: null, stderr: '' });
    expect(lines().at(-1)).toMatchObject({ event: 'ended' });
    const { code, stdout } = await vidra(['plan', '--set', namespace, '-f', file, '--detailed-exitcode'], {
      environment,
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Plan: nothing to do, 1 unchanged.\n' });
  });

  it('tries again after a failure, and says why', async () => {
    const quota = { 'count/configmaps': '0' };
    const path = `/api/v1/namespaces/${namespace}/resourcequotas`;
    const body = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'none', namespace },
      spec: { hard: quota },
    };
    await cluster.request('POST', path, { body });
    const status = { hard: quota, used: { 'count/configmaps': '0' } };
    await cluster.request('PUT', `${path}/none/status`, { body: { ...body, status } });
    start(write('resource.yaml', definitionOf([configMap('a')])), '--interval', '1s');
    await waitFor('the refusal', () =>
      reconciled().some(({ result }) => JSON.stringify(result).includes('exceeded quota')),
    );
    await cluster.request('DELETE', `${path}/none`);
    await waitFor('the object', () => cluster.exists(configMap('a')));
  });
});
