import { describe, expect, test } from 'vitest';
import { isLate } from '../../../src/plan/order.ts';
import { changeOf, desired, entry, id, live, observed, owner, planFor, ref, tried } from '../../support/make.ts';

const a = owner('a');
const b = owner('b');
const shop = 'Namespace shop';
const web = 'Deployment shop/web';
const config = 'ConfigMap shop/config';
const widgets = 'CustomResourceDefinition widgets.example.org';
const widget = 'Widget shop/one';
const definition = desired(widgets, { spec: { group: 'example.org', names: { kind: 'Widget', plural: 'widgets' } } });
const dependsOn = (text: string) => ({ 'config.kubernetes.io/depends-on': text });

describe('what is written', () => {
  test('comes after its Namespace, whoever makes that', () => {
    const plan = planFor([observed(a, { wants: [desired(web)] }), observed(b, { wants: [desired(shop)] })]);
    expect(changeOf(plan, web).after).toEqual([id('b', shop)]);
    expect(changeOf(plan, shop).after).toEqual([]);
  });

  test('does not wait for a Namespace that is there already', () => {
    const facts = { wants: [desired(shop), desired(web)], verdicts: { [shop]: tried({ ownershipChanges: true }) } };
    const plan = planFor([observed(a, facts, { live: [live(shop, [a])] })]);
    expect(changeOf(plan, shop).action).toBe('update');
    expect(changeOf(plan, web).after).toEqual([]);
  });

  test('waits for a Namespace that is refused, and so is not made; not for one that could not be asked for', () => {
    const verdicts = { [shop]: { type: 'refused', code: 'CLUSTER_REFUSED', message: 'no' } } as const;
    const wants = [desired(shop), desired(web)];
    const plan = planFor([observed(a, { wants, verdicts })]);
    expect(changeOf(plan, shop).action).toBe('skip');
    expect(changeOf(plan, web).after).toEqual([id('a', shop)]);
    const unseen = planFor([observed(a, { wants }, { unknown: [shop] })]);
    expect(changeOf(unseen, shop).action).toBe('skip');
    expect(changeOf(unseen, web).after).toEqual([]);
  });

  test('does not wait for a Namespace of another cluster', () => {
    const plan = planFor([
      observed(a, { wants: [desired(web)] }, { server: 'https://one' }),
      observed(b, { wants: [desired(shop)] }, { server: 'https://two' }),
    ]);
    expect(changeOf(plan, web).after).toEqual([]);
  });

  test('comes after the definition of its kind, also when that one is changed', () => {
    const facts = { wants: [desired(widget), definition] };
    const verdicts = { [widgets]: tried({ ownershipChanges: true }) };
    const fresh = planFor([observed(a, facts)]);
    const changed = planFor([observed(a, { ...facts, verdicts }, { live: [live(widgets, [a])] })]);
    for (const plan of [fresh, changed]) expect(changeOf(plan, widget).after).toEqual([id('a', widgets)]);
  });

  test('comes after both owners that create a shared Namespace', () => {
    const plan = planFor([
      observed(a, { wants: [desired(shop)] }),
      observed(b, { wants: [desired(shop), desired(web)] }),
    ]);
    expect(changeOf(plan, shop, 'b').after).toEqual([id('a', shop)]);
    expect(changeOf(plan, web).after).toEqual([id('a', shop), id('b', shop)]);
  });

  test.each([
    ['one in a namespace', 'apps/namespaces/shop/Deployment/web', [web]],
    ['one of the core group in a namespace', '/namespaces/shop/ConfigMap/config', [config]],
    ['one without a namespace', 'apiextensions.k8s.io/CustomResourceDefinition/widgets.example.org', [widgets]],
    ['one of the core group without a namespace', '/Namespace/shop', [shop]],
    ['two of them', ' apps/namespaces/shop/Deployment/web , /Namespace/shop', [web, shop]],
  ])('comes after what it says it depends on: %s', (_case, annotation, names) => {
    const job = 'ConfigMap other/job';
    const wants = [desired(job, {}, dependsOn(annotation)), desired(web), desired(config), desired(shop), definition];
    const plan = planFor([observed(a, { wants })]);
    expect(changeOf(plan, job).after).toEqual(names.map((name) => id('a', name)));
  });

  test('does not wait for what the plan does not write', () => {
    const wants = [desired(config, {}, dependsOn('apps/namespaces/shop/Deployment/elsewhere, nonsense'))];
    expect(changeOf(planFor([observed(a, { wants })]), config).after).toEqual([]);
  });

  test('never waits for itself, and a circle stays visible to whoever carries the plan out', () => {
    const wants = [
      desired(web, {}, dependsOn('apps/namespaces/shop/Deployment/web, /namespaces/shop/ConfigMap/config')),
      desired(config, {}, dependsOn('apps/namespaces/shop/Deployment/web')),
    ];
    const plan = planFor([observed(a, { wants })]);
    expect(changeOf(plan, web).after).toEqual([id('a', config)]);
    expect(changeOf(plan, config).after).toEqual([id('a', web)]);
  });
});

describe('what is deleted', () => {
  test('goes before its Namespace and before the definition of its kind', () => {
    const all = [shop, web, widgets, widget];
    const world = { live: all.map((text) => live(text, [a])) };
    const plan = planFor([observed(a, { leaves: 'gone', recorded: all.map((text) => entry(text)) }, world)]);
    expect(changeOf(plan, web).after).toEqual([]);
    expect(changeOf(plan, widget).after).toEqual([]);
    expect(changeOf(plan, shop).after).toEqual([id('a', web), id('a', widget)]);
    expect(changeOf(plan, widgets).after).toEqual([id('a', widget)]);
  });

  test('goes before what it said it depends on', () => {
    const world = {
      live: [live(web, [a], { annotations: dependsOn('/namespaces/shop/ConfigMap/config') }), live(config, [a])],
    };
    const plan = planFor([observed(a, { leaves: 'gone', recorded: [entry(web), entry(config)] }, world)]);
    expect(changeOf(plan, config).after).toEqual([id('a', web)]);
    expect(changeOf(plan, web).after).toEqual([]);
  });

  test('does not wait for a dependant that stays', () => {
    const annotated = live(web, [a], { annotations: dependsOn('/namespaces/shop/ConfigMap/config') });
    const world = { live: [annotated, live(config, [a])] };
    const facts = { wants: [desired(web)], recorded: [entry(web), entry(config)] };
    expect(changeOf(planFor([observed(a, facts, world)]), config)).toMatchObject({ action: 'delete', after: [] });
  });
});

test.each([
  ['ValidatingWebhookConfiguration guard', true],
  ['APIService v1.metrics', true],
  ['Deployment shop/web', false],
  ['Widget shop/ValidatingWebhookConfiguration', false],
])('Whether %s is written last is %s', (text, expected) => {
  const change = { action: 'keep', reference: ref(text), reason: '', after: [] } as const;
  expect(isLate(change)).toBe(expected);
});
