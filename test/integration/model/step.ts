/** The steps that a history is made of, as plain data, so that a history that fails can be read and replayed. */
import fc from 'fast-check';

/** Data by key, by the name of a ConfigMap. */
export type Wanted = Readonly<Record<string, Readonly<Record<string, string>>>>;

export const owners = ['a', 'b', 'c'] as const;
export type OwnerName = (typeof owners)[number];
/** `a` and `b` have one home, `c` has another one. */
export const homeOf: Readonly<Record<OwnerName, Home>> = { a: 'near', b: 'near', c: 'far' };
export type Home = 'near' | 'far';

/** The process dies at its n-th write, before or after the server did it. */
export interface Crashing {
  readonly at: number;
  readonly done: boolean;
}

/** What anybody does at one moment. */
export type Deed =
  | { readonly type: 'write'; readonly owner: OwnerName; readonly wanted: Wanted }
  /** The definition leaves its set. */
  | { readonly type: 'withdraw'; readonly owner: OwnerName }
  /** A person with kubectl. */
  | { readonly type: 'edit'; readonly name: string; readonly key: string; readonly value: string | null }
  /** A controller that applies its own field. */
  | { readonly type: 'control'; readonly name: string; readonly key: string; readonly value: string }
  /** The same content under another name. */
  | { readonly type: 'rename'; readonly owner: OwnerName; readonly from: string; readonly to: string }
  /** Somebody forgets who holds what. */
  | { readonly type: 'wipe'; readonly name: string }
  | { readonly type: 'delete'; readonly name: string }
  /** A person makes an object of the same name, if there is none. */
  | { readonly type: 'make'; readonly name: string };

export interface Process {
  readonly home: Home;
  readonly crash?: Crashing;
}

/**
 * Two processes at once. The first one has planned when somebody else does `meanwhile`; then it makes so many requests as the
 * first of `bursts` says, the other one plans and makes as many as the second says, and so on; at last they take turns.
 */
export interface Race {
  readonly type: 'race';
  readonly processes: readonly [Process, Process];
  readonly meanwhile?: Deed;
  readonly bursts: readonly number[];
}

export type Step = Deed | ({ readonly type: 'apply' } & Process) | Race;

/** A key that only people write. */
export const privateKey = 'private';

const name = fc.constantFrom('x', 'y', 'z');
const key = fc.constantFrom('k1', 'k2', 'k3');
const value = fc.constantFrom('1', '2');
const data = fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: true });
const wanted = fc.dictionary(name, data, { maxKeys: 3, noNullPrototype: true });
const owner = fc.constantFrom(...owners);
const home = fc.constantFrom<Home>('near', 'far');
const crash = fc.record({ at: fc.integer({ min: 1, max: 8 }), done: fc.boolean() });

const process: fc.Arbitrary<Process> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ home }) },
  { weight: 1, arbitrary: fc.record({ home, crash }) },
);

const wish: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('write' as const), owner, wanted }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('withdraw' as const), owner }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('rename' as const), owner, from: name, to: name }) },
);
/** What people and programs do that are not Vidra. */
const disturbance: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('edit' as const),
      name,
      key: fc.oneof(key, fc.constant(privateKey)),
      value: fc.option(value, { freq: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('control' as const), name, key, value }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('wipe' as const), name }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('delete' as const), name }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('make' as const), name }) },
);
const race: fc.Arbitrary<Race> = fc.record(
  {
    type: fc.constant('race' as const),
    processes: fc.tuple(process, process),
    meanwhile: disturbance,
    bursts: fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 4 }),
  },
  { requiredKeys: ['type', 'processes', 'bursts'] },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 9, arbitrary: wish },
  { weight: 6, arbitrary: process.map((one) => ({ type: 'apply' as const, ...one })) },
  { weight: 3, arbitrary: race },
  { weight: 6, arbitrary: disturbance },
);

const write = (of: OwnerName): fc.Arbitrary<Step> =>
  fc.record({ type: fc.constant('write' as const), owner: fc.constant(of), wanted });
const applied: readonly Step[] = [
  { type: 'apply', home: 'near' },
  { type: 'apply', home: 'far' },
];

/** Anything, or a race for what some owners had and want in another way. */
export const histories: fc.Arbitrary<readonly Step[]> = fc.oneof(
  fc.array(step, { minLength: 4, maxLength: 14 }),
  fc
    .tuple(
      fc.tuple(...owners.map(write)),
      fc.option(disturbance, { nil: undefined }),
      fc.array(wish, { minLength: 1, maxLength: 3 }),
      race,
      fc.array(step, { maxLength: 3 }),
    )
    .map(([had, disturbed, wanted, raced, rest]) => [
      ...had,
      ...applied,
      ...(disturbed ? [disturbed] : []),
      ...wanted,
      raced,
      ...rest,
    ]),
);
