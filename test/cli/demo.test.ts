/** `vidra demo` as people run it: it tells its story, and nothing of it stays behind, however it ends. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { findPrograms } from '../../src/sandbox/programs.ts';
import { type Cluster, connect } from '../support/cluster.ts';
import { resource, startEngine } from '../support/engine.ts';
import { type VidraOptions, vidra } from '../support/vidra.ts';
import { waitFor } from '../support/wait-for.ts';

/** Sends SIGINT as soon as the text is there. */
function interruptAfter(wanted: string, stream: 'stdout' | 'stderr' = 'stdout'): NonNullable<VidraOptions['onStart']> {
  return (child) => {
    let seen = '';
    const listen = (chunk: string) => {
      seen += chunk;
      if (!seen.includes(wanted)) return;
      child[stream]?.off('data', listen);
      child.kill('SIGINT');
    };
    child[stream]?.on('data', listen);
  };
}

/** Fails unless all of them are there, one after the other, wherever lines are broken. */
function expectInOrder(lines: string, milestones: readonly string[]): void {
  const text = lines.replace(/\s+/g, ' ');
  let from = 0;
  for (const milestone of milestones) {
    const at = text.indexOf(milestone, from);
    expect(at, `"${milestone}" after character ${from} of:\n${text}`).toBeGreaterThanOrEqual(0);
    from = at + milestone.length;
  }
}

const milestones = [
  'artefactName: Webserver_Manifest',
  '$ vidra plan -f sync.yaml',
  '+ CustomResourceDefinition virtualmachines.demo.infrahub.operators.com new',
  'Plan: 14 to create.',
  '$ vidra apply -f sync.yaml --yes --no-wait',
  'Applied: 14 created in ',
  'Applied: nothing to do, 14 unchanged in ',
  'requests to know that of 11 objects: one for each of the 7 kinds',
  'data.currency: "EUR" -> "CHF"',
  '.image: "caddy:2.7" -> "caddy:2.8"',
  '+ Service shop it was deleted',
  'Plan: 1 to create, 2 to update, 11 unchanged.',
  'Applied: 1 created, 2 updated, 11 unchanged in ',
  'spec.replicas: 2 -> 3',
  'Applied: 1 updated, 13 unchanged in ',
  '-> Deployment shop -> market renamed',
  '-> Service shop -> market renamed',
  'Applied: 1 created, 2 renamed, 1 deleted, 11 unchanged in ',
  'the first deletion was sent when the last of the new objects had been confirmed',
  '- Deployment blog',
  'Applied: 3 deleted, 1 released, 10 unchanged in ',
  '$ vidra prune -f sync.yaml --yes',
  'Pruned: 3 deleted, 1 released in ',
  '$ vidra prune --set ',
  'Pruned: 5 deleted, 1 released in ',
];

describe('vidra demo on a cluster that is there', () => {
  let cluster: Cluster;
  beforeAll(() => {
    cluster = connect(inject('kubeconfig'));
  });
  afterAll(() => cluster.close());

  const given = () => ['demo', '--kubeconfig', inject('kubeconfig'), '--context', 'vidra-sandbox'];

  /** Whatever a demo has made has its prefix in its name or namespace, or carries the id of one of its artifacts. */
  async function expectNothingOf(stdout: string): Promise<void> {
    const prefix = /vidra-demo-[a-z0-9]{5}/.exec(stdout)?.[0] ?? 'no prefix was printed';
    const ids = [...stdout.matchAll(/\((?:shared|web|machines)-([0-9a-f-]{36})/g)].map(([, id]) => id ?? '');
    expect(new Set(ids).size).toBe(4);
    const [namespaces, kinds] = await Promise.all([
      cluster.list('v1', 'Namespace'),
      cluster.list('apiextensions.k8s.io/v1', 'CustomResourceDefinition'),
    ]);
    const text = JSON.stringify([namespaces, kinds]);
    for (const trace of [prefix, ...ids]) expect(text).not.toContain(trace);
  }

  it('tells the whole story in plain text, leaves nothing, and touches nothing of others', async () => {
    const namespace = await cluster.createNamespace();
    const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace } };
    const engine = await startEngine(inject('kubeconfig'), namespace);
    await engine.apply([resource(`${namespace}-web`, settings)]);
    await engine.close();
    const before = await cluster.get(settings);

    const { code, stdout, stderr } = await vidra(given());
    expect(await cluster.get(settings)).toEqual(before);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expectInOrder(stdout, [...milestones, "Nothing in the cluster is the demo's any more."]);
    expect(stdout).toMatch(/^[\n\x20-\x7e]+$/);
    await expectNothingOf(stdout);
  });

  it('cleans up when it is interrupted while it applies', async () => {
    const onStart = interruptAfter(': succeeded', 'stderr');
    const { code, stdout, stderr } = await vidra([...given(), '--verbose'], { onStart });
    expect(code).toBe(130);
    expect(stdout).not.toContain('Applied: 14 created');
    const cleaning = ['Cleaning up: all objects of the set vidra-demo-', '- Namespace vidra-demo-', 'Pruned: '];
    expectInOrder(stderr, [...cleaning, "Nothing in the cluster is the demo's any more.", 'Interrupted.']);
    expect(stderr).not.toContain('error:');
    await expectNothingOf(stdout);
  });

  it.each([
    [['--keep'], "'--keep' cannot be used with option '--context"],
    [['--stop', '/nowhere'], "'--stop <folder>' cannot be used with option '--context"],
  ])('refuses %j', async (flags, message) => {
    const { code, stdout, stderr } = await vidra([...given(), ...flags]);
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('takes no context that nobody named', async () => {
    const { code, stdout, stderr } = await vidra(['demo', '--kubeconfig', inject('kubeconfig')]);
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toContain('only when --context names it (USAGE)');
  });
});

describe('vidra demo on a control plane of its own', () => {
  let programs: Record<string, string>;
  let home: string;
  let temporary: string;
  let environment: Record<string, string>;

  beforeAll(async () => {
    const { etcd, apiServer, controllerManager } = await findPrograms({});
    programs = {
      TEST_ASSET_ETCD: etcd,
      TEST_ASSET_KUBE_APISERVER: apiServer,
      TEST_ASSET_KUBE_CONTROLLER_MANAGER: controllerManager,
    };
  });
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'vidra-home-'));
    temporary = mkdtempSync(join(tmpdir(), 'vidra-tmp-'));
    // Newer versions of Node keep a cache of their own in the temporary folder.
    const ownCache = { NODE_DISABLE_COMPILE_CACHE: '1' };
    environment = { ...programs, ...ownCache, HOME: home, XDG_CACHE_HOME: join(home, 'cache'), TMPDIR: temporary };
  });
  afterEach(() => {
    for (const folder of [home, temporary]) rmSync(folder, { recursive: true, force: true });
  });

  /** The processes of the control plane that lives in the temporary folder, once all of them are there. */
  const processes = () =>
    waitFor('all programs of the control plane', (): number[] | undefined => {
      const [folder] = readdirSync(temporary);
      if (folder === undefined) return undefined;
      try {
        const { supervisor, parts } = JSON.parse(readFileSync(join(temporary, folder, 'processes.json'), 'utf8'));
        return parts.length === 3 ? [supervisor, ...parts] : undefined;
      } catch {
        return undefined;
      }
    });

  async function expectNothing(ids: readonly number[]): Promise<void> {
    await waitFor('the end of all programs', () => !ids.some(isRunning));
    expect([readdirSync(temporary), readdirSync(home)]).toEqual([[], []]);
  }

  it('tells the whole story, and leaves no process and no file', async () => {
    const [{ code, stdout, stderr }, ids] = await Promise.all([vidra(['demo'], { environment }), processes()]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expectInOrder(stdout, [
      ...milestones,
      'now it holds the very same ones and no other.',
      'The control plane has ended',
    ]);
    await expectNothing(ids);
  });

  it('leaves nothing when it is interrupted', async () => {
    const onStart = interruptAfter('5. Apply');
    const [{ code, stderr }, ids] = await Promise.all([vidra(['demo'], { environment, onStart }), processes()]);
    expect({ code, stderr }).toEqual({ code: 130, stderr: 'Interrupted. Nothing of the demo is left.\n' });
    await expectNothing(ids);
  });

  it('stays with --keep until --stop', async () => {
    const [{ code, stdout }, ids] = await Promise.all([vidra(['demo', '--keep'], { environment }), processes()]);
    expect(code).toBe(0);
    const kubeconfig = /export KUBECONFIG=(\S+)/.exec(stdout)?.[1] ?? '';
    const cluster = connect(kubeconfig);
    const metadata = { name: 'shop', namespace: 'demo-store' };
    const shop = await cluster.get({ apiVersion: 'apps/v1', kind: 'Deployment', metadata });
    await cluster.close();
    expect(shop).toMatchObject({ spec: { replicas: 3 } });

    const [, stop = '', folder = ''] = /demo (--stop) (\S+)/.exec(stdout) ?? [];
    expect(await vidra(['demo', stop, folder], { environment })).toMatchObject({ code: 0, stderr: '' });
    await expectNothing(ids);
    const again = await vidra(['demo', stop, folder], { environment });
    expect(again).toMatchObject({ code: 64, stderr: expect.stringContaining('no control plane lives there') });
  });

  it('says how to get a control plane where there is none', async () => {
    const { code, stdout, stderr } = await vidra(['demo'], { environment: { HOME: home, PATH: join(home, 'empty') } });
    expect(code).toBe(1);
    expect(stdout).toContain('1. A cluster of its own');
    expect(stderr).toMatch(/^error: No control plane was found\..* \(CONTROL_PLANE_MISSING\)\nhint: Install Go .*\n$/);
    expect(readdirSync(home)).toEqual([]);
  });
});

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}
