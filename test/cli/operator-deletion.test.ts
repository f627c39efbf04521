/** What becomes of definitions that are deleted while something is wrong with them, or while others change them. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ResourceType } from '../../src/cluster/cluster.ts';
import { connectCluster } from '../../src/cluster/connect.ts';
import { customResourceDefinitions } from '../../src/definition/crd.ts';
import { vidraResource } from '../../src/inventory/resources.ts';
import type { KubeObject, Reference } from '../support/cluster.ts';
import {
  conditionOf,
  type Operator,
  resource,
  startOperator,
  untilCondition,
  type Written,
} from '../support/operator.ts';
import { startProxy } from '../support/proxy.ts';
import { cluster, namespace, useOwnCluster } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';
import { follow } from '../support/watching.ts';

let operator: Operator;

useOwnCluster({ kinds: true });
beforeEach(async () => {
  operator = await startOperator(cluster.kubeconfig);
});
afterEach(async () => {
  const { code, stderr } = await operator.stop();
  expect([code, stderr]).toEqual([0, '']);
});

const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } });
const text = (one: object) => JSON.stringify(one);
const isGone = async (one: Reference) => !(await cluster.exists(one));
const untilGone = (one: Reference) => waitFor('the definition to be gone', () => isGone(one));

async function ready(name: string, more: object = {}): Promise<Written> {
  const one = resource(`${namespace}-${name}`, [configMap(name)], more);
  await cluster.create(one);
  await untilCondition(cluster, one, 'Ready', 'True');
  return one;
}

describe('a definition that cannot be read', () => {
  const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const dryRun = { query: { dryRun: 'All' } };

  /** Stores what no schema lets through, as one that knew less would have. */
  async function store(one: Reference, spec: object): Promise<void> {
    const name = 'vidraresources.infrahub.operators.com';
    const definition = customResourceDefinitions().find(({ metadata }) => metadata.name === name) as Reference;
    const path = '/spec/versions/0/schema/openAPIV3Schema';
    await cluster.patch(definition, 'json-patch', [{ op: 'replace', path, value: anything }]);
    await waitFor('a schema that takes it', () => cluster.patch(one, 'merge-patch', { spec }).catch(() => undefined));
    await cluster.apply(definition, 'test');
    const wrong = { spec: { ...spec, suspend: 'maybe' } };
    const isRefused = () =>
      cluster.patch(one, 'merge-patch', wrong, dryRun).then(
        () => false,
        () => true,
      );
    await waitFor('the schema to be back', isRefused);
  }

  it('is cleaned up by what is on record, when its end is not in doubt', async () => {
    const one = await ready('a');
    const healthChecks = [{ apiVersion: 'v1', kind: 'ConfigMap', current: 'self.(' }];
    await cluster.patch(one, 'merge-patch', { spec: { healthChecks } });
    expect(await untilCondition(cluster, one, 'Ready', 'False')).toMatchObject({ reason: 'DefinitionInvalid' });
    for (const type of ['Healthy', 'Drifted'])
      expect(conditionOf(await cluster.get(one), type)).toMatchObject({
        status: 'Unknown',
        reason: 'DefinitionInvalid',
      });
    await cluster.remove(one);
    await untilGone(one);
    expect(await isGone(configMap('a'))).toBe(true);
  });

  it('is cleaned up also when nothing of its manifests is left', async () => {
    const one = await ready('a');
    await store(one, { manifest: 7 });
    expect(await untilCondition(cluster, one, 'Ready', 'False')).toMatchObject({ reason: 'DefinitionInvalid' });
    await cluster.remove(one);
    await untilGone(one);
    expect(await isGone(configMap('a'))).toBe(true);
  });

  it('stays when its end is in doubt, says why, and goes when that is mended', async () => {
    const one = await ready('a');
    await store(one, { deletionPolicy: 'Keep' });
    await cluster.remove(one);
    const said = await waitFor('a word', async () => {
      const message = conditionOf(await cluster.get(one), 'Ready')?.message;
      return message?.includes('finalizer') ? message : undefined;
    });
    expect(said).toContain('spec.deletionPolicy must be Delete or Orphan, not "Keep"');
    expect([await isGone(one), await isGone(configMap('a'))]).toEqual([false, false]);
    await cluster.patch(one, 'merge-patch', { spec: { deletionPolicy: 'Orphan' } });
    await untilGone(one);
    expect(await isGone(configMap('a'))).toBe(false);
  });
});

describe('a definition that is deleted while others change it', () => {
  const rounds = Array.from({ length: 12 }, (_, round) => round);
  const modes = ['Observe', 'Approve', 'Enforce'];

  it('goes with all that it has, and is never called ready meanwhile', async () => {
    const looking = await connectCluster({
      file: cluster.kubeconfig,
      environment: {},
      signal: new AbortController().signal,
    });
    const type = looking.typeOf(vidraResource) as ResourceType;
    const watching = follow((signal) => looking.watch(type, {}, signal));
    await Promise.all(
      rounds.map(async (round) => {
        const one = await ready(`r${round}`);
        const change = (body: object) => cluster.patch(one, 'merge-patch', body).catch(() => undefined);
        const annotations = { 'vidra.infrahub.operators.com/reconcile': `${round}` };
        await Promise.all([
          change({ spec: { mode: modes[round % modes.length], manifest: text(configMap(`r${round}-new`)) } }),
          change({ spec: { suspend: true } }),
          change({ metadata: { annotations } }),
          change({ spec: { suspend: false } }),
          change({ spec: { mode: modes[(round + 1) % modes.length] } }),
        ]);
        await cluster.remove(one);
        await untilGone(one);
      }),
    );
    await watching.stop();
    await looking.close();
    const deleted = watching.events.flatMap((event) =>
      event.type === 'changed' && event.object.metadata['deletionTimestamp'] ? [event.object as KubeObject] : [],
    );
    expect(deleted.length).toBeGreaterThan(0);
    expect(deleted.filter((object) => conditionOf(object, 'Ready')?.status === 'True')).toEqual([]);
    const left = await cluster.list('v1', 'ConfigMap', namespace, { labelSelector: 'managed-by=vidra' });
    expect(left).toEqual([]);
  });

  it('goes at once, also when an older list of what it has comes late', async () => {
    await operator.stop();
    const proxy = await startProxy(cluster.kubeconfig);
    operator = await startOperator(proxy.kubeconfig);
    const [one, other] = [await ready('one'), await ready('other')];
    const runsOf = ({ metadata }: Written, event: string) =>
      operator.lines().filter((line) => line.event === event && line.definition?.endsWith(` ${metadata.name}`));

    const list = proxy.hold({ method: 'GET', path: /\/vidraresources(\?(?!.*watch=)|$)/ });
    const annotations = { 'vidra.infrahub.operators.com/reconcile': 'now' };
    await cluster.patch(other, 'merge-patch', { metadata: { annotations } });
    await list.answered;
    // The first one says that a run has begun, the second one that all is done and recorded.
    const status = proxy.hold({ method: 'PATCH', path: new RegExp(`/${one.metadata.name}/status`) }, 2);
    await cluster.remove(one);
    await status.answered;
    list.release();
    await waitFor('the run with the list', () => runsOf(other, 'reconciled').length === 2);
    status.release();
    await untilGone(one);
    expect(await isGone(configMap('one'))).toBe(true);
    expect(runsOf(one, 'reconciling').map(({ trigger }) => trigger?.type)).toEqual(['start', 'definitions']);
    await proxy.close();
  });
});
