/** The command line itself: help, versions, wrong usage and profiles. No cluster is asked. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vidra } from '../support/vidra.ts';

const root = join(import.meta.dirname, '../..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
let folder: string;
let environment: Record<string, string>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vidra-usage-'));
  environment = { XDG_CONFIG_HOME: join(folder, 'config'), KUBECONFIG: join(folder, 'kubeconfig') };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('vidra', () => {
  it.each(['--version', '-V', 'version'])('%s prints the version of package.json', async (flag) => {
    expect(await vidra([flag])).toEqual({ code: 0, signal: null, stdout: `${version}\n`, stderr: '' });
  });

  it('prints the version among other flags, too', async () => {
    expect(await vidra(['--no-color', '--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });

  it('lists its verbs in --help', async () => {
    const { code, stdout, stderr } = await vidra(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const verb of ['plan', 'apply', 'prune', 'profile'])
      expect(stdout).toMatch(new RegExp(`^ {2}${verb}\\b`, 'm'));
  });

  it.each([
    ['plan', ['--filename', '--set', '--output', '--prune', '--detailed-exitcode', '--context', '--no-color']],
    ['apply', ['--yes', '--dry-run', '--no-wait', '--timeout', '--adopt', '--kubeconfig', '--namespace']],
    ['prune', ['--filename', '--yes', '--dry-run', '--verbose']],
  ])('explains the flags of %s', async (verb, flags) => {
    const { code, stdout } = await vidra([verb, '--help']);
    expect(code).toBe(0);
    for (const flag of flags) expect(stdout).toContain(flag);
  });

  it('shows its help as an error when it is not told what to do', async () => {
    expect(await vidra([])).toMatchObject({ code: 64, stdout: '', stderr: expect.stringContaining('Usage: vidra') });
  });

  it.each([
    [['plna'], "unknown command 'plna'; did you mean plan? (USAGE)\n", 'vidra --help'],
    [['plan', '-f', 'x.yaml', '--unknown'], '--unknown', 'vidra plan --help'],
    [['apply', '-f', 'x.yaml', '--timeout', 'soon'], 'Write 90s, 5m or 1h30m.', 'vidra apply --help'],
    [['plan', '-f', 'x.yaml', '-o', 'xml'], 'text, markdown, json, yaml', 'vidra plan --help'],
    [['plan', '-f', 'x.yaml', 'stray'], 'too many arguments', 'vidra plan --help'],
    [['profile', 'set', 'work'], '--infrahub', 'vidra profile set --help'],
    [['watch', '--interval', '5s'], 'definitions of a cluster say it by spec.interval', 'vidra watch --help'],
    [['watch', '--no-wait'], 'definitions of a cluster say it by spec.wait', 'vidra watch --help'],
    [['watch', '-f', 'x.yaml', '--leader-elect'], "'-f, --filename <path>'", 'vidra watch --help'],
  ])('%j is wrong usage', async (given, message, help) => {
    const { code, stdout, stderr } = await vidra(given);
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^error: .* \(USAGE\)\nhint: /);
    expect(stderr).toContain(`hint: See ${help}`);
  });

  it('tells a mistake in a definition with its place, and no stack trace', async () => {
    const path = join(folder, 'sync.yaml');
    const spec = '{source: {infrahubAPIURL: "http://127.0.0.1:1"}}';
    const lines = ['apiVersion: infrahub.operators.com/v1alpha1', 'kind: InfrahubSync', 'metadata: {name: web}'];
    writeFileSync(path, `${[...lines, `spec: ${spec}`].join('\n')}\n`);
    const { code, stdout, stderr } = await vidra(['plan', '-f', path], { environment });
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toMatch(/^error: .*sync\.yaml.*artefactName.*\(DEFINITION_INVALID\)\nhint: .*\n$/);
  });

  it.each([
    ['missing.yaml', 'does not exist'],
    ['missing*.yaml', 'matches no file'],
    ['empty', 'holds no *.yaml'],
  ])('-f %s is wrong usage where there is nothing, of every verb', async (name, message) => {
    mkdirSync(join(folder, 'empty'), { recursive: true });
    for (const verb of ['plan', 'apply', 'prune', 'watch']) {
      const { code, stdout, stderr } = await vidra([verb, '-f', join(folder, name)], { environment });
      expect({ verb, code, stdout }).toEqual({ verb, code: 64, stdout: '' });
      expect(stderr).toMatch(/^error: .* \(DEFINITION_INVALID\)\nhint: .*\n$/);
      expect(stderr).toContain(message);
    }
  });

  it('reads a definition from standard input', async () => {
    const { code, stderr } = await vidra(['plan', '-f', '-'], { input: 'kind: [', environment });
    expect(code).toBe(64);
    expect(stderr).toMatch(/^error: standard input, document 1, line 1, .*\(DEFINITION_INVALID\)\n/);
  });

  it('says which kubeconfig it did not find', async () => {
    const path = join(folder, 'resource.yaml');
    const lines = ['apiVersion: infrahub.operators.com/v1alpha1', 'kind: VidraResource', 'metadata: {name: web}'];
    writeFileSync(path, `${[...lines, 'spec: {manifest: ""}'].join('\n')}\n`);
    const { code, stderr } = await vidra(['plan', '-f', path], { environment });
    expect(code).toBe(64);
    expect(stderr).toContain(join(folder, 'kubeconfig'));
    expect(stderr).toContain('(KUBECONFIG_INVALID)');
  });
});

describe('vidra profile', () => {
  const secret = 'never-to-be-seen';
  const infrahub = ['--infrahub', 'https://infrahub.example.com'];

  it('keeps a piped secret in a file for its owner alone, and never shows it', async () => {
    const set = await vidra(['profile', 'set', 'work', ...infrahub, '--api-key', '-'], {
      input: `${secret}\n`,
      environment,
    });
    expect(set).toMatchObject({ code: 0, stderr: '' });
    const list = await vidra(['profile', 'list'], { environment });
    expect(list).toMatchObject({ code: 0, stdout: '* work  https://infrahub.example.com  API key\n' });
    expect(set.stdout + list.stdout).not.toContain(secret);
    const path = join(folder, 'config', 'vidra', 'profiles.json');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ byName: { work: { apiKey: secret } } });
  });

  it('refuses a user name without a password when nobody can be asked', async () => {
    const end = await vidra(['profile', 'set', 'half', ...infrahub, '--username', 'ann'], { environment });
    expect(end).toMatchObject({ code: 64, stdout: '', stderr: expect.stringContaining('--password -') });
  });

  it('refuses an address that holds credentials, without repeating them', async () => {
    const end = await vidra(['profile', 'set', 'x', '--infrahub', `https://ann:${secret}@h.example`], { environment });
    expect(end).toMatchObject({ code: 64, stdout: '' });
    expect(end.stderr).not.toContain(secret);
  });

  it('refuses an address with a query, which no server is told apart by', async () => {
    const end = await vidra(['profile', 'set', 'x', '--infrahub', 'https://h.example/?token=1'], { environment });
    expect(end).toMatchObject({ code: 64, stdout: '', stderr: expect.stringContaining('without ? and #') });
  });

  it('changes and forgets the current profile', async () => {
    await vidra(['profile', 'set', 'home', ...infrahub], { environment });
    expect(await vidra(['profile', 'use', 'home'], { environment })).toMatchObject({ code: 0 });
    expect((await vidra(['profile', 'list'], { environment })).stdout).toContain('* home');
    expect(await vidra(['profile', 'delete', 'home'], { environment })).toMatchObject({ code: 0 });
    expect((await vidra(['profile', 'list'], { environment })).stdout).not.toContain('home');
  });

  it('does not know a profile that was never saved', async () => {
    const end = await vidra(['profile', 'use', 'nowhere'], { environment });
    expect(end).toMatchObject({ code: 64, stderr: expect.stringContaining('(PROFILE_UNKNOWN)') });
  });
});
