import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../../src/definition/policy.ts';
import { type OwnerIntent, wanted } from '../../../src/engine/intent.ts';
import type { Manifest } from '../../../src/manifest/manifest.ts';
import type { OwnerObservation } from '../../../src/plan/observation.ts';
import { sealPlan } from '../../../src/plan/seal.ts';
import { savedIntents } from '../../../src/saved/refill.ts';
import type { SavedPlan } from '../../../src/saved/saved-plan.ts';
import { desired, entry, id, live, manifest, observed, owner, planFor, record } from '../../support/make.ts';

const salt = 'salt';
const [one, two] = [owner('one'), owner('two')];
const login = 'Secret shop/login';
const values = (password: string, user = 'ann') => ({ data: { password, user } });

function saved(...owners: readonly OwnerObservation[]): SavedPlan {
  return {
    version: '0.1.0',
    created: '2026-01-01T00:00:00.000Z',
    home: 'home',
    salt,
    options: { filenames: [], namespace: 'default', prune: true, overrides: {} },
    origins: { definitions: [], snapshots: [] },
    confirmed: [],
    plan: { ...sealPlan(planFor(owners), salt), digest: '' },
  };
}

/** What an owner would have if the plan were made today. */
function today(name: string, ...manifests: readonly Manifest[]): OwnerIntent {
  const origin = { source: 'today.yaml', document: 1, line: 1, column: 1 };
  const decoded = { manifests: manifests.map((one) => ({ manifest: one, origin })), problems: [], warnings: [] };
  return wanted({ name, set: 'default', server: '' }, decoded, 'shop', undefined, 'default', defaultPolicy);
}

const wishesOf = ({ intents }: ReturnType<typeof savedIntents>) =>
  intents.owners.map(({ header, wish }) => [
    header.name,
    wish.type === 'wanted' ? wish.manifests.map((each) => each.manifest['data'] ?? each.manifest.kind) : wish.type,
  ]);

describe('A Secret', () => {
  const plan = saved(observed(one, { wants: [desired(login, values('cGFzcw==')), desired('ConfigMap shop/a')] }));

  test('gets its values from whoever has them today, wherever its namespace is written', () => {
    const { metadata, ...rest } = manifest(login, values('cGFzcw=='));
    const unplaced = { ...rest, metadata: { name: metadata.name } } as Manifest;
    for (const source of [today('one', manifest(login, values('cGFzcw=='))), today('another', unplaced)]) {
      const refilled = savedIntents(plan, [], [source]);
      expect(wishesOf(refilled)).toEqual([['one', [values('cGFzcw==').data, 'ConfigMap']]]);
      expect(refilled.refused.size).toBe(0);
    }
  });

  test.each<[string, readonly OwnerIntent[]]>([
    ['are gone', []],
    ['are others', [today('one', manifest(login, values('bmV3')))]],
    ['are there in part only', [today('one', manifest(login, { data: { password: 'cGFzcw==' } }))]],
    [
      'stand in two places',
      [today('one', manifest(login, values('cGFzcw==', 'x'))), today('two', manifest(login, values('y')))],
    ],
    ['belong to a Secret of another name', [today('one', manifest('Secret shop/other', values('cGFzcw==')))]],
  ])('is refused when its values %s, and its digests go nowhere', (_case, sources) => {
    const refilled = savedIntents(plan, [], sources);
    expect([...refilled.refused.keys()]).toEqual([id('one', login)]);
    expect(wishesOf(refilled)).toEqual([['one', [{}, 'ConfigMap']]]);
  });

  test('without values needs none', () => {
    const empty = saved(observed(one, { wants: [desired(login, { type: 'Opaque' })] }));
    expect(savedIntents(empty, [], []).refused.size).toBe(0);
  });
});

describe('Owners', () => {
  const config = 'ConfigMap shop/a';
  const world = { live: [live(config, [one, two])] };
  const problems = [{ code: 'MANIFEST_INVALID' as const, message: 'cannot be read' }];

  test('want, leave and wait as they did, and what could not be read then may not be deleted now', () => {
    const plan = saved(
      observed(one, { wants: [desired(config)], recorded: [entry(config)], problems }, world),
      observed(two, { leaves: 'gone', recorded: [entry(config)] }, world),
      observed(owner('three'), { waits: 'not rendered yet', recorded: [entry(config)] }, world),
    );
    const records = ['one', 'two', 'three'].map((name) => record(name, [entry(config)]));
    const { intents } = savedIntents(plan, records, []);
    expect(wishesOf({ intents, refused: new Map() })).toEqual([
      ['one', ['ConfigMap']],
      ['two', 'leaving'],
      ['three', 'waiting'],
    ]);
    expect(intents.owners[0]?.problems).toEqual(problems);
    expect(intents.owners[2]?.wish).toEqual({ type: 'waiting', reason: 'not rendered yet' });
    // Who has left meanwhile has nothing to leave.
    expect(savedIntents(plan, records.slice(0, 1), []).intents.owners.map(({ header }) => header.name)).toEqual([
      'one',
    ]);
  });
});
