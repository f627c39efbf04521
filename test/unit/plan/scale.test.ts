import { expect, test } from 'vitest';
import type { ObjectMetadata } from '../../../src/cluster/metadata.ts';
import { desired, entry, live, observed, owner, planFor } from '../../support/make.ts';

/** A map that counts how often it is asked. */
class CountingMap<V> extends Map<string, V> {
  reads = 0;
  override get(key: string): V | undefined {
    this.reads++;
    return super.get(key);
  }
  override has(key: string): boolean {
    this.reads++;
    return super.has(key);
  }
}

/** How often the live objects are looked up when `count` objects are kept, and as many leave, of 10 owners. */
function lookUps(count: number): number {
  const owners = Array.from({ length: 10 }, (_, index) => owner(`owner-${index}`));
  const of = (index: number) => owners[index % owners.length] as (typeof owners)[number];
  const kept = Array.from({ length: count }, (_, index) => `ConfigMap shop/kept-${index}`);
  const left = Array.from({ length: count }, (_, index) => `ConfigMap shop/left-${index}`);
  const objects = [kept, left].flatMap((names) => names.map((text, index) => live(text, [of(index)])));
  const reads = new CountingMap<ObjectMetadata>();
  const observations = owners.map((who) => {
    const mine = (names: readonly string[]) => names.filter((_, index) => of(index) === who);
    const wants = mine(kept).map((text) => desired(text));
    const recorded = [...mine(kept), ...mine(left)].map((text) => entry(text));
    return observed(who, { wants, recorded });
  });
  for (const object of objects) reads.set(`/ConfigMap/shop/${object.reference.name}`, object);
  const plan = planFor(observations.map((one) => ({ ...one, destination: { ...one.destination, live: reads } })));
  const found = plan.owners.flatMap(({ changes }) => changes.map(({ action }) => action));
  expect(found.filter((action) => action === 'keep')).toHaveLength(count);
  expect(found.filter((action) => action === 'delete')).toHaveLength(count);
  return reads.reads;
}

test('The work of planning grows with the number of objects, not with its square', () => {
  const small = lookUps(500);
  const large = lookUps(5000);
  expect(small).toBeGreaterThan(0);
  expect(large).toBeLessThanOrEqual(small * 10);
});

test('A record of another owner is read once, however many objects leave', () => {
  const who = owner('a');
  const left = Array.from({ length: 200 }, (_, index) => `ConfigMap shop/left-${index}`);
  const world = { live: left.map((text) => live(text, [who])) };
  const facts = { leaves: 'gone', recorded: left.map((text) => entry(text)) };
  let walks = 0;
  const entries = new (class extends Map<string, ReturnType<typeof entry>> {
    override keys() {
      walks++;
      return super.keys();
    }
    override has(): never {
      throw new Error('asked for each object');
    }
  })();
  const plan = planFor([observed(who, facts, world)], {
    records: [{ header: { name: 'b', set: 'default', server: '' }, entries }],
  });
  expect(plan.owners[0]?.changes).toHaveLength(200);
  expect(walks).toBe(1);
});
