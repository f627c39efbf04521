/** `vidra plan`, `apply` and `prune` on the definitions of a cluster, alone and beside files and an operator. */

import { beforeEach, describe, expect, it } from 'vitest';
import { startInfrahub } from '../../src/sandbox/infrahub.ts';
import { createAccount } from '../support/account.ts';
import type { Reference } from '../support/cluster.ts';
import { write } from '../support/definitions.ts';
import {
  resource,
  type StoredDefinition,
  startOperator,
  sync,
  untilCondition,
  type Written,
} from '../support/operator.ts';
import { cluster, configMap, environment, namespace, useOwnCluster } from '../support/stage.ts';
import { vidra } from '../support/vidra.ts';

let made: Reference[];

useOwnCluster({ kinds: true });
beforeEach(() => {
  made = [];
  return async () => {
    for (const one of made) {
      await cluster.patch(one, 'merge-patch', { metadata: { finalizers: null } });
      await cluster.remove(one);
    }
    await run('prune', '--set', 'default', '--yes');
  };
});

const run = (...words: string[]) => vidra(words, { environment });
const named = (name: string) => `${namespace}-${name}`;
const holding = (name: string, more: object = {}, data: Record<string, string> = {}) =>
  resource(named(name), [configMap(name, data)], more);
const definitionFile = (...definitions: Written[]) =>
  write('definitions.yaml', definitions.map((one) => JSON.stringify(one)).join('\n---\n'));
const create = async (...definitions: Written[]) => {
  for (const one of definitions) made.push(await cluster.create(one));
};
const there = async (...names: string[]) => {
  const all = await Promise.all(names.map(async (name) => ((await cluster.exists(configMap(name))) ? [name] : [])));
  return all.flat();
};

describe('vidra apply without files', () => {
  it('takes what the cluster has, and leaves what is suspended, observed or not approved', async () => {
    await create(
      holding('web'),
      holding('sleeping', { suspend: true }),
      holding('seen', { mode: 'Observe' }),
      holding('asked', { mode: 'Approve' }),
    );
    const plan = await run('plan', '--detailed-exitcode');
    expect(plan).toMatchObject({ code: 2, stderr: '' });
    for (const name of ['web', 'seen', 'asked']) expect(plan.stdout).toContain(`+ ConfigMap ${name}`);
    const [, digest = ''] = /approve: (\S+)/.exec(plan.stdout) ?? [];

    const applied = await run('apply');
    expect(applied).toMatchObject({ code: 1 });
    expect(applied.stderr).toContain(`${named('seen')} is left as it is: it only observes`);
    expect(applied.stderr).toContain(`approve: ${digest}`);
    expect(applied.stdout).toContain(`${named('sleeping')} is left as it is, by suspend: true`);
    expect(await there('web', 'sleeping', 'seen', 'asked')).toEqual(['web']);

    const annotations = { 'vidra.infrahub.operators.com/approve': digest };
    await cluster.patch(holding('asked'), 'merge-patch', { metadata: { annotations } });
    expect(await run('apply')).toMatchObject({ code: 0 });
    expect(await there('web', 'sleeping', 'seen', 'asked')).toEqual(['web', 'asked']);
    expect((await cluster.get(holding('asked'))).metadata.annotations ?? {}).toEqual({});
  });

  it("finds artifacts by the query of the operator's ConfigMap, and says what is wrong in it", async () => {
    const infrahub = await startInfrahub({ accounts: { vidra: 'secret' } });
    infrahub.failNext(403, { path: /^\/graphql/, times: 1_000 });
    infrahub.state.queries.push({ ...infrahub.state.queries[0], name: 'Mine' } as never);
    infrahub.setArtifact({ name: 'Web', content: JSON.stringify(configMap('web')) });
    const metadata = { name: 'vidra-config', namespace, labels: { app: 'vidra' } };
    const data = { queryName: 'Mine', requeueSyncAfter: 'soon' };
    await cluster.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data } as Reference);
    const environment = { VIDRA_SECRET_NAMESPACES: namespace, INFRAHUB_USERNAME: 'vidra', INFRAHUB_PASSWORD: 'secret' };
    const query = (name: string) => infrahub.count('GET', new RegExp(`^/api/query/${name}$`));
    await create(sync(named('web'), { source: { infrahubAPIURL: infrahub.address, artefactName: 'Web' } }));

    for (const verb of ['plan', 'apply']) {
      infrahub.forgetRequests();
      const { code, stderr } = await vidra([verb], {
        environment: { KUBECONFIG: cluster.kubeconfig, ...environment },
      });
      expect({ code, stderr }).toEqual({
        code: 0,
        stderr: expect.stringContaining(`Warning: ConfigMap ${namespace}/vidra-config: requeueSyncAfter must be`),
      });
      expect([query('Mine') > 0, query('ArtifactIDs')]).toEqual([true, 0]);
    }
    expect(await there('web')).toEqual(['web']);
    await infrahub.close();
  });

  it('names a plan that waits for approval as the operator does', async () => {
    const asked = holding('asked', { mode: 'Approve' }, { color: 'red' });
    await create(asked);
    const [, digest] = /approve: (\S+)/.exec((await run('plan')).stdout) ?? [];
    const operator = await startOperator(cluster.kubeconfig);
    await untilCondition(cluster, asked, 'Stalled', 'True');
    expect((await cluster.get<StoredDefinition>(asked)).status?.['planDigest']).toBe(digest);
    expect((await operator.stop()).code).toBe(0);
  });

  it('keeps to dependsOn, and holds back what waits for something that failed', async () => {
    const dependsOn = [{ kind: 'VidraResource', name: named('first') }];
    const broken = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'Wrong', namespace } } as Reference;
    await create(holding('then', { dependsOn }), resource(named('first'), [configMap('first'), broken]));
    const failed = await run('apply');
    expect(failed).toMatchObject({ code: 1 });
    expect(failed.stderr).toContain(
      `${named('then')} waits, and is left as it is: VidraResource ${named('first')} is not ready`,
    );
    expect(await there('first', 'then')).toEqual(['first']);
    await cluster.patch(holding('first'), 'merge-patch', { spec: { manifest: JSON.stringify(configMap('first')) } });
    expect(await run('apply')).toMatchObject({ code: 0 });
    expect(await there('first', 'then')).toEqual(['first', 'then']);
  });

  it('lets go what a definition has that is being deleted, and leaves its finalizer', async () => {
    await create(holding('web'));
    expect(await run('apply')).toMatchObject({ code: 0 });
    await cluster.patch(holding('web'), 'merge-patch', { metadata: { finalizers: ['example.org/hold'] } });
    await cluster.remove(holding('web'));
    const applied = await run('apply', '--yes');
    expect(applied).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('its finalizer is left to the operator'),
    });
    expect(await there('web')).toEqual([]);
    expect(await cluster.exists(holding('web'))).toBe(true);
    await cluster.patch(holding('web'), 'merge-patch', { metadata: { finalizers: null } });
    made = [];
  });
});

describe('vidra apply with files', () => {
  it('says what is waited for that is not there', async () => {
    const dependsOn = [{ kind: 'VidraResource', name: named('gone') }];
    const refused = await run('apply', '-f', definitionFile(holding('then', { dependsOn })));
    const reason = `VidraResource ${named('then')} waits, and is left as it is: VidraResource ${named('gone')} does not exist`;
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(reason) });
  });

  it.each(['plan', 'apply', 'watch'])('refuses what waits for itself: %s', async (verb) => {
    const after = (name: string) => ({ dependsOn: [{ kind: 'VidraResource', name: named(name) }] });
    const file = definitionFile(holding('one', after('two')), holding('two', after('one')));
    expect(await run(verb, '-f', file)).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('waits for itself'),
    });
  });

  it('keeps to what they say of how they are reconciled', async () => {
    const file = definitionFile(
      holding('web'),
      holding('sleeping', { suspend: true }),
      holding('seen', { mode: 'Observe' }),
      holding('asked', { mode: 'Approve' }),
      holding('limited', { serviceAccountName: `${namespace}/nobody` }),
    );
    const applied = await run('apply', '-f', file);
    expect(applied).toMatchObject({ code: 1 });
    expect(applied.stderr).toContain(`${named('seen')} is left as it is`);
    expect(applied.stderr).toContain(`${named('asked')} is left as it is: it waits for approval`);
    expect(applied.stdout).toMatch(/system:serviceaccount:\S+:nobody/);
    expect(await there('web', 'sleeping', 'seen', 'asked', 'limited')).toEqual(['web']);

    const one = definitionFile(holding('asked', { mode: 'Approve' }));
    const out = `${one}.plan`;
    expect(await run('plan', '-f', one, '--out', out)).toMatchObject({ code: 0 });
    expect(await run('apply', out)).toMatchObject({ code: 0 });
    expect(await there('asked')).toEqual(['asked']);
    const refused = await run('plan', '-f', definitionFile(holding('seen', { mode: 'Observe' })), '--out', out);
    expect(refused).toMatchObject({ code: 64, stderr: expect.stringContaining('mode: Observe') });
  });
});

describe('vidra rollback of what a definition in the cluster wants', () => {
  const colored = (color: string, more: object = {}) => holding('web', more, { color });
  const rollback = (...words: string[]) => run('rollback', named('web'), '--to-revision', '1', ...words);
  const colorOf = async () => (await cluster.get(configMap('web'))).data?.['color'];
  /** Two revisions, red and blue. */
  const applyBoth = async (more: object = {}) => {
    await create(colored('red', more));
    expect(await run('apply')).toMatchObject({ code: 0 });
    await cluster.patch(colored('red'), 'merge-patch', { spec: colored('blue', more).spec });
    expect(await run('apply')).toMatchObject({ code: 0 });
  };
  const change = (spec: object) => cluster.patch(colored('red'), 'merge-patch', { spec });

  it('goes back, and stays there where it is suspended', async () => {
    await applyBoth();
    const done = await rollback();
    const way = `vidra suspend vidraresource/${named('web')}`;
    expect(done).toMatchObject({ code: 0, stderr: expect.stringContaining(way) });
    expect(await colorOf()).toBe('red');
    expect(await run('apply')).toMatchObject({ code: 0 });
    await change({ suspend: true });
    expect(await rollback()).toMatchObject({ code: 0, stderr: '' });
    expect(await run('apply')).toMatchObject({ code: 0 });
    expect(await colorOf()).toBe('red');
  });

  it('changes nothing where it only observes, and nothing that is not approved', async () => {
    await applyBoth();
    await change({ mode: 'Observe' });
    expect(await rollback()).toMatchObject({ code: 64, stderr: expect.stringContaining('only observes') });
    await change({ mode: 'Approve' });
    const refused = await rollback();
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('waits for approval') });
    expect(await colorOf()).toBe('blue');
    const [, digest = ''] = /approve: (\S+)/.exec((await rollback('--dry-run')).stdout) ?? [];
    expect(refused.stderr).toContain(digest);
    const annotations = { 'vidra.infrahub.operators.com/approve': digest };
    await cluster.patch(colored('red'), 'merge-patch', { metadata: { annotations } });
    expect(await rollback()).toMatchObject({ code: 0 });
    expect(await colorOf()).toBe('red');
  });

  it.each(['in the cluster', 'in a file'])('is written as its ServiceAccount, with a definition %s', async (where) => {
    const verbs = ['get', 'list', 'watch', 'create', 'patch', 'update', 'delete'];
    await createAccount(cluster, { [namespace]: [{ apiGroups: [''], resources: ['configmaps'], verbs }] });
    const as = { serviceAccountName: `${namespace}/user` };
    if (where === 'in the cluster') await applyBoth(as);
    else
      for (const color of ['red', 'blue'])
        expect(await run('apply', '-f', definitionFile(colored(color, as)))).toMatchObject({ code: 0 });
    const binding = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding' };
    const live = await cluster.get({ ...binding, metadata: { name: namespace, namespace } });
    await cluster.remove({ ...binding, metadata: { name: namespace, namespace } });
    const refused = await rollback();
    expect(refused.code).toBe(1);
    expect(refused.stdout + refused.stderr).toContain(`system:serviceaccount:${namespace}:user`);
    expect(await colorOf()).toBe('blue');
    const { name } = live.metadata;
    await cluster.create({ ...live, ...binding, metadata: { name, namespace } } as Reference);
    expect(await rollback()).toMatchObject({ code: 0 });
    expect(await colorOf()).toBe('red');
  });
});

describe('beside definitions in the cluster', () => {
  it('nothing of theirs is deleted by files, or by giving up the set', async () => {
    await create(holding('web'));
    await run('apply');
    const file = definitionFile(holding('other'));
    const applied = await run('apply', '-f', file, '--prune', '--yes');
    expect(applied).toMatchObject({ code: 0 });
    expect(applied.stdout).not.toContain('delete');
    expect(await run('prune', '-f', file, '--yes')).toMatchObject({ code: 0 });
    expect(await there('web', 'other')).toEqual(['web', 'other']);
    expect(await run('prune', '--set', 'default', '--yes')).toMatchObject({ code: 0 });
    expect(await there('web', 'other')).toEqual(['web']);
  });

  it('files and the operator take over from each other without writing anything', async () => {
    const both = [holding('web', {}, { color: 'red' }), holding('other')];
    const file = definitionFile(...both);
    expect(await run('apply', '-f', file)).toMatchObject({ code: 0 });
    const objects = ['web', 'other'].map((name) => configMap(name));
    const state = async () =>
      (await Promise.all(objects.map((one) => cluster.get(one)))).map(({ metadata: { uid, resourceVersion } }) => ({
        uid,
        resourceVersion,
      }));
    const before = await state();

    for (const one of both) made.push(await cluster.apply(one, 'test'));
    const operator = await startOperator(cluster.kubeconfig);
    for (const one of both) await untilCondition(cluster, one, 'Ready', 'True');
    expect((await operator.stop()).code).toBe(0);
    expect(await state()).toEqual(before);

    const again = await run('apply', '-f', file);
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).toContain('is in the cluster, too, as a custom resource');
    expect(await run('apply')).toMatchObject({ code: 0 });
    expect(await state()).toEqual(before);
  });
});
