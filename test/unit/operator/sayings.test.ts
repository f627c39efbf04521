/** What the conditions of a definition say of its objects: no more than what was seen of them. */
import { expect, it } from 'vitest';
import { type Sayings, sayingsOf } from '../../../src/operator/sayings.ts';
import type { OwnerPlan, Plan } from '../../../src/plan/plan.ts';
import { keep, ownerPlan, planOf, resultOf, skip } from '../../support/plan-builder.ts';

const unreadable = { code: 'MANIFEST_INVALID', message: 'document 2 cannot be read' } as const;
const unreachable = { code: 'CLUSTER_UNREACHABLE', message: 'https://a: does not answer' } as const;
const stale = { code: 'SOURCE_UNREACHABLE', message: 'http://b: does not answer' } as const;
const web = (more: Partial<OwnerPlan> = {}) => ownerPlan('web', [keep('ConfigMap shop/a')], more);
const ended = (plan: Plan, unhealthy: Parameters<typeof resultOf>[2] = []) =>
  sayingsOf({ type: 'ended', result: resultOf(plan, [], unhealthy) });
const told = ({ Healthy, Drifted }: Sayings) => [Healthy, Drifted].map(({ status, reason }) => `${status} ${reason}`);

it('is known where everything was looked at', () => {
  expect(told(ended(planOf([web()])))).toEqual(['True Healthy', 'False AsDesired']);
});

it('is not known of what cannot be read or reached', () => {
  expect(told(ended(planOf([web({ problems: [unreadable] })])))).toEqual([
    'Unknown ManifestInvalid',
    'Unknown ManifestInvalid',
  ]);
  expect(told(ended(planOf([], { problems: [unreachable] })))).toEqual([
    'Unknown ClusterUnreachable',
    'Unknown ClusterUnreachable',
  ]);
  const known = { Healthy: { status: 'True', reason: 'Healthy', message: '' } } as const;
  for (const standing of [
    { type: 'invalid', problems: [unreadable] },
    { type: 'failed', problem: unreadable },
  ] as const)
    expect(told(sayingsOf(standing, known))).toEqual(['Unknown ManifestInvalid', 'Unknown ManifestInvalid']);
  const planned = {
    type: 'planned',
    mode: 'Observe',
    digest: '',
    plan: planOf([web({ problems: [unreadable] })]),
  } as const;
  expect(told(sayingsOf(planned))).toEqual(['Unknown NotObserved', 'Unknown ManifestInvalid']);
});

it('is not known of objects that nobody waits for', () => {
  const said = sayingsOf({ type: 'ended', result: resultOf(planOf([web()]), []), unwatched: true });
  expect([...told(said), said.Ready.status]).toEqual(['Unknown NotObserved', 'False AsDesired', 'True']);
});

it('is known by what a source gave before, and not where it gave nothing', () => {
  expect(told(ended(planOf([web()], { problems: [stale] })))).toEqual(['True Healthy', 'False AsDesired']);
  const waiting = ownerPlan('web', [], { waiting: true });
  expect(told(ended(planOf([waiting], { problems: [stale] })))).toEqual([
    'Unknown SourceUnreachable',
    'Unknown SourceUnreachable',
  ]);
});

it('is worse than unknown where something is seen to be wrong', () => {
  const sick = [{ owner: 'web', name: 'Deployment shop/web', reason: 'no Pod is ready', failed: false }];
  const refused = skip('ConfigMap shop/b', { code: 'CONFLICT', reason: 'somebody holds it' });
  const plan = planOf([ownerPlan('web', [refused], { problems: [unreadable] })]);
  expect(told(ended(plan, sick))).toEqual(['False NotHealthy', 'True NotApplied']);
});
