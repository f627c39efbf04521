import { describe, expect, test } from 'vitest';
import type { InventoryChange, InventoryEntry } from '../../../src/inventory/inventory.ts';
import { mergeEntries } from '../../../src/inventory/merge.ts';
import { keyOf } from '../../../src/manifest/manifest.ts';
import { announced, entry, key } from '../../support/make.ts';

const now = Date.parse('2026-08-01T12:00:00.000Z');
const mine = '2026-08-01T11:58:00.000Z-aaaaaaaa';
const theirs = '2026-08-01T11:59:00.000Z-bbbbbbbb';
const dead = '2026-08-01T11:49:59.000Z-cccccccc';
const web = 'Deployment shop/web';
const config = 'ConfigMap shop/config';

function entries(...list: readonly InventoryEntry[]): Map<string, InventoryEntry> {
  return new Map(list.map((one) => [keyOf(one.reference), one]));
}

function change(run: string, more: Partial<InventoryChange>): InventoryChange {
  return { header: { name: 'a', set: 'default', server: '' }, run, put: [], drop: [], ...more };
}

describe('mergeEntries', () => {
  test('puts, replaces and drops, and leaves the rest and its input alone', () => {
    const before = entries(entry(web), entry(config));
    const put = [entry(web, { digest: 'newer' }), entry('ConfigMap shop/new')];
    const after = mergeEntries(before, change(mine, { put, drop: [key(config), key('ConfigMap shop/absent')] }), now);
    expect(after).toEqual(entries(...put));
    expect(before).toEqual(entries(entry(web), entry(config)));
  });

  test('puts what the same change drops: it was deleted and made again', () => {
    const after = mergeEntries(entries(entry(web)), change(mine, { put: [entry(web)], drop: [key(web)] }), now);
    expect([...after.keys()]).toEqual([key(web)]);
  });

  test.each([
    ['of another run', announced(web, theirs), true],
    ['of this run', announced(web, mine), false],
    ['of a process that must be dead by now', announced(web, dead), false],
    ['without a run', { ...entry(web), state: 'pending' } as const, false],
    ['of a run without a time', announced(web, 'nonsense'), false],
  ])('an announcement %s survives a drop: %s', (_case, announcement, survives) => {
    const after = mergeEntries(entries(announcement), change(mine, { drop: [key(web)] }), now);
    expect(after.has(key(web))).toBe(survives);
  });

  test('an object that another run has applied by now can be dropped: this run has deleted it since', () => {
    expect(mergeEntries(entries(entry(web)), change(mine, { drop: [key(web)] }), now).size).toBe(0);
  });

  test.each([
    ['this run’s own announcement', announced(web, mine), false],
    ['another run’s announcement', announced(web, theirs), true],
    ['what another run has applied since', entry(web), true],
    ['what waits for its deletion', entry(web, { state: 'deleting' }), true],
  ])('withdrawing %s keeps it: %s', (_case, stored, stays) => {
    const after = mergeEntries(entries(stored), change(mine, { withdraw: [key(web)] }), now);
    expect(after.has(key(web))).toBe(stays);
  });

  test.each([
    [
      'changes of different objects',
      [announced('ConfigMap shop/z', mine)],
      change(mine, { put: [entry(web)] }),
      change(theirs, { put: [entry(config)], drop: [key('ConfigMap shop/old')] }),
    ],
    [
      'an announcement and the drop of the same object by another run',
      [entry(web)],
      change(theirs, { put: [announced(web, theirs)] }),
      change(mine, { put: [entry(config)] }),
    ],
    [
      'two drops of the same object',
      [entry(web)],
      change(mine, { drop: [key(web)] }),
      change(theirs, { drop: [key(web)] }),
    ],
  ])('%s commute', (_case, stored, one, other) => {
    const before = entries(...stored, entry('ConfigMap shop/old'));
    const forth = mergeEntries(mergeEntries(before, one, now), other, now);
    const back = mergeEntries(mergeEntries(before, other, now), one, now);
    expect([...forth].sort()).toEqual([...back].sort());
  });

  test('of two runs with the same task, the one that is interrupted takes nothing from the other', () => {
    const announcedByBoth = [
      change(mine, { put: [announced(web, mine)] }),
      change(theirs, { put: [announced(web, theirs)] }),
    ];
    const begun = announcedByBoth.reduce((all, one) => mergeEntries(all, one, now), entries());
    const applied = mergeEntries(begun, change(mine, { put: [entry(web)] }), now);
    const interrupted = mergeEntries(applied, change(theirs, { withdraw: [key(web)] }), now);
    expect(interrupted.get(key(web))).toEqual(entry(web));
  });
});
