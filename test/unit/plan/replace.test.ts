import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../../src/plan/observation.ts';
import { hasProblems } from '../../../src/plan/plan.ts';
import { actions, changeOf, desired, entry, live, observed, owner, planFor, record } from '../../support/make.ts';

const web = 'Deployment shop/web';
const a = owner('a');
const b = owner('b');
const allowed = { replace: 'WhenImmutable' } as const;
const immutable = (more: Partial<Extract<Verdict, { type: 'immutable' }>> = {}): Verdict => ({
  type: 'immutable',
  fields: ['spec.selector'],
  differences: [{ path: 'spec.selector.matchLabels.a', before: '1', after: '2' }],
  ...more,
});
const facts = (text = web, verdict = immutable()) => ({
  wants: [desired(text)],
  recorded: [entry(text, { digest: 'of another manifest' })],
  verdicts: { [text]: verdict },
});

describe('an object whose immutable fields change', () => {
  test('is left alone by default, and it is said why', () => {
    const plan = planFor([observed(a, facts(), { live: [live(web, [a])] })]);
    expect(changeOf(plan, web)).toMatchObject({
      action: 'skip',
      code: 'IMMUTABLE',
      reason: 'spec.selector is immutable',
    });
    expect(hasProblems(plan)).toBe(true);
  });

  test('is replaced where that is allowed: this very object, at this version', () => {
    const policy = { ...allowed, propagationPolicy: 'Foreground' } as const;
    const plan = planFor([observed(a, facts(), { live: [live(web, [a])] })], { policy });
    expect(changeOf(plan, web)).toMatchObject({
      action: 'replace',
      reason: 'replaced because spec.selector is immutable',
      expect: { uid: `uid of ${web}` },
      resourceVersion: '7',
      propagation: 'Foreground',
      immutable: ['spec.selector'],
      differences: [{ path: 'spec.selector.matchLabels.a' }],
    });
  });

  test.each([
    ['WhenImmutable', 'Never', 'replace'],
    ['Never', 'WhenImmutable', 'skip'],
    ['whenimmutable', 'Never', 'skip'],
  ] as const)('its own annotation %s outweighs %s of the definition', (value, replace, action) => {
    const annotations = { 'vidra.infrahub.operators.com/replace': value };
    const wants = [desired(web, {}, annotations)];
    const plan = planFor([observed(a, { ...facts(), wants }, { live: [live(web, [a])] })], { policy: { replace } });
    expect(changeOf(plan, web).action).toBe(action);
  });

  test('is left alone when the server would not make it anew, either', () => {
    const refusal = { code: 'CLUSTER_REFUSED', message: 'spec.replicas must not be red' } as const;
    const world = { live: [live(web, [a])] };
    const plan = planFor([observed(a, facts(web, immutable({ refusal })), world)], { policy: allowed });
    expect(changeOf(plan, web)).toMatchObject({
      action: 'skip',
      code: 'CLUSTER_REFUSED',
      reason: 'spec.selector is immutable, and could not be made anew: spec.replicas must not be red',
    });
  });

  test.each([
    'Namespace shop',
    'PersistentVolumeClaim shop/data',
    'PersistentVolume data',
    'CustomResourceDefinition x.y',
  ])('is never replaced when it is a %s', (text) => {
    const plan = planFor([observed(a, facts(text), { live: [live(text, [a])] })], { policy: allowed });
    const [kind] = text.split(' ');
    const reason = `spec.selector is immutable, and a ${kind} is never replaced`;
    expect(changeOf(plan, text)).toMatchObject({ action: 'skip', code: 'IMMUTABLE', reason });
  });

  test('is left alone when it is shared: by its marks, by the plan, or by a record', () => {
    const reason = 'spec.selector is immutable, and b wants the object, too';
    const skipped = { action: 'skip', code: 'IMMUTABLE', reason };
    const marked = planFor([observed(a, facts(), { live: [live(web, [a, b])] })], { policy: allowed });
    expect(changeOf(marked, web)).toMatchObject(skipped);

    const world = { live: [live(web, [a])] };
    const both = planFor([observed(a, facts(), world), observed(b, { wants: [desired(web)] }, world)], {
      policy: allowed,
    });
    expect(changeOf(both, web, 'a')).toMatchObject(skipped);

    const records = [record('b', [entry(web)])];
    const recorded = planFor([observed(a, facts(), world)], { policy: allowed, records });
    expect(changeOf(recorded, web)).toMatchObject(skipped);
    const elsewhere = planFor([observed(a, facts(), world)], {
      policy: allowed,
      records: [record('b', [entry(web)], 'https://elsewhere')],
    });
    expect(changeOf(elsewhere, web).action).toBe('replace');
  });

  test('is left alone while its annotation protects it from deletion, in the cluster or in the manifest', () => {
    const annotations = { 'vidra.infrahub.operators.com/prune': 'never' };
    const reason = 'spec.selector is immutable, and stays, by its annotation vidra.infrahub.operators.com/prune: never';
    const there = planFor([observed(a, facts(), { live: [live(web, [a], { annotations })] })], { policy: allowed });
    expect(changeOf(there, web)).toMatchObject({ action: 'skip', code: 'IMMUTABLE', reason });
    const wants = [desired(web, {}, annotations)];
    const wanted = planFor([observed(a, { ...facts(), wants }, { live: [live(web, [a])] })], { policy: allowed });
    expect(changeOf(wanted, web)).toMatchObject({ action: 'skip', code: 'IMMUTABLE', reason });
  });

  test('is left alone while it is only about to be adopted', () => {
    const foreign = live(web, []);
    const plan = planFor([observed(a, facts(), { live: [foreign] })], { policy: { ...allowed, adopt: 'Always' } });
    expect(changeOf(plan, web)).toMatchObject({ action: 'skip', code: 'IMMUTABLE' });
  });

  test('keeps nobody else from what they do', () => {
    const other = 'ConfigMap shop/other';
    const world = { live: [live(web, [a]), live(other, [b])] };
    const owners = [observed(a, facts(), world), observed(b, { wants: [], recorded: [entry(other)] }, world)];
    expect(actions(planFor(owners, { policy: allowed }))).toEqual([`a: replace ${web}`, `b: delete ${other}`]);
  });
});
