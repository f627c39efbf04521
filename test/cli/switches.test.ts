/** `vidra suspend`, `resume`, `reconcile` and `approve`: what they say to an operator, whose part the test plays. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../support/cluster.ts';
import { cluster, environment, useOwnCluster } from '../support/stage.ts';
import { vidra } from '../support/vidra.ts';
import { waitFor } from '../support/wait-for.ts';

const definition = (kind: string, name: string, spec: object = {}) => ({
  apiVersion: 'infrahub.operators.com/v1alpha1',
  kind,
  metadata: { name },
  spec,
});
const source = { infrahubAPIURL: 'http://infrahub.example.com', artefactName: 'web', targetBranch: 'main' };
const sync = definition('InfrahubSync', 'web', { source });
const resource = definition('VidraResource', 'extra', { manifest: '' });
/** Of the same name as the sync, as the record of its artifact may be. */
const record = definition('VidraResource', 'web');

useOwnCluster({ kinds: true });
beforeEach(async () => {
  for (const one of [sync, resource, record]) {
    if (await cluster.exists(one)) await cluster.remove(one);
    await cluster.create(one);
  }
});

const run = (...words: string[]) => vidra(words, { environment });
const specOf = async (one: typeof sync) => (await cluster.get<KubeObject & { spec: object }>(one)).spec;
const say = (one: typeof sync, status: object) =>
  cluster.patch(one, 'merge-patch', { status }, { subresource: 'status' });
const ready = (status: string, message: string) => ({
  conditions: [{ type: 'Ready', status, reason: 'Told', message, lastTransitionTime: '2026-01-01T00:00:00Z' }],
});

describe('vidra suspend and resume', () => {
  it('set spec.suspend, and write nothing twice', async () => {
    expect(await run('suspend', 'web')).toMatchObject({ code: 0, stdout: 'InfrahubSync web is suspended\n' });
    expect(await specOf(sync)).toMatchObject({ suspend: true, source });
    const { resourceVersion } = (await cluster.get(sync)).metadata;
    expect((await run('suspend', 'isync/web')).stdout).toBe('InfrahubSync web was suspended already\n');
    expect((await cluster.get(sync)).metadata.resourceVersion).toBe(resourceVersion);
    expect((await run('resume', '--all')).stdout).toBe(
      'InfrahubSync web goes on\nVidraResource extra was not suspended\n',
    );
    expect(await specOf(sync)).toMatchObject({ suspend: false });
  });

  it.each([
    [['suspend'], 64, '--all'],
    [['suspend', 'web', '--all'], 64, '--all'],
    [['suspend', 'nowhere'], 1, 'nowhere'],
    [['suspend', 'pod/web'], 64, 'infrahubsync/web'],
    [['suspend', 'vidraresource/web'], 64, 'record'],
  ])('%j is refused, and nothing is changed', async (words, code, message) => {
    expect(await run(...words)).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(message) });
    expect(await specOf(sync)).toMatchObject({ suspend: false });
  });
});

it('are completed with the names of definitions, and not of records', async () => {
  const { stdout } = await run('__complete', 'fish', '--', 'suspend', 'infrahubsync/web', '');
  expect(stdout).toBe('infrahubsync/web\nvidraresource/extra\n');
});

describe('vidra reconcile', () => {
  const annotation = 'vidra.infrahub.operators.com/reconcile';
  const asked = async (one: typeof sync) => (await cluster.get(one)).metadata.annotations?.[annotation];

  it('asks by the annotation, and does not wait unless it is told to', async () => {
    expect(await run('reconcile', '--all')).toMatchObject({ code: 0, stderr: '' });
    expect([await asked(sync), await asked(resource), await asked(record)]).toEqual([
      expect.stringMatching(/^\d{4}-/),
      expect.stringMatching(/^\d{4}-/),
      undefined,
    ]);
  });

  it.each([
    ['True', 0, 'InfrahubSync web is ready\n'],
    ['False', 1, 'InfrahubSync web is not ready: no such branch\n'],
  ])('waits for the answer to the very request: Ready is %s', async (status, code, stdout) => {
    // An answer to somebody else is none.
    await say(sync, { lastHandledReconcile: 'earlier', ...ready('True', 'all is well') });
    const running = run('reconcile', 'web', '--wait', '--timeout', '1m');
    const request = await waitFor('the request', () => asked(sync));
    await say(sync, { lastHandledReconcile: request, ...ready(status, 'no such branch') });
    expect(await running).toMatchObject({ code, stdout });
  });

  it('says that nobody answers', async () => {
    const late = await run('reconcile', 'web', '--wait', '--timeout', '1s');
    expect(late).toMatchObject({ code: 1, stderr: expect.stringContaining('(TIMEOUT)') });
    await run('suspend', 'web');
    expect(await run('reconcile', 'web')).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('vidra resume infrahubsync/web'),
    });
  });
});

describe('vidra approve', () => {
  const annotation = 'vidra.infrahub.operators.com/approve';
  const approved = async () => (await cluster.get(sync)).metadata.annotations?.[annotation];

  it('shows the plan that waits, and approves that one alone', async () => {
    expect(await run('approve', 'web', '--yes')).toMatchObject({ code: 64, stderr: expect.stringContaining('mode') });
    await cluster.patch(sync, 'merge-patch', { spec: { mode: 'Approve' } });
    expect(await run('approve', 'web', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('NOT_FOUND'),
    });
    await say(sync, { planDigest: 'abc', plannedChanges: { create: 2, update: 0, delete: 1 } });
    const refused = await run('approve', 'web');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('2 to create, 1 to delete') });
    expect(await run('approve', 'web', '--digest', 'old')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('PLAN_STALE'),
    });
    expect(await approved()).toBeUndefined();
    expect(await run('approve', 'web', '--digest', 'abc')).toMatchObject({ code: 0 });
    expect(await approved()).toBe('abc');
  });
});

describe('a real operator', () => {
  it('answers reconcile, and leaves alone what is suspended', async () => {
    const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kept', namespace: 'default' } };
    const other = { ...configMap, metadata: { ...configMap.metadata, name: 'other' } };
    await cluster.remove(sync);
    await cluster.patch(resource, 'merge-patch', { spec: { manifest: JSON.stringify(configMap) } });
    let end = () => {};
    const operator = vidra(['watch'], {
      environment,
      onStart: (child) => {
        end = () => child.kill('SIGTERM');
      },
    });
    try {
      const answer = await run('reconcile', 'extra', '--wait', '--timeout', '1m');
      expect(answer).toMatchObject({ code: 0, stdout: 'VidraResource extra is ready\n' });
      expect(await cluster.exists(configMap)).toBe(true);
      await run('suspend', 'extra');
      await cluster.patch(resource, 'merge-patch', { spec: { manifest: JSON.stringify(other) } });
      expect(await run('reconcile', 'extra')).toMatchObject({ code: 64 });
      expect((await run('status', 'extra')).stdout).toMatch(/suspended/);
      expect(await cluster.exists(configMap)).toBe(true);
      await run('resume', 'extra');
      await waitFor('the operator to go on', async () => !(await cluster.exists(configMap)));
    } finally {
      end();
      await operator;
    }
  });
});
