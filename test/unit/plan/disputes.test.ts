/** Owners of one plan that want different values of a field. */
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/manifest/manifest.ts';
import { differingFields } from '../../../src/plan/disputes.ts';
import { hasProblems } from '../../../src/plan/plan.ts';
import {
  actions,
  changeOf,
  desired,
  entry,
  live,
  manifest,
  observed,
  owner,
  planFor,
  tried,
} from '../../support/make.ts';

const web = 'Deployment shop/web';
const [a, b, c] = [owner('a'), owner('b'), owner('c')];
const wants = (replicas: number) => [desired(web, { spec: { replicas } })];
const replicas = '.spec.replicas';

describe('differingFields', () => {
  const pod = (containers: unknown, more: JsonObject = {}): JsonObject =>
    ({ spec: { template: { spec: { containers, ...more } } } }) as JsonObject;
  const container = (image: string, ports: unknown[] = []) => ({ name: 'web', image, ports });
  const port = (name: string, protocol = 'TCP') => ({ containerPort: 80, protocol, name });

  test.each<[what: string, mine: JsonObject, theirs: JsonObject, fields: string[]]>([
    ['equal values', { spec: { replicas: 1 } }, { spec: { replicas: 1 } }, []],
    ['fields of one side', { spec: { replicas: 1 } }, { spec: { paused: true } }, []],
    ['values', { spec: { replicas: 1, paused: true } }, { spec: { replicas: 2, paused: true } }, [replicas]],
    ['spellings of one amount', { spec: { cpu: '1', memory: '1Gi' } }, { spec: { cpu: '1000m', memory: 2 ** 30 } }, []],
    ['amounts', { spec: { cpu: '1' } }, { spec: { cpu: '1001m' } }, ['.spec.cpu']],
    ['shapes', { spec: { a: { b: 1 } } }, { spec: { a: 'b' } }, ['.spec.a']],
    [
      'items by their key',
      pod([container('1')]),
      pod([container('2')]),
      ['.spec.template.spec.containers[name="web"].image'],
    ],
    ['items of other keys', pod([container('1', [port('x')])]), pod([container('1', [port('y', 'UDP')])]), []],
    [
      'items by two keys',
      pod([container('1', [port('x')])]),
      pod([container('1', [port('y')])]),
      ['.spec.template.spec.containers[name="web"].ports[containerPort=80,protocol="TCP"].name'],
    ],
    ['lists whose keys are not known', pod([], { args: ['a'] }), pod([], { args: ['b'] }), []],
    ['names that are not own', { data: { constructor: 'x' } }, { data: {} }, []],
  ])('finds of %s what certainly conflicts', (_, mine, theirs, fields) => {
    expect(differingFields(manifest(web, mine), manifest(web, theirs))).toEqual(fields);
  });

  test('finds nothing in manifests of different versions', () => {
    const theirs = { ...manifest(web, { spec: { replicas: 2 } }), apiVersion: 'apps/v2' };
    expect(differingFields(manifest(web, { spec: { replicas: 1 } }), theirs)).toEqual([]);
  });
});

describe('an object that is new', () => {
  test('is made by the first owner, the one that differs is refused, and a third one joins', () => {
    const plan = planFor([a, b, c].map((who, index) => observed(who, { wants: wants(index === 1 ? 5 : 3) })));
    expect(actions(plan)).toEqual([`a: create ${web}`, `b: skip ${web}`, `c: create ${web}`]);
    expect(changeOf(plan, web, 'a').reason).toBe('new; b wants another value of .spec.replicas');
    expect(changeOf(plan, web, 'b')).toMatchObject({
      code: 'CONFLICT',
      reason: 'b and a want different values of .spec.replicas',
      conflicts: [{ field: replicas, manager: a.manager }],
    });
    expect(hasProblems(plan)).toBe(true);
  });

  test('is made by both in two clusters', () => {
    const plan = planFor([
      observed(a, { wants: wants(3) }, { server: 'https://one' }),
      observed(b, { wants: wants(5) }, { server: 'https://two' }),
    ]);
    expect(actions(plan)).toEqual([`a: create ${web}`, `b: create ${web}`]);
  });

  test('is made without what an owner yields', () => {
    const policy = { conflicts: [{ path: replicas, action: 'Yield' as const }] };
    const plan = planFor([observed(a, { wants: wants(3) }), observed(b, { wants: wants(5), policy })]);
    expect(changeOf(plan, web, 'b')).toMatchObject({
      action: 'create',
      reason: `shared with a; left to a: .spec.replicas`,
      yield: [{ field: replicas, manager: a.manager }],
    });
  });
});

describe('an object that is there', () => {
  const held = { type: 'conflict' as const, conflicts: [{ field: replicas, manager: a.manager }] };
  const world = { live: [live(web, [a, b])] };

  test('tells the owner that holds the field, and notes it, as its row is not shown', () => {
    const unchanged = { wants: [desired(web)], recorded: [entry(web)] };
    const plan = planFor([
      observed(a, unchanged, world),
      observed(b, { wants: wants(5), verdicts: { [web]: held } }, world),
    ]);
    expect(changeOf(plan, web, 'a')).toMatchObject({
      action: 'keep',
      reason: 'unchanged; b wants another value of .spec.replicas',
    });
    expect(plan.owners[0]?.notes).toEqual(['Deployment shop/web: b wants another value of .spec.replicas']);
    expect(plan.owners[1]?.notes).toEqual([]);
  });

  test('gets nothing from two owners that both change a field which nobody holds', () => {
    const verdicts = { [web]: tried({ ownershipChanges: true }) };
    const plan = planFor([
      observed(a, { wants: wants(3), verdicts }, world),
      observed(b, { wants: wants(5), verdicts }, world),
    ]);
    expect(actions(plan)).toEqual([`a: update ${web}`, `b: skip ${web}`]);
  });

  test('is left by both to an autoscaler, and not fought over', () => {
    const scaled = [{ field: replicas, manager: 'hpa', subresource: 'scale' }];
    const verdicts = { [web]: tried({ ownershipChanges: true, yield: scaled }) };
    const plan = planFor([
      observed(a, { wants: wants(3), verdicts }, world),
      observed(b, { wants: wants(5), verdicts }, world),
    ]);
    expect(actions(plan)).toEqual([`a: update ${web}`, `b: update ${web}`]);
  });

  test('tells nothing to an owner that gives it up', () => {
    const plan = planFor([
      observed(a, { wants: [], recorded: [entry(web)] }, world),
      observed(b, { wants: wants(5), recorded: [entry(web)], verdicts: { [web]: held } }, world),
    ]);
    expect(changeOf(plan, web, 'a')).toMatchObject({ action: 'release', reason: 'still wanted by b' });
  });
});
