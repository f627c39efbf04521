/** Deletions that are asked for by name at a terminal, and refused where nobody can be asked, with the flag that allows them. */
import { beforeEach, describe, expect, it } from 'vitest';
import { errorTable } from '../../src/errors.ts';
import { resourceFile } from '../support/definitions.ts';
import { atTerminal, type Turn } from '../support/pty.ts';
import { cluster, environment, namespace, useSharedCluster } from '../support/stage.ts';
import { vidra } from '../support/vidra.ts';

useSharedCluster();
beforeEach(async () => {
  expect(await run('apply', [config, claim()])).toMatchObject({ code: 0 });
});

const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } };
const claim = () => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
});
const subject = () => `PersistentVolumeClaim ${namespace}/data`;
const given = (verb: string, manifests: readonly object[], flags: readonly string[]) => {
  const file = resourceFile(`${namespace}-web`, manifests);
  return [verb, '--set', namespace, '-n', namespace, '-f', file, '--no-color', ...flags];
};
const run = (verb: string, manifests: readonly object[], ...flags: string[]) =>
  vidra([...given(verb, manifests, flags), ...(verb === 'apply' ? ['--no-wait'] : [])], { environment });
const ask = (manifests: readonly object[], turns: readonly Turn[], ...flags: string[]) =>
  atTerminal(given('apply', manifests, ['--no-wait', ...flags]), turns, environment);
const changed = () => ({ ...config, data: { color: 'blue' } });
const isChanged = async () => {
  const { data } = await cluster.get({ ...config, metadata: { ...config.metadata, namespace } });
  return data !== undefined;
};

describe('at a terminal', () => {
  const question = 'Type "PersistentVolumeClaim ';
  const yes = { asked: 'Apply this plan on', typed: 'y' };

  it('what goes is typed by name', async () => {
    const { code, screen } = await ask([changed()], [yes, { asked: question, typed: subject() }]);
    expect(screen).toContain(
      `${subject()} would be deleted, and what is stored in it.\nType "${subject()}" to go on: `,
    );
    expect(code).toBe(0);
    expect([await cluster.exists(claim()), await isChanged()]).toEqual([false, true]);
  });

  it.each(['y', '', 'data'])('any other answer changes nothing: "%s"', async (typed) => {
    const { code, screen } = await ask([changed()], [yes, { asked: question, typed }]);
    expect(screen).toContain('(GUARDED)');
    expect(code).toBe(1);
    expect([await cluster.exists(claim()), await isChanged()]).toEqual([true, false]);
  });

  it('nothing is asked for that is named by the flag', async () => {
    const { code, screen } = await ask([changed()], [yes], '--confirm', subject());
    expect(screen).not.toContain(question);
    expect([code, await cluster.exists(claim())]).toEqual([0, false]);
  });
});

it('an empty manifest deletes nothing, and says how all of it would go', async () => {
  const { code, stdout } = await run('apply', [], '--yes', '--confirm', subject());
  expect(code).toBe(1);
  expect(stdout).toContain(
    'spec.manifest is empty; nothing of what it gave before (objects: 2) is deleted (SOURCE_EMPTY)',
  );
  expect(stdout).toContain('remove the definition and pass --prune');
  expect(await cluster.exists(claim())).toBe(true);
});

describe('where nobody can be asked', () => {
  const { hint: way } = errorTable.GUARDED;
  const hint = `hint: ${way}`;

  it('nothing is changed, with --yes and without, and the flag that is named lets it pass', async () => {
    for (const flags of [[], ['--yes']]) {
      const { code, stdout, stderr } = await run('apply', [changed()], ...flags);
      expect(stdout).toContain(`${subject()} would be deleted, and what is stored in it`);
      expect(stderr).toBe(
        `error: what the plan guards needs --confirm "${subject()}"; nothing was changed (GUARDED)\n${hint}\n`,
      );
      expect(code).toBe(1);
    }
    expect([await cluster.exists(claim()), await isChanged()]).toEqual([true, false]);
    expect(await run('apply', [changed()], '--yes', '--confirm', subject())).toMatchObject({ code: 0, stderr: '' });
    expect([await cluster.exists(claim()), await isChanged()]).toEqual([false, true]);
  });

  it('prune asks for the same, and not for their number', async () => {
    const names = [...'abcdef'].map((name) => ({ ...config, metadata: { name } }));
    await run('apply', [...names, claim()], '--yes');
    const prune = (...flags: string[]) => vidra(['prune', '--set', namespace, '--yes', ...flags], { environment });
    const refused = await prune();
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(`--confirm "${subject()}"`) });
    expect(refused.stderr).not.toContain('--max-deletions');
    expect(await prune('--confirm', subject(), '--max-deletions', '3')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('needs --max-deletions 7;'),
      stdout: expect.stringContaining('7 of the 7 objects would be deleted, and the limit is 3\n'),
    });
    expect(await prune('--confirm', subject())).toMatchObject({ code: 0 });
  });

  it.each(['json', 'markdown'])('a program gets the plan in place of a result: %s', async (format) => {
    const { code, stdout, stderr } = await run('apply', [changed()], '--yes', '-o', format);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('(GUARDED)') });
    expect(stdout).toContain(format === 'json' ? `"subject": "${subject()}"` : '#### Held back');
  });

  it('many deletions need a limit that allows them', async () => {
    const many = [...'abcdef'].map((name) => ({ ...config, metadata: { name } }));
    await run('apply', many, '--yes', '--confirm', subject());
    const refused = await run('apply', [config], '--yes');
    expect(refused.stdout).toContain('6 of the 6 objects of');
    expect(refused.stderr).toContain('needs --max-deletions 6;');
    expect(refused.code).toBe(1);
    expect(await run('apply', [config], '--yes', '--max-deletions', '6')).toMatchObject({ code: 0 });
  });
});

describe('vidra plan', () => {
  it('shows what is guarded and the flag, and is no failure', async () => {
    const text = await run('plan', [config], '--detailed-exitcode');
    expect(text).toMatchObject({ code: 2, stderr: '' });
    expect(text.stdout).toContain(
      `${subject()} would be deleted, and what is stored in it\n    to allow it: --confirm "${subject()}"\n`,
    );
    const { stdout } = await run('plan', [config], '-o', 'json');
    expect(JSON.parse(stdout).guards).toMatchObject([
      {
        type: 'volume',
        subject: subject(),
        flag: `--confirm "${subject()}"`,
        changes: [{ kind: 'PersistentVolumeClaim' }],
      },
    ]);
    expect(JSON.parse((await run('plan', [config], '-o', 'json', '--confirm', subject())).stdout).guards).toEqual([]);
  });
});
