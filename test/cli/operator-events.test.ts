/** What `kubectl describe` tells of a definition: Kubernetes Events of `vidra watch`. */

import { beforeEach, describe, expect, it } from 'vitest';
import { createAccount } from '../support/account.ts';
import type { KubeObject, Reference } from '../support/cluster.ts';
import { resource, textOf, untilCondition } from '../support/operator.ts';
import { operator, runOperator, useOperators } from '../support/operator-stage.ts';
import { startProxy } from '../support/proxy.ts';
import { cluster, namespace, useOwnCluster } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

useOwnCluster({ kinds: true });
useOperators();

interface Event extends KubeObject {
  readonly type: string;
  readonly reason: string;
  readonly note: string;
  readonly regarding: { readonly kind: string; readonly uid: string };
  readonly related?: object;
  readonly series?: { readonly count: number };
}

const object = (kind: string, name: string, data: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace },
  data,
});
const configMap = (name: string, data?: Record<string, string>) => object('ConfigMap', name, data);
const want = (one: Reference, ...manifests: object[]) =>
  cluster.patch(one, 'merge-patch', { spec: { manifest: textOf(...manifests) } });
const edit = (one: Reference, data: object) =>
  cluster.patch(one, 'merge-patch', { data }, { query: { fieldManager: 'kubectl-edit' } });

/** As `kubectl describe` looks for them. */
async function eventsOf(one: Reference): Promise<Event[]> {
  const { metadata } = await cluster.get(one);
  const events = await cluster.list<Event>('events.k8s.io/v1', 'Event', 'default');
  return events.filter(({ regarding }) => regarding.kind === one.kind && regarding.uid === metadata.uid);
}

function untilEvent(one: Reference, reason: string, note = ''): Promise<Event> {
  const isIt = (event: Event) => event.reason === reason && event.note.includes(note);
  return waitFor(`the event ${reason} ${note}`, async () => (await eventsOf(one)).find(isIt));
}

describe('events of a definition', () => {
  beforeEach(async () => {
    await runOperator();
  });

  it('tell what was applied, renamed, deleted and put back, and what it was', async () => {
    const destination = { reconcileOnEvents: true };
    const first = configMap('first', { color: 'red' });
    const manifests = [first, configMap('second'), object('Secret', 'login', { password: 'czNjcjN0' })];
    const one = resource(`${namespace}-web`, manifests, { destination });
    await cluster.create(one);
    const applied = await untilEvent(one, 'Applied');
    expect(applied).toMatchObject({ type: 'Normal', action: 'Apply', reportingController: 'vidra' });
    expect(applied.note).toContain('3 created: ');
    expect(applied.note).toContain(`ConfigMap ${namespace}/second`);

    await want(one, configMap('renamed', { color: 'red' }), ...manifests.slice(2));
    const related = { apiVersion: 'v1', kind: 'ConfigMap', namespace };
    expect((await untilEvent(one, 'Renamed', 'first')).related).toEqual({ ...related, name: 'renamed' });
    expect((await untilEvent(one, 'Deleted')).related).toEqual({ ...related, name: 'second' });

    await untilCondition(cluster, one, 'Ready', 'True');
    await edit(configMap('renamed'), { color: 'blue' });
    expect((await untilEvent(one, 'Drifted', 'renamed')).note).toMatch(/changed by kubectl-edit; put back data.color/);
    await edit(object('Secret', 'login'), { password: 'aHVudGVyMg==' });
    const secret = await untilEvent(one, 'Drifted', 'login');
    expect(secret.note).toContain('put back data.password');
    await cluster.remove(configMap('renamed'));
    await untilEvent(one, 'Drifted', 'it was deleted; made again');
    expect(JSON.stringify(await eventsOf(one))).not.toMatch(/czNjcjN0|s3cr3t|aHVudGVyMg|hunter2/);
  });

  it('count what happens again', async () => {
    const lost = { ...configMap('a'), metadata: { name: 'a', namespace: 'nowhere' } };
    const one = resource(`${namespace}-web`, [lost], { interval: '1s' });
    await cluster.create(one);
    const isCounted = ({ series }: Event) => (series?.count ?? 1) > 2;
    const again = await waitFor('a series', async () => (await eventsOf(one)).find(isCounted));
    expect(again).toMatchObject({ type: 'Warning', note: expect.stringContaining('nowhere') });
    expect(await eventsOf(one)).toHaveLength(1);
    // As the API server does after a while.
    await cluster.remove({ ...again, apiVersion: 'events.k8s.io/v1', kind: 'Event' });
    const next = await waitFor('another series', async () => (await eventsOf(one)).find(isCounted));
    expect(next.metadata.uid).not.toBe(again.metadata.uid);
    expect(await eventsOf(one)).toHaveLength(1);
  });

  it('count it also when it is not known at first whether it was written', async () => {
    await waitFor('the operator to be there', () => operator.lines().length > 0);
    await operator.stop();
    const proxy = await startProxy(cluster.kubeconfig);
    const written = { writes: true, path: /\/events/ };
    const loseAnswer = () => proxy.inject({ ...written, times: 1, fault: { kind: 'lose-answer' } });
    loseAnswer();
    await runOperator({ kubeconfig: proxy.kubeconfig });
    const one = resource(`${namespace}-web`, [], { manifest: 'kind: [', interval: '1s' });
    await cluster.create(one);
    const untilCounted = (least: number) =>
      waitFor(`a series of ${least}`, async () => {
        return (await eventsOf(one)).find(({ series }) => (series?.count ?? 1) >= least);
      });
    const { note } = await untilCounted(2);
    expect(note).toContain('is not valid YAML');
    proxy.heal();
    loseAnswer();
    await untilCounted(4);
    expect(await eventsOf(one)).toHaveLength(1);
    await proxy.close();
  });

  it('tell what waits for people, and how it goes on', async () => {
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace },
      spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'manual', resources: { requests: { storage: '1Gi' } } },
    };
    const one = resource(`${namespace}-web`, [claim], { wait: false, mode: 'Approve' });
    await cluster.create(one);
    await untilEvent(one, 'ApprovalNeeded', 'vidra.infrahub.operators.com/approve: ');
    await cluster.patch(one, 'merge-patch', { spec: { suspend: true, mode: 'Enforce' } });
    await untilEvent(one, 'Suspended');
    await cluster.patch(one, 'merge-patch', { spec: { suspend: false } });
    await untilEvent(one, 'Resumed');
    await untilCondition(cluster, one, 'Ready', 'True');
    await want(one, configMap('a'));
    const subject = `PersistentVolumeClaim ${namespace}/data`;
    const { type } = await untilEvent(one, 'Guarded', `vidra.infrahub.operators.com/confirm: "${subject}"`);
    expect(type).toBe('Warning');
  });
});

describe('without the right to write events', () => {
  it('the work is done, and that is said once', async () => {
    const all = { verbs: ['*'] };
    const rights = [
      { ...all, apiGroups: ['infrahub.operators.com'], resources: ['*'] },
      { ...all, apiGroups: [''], resources: ['configmaps', 'secrets'] },
      { ...all, apiGroups: ['authorization.k8s.io'], resources: ['*'] },
    ];
    await runOperator({ kubeconfig: await createAccount(cluster, { [namespace]: [] }, rights) });
    const one = resource(`${namespace}-web`, [configMap('a')]);
    await cluster.create(one);
    await untilCondition(cluster, one, 'Ready', 'True');
    await want(one, configMap('b'));
    await waitFor('b', () => cluster.exists(configMap('b')));
    await untilCondition(cluster, one, 'Ready', 'True');
    const warnings = () => operator.lines().filter(({ event }) => event === 'warned');
    await waitFor('a word', () => warnings().length > 0);
    expect(warnings()).toMatchObject([{ problem: { code: 'CLUSTER_FORBIDDEN' } }]);
    expect(await eventsOf(one)).toEqual([]);
  });
});
