import { expect, test } from 'vitest';
import { parseDefinitions } from '../../../src/definition/parse.ts';
import { loadStored } from '../../../src/definition/stored.ts';
import type { JsonObject, Manifest } from '../../../src/manifest/manifest.ts';

const apiVersion = 'infrahub.operators.com/v1alpha1';
const source = { infrahubAPIURL: 'http://a', artefactName: 'x', targetBranch: 'main' };

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
    stored('VidraResource', 'gone', { manifest: 5 }, { deletionTimestamp: '2026-11-22T12:00:00Z' }),
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
        "DEFINITION_INVALID VidraResource gone: spec.manifest must be text, not a number; put it in quotes",
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
