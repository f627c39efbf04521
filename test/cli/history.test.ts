/** `vidra history` and `vidra rollback` as people use them. */
import { beforeEach, describe, expect, it } from 'vitest';
import { resourceFile } from '../support/definitions.ts';
import { violationsOf } from '../support/schema.ts';
import { cluster, environment, namespace, useSharedCluster } from '../support/stage.ts';
import { vidra } from '../support/vidra.ts';

let owner: string;

useSharedCluster();
beforeEach(() => {
  owner = `${namespace}-web`;
});

const metadata = () => ({ namespace, labels: { app: 'web' } });
const configMap = (data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { ...metadata(), name: 'config' },
  data,
});
const secret = () => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { ...metadata(), name: 'login' },
  stringData: { password: 'correct horse' },
});
const run = (...words: string[]) => vidra(words, { environment });
const apply = (...manifests: object[]) =>
  run('apply', '--set', namespace, '-f', resourceFile(owner, manifests), '--yes');

describe('history', () => {
  it('lists revisions, and shows one without secrets', async () => {
    await apply(configMap({ color: 'red' }), secret());
    await apply(configMap({ color: 'blue' }), secret());
    const list = await run('history', owner);
    expect(list.code).toBe(0);
    expect(list.stdout).toMatch(/^ {2}1 {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ {2}2 objects {2}2 created$/m);
    expect(list.stdout).toMatch(/^ {2}2 .* {2}1 updated$/m);
    const document = JSON.parse((await run('history', owner, '-o', 'json')).stdout);
    expect(document).toMatchObject({ formatVersion: '1', kind: 'History', revisions: [{ owner, number: 1 }, {}] });
    expect(violationsOf('history', document)).toEqual([]);
    expect(violationsOf('history', { ...document, revisions: [{ ...document.revisions[0], more: 1 }] })).not.toEqual(
      [],
    );
    const { stdout } = await run('history', owner, '--revision', '1');
    expect(stdout).toContain('color: red');
    expect(stdout).toContain('password: "***"');
    expect(stdout).not.toMatch(/correct horse|Y29ycmVjdCBob3JzZQ/);
  });

  it('tells of owners that are gone', async () => {
    await apply(configMap({ color: 'red' }));
    expect((await run('prune', '--set', namespace, '--yes')).code).toBe(0);
    expect((await run('history')).stdout).toMatch(
      new RegExp(`^${owner} {2}gone; kept until \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\dZ\n {2}1 `),
    );
    const document = JSON.parse((await run('history', '-o', 'json')).stdout);
    expect(document.revisions[0].keptUntil).toMatch(/^\d{4}-/);
    expect(violationsOf('history', document)).toEqual([]);
  });

  it('says what is wrong', async () => {
    expect(await run('history', owner)).toMatchObject({ code: 1, stderr: expect.stringContaining('HISTORY_UNKNOWN') });
    expect(await run('history', '--revision', '1')).toMatchObject({ code: 64 });
    expect(await run('history', owner, '--revision', '0')).toMatchObject({ code: 64 });
    expect((await run('history')).stdout).toBe('No history yet: it begins with the first apply.\n');
  });
});

describe('rollback', () => {
  it('shows its plan, and goes back', async () => {
    await apply(configMap({ color: 'red' }));
    await apply(configMap({ color: 'blue' }));
    const shown = await run('rollback', owner, '--dry-run', '--detailed-exitcode');
    expect(shown.code).toBe(2);
    expect(shown.stdout).toContain('data.color: "blue" -> "red"');
    const done = await run('rollback', owner, '--to-revision', '1');
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toMatch(/Rolled back: 1 updated in/);
    expect((await cluster.get(configMap({})))['data']).toEqual({ color: 'red' });
    expect((await run('history', owner)).stdout).toMatch(/^ {2}3 .* back to revision 1: 1 updated$/m);
  });
});
