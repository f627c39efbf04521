import { describe, expect, test } from 'vitest';
import { digestsOf } from '../../../src/manifest/content.ts';
import type { JsonObject, Manifest } from '../../../src/manifest/manifest.ts';
import { hasProblems } from '../../../src/plan/plan.ts';
import { contenders, unclearDepartures } from '../../../src/plan/rename-candidates.ts';
import {
  actions,
  changeOf,
  desired,
  entry,
  id,
  live,
  type OwnerFacts,
  observed,
  owner,
  planFor,
  record,
  ref,
  tried,
  type World,
} from '../../support/make.ts';

const a = owner('a');
const b = owner('b');
const data = { data: { key: 'value' } };
const [from, to] = ['ConfigMap shop/old', 'ConfigMap shop/new'];

/** The entry of `text` as `fields` were applied. */
const applied = (text: string, fields: JsonObject) => entry(text, digestsOf(desired(text, fields)));
const renaming = (more: Partial<OwnerFacts> = {}): OwnerFacts => ({
  wants: [desired(to, data)],
  recorded: [applied(from, data)],
  ...more,
});
const world: World = { live: [live(from, [a])] };

describe('an object with another name', () => {
  test('is one rename in two rows, and the new one comes first', () => {
    const plan = planFor([observed(a, renaming(), world)]);
    expect(changeOf(plan, to)).toMatchObject({
      action: 'create',
      reason: 'renamed',
      expect: 'absent',
      renamedFrom: { reference: ref(from), first: 'new' },
      after: [],
    });
    expect(changeOf(plan, from)).toMatchObject({
      action: 'delete',
      reason: 'renamed to new',
      renamedTo: { reference: ref(to), first: 'new' },
      after: [id('a', to)],
    });
  });

  test('in another namespace is one, too, also where this plan makes the Namespace', () => {
    const moved = 'ConfigMap store/old';
    const reason = 'this plan makes its Namespace';
    const wants = [desired('Namespace store'), desired(moved, data)];
    const facts = renaming({ wants, verdicts: { [moved]: { type: 'predicted', reason } } });
    const plan = planFor([observed(a, facts, world)]);
    expect(changeOf(plan, moved)).toMatchObject({
      reason: `moved from shop; ${reason}`,
      after: [id('a', 'Namespace store')],
    });
    expect(changeOf(plan, from)).toMatchObject({ action: 'delete', reason: 'moved to store/old' });
  });

  test.each(['Namespace', 'PersistentVolume', 'CustomResourceDefinition', 'PersistentVolumeClaim'])(
    'is none when it is a %s',
    (kind) => {
      const [old, now] =
        kind === 'PersistentVolumeClaim' ? [`${kind} shop/x`, `${kind} shop/y`] : [`${kind} x`, `${kind} y`];
      const facts = { wants: [desired(now, data)], recorded: [applied(old, data)] };
      const plan = planFor([observed(a, facts, { live: [live(old, [a])] })]);
      expect(actions(plan)).toEqual([`a: create ${now}`, `a: delete ${old}`]);
      expect(changeOf(plan, now)).not.toHaveProperty('renamedFrom');
    },
  );

  test.each<[string, Partial<OwnerFacts>, World]>([
    [
      'the old one was recreated by somebody',
      { recorded: [entry(from, { ...digestsOf(desired(from, data)), uid: 'another' })] },
      world,
    ],
    ['the old one stays for another owner', {}, { live: [live(from, [a, b])] }],
    ['the new one exists already', { verdicts: { [to]: tried() } }, { live: [live(from, [a]), live(to, [a])] }],
    [
      'the new one is refused',
      { verdicts: { [to]: { type: 'refused', code: 'CLUSTER_REFUSED', message: 'no' } } },
      world,
    ],
    ['the old one could not be asked for', {}, { ...world, unknown: [from] }],
    ['it cannot be read what else is wanted', { problems: [{ code: 'MANIFEST_INVALID', message: 'no' }] }, world],
  ])('is none when %s', (_, facts, there) => {
    const plan = planFor([observed(a, renaming(facts), there)]);
    const all = plan.owners.flatMap(({ changes }) => changes);
    expect(all.filter((change) => 'renamedFrom' in change || 'renamedTo' in change)).toEqual([]);
  });

  test('is none across owners', () => {
    const owners = [
      observed(a, { wants: [desired(to, data)] }, world),
      observed(b, { wants: [], recorded: [applied(from, data)] }, { live: [live(from, [b])] }),
    ];
    expect(changeOf(planFor(owners), to)).not.toHaveProperty('renamedFrom');
  });

  test('is none while another owner is on record with the old one, or leaves it in the same plan', () => {
    const records = [record('b', [entry(from)])];
    expect(changeOf(planFor([observed(a, renaming(), world)], { records }), to)).not.toHaveProperty('renamedFrom');
    const both = { live: [live(from, [a, b])] };
    const owners = [observed(b, { wants: [], recorded: [entry(from)] }, both), observed(a, renaming(), both)];
    const plan = planFor(owners);
    expect(changeOf(plan, from, 'a').action).toBe('delete');
    expect(changeOf(plan, to)).not.toHaveProperty('renamedFrom');
  });
});

describe('two that cannot stand side by side', () => {
  const [old, now] = ['Service shop/old', 'Service shop/new'];
  const service = { spec: { ports: [{ port: 80, nodePort: 30_080 }] } };
  const facts = (more: Partial<OwnerFacts> = {}): OwnerFacts => ({
    wants: [desired(now, service)],
    recorded: [applied(old, service)],
    ...more,
  });
  const there: World = { live: [live(old, [a])] };
  const taken = {
    type: 'refused',
    code: 'CLUSTER_REFUSED',
    message: 'provided port is already allocated',
    taken: ['nodePort 30080'],
  } as const;

  test('change places: the old one goes first, and it is said why', () => {
    const plan = planFor([observed(a, facts(), there)]);
    expect(changeOf(plan, now)).toMatchObject({
      reason: 'renamed; old one first: both want nodePort 30080',
      renamedFrom: { first: 'old' },
      after: [id('a', old)],
    });
    expect(changeOf(plan, old)).toMatchObject({ action: 'delete', renamedTo: { first: 'old' }, after: [] });
  });

  test('do so also when the server has refused the new one for the old one, which is a prediction then', () => {
    const plan = planFor([observed(a, facts({ verdicts: { [now]: taken } }), there)]);
    expect(changeOf(plan, now)).toMatchObject({
      action: 'create',
      confidence: 'predicted',
      renamedFrom: { first: 'old' },
    });
    expect(hasProblems(plan)).toBe(false);
  });

  test('do so although nothing else is alike, when the old one is known to have what the new one wants', () => {
    const other = { spec: { type: 'NodePort', selector: { app: 'x' }, ports: [{ port: 1, nodePort: 30_080 }] } };
    const former = [desired(old, other).manifest];
    const plan = planFor([observed(a, facts({ recorded: [entry(old)], former, verdicts: { [now]: taken } }), there)]);
    expect(changeOf(plan, now)).toMatchObject({ renamedFrom: { reference: ref(old), first: 'old' } });
  });

  test('wait for what the new one needs besides, before the old one goes', () => {
    const wants = [desired('Namespace store'), desired('Service store/new', service)];
    const plan = planFor([observed(a, facts({ wants }), there)]);
    expect(changeOf(plan, old).after).toEqual([id('a', 'Namespace store')]);
    expect([...changeOf(plan, 'Service store/new').after].sort()).toEqual(
      [id('a', 'Namespace store'), id('a', old)].sort(),
    );
  });

  test('do not when somebody else has it: the new one is refused, and the old one kept', () => {
    const port = { spec: { ports: [{ port: 80, nodePort: 30_081 }] } };
    const former = [desired(old, service).manifest];
    const wants = [desired(now, port)];
    const plan = planFor([observed(a, facts({ wants, former, verdicts: { [now]: taken } }), there)]);
    expect(changeOf(plan, now)).toMatchObject({ action: 'skip', code: 'CLUSTER_REFUSED' });
    expect(changeOf(plan, old)).not.toHaveProperty('renamedTo');
  });

  test('do not when others have a part of what the new one wants', () => {
    const ports = [30_080, 30_099].map((nodePort) => ({ port: nodePort, nodePort }));
    const wants = [desired(now, { spec: { ports } })];
    const former = [desired(old, service).manifest];
    const verdicts = { [now]: { ...taken, taken: ['nodePort 30080', 'nodePort 30099'] } };
    const plan = planFor([observed(a, facts({ wants, former, verdicts }), there)]);
    expect(changeOf(plan, now)).toMatchObject({ action: 'skip', code: 'CLUSTER_REFUSED' });
    expect(changeOf(plan, old)).not.toHaveProperty('renamedTo');
  });

  test('wait until the old one is gone, when it is on its way out already', () => {
    const going = { live: [live(old, [a], { deleting: true, finalizers: ['example.org/hold'] })] };
    const plan = planFor([observed(a, facts({ verdicts: { [now]: taken } }), going)]);
    const reason =
      'waits for Service shop/old, which is being deleted, and waits for example.org/hold: both want nodePort 30080';
    expect(changeOf(plan, now)).toMatchObject({ action: 'skip', code: 'PLAN_STALE', reason });
  });

  test('need not wait when they want nothing of each other', () => {
    const going = { live: [live(from, [a], { deleting: true })] };
    const plan = planFor([observed(a, renaming(), going)]);
    expect(changeOf(plan, to)).toMatchObject({ action: 'create', reason: 'new' });
  });
});

describe('what is looked up', () => {
  const looked = (facts: OwnerFacts, there: World = world) =>
    unclearDepartures(observed(a, facts, there)).map(({ name }) => name);

  test('are objects of unknown content, where another one of their kind comes', () => {
    expect(looked(renaming({ recorded: [entry(from, { content: 'another' })] }))).toEqual(['old']);
    expect(looked(renaming())).toEqual([]);
    expect(looked(renaming({ wants: [desired('Secret shop/new', data)] }))).toEqual([]);
    expect(looked(renaming({ wants: [] }))).toEqual([]);
    expect(looked(renaming({ wants: [desired(to, data)] }), { live: [live(from, [a]), live(to, [a])] })).toEqual([]);
  });

  test('are at most fifty, or none', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => `ConfigMap shop/c${index}`);
    const facts = (count: number) => ({ wants: [desired(to, data)], recorded: many(count).map((text) => entry(text)) });
    const there = (count: number) => ({ live: many(count).map((text) => live(text, [a])) });
    expect(looked(facts(50), there(50))).toHaveLength(50);
    expect(looked(facts(51), there(51))).toEqual([]);
  });

  test('tells what differs besides the name', () => {
    const fieldsV1 = { 'f:data': { 'f:a': {}, 'f:b': {}, 'f:c': {}, 'f:d': {} } };
    const managedFields = [{ manager: a.manager, operation: 'Apply', fieldsV1 }];
    const { manifest } = desired(from, { data: { a: '1', b: '2', c: '3', d: '4' } });
    const former: Manifest[] = [{ ...manifest, metadata: { ...manifest.metadata, uid: 'u', managedFields } }];
    const wants = [desired(to, { data: { a: '1', b: '2', c: '3', d: '5' } })];
    const plan = planFor([observed(a, renaming({ wants, recorded: [entry(from)], former }), world)]);
    expect(changeOf(plan, to)).toMatchObject({
      renamedFrom: { first: 'new' },
      differences: [{ path: 'data.d', before: '4', after: '5' }],
    });
  });
});

test('the server is asked beforehand about what wants something that one of those that go may have', () => {
  const service = { spec: { ports: [{ port: 80, nodePort: 30_080 }] } };
  const facts = { wants: [desired('Service shop/new', service)], recorded: [entry('Service shop/old')] };
  expect([...contenders(observed(a, facts, { live: [live('Service shop/old', [a])] }))]).toEqual(['/Service/shop/new']);
  expect([...contenders(observed(a, facts))]).toEqual([]);
  expect([...contenders(observed(a, renaming(), world))]).toEqual([]);
});
