/** Whose an object is, decided by naming it: adopt, release and move. */

import { beforeEach, describe, expect, it } from 'vitest';
import { createAccount } from '../support/account.ts';
import { resourceFile, write } from '../support/definitions.ts';
import { resource } from '../support/operator.ts';
import { cluster, configMap, environment, namespace, useSharedCluster } from '../support/stage.ts';
import { vidra } from '../support/vidra.ts';

let owner: string;

useSharedCluster();
beforeEach(() => {
  owner = `${namespace}-web`;
});

const run = (...words: string[]) => vidra(words, { environment });
const apply = (who: string, ...manifests: object[]) =>
  run('apply', '--set', namespace, '-f', resourceFile(who, manifests), '--yes');
const named = (name: string) => `ConfigMap ${namespace}/${name}`;
const managers = async (name: string) =>
  ((await cluster.get(configMap(name))).metadata.managedFields ?? []).map(
    ({ manager, operation }) => `${operation} ${manager.replace(/@.*/, '')}`,
  );

describe('adopt', () => {
  it('takes over what is named, and does nothing else', async () => {
    await cluster.create(configMap('a', { color: 'red' }));
    await cluster.create(configMap('b', { color: 'red' }));
    const file = resourceFile(owner, [configMap('a', { color: 'blue' }), configMap('b'), configMap('c')]);
    const { code, stdout, stderr } = await run('adopt', named('a'), '--set', namespace, '-f', file);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/Adopted: 1 adopted in/);
    expect((await cluster.get(configMap('a')))['data']).toEqual({ color: 'blue' });
    expect((await cluster.get(configMap('b')))['data']).toEqual({ color: 'red' });
    expect(await cluster.exists(configMap('c'))).toBe(false);
    const plan = await run('plan', '--set', namespace, '-f', file);
    expect(plan.stdout).toMatch(/1 to create, 1 unchanged, 1 problem/);
  });

  it('says why nothing can be adopted', async () => {
    const file = resourceFile(owner, [configMap('new')]);
    const fails = async (name: string, why: RegExp) => {
      const { code, stderr } = await run('adopt', name, '--set', namespace, '-f', file);
      expect(code).not.toBe(0);
      expect(stderr).toMatch(why);
    };
    await fails(named('new'), /ConfigMap \S+\/new: does not exist: apply makes it/);
    await fails(named('other'), /no definition wants it/);
    await fails('what', /name objects as plans do/);
    await apply(owner, configMap('new'));
    await fails(named('new'), /is managed by Vidra already/);
  });
});

describe('adopt for a definition that says how it is reconciled', () => {
  const definitionFile = (more: object, ...manifests: object[]) =>
    write('one.yaml', JSON.stringify(resource(owner, manifests, more)));
  const adopt = (file: string, name: string, ...more: string[]) =>
    run('adopt', name, '--set', namespace, '-f', file, ...more);

  it.each([
    [{ suspend: true }, 'is suspended'],
    [{ mode: 'Observe' }, 'only observes'],
    [{ mode: 'Approve' }, 'save its plan with vidra plan --out'],
  ])('takes nothing over for %j, and says why', async (more, why) => {
    await cluster.create(configMap('a', { color: 'red' }));
    const file = definitionFile(more, configMap('a', { color: 'blue' }));
    for (const flag of ['--yes', '--dry-run']) {
      const { code, stderr } = await adopt(file, named('a'), flag);
      expect({ code, stderr }).toEqual({ code: 64, stderr: expect.stringMatching(`VidraResource ${owner}: .*${why}`) });
    }
    expect((await cluster.get(configMap('a')))['data']).toEqual({ color: 'red' });
  });

  it('acts as its ServiceAccount, and for it alone', async () => {
    const verbs = ['get', 'list', 'watch', 'create', 'patch', 'update', 'delete'];
    await createAccount(cluster, { [namespace]: [{ apiGroups: [''], resources: ['configmaps'], verbs }] });
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'b', namespace } };
    await cluster.create(configMap('a', { color: 'red' }));
    const { metadata } = await cluster.create(secret);
    const file = definitionFile({ serviceAccountName: `${namespace}/user` }, configMap('a', { color: 'blue' }), secret);
    expect(await adopt(file, named('a'))).toMatchObject({ code: 0, stderr: '' });
    expect((await cluster.get(configMap('a')))['data']).toEqual({ color: 'blue' });
    const refused = await adopt(file, `Secret ${namespace}/b`);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`system:serviceaccount:${namespace}:user`);
    expect((await cluster.get(secret)).metadata.resourceVersion).toBe(metadata.resourceVersion);
  });
});

describe('release', () => {
  it('leaves the object as it is, as of nobody', async () => {
    await apply(owner, configMap('a', { color: 'red' }), configMap('b'));
    const before = await cluster.get(configMap('a'));
    const { code, stdout } = await run('release', named('a'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/Released: 1 released in/);
    const after = await cluster.get(configMap('a'));
    expect(after['data']).toEqual({ color: 'red' });
    expect(after.metadata.uid).toBe(before.metadata.uid);
    expect({ ...after.metadata.labels, ...after.metadata.annotations }).toEqual({});
    expect(await managers('a')).toEqual([]);
    // Whoever takes it out of the manifests now loses nothing.
    const next = await apply(owner, configMap('b'));
    expect(next.stdout).toMatch(/nothing to do, 1 unchanged/);
    expect(await cluster.exists(configMap('a'))).toBe(true);
  });

  it('knows only what is on record', async () => {
    const { code, stderr } = await run('release', named('a'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/is not on the record of any owner/);
  });
});

describe('move', () => {
  it('gives the object to another owner, whole and in place', async () => {
    const other = `${namespace}-other`;
    await apply(owner, configMap('a', { color: 'red' }), configMap('b'));
    const before = await cluster.get(configMap('a'));
    const dry = await run('move', named('a'), '--to', other, '--dry-run');
    expect(dry.stdout).toBe(`${named('a')} would go from ${owner} to ${other}\n`);
    const { code, stdout, stderr } = await run('move', named('a'), '--to', other);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: `${named('a')} went from ${owner} to ${other}\n`,
      stderr: '',
    });
    expect(await managers('a')).toEqual([`Apply vidra:${other}`]);
    expect((await cluster.get(configMap('a'))).metadata.uid).toBe(before.metadata.uid);

    const file = resourceFile(other, [configMap('a', { color: 'red' })]);
    const flags = ['--set', namespace, '-f', file, '-f', resourceFile(owner, [configMap('b')])];
    const plan = await run('plan', ...flags, '--detailed-exitcode');
    expect({ code: plan.code, stdout: plan.stdout }).toEqual({
      code: 0,
      stdout: 'Plan: nothing to do, 2 unchanged.\n',
    });
    // The new owner has all of it: what leaves its manifest goes.
    await run('apply', '--set', namespace, '-f', resourceFile(other, [configMap('a')]), '--yes');
    expect((await cluster.get(configMap('a')))['data']).toBeUndefined();
    await run('apply', '--set', namespace, '-f', resourceFile(other, [configMap('c')]), '--yes');
    expect(await cluster.exists(configMap('a'))).toBe(false);
  });

  it('asks whose it is when it has several owners', async () => {
    const other = `${namespace}-other`;
    await apply(owner, configMap('a', { color: 'red' }));
    await apply(other, configMap('a', { size: 'big' }));
    const third = `${namespace}-third`;
    const refused = await run('move', named('a'), '--to', third);
    expect(refused.code).toBe(64);
    expect(refused.stderr).toMatch(/has the owners \S+, \S+; say whose with --from/);
    expect((await run('move', named('a'), '--to', third, '--from', other)).code).toBe(0);
    expect((await managers('a')).sort()).toEqual([`Apply vidra:${third}`, `Apply vidra:${owner}`].sort());
    expect((await cluster.get(configMap('a')))['data']).toEqual({ color: 'red', size: 'big' });
  });
});
