import { describe, expect, test } from 'vitest';
import { hasChanges, hasProblems } from '../../../src/plan/plan.ts';
import {
  actions,
  announced,
  changeOf,
  desired,
  entry,
  id,
  live,
  observed,
  owner,
  planFor,
  tried,
} from '../../support/make.ts';

const web = 'Deployment shop/web';
const a = owner('a');
const b = owner('b');
const foreign = owner('a', 'another home');

describe('an object that is not there', () => {
  test('is created, and only if it is still not there', () => {
    const plan = planFor([observed(a, { wants: [desired(web)] })]);
    expect(changeOf(plan, web)).toMatchObject({
      action: 'create',
      reason: 'new',
      expect: 'absent',
      confidence: 'unchecked',
      recorded: false,
    });
    expect(hasChanges(plan)).toBe(true);
    expect(hasProblems(plan)).toBe(false);
  });

  test('is created again when it was deleted behind our back', () => {
    const plan = planFor([observed(a, { wants: [desired(web)], recorded: [entry(web)] })]);
    expect(changeOf(plan, web)).toMatchObject({ action: 'create', reason: 'it was deleted', recorded: true });
  });

  test('is new when a run died before it wrote', () => {
    const plan = planFor([observed(a, { wants: [desired(web)], recorded: [announced(web)] })]);
    expect(changeOf(plan, web)).toMatchObject({ action: 'create', reason: 'new', expect: 'absent', recorded: true });
  });

  test('is certain when the server tried it, and predicted when its Namespace is made by the same plan', () => {
    const facts = { wants: [desired(web)] };
    const sure = planFor([observed(a, { ...facts, verdicts: { [web]: tried() } })]);
    const guess = planFor([observed(a, { ...facts, verdicts: { [web]: { type: 'predicted', reason: 'because' } } })]);
    expect(changeOf(sure, web)).toMatchObject({ action: 'create', confidence: 'server' });
    expect(changeOf(guess, web)).toMatchObject({ action: 'create', confidence: 'predicted', reason: 'new; because' });
  });

  test('is skipped as a problem when the server refuses it', () => {
    const refused = { type: 'refused', code: 'CLUSTER_REFUSED', message: 'spec.replicas must not be red' } as const;
    const plan = planFor([observed(a, { wants: [desired(web)], verdicts: { [web]: refused } })]);
    expect(changeOf(plan, web)).toMatchObject({ action: 'skip', code: 'CLUSTER_REFUSED', reason: refused.message });
    expect(hasProblems(plan)).toBe(true);
    expect(hasChanges(plan)).toBe(false);
  });

  test('is created by the first owner that wants it, and joined by the others after that', () => {
    const plan = planFor([observed(a, { wants: [desired(web)] }), observed(b, { wants: [desired(web)] })]);
    const joining = changeOf(plan, web, 'b');
    expect(changeOf(plan, web, 'a')).toMatchObject({ action: 'create', expect: 'absent', after: [] });
    expect(joining).toMatchObject({ action: 'create', reason: 'shared with a', confidence: 'predicted' });
    expect(joining.after).toEqual([id('a', web)]);
    expect(joining).not.toHaveProperty('expect');
  });

  test('is created by the second owner when the server refuses it from the first one', () => {
    const refused = { type: 'refused', code: 'CLUSTER_REFUSED', message: 'no' } as const;
    const plan = planFor([
      observed(a, { wants: [desired(web)], verdicts: { [web]: refused } }),
      observed(b, { wants: [desired(web)] }),
    ]);
    expect(changeOf(plan, web, 'a').action).toBe('skip');
    expect(changeOf(plan, web, 'b')).toMatchObject({ action: 'create', expect: 'absent', after: [] });
  });

  test('is created in each of two clusters by its own owner', () => {
    const plan = planFor([
      observed(a, { wants: [desired(web)] }, { server: 'https://one' }),
      observed(b, { wants: [desired(web)] }, { server: 'https://two' }),
    ]);
    expect(changeOf(plan, web, 'a')).toMatchObject({ expect: 'absent', after: [] });
    expect(changeOf(plan, web, 'b')).toMatchObject({ expect: 'absent', after: [] });
  });
});

describe('an object that is there and ours', () => {
  const world = { live: [live(web, [a])] };

  test('is kept without a question when uid, digest and fields are as recorded', () => {
    const plan = planFor([observed(a, { wants: [desired(web)], recorded: [entry(web)] }, world)]);
    expect(changeOf(plan, web)).toEqual({
      action: 'keep',
      reference: desired(web).reference,
      reason: 'unchanged',
      after: [],
    });
    expect(hasChanges(plan)).toBe(false);
  });

  test('is kept, with a proof to record, when the server finds no difference', () => {
    const recorded = [entry(web, { fields: 'of an older version' })];
    const plan = planFor([observed(a, { wants: [desired(web)], recorded, verdicts: { [web]: tried() } }, world)]);
    const { digest } = desired(web);
    expect(changeOf(plan, web)).toMatchObject({
      action: 'keep',
      proof: { uid: `uid of ${web}`, digest, fields: 'as applied' },
    });
  });

  test('is updated when only the ownership of a field was lost', () => {
    const verdicts = { [web]: tried({ ownershipChanges: true }) };
    const plan = planFor([
      observed(
        a,
        { wants: [desired(web)], recorded: [entry(web)], verdicts },
        {
          live: [
            live(web, [], { managers: [{ manager: a.manager, operation: 'Apply', subresource: '', fields: 'less' }] }),
          ],
        },
      ),
    ]);
    expect(changeOf(plan, web)).toMatchObject({
      action: 'update',
      reason: 'changed in the cluster',
      confidence: 'server',
    });
  });

  const scaled = { field: '.spec.replicas', manager: 'hpa', subresource: 'scale' };
  const difference = { path: 'spec.replicas', before: 1, after: 2 };
  test.each([
    ['the manifest changed', [entry(web, { digest: 'older' })], {}],
    ['changed in the cluster', [entry(web, { fields: 'more' })], {}],
    ['was recreated by somebody', [entry(web, { uid: 'another uid' })], {}],
    ["is of upstream's operator", [{ reference: entry(web).reference, state: 'applied' }], {}],
    ['now apps/v1', [entry(web, { reference: { ...entry(web).reference, version: 'v1beta1' }, digest: 'older' })], {}],
    ['was not recorded as applied', [announced(web)], {}],
    ['was not recorded as applied', undefined, {}],
    ['changed by kubectl-edit', [entry(web)], { take: [{ field: '.spec.replicas', manager: 'kubectl-edit' }] }],
    ['.spec.replicas is not left to "hpa" any more', [entry(web, { yielded: [{ ...scaled, held: 'x' }] })], {}],
    ['changed in the cluster; left to "hpa": .spec.replicas', [entry(web)], { yield: [scaled] }],
  ] as const)('is updated because %s', (reason, recorded, more) => {
    const verdicts = { [web]: tried({ differences: [difference], ...more }) };
    const drifted = live(web, [], {
      annotations: live(web, [a]).annotations,
      managers: [{ manager: a.manager, operation: 'Apply', subresource: '', fields: 'changed' }],
    });
    const plan = planFor([
      observed(a, { wants: [desired(web)], ...(recorded ? { recorded } : {}), verdicts }, { live: [drifted] }),
    ]);
    expect(changeOf(plan, web)).toMatchObject({
      action: 'update',
      reason,
      expect: { uid: `uid of ${web}` },
      differences: [difference],
      take: 'take' in more ? more.take : [],
      recorded: recorded !== undefined,
    });
  });

  test('is not taken for the recorded one when it was recreated with the same fields', () => {
    const recorded = [entry(web, { uid: 'another uid' })];
    const plan = planFor([observed(a, { wants: [desired(web)], recorded, verdicts: { [web]: tried() } }, world)]);
    expect(changeOf(plan, web)).toMatchObject({ action: 'keep', proof: { uid: `uid of ${web}` } });
  });

  test('is made anew once the old one is gone that is being deleted, and says what that waits for', () => {
    const dying = live(web, [a], { deleting: true, finalizers: ['example.org/wait'] });
    const plan = planFor([observed(a, { wants: [desired(web)], recorded: [entry(web)] }, { live: [dying] })]);
    expect(changeOf(plan, web)).toMatchObject({
      action: 'create',
      expect: 'absent',
      predecessor: `uid of ${web}`,
      confidence: 'predicted',
      reason: 'it was deleted; waits until the old one is gone, which waits for example.org/wait',
    });
  });

  test('is skipped as a problem when its kind could not be asked for', () => {
    const plan = planFor([observed(a, { wants: [desired(web)], recorded: [entry(web)] }, { unknown: [web] })]);
    expect(changeOf(plan, web)).toMatchObject({
      action: 'skip',
      code: 'CLUSTER_FORBIDDEN',
      reason: 'may not be listed',
    });
  });

  test('is left alone when somebody holds a field that may not be taken', () => {
    const conflict = { type: 'conflict', conflicts: [{ field: '.spec.paused', manager: 'argo' }] } as const;
    const plan = planFor([observed(a, { wants: [desired(web)], verdicts: { [web]: conflict } }, world)]);
    expect(changeOf(plan, web)).toMatchObject({
      action: 'skip',
      code: 'CONFLICT',
      reason: '.spec.paused is held by "argo"',
    });
  });

  test('is updated as predicted when the server could not try it, with what is known all the same', () => {
    const take = [{ field: '.spec.paused', manager: 'kubectl' }];
    const verdict = { type: 'predicted', reason: 'the webhook x takes no dry-runs', take } as const;
    const plan = planFor([observed(a, { wants: [desired(web)], verdicts: { [web]: verdict } }, world)]);
    expect(changeOf(plan, web)).toMatchObject({
      action: 'update',
      confidence: 'predicted',
      reason: 'changed by kubectl; the webhook x takes no dry-runs',
      take,
      expect: { uid: `uid of ${web}` },
    });
  });

  test('is updated unchecked when nobody asked the server', () => {
    const plan = planFor([observed(a, { wants: [desired(web)] }, world)]);
    expect(changeOf(plan, web)).toMatchObject({
      action: 'update',
      confidence: 'unchecked',
      expect: { uid: `uid of ${web}` },
    });
  });
});

describe('a field that is left to somebody else', () => {
  const scaled = { field: '.spec.replicas', manager: 'hpa', subresource: 'scale' };
  const hpa = { manager: 'hpa', operation: 'Update', subresource: 'scale', fields: 'replicas' };
  const recorded = [entry(web, { yielded: [{ ...scaled, held: 'replicas' }] })];
  const reason = 'unchanged; left to "hpa": .spec.replicas';
  const note = 'Deployment shop/web: left to "hpa": .spec.replicas';

  test('is proven unchanged while who holds it holds the same fields', () => {
    const plan = planFor([
      observed(a, { wants: [desired(web)], recorded }, { live: [live(web, [a], { managers: [hpa] })] }),
    ]);
    expect(changeOf(plan, web)).toEqual({
      action: 'keep',
      reference: desired(web).reference,
      reason,
      after: [],
      yield: [scaled],
    });
    expect(plan.owners[0]?.notes).toEqual([note]);
    expect(hasProblems(plan) || hasChanges(plan)).toBe(false);
  });

  const through = (subresource: string) => ({ managers: [{ ...hpa, subresource }] });
  test.each<[why: string, more: Parameters<typeof live>[2], policy: Parameters<typeof observed>[1]['policy']]>([
    ['its holder is gone', {}, {}],
    ['its holder holds other fields', { managers: [{ ...hpa, fields: 'others' }] }, {}],
    ['its holder holds fields of another subresource', through(''), {}],
    ['the rules say otherwise', { managers: [hpa] }, { conflicts: [{ manager: 'hpa', action: 'Override' }] }],
  ])('is asked for again when %s', (_, more, policy = {}) => {
    const facts = { wants: [desired(web)], recorded, policy };
    const plan = planFor([observed(a, facts, { live: [live(web, [a], more)] })]);
    expect(changeOf(plan, web)).toMatchObject({ action: 'update', reason: 'not tried' });
  });

  test('is asked for again when the HorizontalPodAutoscaler that it was left to is gone', () => {
    const yielded = [{ ...scaled, autoscaler: 'web', held: 'replicas' }];
    const facts = { wants: [desired(web)], recorded: [entry(web, { yielded })] };
    const here = live(web, [a], { managers: [hpa] });
    const scaler = live('HorizontalPodAutoscaler shop/web', []);
    const action = (world: Parameters<typeof observed>[2]) =>
      changeOf(planFor([observed(a, facts, world)]), web).action;
    expect(action({ live: [here, scaler] })).toBe('keep');
    expect(action({ live: [here], unknown: ['HorizontalPodAutoscaler shop/web'] })).toBe('keep');
    expect(action({ live: [here] })).toBe('update');
  });

  test('is recorded with what its holder holds', () => {
    const facts = { wants: [desired(web)], verdicts: { [web]: tried({ yield: [scaled] }) } };
    const plan = planFor([observed(a, facts, { live: [live(web, [a], { managers: [hpa] })] })]);
    const proof = { uid: `uid of ${web}`, digest: desired(web).digest, fields: 'as applied' };
    expect(changeOf(plan, web)).toMatchObject({
      action: 'keep',
      reason,
      proof: { ...proof, yielded: [{ ...scaled, held: 'replicas' }] },
    });
  });

  test('is noted once for many objects', () => {
    const names = Array.from({ length: 20 }, (_, index) => `Deployment shop/web-${index}`);
    const facts = {
      wants: names.map((name) => desired(name)),
      recorded: names.map((name) => entry(name, { yielded: [{ ...scaled, held: 'replicas' }] })),
    };
    const world = { live: names.map((name) => live(name, [a], { managers: [hpa] })) };
    const notes = planFor([observed(a, facts, world)]).owners[0]?.notes ?? [];
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain('17 more objects have fields');
  });
});

describe('an object that is there and not ours', () => {
  const stranger = live(web, [], {
    labels: {},
    managers: [{ manager: 'helm', operation: 'Update', subresource: '', fields: 'x' }],
  });

  test('is refused', () => {
    const plan = planFor([observed(a, { wants: [desired(web)] }, { live: [stranger] })]);
    expect(changeOf(plan, web)).toMatchObject({ action: 'skip', code: 'NOT_ADOPTED' });
  });

  test('is refused even if an announcement of a dead run names it', () => {
    const plan = planFor([observed(a, { wants: [desired(web)], recorded: [announced(web)] }, { live: [stranger] })]);
    expect(changeOf(plan, web)).toMatchObject({ action: 'skip', code: 'NOT_ADOPTED' });
  });

  test('is adopted on request, also when no value differs', () => {
    const facts = { wants: [desired(web)], verdicts: { [web]: tried() } };
    const plan = planFor([observed(a, facts, { live: [stranger] })], { policy: { adopt: 'IfUnowned' } });
    expect(changeOf(plan, web)).toMatchObject({
      action: 'adopt',
      reason: 'exists, and is taken over',
      expect: { uid: `uid of ${web}` },
    });
  });

  test('is shared without a request when it is another owner of Vidra, of this home or another one', () => {
    for (const other of [b, foreign]) {
      const facts = { wants: [desired(web)], verdicts: { [web]: tried({ ownershipChanges: true }) } };
      const plan = planFor([observed(a, facts, { live: [live(web, [other])] })]);
      expect(changeOf(plan, web)).toMatchObject({ action: 'update', reason: `shared with ${other.name}` });
    }
  });

  test.each(['a', 'a,b', 'b, a'])('is taken over in place when upstream wrote "%s" on it', (owners) => {
    const upstream = live(web, [], { annotations: { 'vidraresource.infrahub.operators.com/owned-by': owners } });
    const facts = { wants: [desired(web)], verdicts: { [web]: tried({ ownershipChanges: true }) } };
    const plan = planFor([observed(a, facts, { live: [upstream] })]);
    expect(actions(plan)).toEqual([`a: update ${web}`]);
  });
});
