/** The order in which people and machines see things. */
import { expect, it } from 'vitest';
import { compareFields, inReadingOrder } from '../../../src/view/order.ts';
import { keep } from '../../support/plan-builder.ts';

it('sorts by namespace, kind and name, with numbers as numbers', () => {
  const names = ['Secret b/a', 'ConfigMap b/c10', 'ConfigMap b/c9', 'Namespace b', 'ConfigMap a/z'];
  const sorted = inReadingOrder(names.map(keep)).map(({ reference }) => `${reference.kind} ${reference.name}`);
  expect(sorted).toEqual(['Namespace b', 'ConfigMap z', 'ConfigMap c9', 'ConfigMap c10', 'Secret a']);
});

it('knows an order even for names that people would take for the same', () => {
  expect(compareFields(['a1'], ['a01'])).not.toBe(0);
  expect(compareFields(['a1'], ['a01'])).toBe(-compareFields(['a01'], ['a1']));
  expect(compareFields(['a'], ['a'])).toBe(0);
});
