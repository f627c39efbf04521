import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTenure, present } from '../../../src/lease/fence.ts';
import { layoutOf, shardOf } from '../../../src/lease/layout.ts';
import { givenUp, readRecord, renewed } from '../../../src/lease/record.ts';

describe('a record', () => {
  const blank = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'vidra' } };
  const me = { holder: 'me', durationMs: 15_000 };
  const now = new Date('2026-01-01T00:00:00.123Z');
  const later = new Date('2026-01-01T00:00:02.456Z');

  test('says since when somebody holds it, and when it was renewed', () => {
    const first = renewed(blank, me, now);
    expect(first['spec']).toEqual({
      holderIdentity: 'me',
      leaseDurationSeconds: 15,
      acquireTime: '2026-01-01T00:00:00.123000Z',
      renewTime: '2026-01-01T00:00:00.123000Z',
      leaseTransitions: 0,
    });
    expect(renewed(first, me, later)['spec']).toEqual({
      ...(first['spec'] as object),
      renewTime: '2026-01-01T00:00:02.456000Z',
    });
  });

  test('counts how often it changed hands, and keeps what others wrote', () => {
    const other = renewed(renewed(blank, me, now), { ...me, holder: 'other' }, later);
    expect(other['spec']).toMatchObject({
      holderIdentity: 'other',
      acquireTime: '2026-01-01T00:00:02.456000Z',
      leaseTransitions: 1,
    });
    const foreign = { ...blank, spec: { strategy: 'x', holderIdentity: null } };
    expect(renewed(foreign, me, now)['spec']).toMatchObject({ strategy: 'x', holderIdentity: 'me' });
  });

  test('that was given up has no holder', () => {
    expect(readRecord(givenUp(renewed(blank, me, now), later))).toEqual({ holder: '', durationMs: 1_000 });
    expect(readRecord(renewed(blank, me, now))).toEqual(me);
    expect(readRecord(blank)).toEqual({ holder: '', durationMs: 0 });
  });
});

describe('a layout', () => {
  test('has names for each number of shards that no other number has', () => {
    expect(layoutOf('vidra', 1, 'me').shards).toEqual(['vidra']);
    const names = [1, 2, 3, 12].flatMap((count) => {
      const { shards, member } = layoutOf('vidra', count, 'me');
      return member ? [...shards, member] : shards;
    });
    expect(new Set(names).size).toBe(names.length);
    expect(layoutOf('vidra', 2, 'me').isMember(layoutOf('vidra', 12, 'me').member ?? '')).toBe(false);
  });

  test('spreads keys', () => {
    const keys = Array.from({ length: 1000 }, (_, number) => `InfrahubSync/sync-${number}`);
    const counts = [0, 1, 2, 3].map((shard) => keys.filter((key) => shardOf(key, 4) === shard).length);
    expect(Math.min(...counts)).toBeGreaterThan(200);
  });
});

describe('a fence', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'Date'] }));
  afterEach(() => void vi.useRealTimers());

  test('ends by itself some time after the last renewal was sent', () => {
    const tenure = createTenure(present(), 10_000, () => undefined);
    vi.advanceTimersByTime(9_000);
    const sent = present();
    vi.advanceTimersByTime(900);
    tenure.renew(sent);
    vi.advanceTimersByTime(9_099);
    expect([tenure.isHeld(), tenure.signal.aborted]).toEqual([true, false]);
    vi.advanceTimersByTime(1);
    expect([tenure.isHeld(), tenure.signal.aborted]).toEqual([false, true]);
    // A renewal that comes too late is of another tenure.
    tenure.renew(present());
    expect(tenure.isHeld()).toBe(false);
  });

  test('ends when the machine has slept, where only one of the clocks went on', () => {
    const tenure = createTenure(present(), 10_000, () => undefined);
    vi.setSystemTime(Date.now() + 10_000);
    expect(tenure.isHeld()).toBe(false);
  });

  test('is held although somebody puts the clock back', () => {
    const tenure = createTenure(present(), 10_000, () => undefined);
    vi.setSystemTime(Date.now() - 3_600_000);
    expect(tenure.isHeld()).toBe(true);
  });

  test('knows what runs under it, also what fails', async () => {
    let idle = 0;
    const tenure = createTenure(present(), 10_000, () => void idle++);
    let fail: (error: Error) => void = () => undefined;
    const failing = tenure.during(
      () =>
        new Promise((_, reject) => {
          fail = reject;
        }),
    );
    const other = tenure.during(async () => 'done');
    expect(tenure.isIdle()).toBe(false);
    expect(await other).toBe('done');
    expect([tenure.isIdle(), idle]).toEqual([false, 0]);
    fail(new Error('broken'));
    await expect(failing).rejects.toThrow('broken');
    expect([tenure.isIdle(), idle]).toEqual([true, 1]);
  });
});
