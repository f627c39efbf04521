/** What the program prints of plans and results, for machines and for people who want more of it, or less. */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { resourceFile } from '../support/definitions.ts';
import { readKubeconfig } from '../support/kubeconfig.ts';
import { atTerminal } from '../support/pty.ts';
import { schemaOf, violationsOf } from '../support/schema.ts';
import { cluster, configMap, environment, namespace, useSharedCluster } from '../support/stage.ts';
import { vidra } from '../support/vidra.ts';

useSharedCluster();

const run = (verb: string, manifests: readonly object[], ...flags: string[]) =>
  vidra([verb, '--set', namespace, '-f', resourceFile(`${namespace}-web`, manifests), ...flags], { environment });

describe('documents', () => {
  it('of real runs keep the schemas that the program prints', async () => {
    for (const kind of ['plan', 'result', 'history'] as const) {
      const printed = await vidra(['schema', kind]);
      expect(printed).toMatchObject({ code: 0, stderr: '' });
      expect(JSON.parse(printed.stdout)).toEqual(schemaOf(kind));
    }
    await cluster.create(configMap('foreign'));
    const first = [configMap('a', { x: '1' }), configMap('b'), configMap('foreign', { x: '1' })];
    const planned = await run('plan', first, '-o', 'yaml');
    expect(violationsOf('plan', parse(planned.stdout))).toEqual([]);
    const applied = await run('apply', first, '-o', 'json');
    expect(applied.code).toBe(1);
    expect(violationsOf('result', JSON.parse(applied.stdout))).toEqual([]);

    const second = [configMap('a', { x: '2' }), configMap('c', { y: 'z' })];
    const changed = await run('plan', second, '-o', 'json');
    expect(violationsOf('plan', JSON.parse(changed.stdout))).toEqual([]);
    expect(changed.stdout).toContain('"before": "1"');
    const result = await run('apply', second, '-o', 'json', '--yes');
    expect(violationsOf('result', JSON.parse(result.stdout))).toEqual([]);
    expect(JSON.parse(result.stdout)).toMatchObject({ results: { succeeded: 3, failed: 0 } });
    const pruned = await vidra(['prune', '--set', namespace, '--yes', '-o', 'json'], { environment });
    expect(violationsOf('result', JSON.parse(pruned.stdout))).toEqual([]);
  });
});

describe('text', () => {
  it('shows more of a difference when that is asked for', async () => {
    const file = (last: string) => `${Array.from({ length: 30 }, (_, index) => `line ${index}\n`).join('')}${last}\n`;
    await run('apply', [configMap('a', { file: file('old') })]);
    const lines = async (...flags: string[]) =>
      (await run('plan', [configMap('a', { file: file('new') })], ...flags)).stdout;
    expect(await lines()).toContain('data.file:\n            line 29\n          - old\n          + new\n\n');
    expect(await lines('--diff-context', '0')).toContain('data.file:\n          - old\n          + new\n\n');
    expect(await lines('--diff-context', 'all')).toContain('data.file:\n            line 0\n            line 1\n');
  });

  it('lists what stays as it is when that is asked for', async () => {
    await run('apply', [configMap('a')]);
    const { stdout } = await run('plan', [configMap('a')], '--show-unchanged');
    expect(stdout).toContain(`  namespace ${namespace}\n    = ConfigMap a  unchanged\n`);
  });

  it('is silent with --quiet where all is well', async () => {
    expect(await run('plan', [configMap('a')], '-q', '--detailed-exitcode')).toMatchObject({
      code: 2,
      stdout: 'Plan: 1 to create.\n',
      stderr: '',
    });
    expect(await run('apply', [configMap('a')], '-q')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(await run('plan', [configMap('a')], '-q')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(await run('apply', [configMap('a')], '--quiet')).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  it('tells with --quiet what is wrong', async () => {
    await cluster.create(configMap('foreign'));
    const { code, stdout } = await run('apply', [configMap('a'), configMap('foreign', { x: '1' })], '-q');
    expect(code).toBe(1);
    expect(stdout).toMatch(/! ConfigMap foreign {2}exists, and is not managed by Vidra.* \(NOT_ADOPTED\)\n/);
    expect(stdout).not.toContain('ConfigMap a');
    expect(stdout).toMatch(/\nApplied: 1 created, 1 problem in \S+\.\n$/);
  });
});

describe('at a terminal', () => {
  const file = (...manifests: object[]) => resourceFile(`${namespace}-web`, manifests);
  const start = '\u001b[';

  // The terminal of these tests has no width, which no spinner can cope with.
  it('is coloured, unless nobody wants that', async () => {
    const given = ['plan', '--set', namespace, '-f', file(configMap('a'))];
    const terminal = { ...environment, TERM: 'xterm' };
    const coloured = await atTerminal(given, [], terminal);
    expect(coloured.screen).toContain(`${start}32m+${start}39m ConfigMap a`);
    const plain = await atTerminal([...given, '--no-color'], [], terminal);
    expect(plain.screen).toContain('\n    + ConfigMap a  ');
    expect(plain.screen).not.toContain(`${start}32m`);
    const markdown = await atTerminal([...given, '-o', 'markdown', '-q'], [], terminal);
    expect(markdown.screen).toMatch(/^<!-- vidra plan/);
    expect(markdown.screen).not.toContain(`${start}3`);
  });

  it('asks with --quiet, too, and is silent about what it then does', async () => {
    const given = ['apply', '--set', namespace, '-f', file(configMap('a')), '-q'];
    const { code, screen } = await atTerminal(given, [{ asked: '[y/N]', typed: 'y' }], environment);
    expect(code).toBe(0);
    expect(screen).toMatch(/^Plan: 1 to create\.\nApply this plan on \S+\? \[y\/N\] y\n$/);
    expect(await cluster.exists(configMap('a'))).toBe(true);
  });
});

describe('Markdown', () => {
  it('is what plan, apply and prune print when it is asked for', async () => {
    const manifests = [configMap('a', { x: '@octocat <b>' }), configMap('b')];
    await run('apply', [configMap('a', { x: '1' }), configMap('z')]);
    const planned = await run('plan', manifests, '-o', 'markdown', '--detailed-exitcode');
    expect(planned).toMatchObject({ code: 2, stderr: '' });
    expect(planned.stdout).toBe(
      [
        `<!-- vidra plan ${namespace} -->`,
        '### Plan: 1 to create, 1 to update, 1 to delete',
        '',
        '| create | update | delete |',
        '| ---: | ---: | ---: |',
        '| 1 | 1 | 1 |',
        '',
        `Set \`${namespace}\` on \`${server()}\``,
        '',
        '<details open>',
        `<summary><b><code>${namespace}-web</code></b>: 1 to create, 1 to update, 1 to delete</summary>`,
        '',
        `- **delete** \`ConfigMap ${namespace}/z\`: left the manifests`,
        `- **update** \`ConfigMap ${namespace}/a\`: the manifest changed`,
        '  ```diff',
        '  @@ data.x @@',
        '  -"1"',
        '  +"@octocat <b>"',
        '  ```',
        `- **create** \`ConfigMap ${namespace}/b\`: new`,
        '',
        '</details>',
        '',
      ].join('\n'),
    );
    const applied = await run('apply', manifests, '-o', 'markdown', '--yes');
    expect(applied).toMatchObject({ code: 0, stderr: '' });
    expect(applied.stdout).toMatch(/^<!-- vidra result \S+ -->\n### Applied: 1 created, 1 updated, 1 deleted in \S+\n/);
    expect(applied.stdout).toContain(`- **deleted** \`ConfigMap ${namespace}/z\`: left the manifests`);
    const prune = (...flags: string[]) =>
      vidra(['prune', '--set', namespace, '-o', 'markdown', ...flags], { environment });
    expect((await prune('--dry-run')).stdout).toContain('### Plan: 2 to delete\n');
    expect((await prune('--yes', '-q')).stdout).toBe('');
    expect((await prune('--yes')).stdout).toMatch(/\n### Pruned: nothing to do in \S+\n/);
  });

  const server = () => readKubeconfig(cluster.kubeconfig).server;
});
