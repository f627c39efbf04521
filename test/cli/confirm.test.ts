/** What happens without being asked, what needs a yes, and what an interruption leaves. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resourceFile } from '../support/definitions.ts';
import { cluster, configMap, environment, namespace, useSharedCluster } from '../support/stage.ts';
import { vidra } from '../support/vidra.ts';

useSharedCluster();

const run = (verb: string, manifests: readonly object[], ...flags: string[]) =>
  vidra([verb, '--set', namespace, '-f', resourceFile(`${namespace}-web`, manifests), ...flags], { environment });

describe('where nobody can be asked', () => {
  it('apply goes on when nothing would be deleted', async () => {
    const { code, stdout, stderr } = await run('apply', [configMap('a')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('+ ConfigMap a');
    expect(stdout).toMatch(/\nApplied: 1 created in \S+\.\n$/);
    expect(await cluster.exists(configMap('a'))).toBe(true);
  });

  it('apply refuses to delete without --yes, and has changed nothing', async () => {
    await run('apply', [configMap('a'), configMap('b')]);
    const { code, stdout, stderr } = await run('apply', [configMap('a', { new: 'x' })]);
    expect(code).toBe(1);
    expect(stderr).toContain('1 object would be deleted');
    expect(stderr).toContain('--yes');
    expect(stdout).toContain('- ConfigMap b');
    expect(await cluster.exists(configMap('b'))).toBe(true);
    expect((await cluster.get(configMap('a')))['data']).toBeUndefined();

    expect((await run('apply', [configMap('a')], '--yes')).code).toBe(0);
    expect(await cluster.exists(configMap('b'))).toBe(false);
  });

  it('prune refuses without --yes', async () => {
    await run('apply', [configMap('a')]);
    const prune = (...flags: string[]) => vidra(['prune', '--set', namespace, ...flags], { environment });
    expect(await prune()).toMatchObject({ code: 1, stderr: expect.stringContaining('NOT_CONFIRMED') });
    expect(await prune('--dry-run', '--detailed-exitcode')).toMatchObject({ code: 2, stderr: '' });
    expect(await cluster.exists(configMap('a'))).toBe(true);
    expect(await prune('--yes')).toMatchObject({ code: 0 });
    expect(await cluster.exists(configMap('a'))).toBe(false);
  });
});

describe('apply --dry-run', () => {
  it('is plan: it changes nothing, and tells by its exit code whether there is something to do', async () => {
    expect(await run('apply', [configMap('a')], '--dry-run', '--yes')).toMatchObject({ code: 0 });
    expect(await run('apply', [configMap('a')], '--dry-run', '--detailed-exitcode')).toMatchObject({ code: 2 });
    expect(await cluster.exists(configMap('a'))).toBe(false);
    await run('apply', [configMap('a')]);
    expect(await run('plan', [configMap('a')], '--detailed-exitcode')).toMatchObject({
      code: 0,
      stdout: 'Plan: nothing to do, 1 unchanged.\n',
    });
  });
});

describe('standard output', () => {
  it('holds one document and nothing else with -o json, also from apply and with -v', async () => {
    const { code, stdout, stderr } = await run('apply', [configMap('a')], '-o', 'json', '-v');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ formatVersion: '1', kind: 'Result', summary: { create: 1 } });
    expect(stderr).toContain('create ConfigMap');
  });

  it('may be closed by its reader', async () => {
    const manifests = Array.from({ length: 2000 }, (_, index) => configMap(`c${index}`));
    const file = resourceFile(`${namespace}-many`, manifests);
    const program = join(import.meta.dirname, '../../bin/vidra.js');
    const home = mkdtempSync(join(tmpdir(), 'vidra-home-'));
    const { stdout, stderr } = spawnSync(
      'sh',
      ['-c', '"$0" "$1" plan --set "$2" -f "$3" | head -n 1', process.execPath, program, namespace, file],
      { env: { PATH: process.env['PATH'] ?? '', HOME: home, ...environment }, encoding: 'utf8' },
    );
    expect({ stdout, stderr }).toEqual({ stdout: `${namespace}-many\n`, stderr: '' });
  });
});

describe('an interruption', () => {
  it('ends a run at a safe point and shows the result, also where a profile is saved', async () => {
    environment['XDG_CONFIG_HOME'] = mkdtempSync(join(tmpdir(), 'vidra-config-'));
    const profile = ['profile', 'set', 'work', '--infrahub', 'https://infrahub.example.com'];
    expect(await vidra(profile, { environment })).toMatchObject({ code: 0 });
    const file = resourceFile(
      `${namespace}-web`,
      Array.from({ length: 400 }, (_, index) => configMap(`c${index}`)),
    );
    const { code, stdout } = await vidra(['apply', '--set', namespace, '-f', file, '-v'], {
      environment,
      onStart: (child) => {
        const interrupt = (text: Buffer) => {
          if (!text.includes('succeeded')) return;
          child.stderr?.off('data', interrupt);
          child.kill('SIGINT');
        };
        child.stderr?.on('data', interrupt);
      },
    });
    expect(code).toBe(130);
    expect(stdout).toMatch(/\nApplied: \d+ created, \d+ not reached in \S+\.\n$/);
  });
});
