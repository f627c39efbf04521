/** Plans that are saved by the program and carried out later: what is asked, refused and shown. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { startInfrahub } from '../../src/sandbox/infrahub.ts';
import { createAccount } from '../support/account.ts';
import { resourceFile, syncFile, write } from '../support/definitions.ts';
import { resource } from '../support/operator.ts';
import { atTerminal } from '../support/pty.ts';
import { cluster, configMap, environment, namespace, useSharedCluster } from '../support/stage.ts';
import { vidra } from '../support/vidra.ts';

let file: string;

useSharedCluster();
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'vidra-saved-')), 'plan.json');
});

const password = 'correct horse battery';
const secret = () => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'login', namespace },
  stringData: { password },
});
const definitions = (...manifests: object[]) => resourceFile(`${namespace}-web`, manifests);
const run = (...flags: string[]) => vidra(flags, { environment });
const plan = (definition: string, ...flags: string[]) =>
  run('plan', '--set', namespace, '-f', definition, '--out', file, ...flags);
const edit = (change: (document: Record<string, unknown>) => object) =>
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')))));

describe('vidra plan --out', () => {
  it('saves a plan for its owner alone, without values of Secrets, and in one step', async () => {
    writeFileSync(file, 'another one', { mode: 0o644 });
    const { code, stdout, stderr } = await plan(definitions(configMap('a'), secret()), '--detailed-exitcode');
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
    expect(stdout).toMatch(/\nPlan: 2 to create\.\nSaved to \S+plan\.json \(digest [\w-]{43}\)\.\n$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(file))).toEqual([basename(file)]);
    const text = readFileSync(file, 'utf8');
    expect(JSON.parse(text)).toMatchObject({ formatVersion: '1', kind: 'SavedPlan', plan: { set: namespace } });
    for (const value of [password, Buffer.from(password).toString('base64')]) expect(text).not.toContain(value);
    expect(await cluster.exists(configMap('a'))).toBe(false);

    const json = await plan(definitions(configMap('a')), '-o', 'json');
    expect(JSON.parse(json.stdout)).toMatchObject({ kind: 'Plan', digest: expect.stringMatching(/^[\w-]{43}$/) });
  });

  it('says when it cannot write there, and leaves nothing behind', async () => {
    const folder = dirname(file);
    const inFolder = await run('plan', '--set', namespace, '-f', definitions(configMap('a')), '--out', folder);
    expect(inFolder).toMatchObject({ code: 64, stderr: expect.stringContaining(`${folder}: is no file (USAGE)`) });
    const missing = join(folder, 'missing', 'plan.json');
    const nowhere = await run('plan', '--set', namespace, '-f', definitions(configMap('a')), '--out', missing);
    expect(nowhere).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('cannot be written: its folder does not exist'),
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says so before it asks the cluster', async () => {
    const away = { environment: { ...environment, KUBECONFIG: join(dirname(file), 'missing') } };
    const words = ['plan', '--set', namespace, '-f', definitions(configMap('a')), '--out'];
    const { code, stderr } = await vidra([...words, join(dirname(file), 'missing', 'plan.json')], away);
    expect({ code, stderr }).toEqual({ code: 64, stderr: expect.stringContaining('its folder does not exist') });
  });
});

describe('vidra apply with a saved plan', () => {
  it('does what it says, deletions too, without a question; and again there is nothing to do', async () => {
    await run('apply', '--set', namespace, '-f', definitions(configMap('old'), configMap('a')));
    await plan(definitions(configMap('a', { color: 'red' }), secret()));
    const shown = await run('show', file);
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toContain('- ConfigMap old');
    expect(shown.stdout).toMatch(
      /Plan: 1 to create, 1 to update, 1 to delete\.\nMade at \S+Z by Vidra \S+ for the set /,
    );
    const dry = await run('apply', file, '--dry-run', '--detailed-exitcode');
    expect(dry).toMatchObject({ code: 2, stderr: '' });
    expect(await cluster.exists(configMap('old'))).toBe(true);

    const applied = await run('apply', file);
    expect({ code: applied.code, stderr: applied.stderr }).toEqual({ code: 0, stderr: '' });
    expect(applied.stdout).toMatch(/\nApplied: 1 created, 1 updated, 1 deleted in \S+\.\n$/);
    expect(await cluster.exists(configMap('old'))).toBe(false);
    expect((await cluster.get(secret())).data).toEqual({ password: Buffer.from(password).toString('base64') });

    const again = await run('apply', file, '--yes', '-o', 'json');
    expect(again).toMatchObject({ code: 0, stderr: '' });
    const { digest } = (JSON.parse(readFileSync(file, 'utf8')) as { plan: { digest: string } }).plan;
    expect(JSON.parse(again.stdout)).toMatchObject({
      kind: 'Result',
      digest,
      summary: { keep: 2, update: 0, problem: 0 },
    });
  });

  it('asks at a terminal for what is guarded, and for nothing else', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const [stays, ...others] = ['stays', ...names].map((name) => configMap(name, { name }));
    await run('apply', '--set', namespace, '-f', definitions(stays as object, ...others));
    const subject = `5 deletions of ${namespace}-web`;
    await plan(definitions(stays as object));
    expect(await run('apply', file)).toMatchObject({ code: 1, stderr: expect.stringContaining('(GUARDED)') });
    const asked = `Type "${subject}" to go on:`;
    const no = await atTerminal(['apply', file], [{ asked, typed: 'y' }], environment);
    expect([no.code, await cluster.exists(configMap('a'))]).toEqual([1, true]);
    const yes = await atTerminal(['apply', file], [{ asked, typed: subject }], environment);
    expect(yes.screen).not.toContain('[y/N]');
    expect([yes.code, await cluster.exists(configMap('a'))]).toEqual([0, false]);
  });

  it('ends with 1 when a row is refused, and tells which', async () => {
    await run('apply', '--set', namespace, '-f', definitions(configMap('a', { color: 'blue' })));
    await plan(definitions(configMap('a', { color: 'red' }), configMap('b')));
    await cluster.apply(configMap('a', { color: 'green' }), 'kubectl');
    const { code, stdout } = await run('apply', file);
    expect(code).toBe(1);
    expect(stdout).toContain('ConfigMap a  data.color is "green" now, was "blue" (PLAN_STALE)');
    expect(stdout).toMatch(/\nApplied: 1 created, 1 problem in \S+\.\n$/);
    expect((await cluster.get(configMap('a'))).data).toEqual({ color: 'green' });
  });

  it('refuses the plan of other definitions, unless it is allowed', async () => {
    const definition = definitions(configMap('a', { color: 'red' }));
    await plan(definition);
    writeFileSync(definition, readFileSync(definition, 'utf8').replace('red', 'blue'));
    const refused = await run('apply', file);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(
      /VidraResource \S+ was changed \(\S{8} → \S{8}\) \(PLAN_OUTDATED\)\nhint: .*--allow-outdated/,
    );
    expect(await cluster.exists(configMap('a'))).toBe(false);

    const moved = definitions(configMap('a', { color: 'red' }));
    expect(await run('apply', file, '-f', moved, '--dry-run')).toMatchObject({ code: 0, stderr: '' });
    rmSync(definition);
    expect(await run('apply', file)).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot be read') });
    expect(await run('apply', file, '--allow-outdated')).toMatchObject({ code: 0, stderr: '' });
    expect((await cluster.get(configMap('a'))).data).toEqual({ color: 'red' });
  });

  it('refuses the plan of another revision of a source', async () => {
    const infrahub = await startInfrahub({});
    const artifact = (color: string) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {color: ${color}}\n`;
    const id = infrahub.setArtifact({ name: 'Web', content: artifact('red') });
    const name = `${namespace}-sync`;
    await plan(syncFile(name, { infrahubAPIURL: infrahub.address, artefactName: 'Web' }, namespace));
    infrahub.setArtifact({ id, name: 'Web', content: artifact('blue') });
    const refused = await run('apply', file);
    expect(refused.stderr).toMatch(new RegExp(`the source of ${name} moved from \\w{8} to \\w{8} \\(PLAN_OUTDATED\\)`));
    expect(refused.code).toBe(1);
    infrahub.setArtifact({ id, name: 'Web', content: artifact('red') });
    expect(await run('apply', file)).toMatchObject({ code: 0, stderr: '' });
    expect((await cluster.get(configMap('a'))).data).toEqual({ color: 'red' });
    await infrahub.close();
    const gone = await run('apply', file);
    expect(gone).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`the source of ${name} cannot be read now`),
    });
  });

  it('is for the cluster, the set and the flags that it was made for', async () => {
    await plan(definitions(configMap('a')));
    const mismatch = { code: 64, stdout: '', stderr: expect.stringContaining('(PLAN_MISMATCH)') };
    expect(await run('apply', file, '--set', 'another')).toMatchObject(mismatch);
    const flag = await run('apply', file, '--prune');
    expect(flag).toMatchObject({ code: 64, stderr: expect.stringContaining('--prune is decided by the saved plan') });
    edit((document) => ({ ...document, home: 'another' }));
    expect(await run('apply', file)).toMatchObject(mismatch);
    expect(await cluster.exists(configMap('a'))).toBe(false);
  });

  it('acts as the ServiceAccount that it was planned for', async () => {
    const verbs = ['get', 'list', 'watch', 'create', 'patch', 'update', 'delete'];
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs }];
    await createAccount(cluster, { [namespace]: rules });
    const serviceAccountName = `${namespace}/user`;
    const definition = write(
      'limited.yaml',
      JSON.stringify(resource(`${namespace}-web`, [configMap('a')], { serviceAccountName })),
    );
    expect(await plan(definition)).toMatchObject({ code: 0 });
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: namespace, namespace },
    };
    const live = await cluster.get(binding);
    await cluster.remove(binding);
    const refused = await run('apply', file);
    expect(refused.code).toBe(1);
    expect(refused.stdout + refused.stderr).toContain(`system:serviceaccount:${namespace}:user`);
    expect(await cluster.exists(configMap('a'))).toBe(false);
    await cluster.create({ ...live, ...binding });
    expect(await run('apply', file)).toMatchObject({ code: 0 });
    expect(await cluster.exists(configMap('a'))).toBe(true);
  });

  it('takes definitions from standard input only when they come again', async () => {
    const input = readFileSync(definitions(configMap('a')), 'utf8');
    const saved = await vidra(['plan', '--set', namespace, '-f', '-', '--out', file], { environment, input });
    expect(saved).toMatchObject({ code: 0, stderr: '' });
    expect(await run('apply', file)).toMatchObject({ code: 1, stderr: expect.stringContaining('with -f') });
    expect(await vidra(['apply', file, '-f', '-'], { environment, input })).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('a file that is no saved plan', () => {
  const invalid = async (message: string) => {
    for (const verb of ['apply', 'show']) {
      const { code, stdout, stderr } = await run(verb, file);
      expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
      expect(stderr).toContain(`error: ${file}: ${message}`);
      expect(stderr).toContain('(PLAN_INVALID)\nhint: ');
    }
  };

  it('is refused: not there, of another kind, cut off, newer, or changed', async () => {
    await invalid('does not exist');
    writeFileSync(file, 'kind: InfrahubSync\n');
    await invalid('is no saved plan; definitions are given with -f');
    writeFileSync(file, '{"kind": "ConfigMap"}');
    await invalid('is no saved plan; definitions are given with -f');

    await plan(definitions(configMap('a')));
    const whole = readFileSync(file, 'utf8');
    writeFileSync(file, whole.slice(0, -20));
    await invalid('is cut off, or no JSON');
    writeFileSync(file, whole);
    edit((document) => ({ ...document, formatVersion: '2', version: '9.0.0' }));
    await invalid('has the format version 2, and this Vidra reads 1; it was made by Vidra 9.0.0');
    writeFileSync(file, whole.replace('"action":"create"', '"action":"destroy"'));
    await invalid('plan.owners[0].changes[0].action must be one of create');
    writeFileSync(file, whole.replace('"expect":"absent"', '"expect":{"uid":"x"}'));
    await invalid('does not fit its digest: it was changed after it was saved');
  });
});
