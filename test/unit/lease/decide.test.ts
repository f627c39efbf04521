import { describe, expect, test } from 'vitest';
import { decide, type Holding, type Sight, type View } from '../../../src/lease/decide.ts';
import { layoutOf } from '../../../src/lease/layout.ts';

const one = layoutOf('vidra', 1, 'me');
const six = layoutOf('vidra', 6, 'me');
const me = six.member ?? '';
const member = (identity: string) => layoutOf('vidra', 6, identity).member ?? '';

const sight = (holder: string, options: Partial<Sight> = {}): Sight => ({
  record: { holder, durationMs: 15_000 },
  created: '2026-01-01T00:00:00Z',
  since: 0,
  ...options,
});
const holding = (options: Partial<Holding> = {}): Holding => ({ leaving: false, isIdle: () => true, ...options });

function view(sights: Record<string, Sight>, options: Partial<View> = {}): View {
  return {
    now: 10_000,
    identity: 'me',
    layout: one,
    retryMs: 2_000,
    sights: new Map(Object.entries(sights)),
    held: new Map(),
    busy: new Map(),
    tried: new Map(),
    ending: false,
    ...options,
  };
}

const actions = (given: View) => decide(given).map(({ type, lease }) => `${type} ${lease}`);

describe('the only shard', () => {
  test.each<[string, Record<string, Sight>, string[]]>([
    ['that nobody has ever held is taken', {}, ['take vidra']],
    ['that was given up is taken', { vidra: sight('') }, ['take vidra']],
    ['that another one holds is left to it', { vidra: sight('other') }, []],
    [
      'that another one has not renewed for its duration is taken',
      { vidra: sight('other', { since: -5_000 }) },
      ['take vidra'],
    ],
    [
      'lasts as long as its holder has said',
      { vidra: { ...sight('other', { since: -5_000 }), record: { holder: 'other', durationMs: 60_000 } } },
      [],
    ],
    ['that this very process has lost is taken', { vidra: sight('me') }, ['take vidra']],
  ])('%s', (_case, sights, expected) => {
    expect(actions(view(sights))).toEqual(expected);
  });

  test('is tried again after a while, and once at a time', () => {
    expect(actions(view({}, { tried: new Map([['vidra', 8_001]]) }))).toEqual([]);
    expect(actions(view({}, { tried: new Map([['vidra', 8_000]]) }))).toEqual(['take vidra']);
    expect(actions(view({}, { busy: new Map([['vidra', 'take']]) }))).toEqual([]);
  });

  test('is renewed while it is held, also while it is left, until nothing runs under it', () => {
    const sights = { vidra: sight('me') };
    expect(actions(view(sights, { held: new Map([['vidra', holding()]]) }))).toEqual(['renew vidra']);
    const running = new Map([['vidra', holding({ leaving: true, isIdle: () => false })]]);
    expect(actions(view(sights, { held: running, ending: true }))).toEqual(['renew vidra']);
    const idle = new Map([['vidra', holding({ leaving: true })]]);
    expect(actions(view(sights, { held: idle, ending: true }))).toEqual(['release vidra']);
  });

  test('is left at the end, and not taken any more', () => {
    const held = new Map([['vidra', holding()]]);
    expect(actions(view({}, { held, ending: true, tried: new Map([['vidra', 9_000]]) }))).toEqual(['leave vidra']);
    expect(actions(view({}, { ending: true }))).toEqual([]);
  });

  test('is not taken while others divide the work into more', () => {
    expect(actions(view({ 'vidra-0-of-6': sight('other') }))).toEqual([]);
    expect(actions(view({ 'vidra-0-of-6': sight('other', { since: -5_000 }) }))).toEqual([
      'take vidra',
      'forget vidra-0-of-6',
    ]);
  });
});

describe('several shards', () => {
  const held = (...numbers: readonly number[]) =>
    new Map([[me, holding()], ...numbers.map((number) => [six.shards[number] ?? '', holding()] as const)]);
  const idle = new Map([me, ...six.shards].map((lease) => [lease, 9_999] as const));
  /** Nothing is due but what is asked for. */
  const steady = (sights: Record<string, Sight>, numbers: readonly number[]) =>
    view({ [me]: sight('me'), ...sights }, { layout: six, held: held(...numbers), tried: idle });
  const young = { created: '2026-01-02T00:00:00Z' };

  test('are taken by nobody who has not said that it is there', () => {
    expect(actions(view({}, { layout: six }))).toEqual([`take ${me}`]);
  });

  test('that are held are kept while the others cannot know of it', () => {
    const unknown = new Map(six.shards.slice(0, 2).map((lease) => [lease, holding()]));
    const given = view({}, { layout: six, held: unknown, tried: new Map(six.shards.map((lease) => [lease, 9_999])) });
    expect(actions(given)).toEqual([`take ${me}`]);
  });

  test('are all for the only replica', () => {
    const taking = view({ [me]: sight('me') }, { layout: six, held: held(), tried: new Map([[me, 9_999]]) });
    expect(actions(taking)).toEqual(six.shards.map((lease) => `take ${lease}`));
  });

  test('are given up to one that joins, those first that were acquired last', () => {
    const sights = { [member('other')]: sight('other', young) };
    expect(actions(steady(sights, [0, 1, 2, 3, 4, 5]))).toEqual(six.shards.slice(3).map((lease) => `leave ${lease}`));
    expect(actions(steady(sights, [0, 1, 2]))).toEqual([]);
  });

  test('are not taken beyond the own share, also when they are free', () => {
    const sights = { [member('other')]: sight('other', young) };
    const taking = view(
      { [me]: sight('me'), ...sights },
      {
        layout: six,
        held: held(3, 4),
        tried: new Map([
          [me, 9_999],
          ['vidra-3-of-6', 9_999],
          ['vidra-4-of-6', 9_999],
        ]),
      },
    );
    expect(actions(taking)).toEqual(['take vidra-0-of-6']);
    expect(actions({ ...taking, busy: new Map([['vidra-0-of-6', 'take']]) })).toEqual([]);
  });

  test('that do not divide are with the older replicas', () => {
    const others = (created: string) =>
      Object.fromEntries(['a', 'b', 'c'].map((name) => [member(name), sight(name, { created })]));
    expect(actions(steady(others('2026-01-02T00:00:00Z'), [0, 1]))).toEqual([]);
    expect(actions(steady(others('2025-01-02T00:00:00Z'), [0, 1]))).toEqual(['leave vidra-1-of-6']);
  });

  test('do not wait for a replica that is dead, whose lease is cleared away', () => {
    const dead = { [member('dead')]: sight('dead', { since: -5_000 }) };
    expect(actions(steady(dead, [0, 1, 2, 3, 4, 5]))).toEqual([`forget ${member('dead')}`]);
  });

  test.each([1, 2, 3, 4, 5, 6, 7])('add up for %i replicas that see the same', (replicas) => {
    const names = Array.from({ length: replicas }, (_, number) => `replica-${number}`);
    const sights = Object.fromEntries(names.map((name) => [member(name), sight(name)]));
    const shares = names.map((identity) => {
      const layout = layoutOf('vidra', 6, identity);
      const own = new Map([[layout.member ?? '', holding()]]);
      return decide(view(sights, { layout, identity, held: own })).filter(({ type }) => type === 'take').length;
    });
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(6);
    expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
  });
});
