import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../../src/plan/observation.ts';
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
  record,
  tried,
} from '../../support/make.ts';

const web = 'Deployment shop/web';
const a = owner('a');
const b = owner('b');
const c = owner('c');
const recorded = [entry(web)];
const conflict = { type: 'conflict', conflicts: [{ field: '.spec', manager: a.manager }] } as const;

describe('an object that its only owner leaves', () => {
  test('is deleted, as it was when it was planned', () => {
    const plan = planFor([observed(a, { wants: [], recorded }, { live: [live(web, [a], { resourceVersion: '41' })] })]);
    expect(changeOf(plan, web)).toEqual({
      action: 'delete',
      propagation: 'Background',
      reference: entry(web).reference,
      reason: 'left the manifests',
      after: [],
      uid: `uid of ${web}`,
      resourceVersion: '41',
    });
  });

  test('is deleted with the owner that leaves as a whole, with its reason', () => {
    const plan = planFor([observed(a, { leaves: 'its artifact left shop', recorded }, { live: [live(web, [a])] })]);
    expect(changeOf(plan, web)).toMatchObject({ action: 'delete', reason: 'its artifact left shop' });
    expect(plan.owners[0]?.leaving).toBe(true);
  });

  test('is not left at all when only its version was recorded differently', () => {
    const old = entry(web, { reference: { ...entry(web).reference, version: 'v1beta1' } });
    const wants = [desired(web)];
    const plan = planFor([
      observed(a, { wants, recorded: [old], verdicts: { [web]: tried() } }, { live: [live(web, [a])] }),
    ]);
    expect(actions(plan)).toEqual([`a: keep ${web}`]);
  });

  describe('but that is wanted by another group that serves it, too,', () => {
    const other = 'Widget shop/web';
    const same = { uid: `uid of ${web}` };
    const world = { live: [live(web, [a]), live(other, [a], same)] };
    const leavesIt = (verdict: Verdict) =>
      observed(a, { wants: [desired(other)], recorded, verdicts: { [other]: verdict } }, world);

    test('is not left: the old identity is forgotten', () => {
      const plan = planFor([leavesIt(tried())]);
      expect(actions(plan)).toEqual([`a: keep ${other}`]);
      expect(plan.owners[0]?.forget).toEqual(['apps/Deployment/shop/web']);
    });

    test('stays on record while it cannot be had so', () => {
      expect(actions(planFor([leavesIt({ type: 'refused', code: 'CLUSTER_REFUSED', message: 'no' })]))).toEqual([
        `a: skip ${other}`,
        `a: skip ${web}`,
      ]);
    });

    test('is released when it is another owner that wants it', () => {
      const wanting = observed(b, { wants: [desired(other)], verdicts: { [other]: tried() } }, world);
      const plan = planFor([observed(a, { wants: [], recorded }, world), wanting]);
      expect(changeOf(plan, web)).toMatchObject({ action: 'release', reason: 'still wanted by b' });
    });
  });

  test('is deleted though it was recreated, when the new one carries our mark', () => {
    const again = live(web, [a], { uid: 'another uid' });
    const plan = planFor([observed(a, { wants: [], recorded }, { live: [again] })]);
    expect(changeOf(plan, web)).toMatchObject({ action: 'delete', uid: 'another uid' });
  });

  test.each([
    ['it is gone', []],
    ['somebody recreated it without our mark', [live(web, [], { uid: 'another uid', labels: {} })]],
    ['our marks were taken off', [live(web, [])]],
  ])('is only forgotten when %s', (_case, objects) => {
    const plan = planFor([observed(a, { wants: [], recorded }, { live: objects })]);
    expect(actions(plan)).toEqual([]);
    expect(plan.owners[0]?.forget).toEqual(['apps/Deployment/shop/web']);
  });

  test('is only forgotten when the run that announced it died before it wrote, and somebody else made it', () => {
    const plan = planFor([observed(a, { wants: [], recorded: [announced(web)] }, { live: [live(web, [])] })]);
    expect(actions(plan)).toEqual([]);
    expect(plan.owners[0]?.forget).toEqual(['apps/Deployment/shop/web']);
  });

  test('is deleted when the run that announced it died after it wrote', () => {
    const plan = planFor([observed(a, { wants: [], recorded: [announced(web)] }, { live: [live(web, [a])] })]);
    expect(actions(plan)).toEqual([`a: delete ${web}`]);
  });

  test('is waited for while it is being deleted, and stays on record', () => {
    const dying = live(web, [a], { deleting: true, finalizers: ['example.org/wait'] });
    const plan = planFor([
      observed(a, { wants: [], recorded: [entry(web, { state: 'deleting' })] }, { live: [dying] }),
    ]);
    expect(changeOf(plan, web)).toMatchObject({
      action: 'skip',
      reason: 'is being deleted, and waits for example.org/wait',
    });
    expect(changeOf(plan, web)).not.toHaveProperty('code');
    expect(plan.owners[0]?.forget).toEqual([]);
  });

  test('is a problem when its kind could not be asked for, and stays on record', () => {
    const plan = planFor([observed(a, { wants: [], recorded }, { unknown: [web] })]);
    expect(changeOf(plan, web)).toMatchObject({ action: 'skip', code: 'CLUSTER_FORBIDDEN' });
    expect(plan.owners[0]?.forget).toEqual([]);
  });
});

describe('an owner of which it is not known what it wants', () => {
  const world = { live: [live(web, [a])] };
  const problems = [{ code: 'MANIFEST_INVALID', message: 'line 3' }] as const;

  test.each([
    ['waits', { waits: 'its source could not be read' }],
    ['has a document that cannot be read', { wants: [], problems }],
  ])('keeps everything when it %s', (_case, facts) => {
    const plan = planFor([observed(a, { ...facts, recorded }, world)]);
    expect(actions(plan)).toEqual([]);
    expect(plan.owners[0]?.forget).toEqual([]);
  });

  test('says why it waits', () => {
    const plan = planFor([observed(a, { waits: 'not rendered yet', recorded }, world)]);
    expect(plan.owners[0]?.notes).toEqual(['not rendered yet']);
  });

  test('applies what can be read', () => {
    const plan = planFor([observed(a, { wants: [desired('ConfigMap shop/new')], problems, recorded }, world)]);
    expect(actions(plan)).toEqual(['a: create ConfigMap shop/new']);
  });

  test.each([
    ['waits', { waits: 'its source could not be read' }],
    ['has a document that cannot be read', { wants: [], problems }],
  ])('still wants what it is recorded with when it %s, even without a mark', (_case, facts) => {
    const plan = planFor([
      observed(a, { leaves: 'gone', recorded }, world),
      observed(b, { ...facts, recorded }, world),
    ]);
    expect(changeOf(plan, web)).toMatchObject({ action: 'skip', reason: expect.stringContaining('is kept for b') });
  });
});

describe('an object that others have an interest in', () => {
  test('is released after the one that wants it newly has written it', () => {
    const world = { live: [live(web, [a])] };
    const plan = planFor([
      observed(a, { wants: [], recorded }, world),
      observed(b, { wants: [desired(web)], verdicts: { [web]: tried({ ownershipChanges: true }) } }, world),
    ]);
    expect(changeOf(plan, web, 'b')).toMatchObject({ action: 'update', after: [] });
    expect(changeOf(plan, web, 'a')).toMatchObject({ action: 'release', uid: `uid of ${web}`, after: [id('b', web)] });
  });

  test('is released at once when the one that wants it has it already', () => {
    const world = { live: [live(web, [a, b])] };
    const plan = planFor([
      observed(a, { wants: [], recorded }, world),
      observed(b, { wants: [desired(web)], recorded }, world),
    ]);
    expect(changeOf(plan, web, 'b').action).toBe('keep');
    expect(changeOf(plan, web, 'a')).toMatchObject({ action: 'release', after: [] });
  });

  test('is neither released nor deleted while the only one that wants it cannot have it', () => {
    const world = { live: [live(web, [a])] };
    const plan = planFor([
      observed(a, { wants: [], recorded }, world),
      observed(b, { wants: [desired(web)], verdicts: { [web]: conflict } }, world),
    ]);
    expect(actions(plan)).toEqual([`a: skip ${web}`, `b: skip ${web}`]);
    expect(changeOf(plan, web, 'a').reason).toBe('is kept for b, which cannot have it yet');
    expect(plan.owners[0]?.forget).toEqual([]);
  });

  test('is kept while the only one that wants it cannot have it, even if the record of that one names it', () => {
    const world = { live: [live(web, [a])] };
    const facts = { wants: [desired(web)], recorded, verdicts: { [web]: conflict } };
    const problems = [{ code: 'MANIFEST_INVALID', message: 'line 3' }] as const;
    const plan = planFor([observed(a, { wants: [], recorded }, world), observed(b, { ...facts, problems }, world)]);
    expect(changeOf(plan, web, 'a')).toMatchObject({ action: 'skip' });
  });

  test('is released though the one that wants it is refused a change, when that one has it already', () => {
    const world = { live: [live(web, [a, b])] };
    const plan = planFor([
      observed(a, { wants: [], recorded }, world),
      observed(b, { wants: [desired(web)], verdicts: { [web]: conflict } }, world),
    ]);
    expect(changeOf(plan, web, 'a')).toMatchObject({ action: 'release', reason: 'still wanted by b' });
  });

  test('is released by all but the last of the owners that leave it, and deleted by that one after them', () => {
    const world = { live: [live(web, [a, b, c])] };
    const plan = planFor([
      observed(a, { leaves: 'gone', recorded }, world),
      observed(b, { wants: [], recorded }, world),
      observed(c, { leaves: 'gone', recorded }, world),
    ]);
    expect(actions(plan)).toEqual([`a: release ${web}`, `b: release ${web}`, `c: delete ${web}`]);
    expect(changeOf(plan, web, 'a').reason).toBe('c leaves it too, and deletes it');
    expect(changeOf(plan, web, 'c').after).toEqual([id('a', web), id('b', web)]);
  });

  test('is deleted by the last one that has it, whoever else only announced it', () => {
    const world = { live: [live(web, [a])] };
    const plan = planFor([
      observed(a, { leaves: 'gone', recorded }, world),
      observed(b, { leaves: 'gone', recorded: [announced(web)] }, world),
    ]);
    expect(actions(plan)).toEqual([`a: delete ${web}`]);
    expect(plan.owners[1]?.forget).toEqual(['apps/Deployment/shop/web']);
  });

  test.each([
    ['its annotation', { annotations: live(web, [owner('x', 'another home')]).annotations }, 'x'],
    ['only its field manager', { managers: live(web, [b]).managers }, 'b'],
    ['an entry of upstream', { annotations: { 'vidraresource.infrahub.operators.com/owned-by': 'a,other' } }, 'other'],
  ])('is released when an owner that the plan does not speak of left %s on it', (_case, marks, name) => {
    const base = live(web, [a]);
    const shared = live(web, [], {
      annotations: { ...base.annotations, ...('annotations' in marks ? marks.annotations : {}) },
      managers: [...base.managers, ...('managers' in marks ? marks.managers : [])],
    });
    const plan = planFor([observed(a, { wants: [], recorded }, { live: [shared] })]);
    expect(changeOf(plan, web)).toMatchObject({ action: 'release', reason: `still wanted by ${name}` });
  });

  test('is released when the record of an owner that the plan does not speak of names it', () => {
    const world = { live: [live(web, [a, b])] };
    const plan = planFor([observed(a, { wants: [], recorded }, world)], { records: [record('b', recorded)] });
    expect(changeOf(plan, web)).toMatchObject({ action: 'release', reason: 'still wanted by b' });
  });

  test.each([
    ['announced', [announced(web)]],
    ['recorded', recorded],
  ])(
    'is kept whole when another owner has %s it and nothing on it: released, it would be emptied',
    (_case, entries) => {
      const world = { live: [live(web, [a])] };
      const plan = planFor([observed(a, { wants: [], recorded }, world)], { records: [record('b', entries)] });
      expect(changeOf(plan, web)).toMatchObject({ action: 'skip', reason: expect.stringContaining('is kept for b') });
      expect(plan.owners[0]?.forget).toEqual([]);
    },
  );

  test('is deleted when the other record is about an object of the same name in another cluster', () => {
    const world = { live: [live(web, [a])] };
    const records = [record('b', recorded, 'https://elsewhere')];
    const plan = planFor([observed(a, { wants: [], recorded }, world)], { records });
    expect(actions(plan)).toEqual([`a: delete ${web}`]);
  });

  test('is released when the other owner leaves only things that its record does not name', () => {
    const other = 'ConfigMap shop/lost';
    const world = { live: [live(web, [a, b]), live(other, [b])] };
    // b has a record with web in it, and the plan speaks of another object of b: one that was found without a record.
    const plan = planFor(
      [
        observed(a, { leaves: 'gone', recorded }, world),
        observed(b, { leaves: 'lost', recorded: [entry(other)] }, world),
      ],
      { records: [record('b', recorded)] },
    );
    expect(actions(plan)).toEqual([`a: release ${web}`, `b: delete ${other}`]);
  });

  test('loses upstream’s mark of an owner with that owner', () => {
    const upstream = live(web, [], { annotations: { 'vidraresource.infrahub.operators.com/owned-by': 'a' } });
    const plan = planFor([observed(a, { wants: [], recorded: [entry(web)] }, { live: [upstream] })]);
    expect(actions(plan)).toEqual([`a: delete ${web}`]);
  });
});

describe('a Namespace that its owner leaves', () => {
  const shop = 'Namespace shop';
  const config = 'ConfigMap shop/config';
  const both = [entry(shop), entry(config)];

  test('is deleted after all that it holds', () => {
    const world = { live: [live(shop, [a]), live(config, [a])] };
    const plan = planFor([observed(a, { leaves: 'gone', recorded: both }, world)]);
    expect(actions(plan)).toEqual([`a: delete ${shop}`, `a: delete ${config}`]);
    expect(changeOf(plan, shop).after).toEqual([id('a', config)]);
  });

  test.each([
    [
      'the owner itself still wants',
      [observed(a, { wants: [desired(config)], recorded: both }, { live: [live(shop, [a]), live(config, [a])] })],
    ],
    [
      'another owner wants newly',
      [
        observed(a, { leaves: 'gone', recorded: [entry(shop)] }, { live: [live(shop, [a])] }),
        observed(b, { wants: [desired(config)] }, { live: [live(shop, [a])] }),
      ],
    ],
    [
      'another home wants',
      [
        observed(
          a,
          { leaves: 'gone', recorded: both },
          { live: [live(shop, [a]), live(config, [a, owner('x', 'other')])] },
        ),
      ],
    ],
    [
      'another owner wants and cannot have yet',
      [
        observed(a, { leaves: 'gone', recorded: both }, { live: [live(shop, [a]), live(config, [a])] }),
        observed(
          b,
          { wants: [desired(config)], verdicts: { [config]: conflict } },
          { live: [live(shop, [a]), live(config, [a])] },
        ),
      ],
    ],
  ])('is kept while it holds what %s', (_case, owners) => {
    const change = changeOf(planFor(owners), shop);
    expect(change).toMatchObject({ action: 'skip', reason: 'still holds ConfigMap shop/config' });
    expect(change).not.toHaveProperty('code');
  });

  test('is kept while the record of an owner that the plan does not speak of names something in it', () => {
    const world = { live: [live(shop, [a])] };
    const records = [record('b', [entry(config)])];
    const plan = planFor([observed(a, { leaves: 'gone', recorded: [entry(shop)] }, world)], { records });
    expect(changeOf(plan, shop)).toMatchObject({ action: 'skip', reason: 'still holds ConfigMap shop/config of b' });
  });

  test('is kept while it holds what only an owner of another home has heard of', () => {
    const stranger = live('ConfigMap shop/theirs', [owner('x', 'another home')]);
    const world = { live: [live(shop, [a])], tenants: { [shop]: [stranger] } };
    const plan = planFor([observed(a, { wants: [], recorded: [entry(shop)] }, world)]);
    expect(changeOf(plan, shop)).toMatchObject({ action: 'skip', reason: 'still holds ConfigMap shop/theirs of x' });
  });

  test('is kept while it holds something that is forgotten, with the mark of another home on it', () => {
    const world = { live: [live(shop, [a]), live(config, [owner('x', 'other')])] };
    const plan = planFor([observed(a, { leaves: 'gone', recorded: both }, world)]);
    expect(actions(plan)).toEqual([`a: skip ${shop}`]);
    expect(changeOf(plan, shop).reason).toBe('still holds ConfigMap shop/config of x');
    expect(plan.owners[0]?.forget).toEqual(['/ConfigMap/shop/config']);
  });

  test('is deleted though one of the owners that leave its contents only releases them', () => {
    const world = { live: [live(shop, [a]), live(config, [a, b])] };
    const plan = planFor([
      observed(a, { leaves: 'gone', recorded: both }, world),
      observed(b, { leaves: 'gone', recorded: [entry(config)] }, world),
    ]);
    expect(actions(plan)).toEqual([`a: delete ${shop}`, `a: release ${config}`, `b: delete ${config}`]);
    expect(changeOf(plan, shop).after).toEqual([id('a', config), id('b', config)]);
  });
});

test('Owners with the same name in one plan keep each its own changes', () => {
  const other = 'ConfigMap shop/lost';
  const world = { live: [live(web, [a]), live(other, [a])] };
  const plan = planFor([
    observed(a, { leaves: 'gone', recorded }, world),
    observed(a, { leaves: 'no record names it', recorded: [entry(other)] }, world),
  ]);
  expect(actions(plan)).toEqual([`a: delete ${web}`, `a: delete ${other}`]);
});
