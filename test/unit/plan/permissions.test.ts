/** Which rights a plan needs, and what becomes of changes that are forbidden. */
import { expect, test } from 'vitest';
import { needKey, needsOf, permitted } from '../../../src/plan/permissions.ts';
import { changeOf, desired, entry, live, observed, owner, planFor, ref, tried } from '../../support/make.ts';

const a = owner('a');
const b = owner('b');
const web = 'Deployment shop/web';
const shop = 'Namespace shop';

const needs = (...plans: Parameters<typeof planFor>) =>
  needsOf(planFor(...plans)).map(({ verb, reference }) => `${verb} ${reference.kind}`);

test('what would be new, and was not tried, takes two rights', () => {
  expect(needs([observed(a, { wants: [desired(web)] })])).toEqual(['patch Deployment', 'create Deployment']);
  const verdicts = { [web]: tried() };
  expect(needs([observed(a, { wants: [desired(web)], verdicts })])).toEqual([]);
});

test('what is changed, and was not tried, takes one; what was tried takes none', () => {
  const world = { live: [live(web, [a])] };
  const predicted = { type: 'predicted', reason: 'because' } as const;
  const wants = [desired(web)];
  expect(needs([observed(a, { wants, verdicts: { [web]: predicted } }, world)])).toEqual(['patch Deployment']);
  const verdicts = { [web]: tried({ ownershipChanges: true }) };
  expect(needs([observed(a, { wants, verdicts }, world)])).toEqual([]);
});

test('removals take what they do', () => {
  const world = { live: [live(web, [a, b])] };
  const recorded = [entry(web)];
  const facts = { wants: [], recorded };
  expect(needs([observed(a, facts, world)])).toEqual(['patch Deployment']);
  expect(needs([observed(a, facts, { live: [live(web, [a])] })])).toEqual(['delete Deployment']);
});

test('nothing is needed in a Namespace that the plan makes, but for the Namespace', () => {
  const wants = [desired(web), desired(shop)];
  expect(needs([observed(a, { wants })])).toEqual(['patch Namespace', 'create Namespace']);
});

test('a change that is forbidden is left out, on that cluster only, with what is missing', () => {
  const plan = planFor([observed(a, { wants: [desired(web)] })]);
  const change = changeOf(plan, web);
  const need = { server: '', verb: 'create', reference: ref(web) } as const;
  const forbidden = new Map([[needKey(need), 'may not create deployments.apps']]);
  expect(permitted(change, '', forbidden)).toEqual({
    action: 'skip',
    reference: ref(web),
    reason: 'may not create deployments.apps',
    after: [],
    code: 'CLUSTER_FORBIDDEN',
  });
  expect(permitted(change, 'https://other', forbidden)).toBe(change);
});
