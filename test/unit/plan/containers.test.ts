/** A definition of a kind is not deleted under instances that somebody wants. */
import { describe, expect, test } from 'vitest';
import { changeOf, desired, entry, live, observed, owner, planFor } from '../../support/make.ts';

const [a, b] = [owner('a'), owner('b')];
const definition = 'CustomResourceDefinition widgets.example.org';
const widget = 'Widget shop/one';
const recorded = [entry(definition)];

describe('a CustomResourceDefinition that its owner leaves', () => {
  test('is deleted when it has no instance', () => {
    const world = { live: [live(definition, [a])], tenants: { [definition]: [] } };
    expect(changeOf(planFor([observed(a, { wants: [], recorded }, world)]), definition).action).toBe('delete');
  });

  test.each([
    ['another owner has made', live(widget, [b]), 'b'],
    ['another home has made', live(widget, [owner('a', 'another home')]), 'a'],
  ])('is kept while it has an instance that %s', (_case, instance, name) => {
    const world = { live: [live(definition, [a])], tenants: { [definition]: [instance] } };
    expect(changeOf(planFor([observed(a, { wants: [], recorded }, world)]), definition)).toMatchObject({
      action: 'skip',
      reason: `still holds Widget shop/one of ${name}`,
    });
  });

  test('is kept while another owner of the plan wants an instance, there or not', () => {
    const without = { live: [live(definition, [a])], tenants: { [definition]: [] } };
    const plan = planFor([
      observed(a, { wants: [], recorded }, without),
      observed(b, { wants: [desired(widget)] }, without),
    ]);
    expect(changeOf(plan, definition)).toMatchObject({ action: 'skip', reason: 'still holds Widget shop/one' });
  });

  test('is deleted after the instances that the plan deletes, and with those that are being deleted', () => {
    const instance = live(widget, [a]);
    const late = live('Widget shop/late', [], { deleting: true });
    const world = { live: [live(definition, [a]), instance], tenants: { [definition]: [instance, late] } };
    const plan = planFor([observed(a, { leaves: 'gone', recorded: [...recorded, entry(widget)] }, world)]);
    expect(changeOf(plan, definition)).toMatchObject({ action: 'delete', after: ['a|example.org/Widget/shop/one'] });
  });

  test('is not touched while its instances may not be listed', () => {
    const world = { live: [live(definition, [a])], unknown: [definition] };
    expect(changeOf(planFor([observed(a, { wants: [], recorded }, world)]), definition)).toMatchObject({
      action: 'skip',
      code: 'CLUSTER_FORBIDDEN',
    });
  });
});
