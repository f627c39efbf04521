/** What definitions of a cluster say of how they are reconciled: suspended, observed, approved, after others, guarded, at once. */
import { describe, expect, it } from 'vitest';
import { conditionOf, resource, type StoredDefinition, textOf, untilCondition } from '../support/operator.ts';
import { operator, useOperator } from '../support/operator-stage.ts';
import { cluster, configMap, dataOf, environment, namespace, useOwnCluster } from '../support/stage.ts';
import { vidra } from '../support/vidra.ts';
import { waitFor } from '../support/wait-for.ts';

useOwnCluster({ kinds: true });
useOperator();

const prefix = 'vidra.infrahub.operators.com';
const statusOf = async (one: ReturnType<typeof resource>) => (await cluster.get<StoredDefinition>(one)).status ?? {};
const annotate = (one: ReturnType<typeof resource>, name: string, value: string) =>
  cluster.patch(one, 'merge-patch', { metadata: { annotations: { [`${prefix}/${name}`]: value } } });

describe('a definition', () => {
  it('that is suspended is left alone until it is resumed, and may be deleted', async () => {
    const one = resource(`${namespace}-web`, [configMap('a')], { suspend: true });
    await cluster.create(one);
    await waitFor('it to say so', async () => conditionOf(await cluster.get(one), 'Ready')?.reason === 'Suspended');
    expect(await cluster.exists(configMap('a'))).toBe(false);
    await cluster.patch(one, 'merge-patch', { spec: { suspend: false } });
    await untilCondition(cluster, one, 'Ready', 'True');
    await cluster.patch(one, 'merge-patch', { spec: { suspend: true, manifest: textOf(configMap('b')) } });
    await waitFor('it to say so', async () => conditionOf(await cluster.get(one), 'Ready')?.reason === 'Suspended');
    expect([await cluster.exists(configMap('a')), await cluster.exists(configMap('b'))]).toEqual([true, false]);
    // What was seen of the objects was seen for what was wanted then.
    for (const type of ['Healthy', 'Drifted']) expect(conditionOf(await cluster.get(one), type)).toBeUndefined();
    await cluster.remove(one);
    await waitFor('it to be gone', async () => !(await cluster.exists(one)));
    expect(await cluster.exists(configMap('a'))).toBe(false);
  });

  it('that observes reports what differs and changes nothing', async () => {
    const one = resource(`${namespace}-web`, [configMap('a'), configMap('b')], { mode: 'Observe' });
    await cluster.create(one);
    const drifted = await untilCondition(cluster, one, 'Drifted', 'True');
    expect(drifted.message).toContain('2 to create');
    expect(await statusOf(one)).toMatchObject({ plannedChanges: { create: 2 }, DeployState: 'Pending', lastError: '' });
    expect(await cluster.list('v1', 'ConfigMap', namespace, { labelSelector: 'managed-by=vidra' })).toEqual([]);
  });

  it('that wants approval changes only what was approved', async () => {
    const one = resource(`${namespace}-web`, [configMap('a')], { mode: 'Approve' });
    await cluster.create(one);
    await waitFor('a plan', async () => (await statusOf(one))['planDigest'] !== undefined);
    const { planDigest } = await statusOf(one);
    await cluster.patch(one, 'merge-patch', { spec: { manifest: textOf(configMap('a'), configMap('b')) } });
    await waitFor('another plan', async () => (await statusOf(one))['planDigest'] !== planDigest);
    await annotate(one, 'approve', String(planDigest));
    await annotate(one, 'reconcile', 'now');
    await waitFor('the answer', async () => (await statusOf(one))['lastHandledReconcile'] === 'now');
    expect(await cluster.exists(configMap('a'))).toBe(false);
    const { planDigest: newer } = await statusOf(one);
    const approved = await vidra(['approve', `vidraresource/${one.metadata.name}`, '--yes'], { environment });
    expect(approved).toMatchObject({ code: 0, stdout: expect.stringContaining(String(newer)) });
    await untilCondition(cluster, one, 'Ready', 'True');
    expect([await cluster.exists(configMap('a')), await cluster.exists(configMap('b'))]).toEqual([true, true]);
    expect(await statusOf(one)).not.toHaveProperty('planDigest');

    // The very same plan, for another reason, is another decision.
    await cluster.remove(configMap('a'));
    await cluster.remove(configMap('b'));
    await annotate(one, 'reconcile', 'again');
    const waits = await untilCondition(cluster, one, 'Ready', 'False');
    expect(waits).toMatchObject({ reason: 'ApprovalNeeded' });
    expect(await statusOf(one)).toMatchObject({ planDigest: newer, DeployState: 'Pending', lastError: '' });
    expect(await cluster.exists(configMap('a'))).toBe(false);
    expect((await cluster.get(one)).metadata.annotations).not.toHaveProperty(`${prefix}/approve`);
  });

  it('waits for what it depends on', async () => {
    const dependsOn = [{ kind: 'VidraResource', name: `${namespace}-first` }];
    const second = resource(`${namespace}-second`, [configMap('b')], { dependsOn });
    await cluster.create(second);
    const held = await untilCondition(cluster, second, 'Ready', 'False');
    expect(held).toMatchObject({ reason: 'DependencyNotReady' });
    expect(held.message).toContain('does not exist');
    expect(await cluster.exists(configMap('b'))).toBe(false);
    const first = resource(`${namespace}-first`, [configMap('a')], { suspend: true });
    await cluster.create(first);
    const isSaid = async () => conditionOf(await cluster.get(second), 'Ready')?.message.includes('is not ready');
    await waitFor('it to see what it waits for', isSaid);
    await cluster.patch(first, 'merge-patch', { spec: { suspend: false } });
    await untilCondition(cluster, second, 'Ready', 'True');
  });

  it('that waits for itself says so at once, and goes on when that is mended', async () => {
    const [first, second] = ['first', 'second'].map((name) => `${namespace}-${name}`) as [string, string];
    const after = (name: string) => ({ dependsOn: [{ kind: 'VidraResource', name }] });
    const [one, other] = [
      resource(first, [configMap('a')], after(second)),
      resource(second, [configMap('b')], after(first)),
    ];
    await cluster.create(one);
    await cluster.create(other);
    for (const each of [one, other]) await untilCondition(cluster, each, 'Stalled', 'True');
    const circle = ['first', 'second', 'first'].map((name) => `VidraResource ${namespace}-${name}`).join(' → ');
    expect(conditionOf(await cluster.get(one), 'Ready')?.message).toBe(`waits for itself, by dependsOn: ${circle}`);
    const asked = vidra(['reconcile', `vidraresource/${first}`, '--wait'], {
      environment: { KUBECONFIG: cluster.kubeconfig },
    });
    expect(await asked).toMatchObject({ code: 1, stdout: expect.stringContaining('waits for itself') });
    await cluster.patch(one, 'merge-patch', { spec: { dependsOn: [] } });
    await untilCondition(cluster, other, 'Ready', 'True');
  });

  it('does not delete what is guarded until that is named', async () => {
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace },
      spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'manual', resources: { requests: { storage: '1Gi' } } },
    };
    const one = resource(`${namespace}-web`, [claim, configMap('a')], { wait: false });
    await cluster.create(one);
    await untilCondition(cluster, one, 'Ready', 'True');
    await cluster.patch(one, 'merge-patch', { spec: { manifest: textOf(configMap('a')) } });
    const guarded = await untilCondition(cluster, one, 'Ready', 'False');
    expect(guarded.reason).toBe('Guarded');
    const word = `${prefix}/confirm: "PersistentVolumeClaim ${namespace}/data"`;
    expect(guarded.message.split(word)).toHaveLength(2);
    expect(conditionOf(await cluster.get(one), 'Stalled')?.status).toBe('True');
    expect(await cluster.exists(claim)).toBe(true);
    await annotate(one, 'confirm', `PersistentVolumeClaim ${namespace}/data`);
    await untilCondition(cluster, one, 'Ready', 'True');
    const { metadata } = await cluster.get(claim).catch(() => ({ metadata: { deletionTimestamp: 'gone' } }));
    expect(metadata.deletionTimestamp).toBeDefined();
    await waitFor('the word to be used up', async () => {
      const { annotations = {} } = (await cluster.get(one)).metadata;
      return !(`${prefix}/confirm` in annotations);
    });
  });

  it('is mended at once when somebody changes its objects and it asks for that, and writes no status without news', async () => {
    const destination = { reconcileOnEvents: true };
    const one = resource(`${namespace}-web`, [configMap('a', { color: 'red' })], { destination, interval: '1s' });
    await cluster.create(one);
    await untilCondition(cluster, one, 'Ready', 'True');
    const query = { fieldManager: 'kubectl-edit' };
    await cluster.patch(configMap('a'), 'merge-patch', { data: { color: 'blue' } }, { query });
    await waitFor('it to be mended', async () => (await dataOf('a'))?.['color'] === 'red');
    const mended = () =>
      operator.lines().some(({ event, trigger }) => event === 'reconciled' && trigger?.type === 'drift');
    await waitFor('the end of the run', mended);
    const runs = () => operator.lines().filter(({ event }) => event === 'reconciled').length;
    const someLooks = (before = runs()) => waitFor('some looks', () => runs() > before + 2);
    // The first one finds the object as it was left, and forgets that somebody had changed it.
    await someLooks();
    const { metadata } = await cluster.get(one);
    await someLooks();
    expect((await cluster.get(one)).metadata.resourceVersion).toBe(metadata.resourceVersion);
  });
});
