import { describe, expect, test } from 'vitest';
import { tallyOf } from '../../../src/plan/tally.ts';
import { remove, write } from '../../support/plan-builder.ts';

const comes = write('create', 'ConfigMap shop/new');
const goes = remove('ConfigMap shop/old');
const created = {
  owner: 'web',
  change: { ...comes, renamedFrom: { reference: goes.reference, first: 'new' as const } },
};
const deleted = { owner: 'web', change: { ...goes, renamedTo: { reference: comes.reference, first: 'new' as const } } };
const nothing = { create: 0, update: 0, replace: 0, rename: 0, adopt: 0, delete: 0, release: 0, keep: 0, skip: 0 };

describe('a rename', () => {
  test('counts once, as neither of its halves', () => {
    expect(tallyOf([created, deleted])).toEqual({ ...nothing, rename: 1 });
  });

  test('counts as what was done where that is only one of its halves', () => {
    expect(tallyOf([created])).toEqual({ ...nothing, create: 1 });
    expect(tallyOf([deleted])).toEqual({ ...nothing, delete: 1 });
    expect(tallyOf([created, { ...deleted, owner: 'db' }])).toEqual({ ...nothing, create: 1, delete: 1 });
  });
});

test('everything else counts by its action', () => {
  const changes = [write('update', 'ConfigMap shop/a'), write('replace', 'ConfigMap shop/b'), comes, goes];
  const expected = { ...nothing, update: 1, replace: 1, create: 1, delete: 1 };
  expect(tallyOf(changes.map((change) => ({ owner: 'web', change })))).toEqual(expected);
});
