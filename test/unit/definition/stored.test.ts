import { expect, test } from 'vitest';
import { parseDefinitions } from '../../../src/definition/parse.ts';
import { loadStored } from '../../../src/definition/stored.ts';
import type { JsonObject, Manifest } from '../../../src/manifest/manifest.ts';

const apiVersion = 'infrahub.operators.com/v1alpha1';
const source = { infrahubAPIURL: 'http://a', artefactName: 'x', targetBranch: 'main' };

const deleted = { deletionTimestamp: '2026-11-22T12:00:00Z' };

/** As the API server gives it. */
function stored(
  kind: string,
  name: string,
  spec: JsonObject,
  metadata: JsonObject = {},
  status?: JsonObject,
): Manifest {
  const added = {
    uid: `uid of ${name}`,
    resourceVersion: '17',
    generation: 3,
    creationTimestamp: '2026-11-22T12:00:00Z',
    managedFields: [{ manager: 'kubectl', operation: 'Apply', fieldsV1: {} }],
  };
  return { apiVersion, kind, metadata: { name, ...added, ...metadata }, spec, ...(status && { status }) };
}

test('what a server stored is the definition that somebody wrote, with what the server knows of it', async () => {
  const spec = { source, destination: { namespace: 'shop' }, suspend: true, timeout: '90s' };
  const annotations = { 'vidra.infrahub.operators.com/reconcile': 'now' };
  const [read] = await loadStored([stored('InfrahubSync', 'web', spec, { annotations, finalizers: ['a/b'] })]);
  const content = JSON.stringify({ apiVersion, kind: 'InfrahubSync', metadata: { name: 'web' }, spec });
  const { origin: _, ...written } = parseDefinitions([{ name: 'f', content }]).definitions[0] as { origin: object };
  expect(read).toMatchObject({ kind: 'InfrahubSync', name: 'web', problems: [] });
  expect(read?.stored).toEqual({ uid: 'uid of web', generation: 3, annotations });
  expect(read?.definition).toMatchObject({ ...written, stored: read?.stored });
});

test('what is wrong with one stops no other, and leaves known that it is being deleted', async () => {
  const read = await loadStored([
    stored('InfrahubSync', 'bad', { source: { ...source, targetBranch: '' }, adopt: 'Sometimes' }),
    stored('VidraResource', 'gone', { deletionPolicy: 'Keep', manifest: 5 }, deleted),
    stored('VidraResource', 'cel', {
      manifest: '',
      healthChecks: [{ apiVersion: 'v1', kind: 'A', current: 'status.' }],
    }),
    stored('VidraResource', 'good', { manifest: '' }),
  ]);
  expect(read.map(({ problems }) => problems.map(({ code, message }) => `${code} ${message}`))).toMatchInlineSnapshot(`
    [
      [
        "DEFINITION_INVALID InfrahubSync bad: spec.source.targetBranch must not be empty",
        "DEFINITION_INVALID InfrahubSync bad: spec.adopt must be Never or IfUnowned or Always, not "Sometimes"",
      ],
      [
        "DEFINITION_INVALID VidraResource gone: spec.deletionPolicy must be Delete or Orphan, not "Keep"; what becomes of its objects is not clear, so it stays although it is deleted: mend that, or take off its finalizer, which leaves them as they are",
      ],
      [
        "DEFINITION_INVALID VidraResource cel: spec.healthChecks[0].current is not valid CEL: Expected IDENTIFIER, got EOF, at character 8",
      ],
      [],
    ]
  `);
  expect(read.map(({ definition }) => definition?.name)).toEqual([undefined, undefined, undefined, 'good']);
  expect(read.map(({ stored }) => stored.deleting)).toEqual([undefined, true, undefined, undefined]);
});

test('of one that is being deleted only what decides over that must be right', async () => {
  const wrong = { manifest: 5, suspend: 'maybe', healthChecks: {}, dependsOn: 'others', timeout: 'soon' };
  const read = await loadStored([
    stored('VidraResource', 'a', { ...wrong, deletionPolicy: 'Orphan', serviceAccountName: 'shop/deployer' }, deleted),
    stored('InfrahubSync', 'b', { destination: { server: 'https://c' }, mode: 'Sometimes' }, deleted),
    stored('InfrahubSync', 'c', undefined as unknown as JsonObject, deleted),
  ]);
  expect(read.map(({ problems }) => problems)).toEqual([[], [], []]);
  expect(read.map(({ definition }) => definition)).toMatchObject([
    { policy: { deletionPolicy: 'Orphan' }, serviceAccount: { namespace: 'shop', name: 'deployer' }, suspend: false },
    { policy: { deletionPolicy: 'Delete' }, destination: { server: 'https://c' }, mode: 'Enforce' },
    { policy: { deletionPolicy: 'Delete' } },
  ]);
  const doubtful = [
    { propagationPolicy: 'Any' },
    { destination: { server: 5 } },
    { destination: { kubeconfigSecretRef: { name: 'a', namespace: 'b' } } },
    { serviceAccountName: 'deployer' },
    { deletionpolicy: 'Orphan' },
    'nothing',
  ];
  const doubted = await loadStored(doubtful.map((spec) => stored('InfrahubSync', 'd', spec as JsonObject, deleted)));
  expect(doubted.map(({ definition, problems }) => definition ?? problems.length)).toEqual(doubtful.map(() => 1));
});

test('records of owners are no definitions', async () => {
  const sync = { apiVersion, kind: 'InfrahubSync', name: 'web', uid: 'u', controller: true };
  const read = await loadStored([
    stored('VidraResource', 'record', { destination: {} }, {}, { inventory: { set: 'default', shards: 1 } }),
    stored('VidraResource', 'of-upstream', { manifest: '{}' }, { ownerReferences: [sync] }),
    stored('VidraResource', 'of-a-sync', { manifest: '{}' }, {}, { inventory: { sync: 'web' } }),
    stored('VidraResource', 'own', { manifest: '{}' }, {}, { inventory: { set: 'default' } }),
  ]);
  expect(read.map(({ name }) => name)).toEqual(['own']);
});
