import { describe, expect, test } from 'vitest';
import { defaultConduct } from '../../../src/definition/conduct.ts';
import type { InfrahubSync, VidraResource } from '../../../src/definition/definition.ts';
import { parseDefinitions } from '../../../src/definition/parse.ts';
import { defaultPolicy } from '../../../src/definition/policy.ts';
import type { OwnerIntent } from '../../../src/engine/intent.ts';
import { nothingPresent, type Present } from '../../../src/engine/present.ts';
import { type Fetched, intentsOf } from '../../../src/engine/wishes.ts';
import { VidraError } from '../../../src/errors.ts';
import type { InventoryRecord, OwnerHeader } from '../../../src/inventory/inventory.ts';
import type { Snapshot } from '../../../src/source/source.ts';
import { entry, record } from '../../support/make.ts';

const origin = { source: 'sync.yaml', document: 1, line: 1, column: 1 };
const config = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: config }\n';
const url = 'https://infrahub.example.org';

const shop: InfrahubSync = {
  kind: 'InfrahubSync',
  name: 'shop',
  origin,
  source: { infrahubAPIURL: url, artefactName: 'Webserver_Manifest', targetBranch: 'main' },
  destination: { reconcileOnEvents: false },
  policy: defaultPolicy,
  ...defaultConduct,
};
const own: VidraResource = {
  kind: 'VidraResource',
  name: 'own',
  origin,
  manifest: config,
  destination: { reconcileOnEvents: false },
  policy: defaultPolicy,
  ...defaultConduct,
};

function snapshot(ids: readonly string[], more: Partial<Snapshot> = {}): Snapshot {
  const artifacts = ids.map((id) => ({ id, name: 'Webserver_Manifest', digest: `digest of ${id}`, content: config }));
  return { revision: 'r1', complete: true, artifacts, pending: [], warnings: [], ...more };
}

function recorded(
  name: string,
  header: Partial<OwnerHeader> = {},
  objects = ['ConfigMap default/config'],
): InventoryRecord {
  const base = record(
    name,
    objects.map((text) => entry(text)),
  );
  return { ...base, header: { ...base.header, ...header } };
}

function decide(
  definitions: readonly (InfrahubSync | VidraResource)[],
  records: readonly InventoryRecord[],
  fetched: Snapshot | VidraError | undefined,
  prune = false,
  present: Present = nothingPresent,
) {
  const answers: Fetched = new Map(fetched ? [['shop', fetched]] : []);
  const target = { set: 'default', definitions, namespace: 'default', prune, overrides: {} };
  return intentsOf(target, answers, records, present);
}

/** Name and wish of each owner. */
function wishes(owners: readonly OwnerIntent[]): Record<string, string> {
  return Object.fromEntries(owners.map(({ header, wish }) => [header.name, wish.type]));
}

describe('an InfrahubSync', () => {
  test('wants one owner for each artifact, with what the record should say', () => {
    const { owners, problems, notes } = decide([shop], [], snapshot(['1', '2']));
    expect(wishes(owners)).toEqual({ 'shop-1': 'wanted', 'shop-2': 'wanted' });
    expect(owners[0]?.header).toEqual({
      name: 'shop-1',
      set: 'default',
      sync: 'shop',
      artifact: 'Webserver_Manifest (1)',
      checksum: 'digest of 1',
      server: '',
    });
    expect(owners[0]?.wish).toMatchObject({ namespace: 'default', manifests: [{ manifest: { kind: 'ConfigMap' } }] });
    expect([problems, notes]).toEqual([[], []]);
  });

  test.each([
    ['https://kubernetes.default.svc', ''],
    ['https://kubernetes.default.svc.cluster.local/', ''],
    ['https://other.example.org:6443/', 'https://other.example.org:6443'],
  ])('with the destination %s is for "%s"', (server, expected) => {
    const sync = { ...shop, destination: { server, namespace: 'apps', reconcileOnEvents: false } };
    const { owners } = decide([sync], [], snapshot(['1']));
    expect(owners[0]?.header.server).toBe(expected);
    expect(owners[0]?.wish).toMatchObject({ namespace: 'apps' });
  });

  test('lets go of the owner whose artifact left', () => {
    const records = [recorded('shop-1', { sync: 'shop' }), recorded('shop-2', { sync: 'shop' })];
    const { owners } = decide([shop], records, snapshot(['1']));
    expect(wishes(owners)).toEqual({ 'shop-1': 'wanted', 'shop-2': 'leaving' });
    expect(owners[1]?.wish).toEqual({ type: 'leaving', reason: 'its artifact left shop' });
    expect(owners[1]?.record).toBe(records[1]);
  });

  test('says nothing of owners of other syncs, sets and of nobody', () => {
    const records = [
      recorded('shop-9', { sync: 'shop', set: 'other' }),
      recorded('store-9', { sync: 'store', set: 'other' }),
      recorded('upstream', { set: '' }),
    ];
    expect(wishes(decide([shop], records, snapshot(['1'])).owners)).toEqual({ 'shop-1': 'wanted' });
  });

  test('keeps the owner whose artifact is not rendered yet, and tells why', () => {
    const pending = [{ id: '2', name: 'Webserver_Manifest', reason: 'is being rendered' }];
    const records = [recorded('shop-2', { sync: 'shop' })];
    const { owners, notes } = decide([shop], records, snapshot(['1'], { pending }));
    expect(wishes(owners)).toEqual({ 'shop-1': 'wanted', 'shop-2': 'waiting' });
    expect(owners[1]?.wish).toMatchObject({ reason: 'is being rendered' });
    expect(notes).toEqual(['Webserver_Manifest (2): is being rendered']);
  });

  test('has no owner for an artifact that was never rendered', () => {
    const pending = [{ id: '2', name: 'Webserver_Manifest', reason: 'is being rendered' }];
    const { owners, problems } = decide([shop], [], snapshot([], { pending }));
    expect([owners, problems]).toEqual([[], []]);
  });

  test('keeps what is not listed while nothing has content, or something new has none yet', () => {
    const pending = [{ id: '9', name: 'Webserver_Manifest', reason: 'is being rendered' }];
    const records = [recorded('shop-1', { sync: 'shop' }), recorded('shop-2', { sync: 'shop' })];
    const all = decide([shop], records, snapshot([], { pending }), true);
    expect(wishes(all.owners)).toEqual({ 'shop-1': 'waiting', 'shop-2': 'waiting' });
    expect(all.owners[0]?.wish).toMatchObject({ reason: expect.stringContaining('no artifact has content') });
    const some = decide([shop], records, snapshot(['1'], { pending }), true);
    expect(wishes(some.owners)).toEqual({ 'shop-1': 'wanted', 'shop-2': 'waiting' });
    expect(some.owners[1]?.wish).toMatchObject({
      reason:
        'its artifact is not listed, and stays: Webserver_Manifest (9) is new and not rendered yet, and may be the same thing',
    });
  });

  test('lets go of what is not listed while only something known waits to be rendered again', () => {
    const pending = [{ id: '3', name: 'Webserver_Manifest', reason: 'is being rendered' }];
    const records = ['1', '2', '3'].map((id) => recorded(`shop-${id}`, { sync: 'shop' }));
    expect(wishes(decide([shop], records, snapshot(['1'], { pending })).owners)).toEqual({
      'shop-1': 'wanted',
      'shop-2': 'leaving',
      'shop-3': 'waiting',
    });
  });

  test('leaves by the rules of its definition as they are now', () => {
    const records = [recorded('shop-2', { sync: 'shop' })];
    const orphan = { ...shop, policy: { ...shop.policy, deletionPolicy: 'Orphan' as const } };
    const { owners } = decide([orphan], records, snapshot(['1']));
    expect(owners[1]).toMatchObject({ wish: { type: 'leaving' }, policy: { deletionPolicy: 'Orphan' } });
  });

  test('keeps everything when the snapshot is not complete', () => {
    const records = [recorded('shop-2', { sync: 'shop' })];
    const { owners } = decide([shop], records, snapshot(['1'], { complete: false }));
    expect(wishes(owners)).toEqual({ 'shop-1': 'wanted', 'shop-2': 'waiting' });
  });

  test('keeps what an artifact gave before when it renders to nothing', () => {
    const content = '# nothing\n---\n';
    const artifacts = [{ id: '1', name: 'Webserver_Manifest', digest: 'd', content }];
    const { owners } = decide([shop], [recorded('shop-1', { sync: 'shop' })], snapshot([], { artifacts }), true);
    expect(wishes(owners)).toEqual({ 'shop-1': 'waiting' });
    expect(owners[0]?.problems).toMatchObject([{ code: 'SOURCE_EMPTY' }]);
    expect(owners[0]?.problems[0]?.message).toContain('is empty; nothing of what it gave before (objects: 1)');
    expect(wishes(decide([shop], [], snapshot([], { artifacts })).owners)).toEqual({ 'shop-1': 'wanted' });
  });

  test.each(['', '# nothing\n---\n'])(
    'keeps what the manifest of a VidraResource gave before when that is %j',
    (manifest) => {
      const { owners } = decide([{ ...own, manifest }], [recorded('own')], undefined);
      expect(wishes(owners)).toEqual({ own: 'waiting' });
      expect(owners[0]?.problems).toMatchObject([{ code: 'SOURCE_EMPTY' }]);
      expect(owners[0]?.problems[0]?.message).toBe(
        'VidraResource own: spec.manifest is empty; nothing of what it gave before (objects: 1) is deleted',
      );
      expect(wishes(decide([{ ...own, manifest }], [], undefined).owners)).toEqual({ own: 'wanted' });
    },
  );

  test('keeps everything, and is a problem, when the snapshot is empty', () => {
    const { owners, problems } = decide([shop], [recorded('shop-1', { sync: 'shop' })], snapshot([]), true);
    expect(wishes(owners)).toEqual({ 'shop-1': 'waiting' });
    expect(problems).toMatchObject([{ code: 'SOURCE_EMPTY' }]);
    expect(problems[0]?.message).toContain('nothing of what it gave before (artifacts: 1) is deleted');
  });

  test.each([
    ['an error', new VidraError('SOURCE_UNAUTHORIZED', 'wrong key', { subject: url }), 'SOURCE_UNAUTHORIZED'],
    ['no answer at all', undefined, 'SOURCE_UNREACHABLE'],
  ])('keeps everything, and is a problem, when its source gives %s', (_case, answer, code) => {
    const { owners, problems } = decide([shop], [recorded('shop-1', { sync: 'shop' })], answer, true);
    expect(wishes(owners)).toEqual({ 'shop-1': 'waiting' });
    expect(problems).toMatchObject([{ code }]);
  });

  test('passes on what the source warns of', () => {
    expect(decide([shop], [], snapshot(['1'], { warnings: ['content is old'] })).notes).toEqual(['content is old']);
  });

  test('names the place of a document that cannot be read, and keeps what can be', () => {
    const content = `${config}---\napiVersion: v1\nkind: Secret\nmetadata: {}\n`;
    const artifacts = [{ id: '1', name: 'Webserver_Manifest', digest: 'd', content }];
    const [first] = decide([shop], [], snapshot([], { artifacts })).owners;
    expect(first?.wish).toMatchObject({ type: 'wanted', manifests: [{}] });
    expect(first?.problems).toHaveLength(1);
    expect(first?.problems[0]?.message).toContain('Webserver_Manifest (1), document 2');
  });
});

describe('the name of an owner', () => {
  test('stays the bare id that it was recorded with', () => {
    const { owners } = decide([shop], [recorded('1', { sync: 'shop' })], snapshot(['1', '2']));
    expect(wishes(owners)).toEqual({ '1': 'wanted', 'shop-2': 'wanted' });
  });

  test('is not taken from another sync that recorded the same id', () => {
    const { owners } = decide([shop], [recorded('1', { sync: 'store', set: 'other' })], snapshot(['1']));
    expect(wishes(owners)).toEqual({ 'shop-1': 'wanted' });
  });

  test('stays while the artifact is not rendered', () => {
    const pending = [{ id: '1', name: 'Webserver_Manifest', reason: 'is being rendered' }];
    const { owners } = decide([shop], [recorded('1', { sync: 'shop' })], snapshot(['2'], { pending }));
    expect(wishes(owners)).toEqual({ '1': 'waiting', 'shop-2': 'wanted' });
  });
});

describe('a VidraResource', () => {
  test('is wanted with its own manifests and namespace', () => {
    const { owners } = decide(
      [{ ...own, destination: { namespace: 'apps', reconcileOnEvents: false } }],
      [],
      undefined,
    );
    expect(owners).toMatchObject([
      { header: { name: 'own', set: 'default', server: '' }, wish: { type: 'wanted', namespace: 'apps' } },
    ]);
  });
});

test('Two definitions that make an owner of one name are refused: each would take away what the other wants', () => {
  const records = [recorded('shop-1', { sync: 'shop' })];
  const { owners, problems } = decide([shop, { ...own, name: 'shop-1' }, own], records, snapshot(['1', '2']));
  expect(wishes(owners)).toEqual({ 'shop-2': 'wanted', own: 'wanted' });
  const refused = (definition: string) => ({
    code: 'DEFINITION_INVALID',
    message: `shop-1: is the name of two owners of the set; one is of ${definition}`,
    definition,
  });
  expect(problems).toEqual([refused('InfrahubSync shop'), refused('VidraResource shop-1')]);
});

describe('a definition that is being deleted', () => {
  const stored = { uid: 'u', generation: 1, annotations: {}, deleting: true as const };
  const records = [recorded('own'), recorded('shop-1', { sync: 'shop' }), recorded('store-1', { sync: 'store' })];

  test('takes its owners along, whatever its source says', () => {
    const { owners } = decide([{ ...shop, stored }, own], records, snapshot(['1']));
    expect(wishes(owners)).toEqual({ 'shop-1': 'leaving', own: 'wanted' });
  });

  test('ends by its deletionPolicy, whatever it said of pruning', () => {
    const policy = { ...defaultPolicy, prune: false, deletionPolicy: 'Orphan' as const };
    const { owners } = decide([{ ...shop, policy, stored }], [recorded('shop-1', { sync: 'shop' })], undefined);
    expect(owners).toMatchObject([{ wish: { type: 'leaving' }, policy: { prune: true, deletionPolicy: 'Orphan' } }]);
  });

  test('takes those along that the operator before Vidra left, and none of another set', () => {
    const left = [recorded('own', { set: '' }), recorded('shop-1', { sync: 'shop', set: 'other' })];
    const { owners } = decide(
      [
        { ...own, stored },
        { ...shop, stored },
      ],
      left,
      snapshot(['1']),
    );
    expect(wishes(owners)).toEqual({ own: 'leaving' });
  });

  test('that is the record of an InfrahubSync keeps what that has, as long as it is there', () => {
    const one = { ...own, name: 'id-1', sync: 'shop', stored };
    const left = [recorded('id-1', { set: '', sync: 'shop' })];
    const wishWhere = (syncs: Present['syncs']) =>
      wishes(decide([one], left, undefined, false, { ...nothingPresent, syncs }).owners);
    expect(wishWhere(new Set(['store']))).toEqual({ 'id-1': 'leaving' });
    expect(wishWhere(new Set(['shop']))).toEqual({ 'id-1': 'waiting' });
    expect(wishWhere('unknown')).toEqual({ 'id-1': 'waiting' });
  });
});

test('Of a set that is given in part only, nothing is said of the rest', () => {
  const records = [recorded('own'), recorded('store-1', { sync: 'store' })];
  const target = { set: 'default', definitions: [shop], namespace: 'default', prune: true, overrides: {} };
  const fetched = new Map([['shop', snapshot(['1'])]]);
  expect(wishes(intentsOf(target, fetched, records, nothingPresent).owners)).toHaveProperty('own', 'leaving');
  const { owners, notes } = intentsOf({ ...target, partial: true }, fetched, records, nothingPresent);
  expect([wishes(owners), notes]).toEqual([{ 'shop-1': 'wanted' }, []]);
});

test('What a source gave at last holds as long as it gives nothing newer, and is no reason to delete', () => {
  const stale = new VidraError('SOURCE_UNREACHABLE', 'does not answer', { subject: 'shop' });
  const records = [recorded('shop-1', { sync: 'shop' }), recorded('shop-2', { sync: 'shop' })];
  const { owners, problems } = decide([shop], records, { ...snapshot(['1']), complete: false, stale });
  expect(wishes(owners)).toEqual({ 'shop-1': 'wanted', 'shop-2': 'waiting' });
  const message = expect.stringMatching(/does not answer; until it answers, its revision \w+ holds$/);
  expect(problems).toMatchObject([{ code: 'SOURCE_UNREACHABLE', message, definition: 'InfrahubSync shop' }]);
});

describe('definitions that left the set', () => {
  const records = [recorded('own'), recorded('store-1', { sync: 'store' }), recorded('foreign', { set: 'other' })];

  test('are told of, and keep everything', () => {
    const { owners, notes } = decide([shop], records, snapshot(['1']));
    expect(wishes(owners)).toEqual({ 'shop-1': 'wanted' });
    expect(notes).toEqual([
      'own: its definition is not in the set "default" any more; --prune deletes its object',
      'store-1: its definition is not in the set "default" any more; --prune deletes its object',
    ]);
  });

  test('leave on request, and those of other sets never do', () => {
    const { owners, notes } = decide([shop], records, snapshot(['1']), true);
    expect(wishes(owners)).toEqual({ 'shop-1': 'wanted', own: 'leaving', 'store-1': 'leaving' });
    expect(owners[1]?.wish).toEqual({ type: 'leaving', reason: 'its definition left the set "default"' });
    expect(notes).toEqual([]);
  });
});

describe('definitions that are in the cluster, as custom resources', () => {
  const records = [recorded('own'), recorded('store-1', { sync: 'store' }), recorded('lost')];
  const present: Present = { syncs: new Set(['store']), resources: new Set(['own']) };

  test('have not left, whatever files say', () => {
    const { owners, notes } = decide([shop], records, snapshot(['1']), true, present);
    expect(wishes(owners)).toEqual({ 'shop-1': 'wanted', lost: 'leaving' });
    expect(notes).toEqual([]);
  });

  test('may be there where they cannot be listed', () => {
    const { owners } = decide([shop], records, snapshot(['1']), true, { ...present, syncs: 'unknown' });
    expect(wishes(owners)).toEqual({ 'shop-1': 'wanted', lost: 'leaving' });
  });

  test('and in a file are planned as the file says, which is told', () => {
    const { owners, notes } = decide([own], [recorded('own')], undefined, false, present);
    expect(wishes(owners)).toEqual({ own: 'wanted' });
    expect(notes).toEqual(['VidraResource own is in the cluster, too, as a custom resource; this plan is of the file']);
  });
});

test('A definition that is suspended is left as it is, and has not left', () => {
  const records = [recorded('own'), recorded('shop-1', { sync: 'shop' })];
  const suspended = [
    { ...own, suspend: true },
    { ...shop, suspend: true },
  ];
  const { owners, notes, problems } = decide(suspended, records, undefined, true);
  expect(wishes(owners)).toEqual({ own: 'waiting', 'shop-1': 'waiting' });
  expect(problems).toEqual([]);
  expect(notes).toEqual([
    'VidraResource own is left as it is, by suspend: true',
    'InfrahubSync shop is left as it is, by suspend: true',
  ]);
});

describe('a record that does not fit the definition', () => {
  test('because another definition has an owner of that name is not taken, and is a problem', () => {
    const written = { ...recorded('shop-1', {}, []), written: true } as const;
    for (const other of [recorded('shop-1', { sync: 'another' }), recorded('shop-1'), written]) {
      const { owners, problems } = decide([shop], [other], snapshot(['1', '2']));
      expect(wishes(owners)).toEqual({ 'shop-2': 'wanted' });
      expect(problems).toMatchObject([{ code: 'DEFINITION_INVALID', definition: 'InfrahubSync shop' }]);
    }
    const { owners, problems } = decide([own], [recorded('own', { sync: 'shop' })], undefined);
    expect([owners, problems]).toMatchObject([[], [{ definition: 'VidraResource own' }]]);
    expect(problems[0]?.message).toContain('InfrahubSync shop');
  });

  test('of another set is left alone, and is a problem', () => {
    for (const definition of [own, { ...own, manifest: 'kind: [' }]) {
      const other = recorded('own', { set: 'other' });
      const { owners } = decide([definition], [other], undefined, true);
      expect(owners).toMatchObject([
        { header: other.header, wish: { type: 'waiting' }, problems: [{ code: 'SET_MISMATCH' }] },
      ]);
    }
  });

  test('of nobody’s set, as upstream leaves it, is taken over', () => {
    const { owners } = decide([own], [recorded('own', { set: '' })], undefined);
    expect(owners).toMatchObject([{ header: { set: 'default' }, wish: { type: 'wanted' }, problems: [] }]);
  });

  const moved = { ...own, destination: { server: 'https://other.example.org', reconcileOnEvents: false } };

  test('of another cluster is left alone, and is a problem: its objects would be nobody’s', () => {
    const here = recorded('own');
    const { owners } = decide([moved], [here], undefined);
    expect(owners).toMatchObject([
      { header: here.header, wish: { type: 'waiting' }, problems: [{ code: 'DEFINITION_INVALID' }] },
    ]);
  });

  test.each([
    ['has no objects', moved, recorded('own', {}, [])],
    ['writes its address with a slash', moved, recorded('own', { server: 'https://other.example.org/' })],
    ['calls home by its address', own, recorded('own', { server: 'https://kubernetes.default.svc' })],
  ])('of another cluster is no problem when it %s', (_case, definition, stored) => {
    expect(decide([definition], [stored], undefined).owners).toMatchObject([
      { wish: { type: 'wanted' }, problems: [] },
    ]);
  });
});

describe('a place in the manifest of a VidraResource', () => {
  const head = (name: string) =>
    `apiVersion: infrahub.operators.com/v1alpha1\nkind: VidraResource\nmetadata: { name: ${name} }\nspec:\n`;
  const wrong = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n\n  name: a\n---\nkind: Secret\n';
  const indented = wrong.replaceAll(/^(?=.)/gm, '    ');
  const first = `${head('first')}  manifest: '{}'\n`;
  const said = (text: string) => {
    const { definitions } = parseDefinitions([{ name: 'web.yaml', content: text }]);
    const { owners } = decide(definitions.slice(-1), [], undefined);
    const problems = owners.flatMap((owner) => owner.problems);
    const { wish } = owners[0] as OwnerIntent;
    const origins = wish.type === 'wanted' ? wish.manifests.map((one) => one.origin) : [];
    return { problems: problems.map(({ message }) => message.split(': ')[0]), origins };
  };

  test('is the line of the file that people look at', () => {
    const { problems, origins } = said(`${first}---\n${head('web')}  manifest: |\n${indented}`);
    expect(origins).toEqual([{ source: 'web.yaml', document: 2, line: 12, column: 5 }]);
    // The Secret is on line 18; what it lacks is told at its start.
    expect(new Set(problems)).toEqual(new Set(['web.yaml, document 2, line 18, column 5']));
  });

  test('counts from the start of the text where the file does not have its lines', () => {
    const { problems } = said(`${head('web')}  manifest: ${JSON.stringify(wrong)}\n`);
    expect(new Set(problems)).toEqual(new Set(['web.yaml, artifact VidraResource web, document 2, line 7, column 1']));
  });
});
