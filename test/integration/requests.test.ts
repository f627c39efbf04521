/** How many requests a run takes, and what it makes of a server in trouble. Counted and made by a proxy before the real one. */
import { describe, expect, it } from 'vitest';
import { actionsOf, resource } from '../support/engine.ts';
import { engine, proxy, useProxiedEngine } from '../support/engine-stage.ts';
import { cluster, namespace } from '../support/stage.ts';

useProxiedEngine();

const object = (kind: string, name: string, rest: object) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace },
  ...rest,
});
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => [
    object('ConfigMap', `settings-${index}`, { data: { index: `${index}` } }),
    object('Secret', `token-${index}`, { stringData: { index: `${index}` } }),
    object('ServiceAccount', `account-${index}`, {}),
  ]).flat();

describe('requests', () => {
  it.each([10, 1000])(
    'takes at most 3 for a kind when nothing changed, with %i objects of each of 3 kinds',
    async (count) => {
      const wanted = resource(`${namespace}-web`, ...many(count));
      const first = await engine.apply([wanted]);
      expect(first.outcomes.filter(({ result }) => result === 'succeeded')).toHaveLength(3 * count);

      const kinds = /\/(configmaps|secrets|serviceaccounts)(\?|$)/;
      for (const run of [engine.plan, engine.apply]) {
        proxy.forget();
        const again = await run([wanted]);
        expect(actionsOf('plan' in again ? again.plan : again)).toEqual([]);
        expect(proxy.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
        expect(proxy.count({ path: kinds })).toBeLessThanOrEqual(4);
        expect(proxy.count()).toBeLessThanOrEqual(9);
      }
    },
  );

  it('takes one request for each new object, besides those that do not depend on their number', async () => {
    await engine.apply([resource(`${namespace}-web`, ...many(200))]);
    const writes = proxy.count({ method: 'PATCH' });
    expect(writes).toBe(600);
    expect(proxy.count() - writes).toBeLessThanOrEqual(20);
    expect(proxy.mostAtOnce()).toBeGreaterThan(8);
    expect(proxy.connections()).toBeLessThanOrEqual(16);
  });

  it('obeys 429, slows down, and ends with everything applied', async () => {
    proxy.inject({ method: 'PATCH', from: 5, times: 10, fault: { kind: 'status', status: 429, retryAfter: 1 } });
    const result = await engine.apply([resource(`${namespace}-web`, ...many(20))]);
    expect(result.outcomes.every(({ result }) => result === 'succeeded')).toBe(true);
    expect(await cluster.list('v1', 'ConfigMap', namespace, { labelSelector: 'managed-by=vidra' })).toHaveLength(20);
  });

  it('survives answers that get lost after the server did the work', async () => {
    proxy.inject({ method: 'PATCH', from: 3, times: 4, fault: { kind: 'lose-answer' } });
    const wanted = resource(`${namespace}-web`, ...many(10));
    const result = await engine.apply([wanted]);
    expect(result.outcomes.filter(({ result }) => result !== 'succeeded')).toEqual([]);
    expect(actionsOf(await engine.plan([wanted]))).toEqual([]);
  });

  it('knows what it wrote before the server went away, and goes on from there', async () => {
    proxy.inject({ method: 'PATCH', path: /configmaps/, from: 5, fault: { kind: 'reset' } });
    const wanted = resource(
      `${namespace}-web`,
      ...Array.from({ length: 10 }, (_, index) => object('ConfigMap', `c-${index}`, {})),
    );
    const result = await engine.apply([wanted]);
    expect(result.outcomes.filter(({ result }) => result === 'succeeded')).toHaveLength(4);
    expect(result.outcomes.find(({ result }) => result === 'failed')?.problem?.code).toBe('CLUSTER_UNREACHABLE');
    proxy.heal();
    await engine.apply([resource(`${namespace}-web`)], { consent: { confirmed: [], maxDeletions: { percent: 100 } } });
    expect(await cluster.list('v1', 'ConfigMap', namespace, { labelSelector: 'managed-by=vidra' })).toEqual([]);
  });

  it('keeps what it may not see, and names the permission that is missing', async () => {
    const wanted = resource(`${namespace}-web`, object('ConfigMap', 'a', {}), object('Secret', 'b', {}));
    await engine.apply([wanted]);
    proxy.inject({ method: 'GET', path: /\/configmaps/, fault: { kind: 'status', status: 403 } });
    const result = await engine.apply([resource(`${namespace}-web`, object('Secret', 'b', {}))]);
    expect(result.plan.owners[0]?.changes[1]).toMatchObject({ action: 'skip', code: 'CLUSTER_FORBIDDEN' });
    proxy.heal();
    expect(actionsOf(await engine.plan([resource(`${namespace}-web`, object('Secret', 'b', {}))]))).toEqual([
      'delete ConfigMap a',
    ]);
  });
});
