/** Giving a set up touches nothing of other sets, wherever their records are kept. */
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { carryOut } from '../../src/engine/carry-out.ts';
import { prepareOrphans } from '../../src/engine/orphans.ts';
import type { Run } from '../../src/engine/run.ts';
import { createAccount } from '../support/account.ts';
import { type Cluster, connect } from '../support/cluster.ts';
import { actionsOf, type Engine, resource, startEngine } from '../support/engine.ts';

let cluster: Cluster;
let mine: Engine;
let theirs: Engine;
let namespaces: [string, string];
const run: Run = { signal: new AbortController().signal, emit: () => undefined };

beforeAll(() => {
  cluster = connect(inject('kubeconfig'));
});
beforeEach(async () => {
  namespaces = [await cluster.createNamespace(), await cluster.createNamespace()];
  mine = await startEngine(inject('kubeconfig'), namespaces[0]);
  theirs = await startEngine(inject('kubeconfig'), namespaces[1]);
  return () => Promise.all([mine.close(), theirs.close()]);
});
afterAll(() => cluster.close());

const settings = (namespace: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace },
  data: { color: 'blue' },
});

describe('a set that is given up', () => {
  it('loses its own objects, and not those whose records are in another namespace', async () => {
    await mine.apply([resource(`${namespaces[0]}-web`, settings(namespaces[0]))]);
    await theirs.apply([resource(`${namespaces[1]}-web`, settings(namespaces[1]))]);
    const plan = await prepareOrphans(await mine.target([]), run, { wholeSet: true });
    expect(actionsOf(plan)).toEqual(['delete ConfigMap settings']);
    expect(plan.owners.map(({ owner }) => owner.name)).toEqual([`${namespaces[0]}-web`]);
  });

  it('loses an object, too, that its own record has forgotten', async () => {
    const web = `${namespaces[0]}-web`;
    await mine.apply([
      resource(web, settings(namespaces[0]), { ...settings(namespaces[0]), kind: 'Secret', data: {} }),
    ]);
    const target = await mine.target([]);
    const [record] = await target.inventory.list();
    if (!record) throw new Error('there is no record');
    await target.inventory.write({
      header: record.header,
      run: 'test',
      put: [],
      drop: [`/ConfigMap/${namespaces[0]}/settings`],
    });
    const plan = await prepareOrphans(await mine.target([]), run, { wholeSet: true });
    expect(actionsOf(plan).sort()).toEqual(['delete ConfigMap settings', 'delete Secret settings']);
  });

  it('loses what its records name where only their namespace may be read, and says what is not looked at', async () => {
    const [own, other] = namespaces;
    const second = { ...settings(own), metadata: { name: 'lost', namespace: own } };
    const shared = { ...settings(own), metadata: { name: 'shared', namespace: own } };
    await mine.apply([resource(`${own}-web`, settings(own), second, shared)]);
    await theirs.apply([resource(`${other}-web`, shared)]);
    const target = await mine.target([]);
    const [header] = (await target.inventory.list()).map((record) => record.header);
    if (!header) throw new Error('there is no record');
    await target.inventory.write({ header, run: 'test', put: [], drop: [`/ConfigMap/${own}/lost`] });

    const all = { apiGroups: [''], resources: ['secrets', 'configmaps'], verbs: ['*'] };
    const engine = await startEngine(await createAccount(cluster, { [own]: [all] }), own);
    const narrow = await engine.target([]);
    const plan = await prepareOrphans(narrow, run, { wholeSet: true });
    expect(actionsOf(plan).sort()).toEqual(['delete ConfigMap settings', 'release ConfigMap shared']);
    expect(plan.notes).toEqual([expect.stringMatching(/^objects that are on no record are not looked for.*secrets/)]);
    const { outcomes } = await carryOut(plan, narrow, run, { wait: false, timeoutMs: 60_000 });
    expect(outcomes.map(({ problem }) => problem)).toEqual([undefined, undefined]);
    expect(await Promise.all([settings(own), second, shared].map((one) => cluster.exists(one)))).toEqual([
      false,
      true,
      true,
    ]);
    // Whose records are not known, nobody can say who exists no more.
    await expect(prepareOrphans(narrow, run, { wholeSet: false })).rejects.toMatchObject({ code: 'CLUSTER_FORBIDDEN' });
    await engine.close();
  });

  it('is not needed to spare a copy that somebody made of an object, marks included', async () => {
    await mine.apply([resource(`${namespaces[0]}-web`, settings(namespaces[0]))]);
    const { labels, annotations } = (await cluster.get(settings(namespaces[0]))).metadata;
    const copy = {
      ...settings(namespaces[0]),
      metadata: { name: 'copy', namespace: namespaces[0], labels, annotations },
    };
    await cluster.create(copy as Parameters<Cluster['create']>[0]);
    const plan = await prepareOrphans(await mine.target([]), run, { wholeSet: false });
    expect(actionsOf(plan)).not.toContain('delete ConfigMap copy');
  });

  it('is not needed to spare what another Vidra on the cluster has recorded', async () => {
    await theirs.apply([resource(`${namespaces[1]}-web`, settings(namespaces[1]))]);
    const plan = await prepareOrphans(await mine.target([]), run, { wholeSet: false });
    const touched = plan.owners.flatMap(({ changes }) => changes.map(({ reference }) => reference.namespace));
    expect(touched).not.toContain(namespaces[1]);
  });
});

describe('an owner whose name another Vidra on the cluster uses', () => {
  it('is refused, and nothing of the other one is touched', async () => {
    const name = `${namespaces[1]}-web`;
    await theirs.apply([resource(name, settings(namespaces[1]))]);
    const result = await mine.apply([resource(name, settings(namespaces[0]))]);
    expect(result.plan.problems).toMatchObject([
      { code: 'SET_MISMATCH', message: expect.stringContaining(namespaces[1]) },
    ]);
    expect(result.plan.owners.flatMap(({ notes }) => notes)).toEqual([]);
    expect(result.outcomes).toEqual([]);
    expect(await cluster.exists(settings(namespaces[1]))).toBe(true);
  });

  it('does not take a shared object away from it', async () => {
    const shared = settings(namespaces[0]);
    await mine.apply([resource(`${namespaces[0]}-one`, shared)]);
    await theirs.apply([resource(`${namespaces[1]}-two`, shared)]);
    const result = await mine.apply([resource(`${namespaces[0]}-one`)]);
    expect(actionsOf(result.plan)).toEqual(['release ConfigMap settings']);
    expect(await cluster.exists(shared)).toBe(true);
  });
});
