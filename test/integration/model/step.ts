/** The steps that a history is made of, as plain data, so that a history that fails can be read and replayed. */
import fc from 'fast-check';

/** Data by key, by the name of a ConfigMap. */
export type Wanted = Readonly<Record<string, Readonly<Record<string, string>>>>;

export const owners = ['a', 'b', 'c'] as const;
export type OwnerName = (typeof owners)[number];
/** `a` and `b` have one home, `c` has another one. */
export const homeOf: Readonly<Record<OwnerName, Home>> = { a: 'near', b: 'near', c: 'far' };
export type Home = 'near' | 'far';

export type Step =
  | { readonly type: 'write'; readonly owner: OwnerName; readonly wanted: Wanted }
  /** The definition leaves its set. */
  | { readonly type: 'withdraw'; readonly owner: OwnerName }
  /** `crash`: the process dies at its n-th write, before or after the server did it. */
  | { readonly type: 'apply'; readonly home: Home; readonly crash?: { readonly at: number; readonly done: boolean } }
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

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('write' as const), owner, wanted }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('withdraw' as const), owner }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('apply' as const), home }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('apply' as const), home, crash }) },
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
  { weight: 2, arbitrary: fc.record({ type: fc.constant('rename' as const), owner, from: name, to: name }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('wipe' as const), name }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('delete' as const), name }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('make' as const), name }) },
);

export const histories: fc.Arbitrary<readonly Step[]> = fc.array(step, { minLength: 4, maxLength: 14 });
