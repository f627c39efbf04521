/** What `--github` adds in a job of GitHub Actions, and that nothing is added unless it is asked for. */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { type Cluster, connect } from '../support/cluster.ts';
import { readCommands } from '../support/runner.ts';
import { vidra } from '../support/vidra.ts';

let cluster: Cluster;
let namespace: string;
let checkout: string;
let environment: Record<string, string>;
let summary: string;

beforeAll(() => {
  cluster = connect(inject('kubeconfig'));
});
beforeEach(async () => {
  namespace = await cluster.createNamespace();
  checkout = mkdtempSync(join(tmpdir(), 'vidra-checkout-'));
  summary = join(mkdtempSync(join(tmpdir(), 'vidra-runner-')), 'summary.md');
  environment = {
    KUBECONFIG: inject('kubeconfig'),
    VIDRA_NAMESPACE: namespace,
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: checkout,
    GITHUB_STEP_SUMMARY: summary,
  };
});
afterAll(() => cluster.close());

/** Writes the definition into the checkout; the first manifest begins in line 7. */
function define(...manifests: string[]): string {
  const head = [
    'apiVersion: infrahub.operators.com/v1alpha1',
    'kind: VidraResource',
    `metadata: {name: ${namespace}-web}`,
  ];
  const text = manifests.join('\n---\n').replace(/^/gm, '    ');
  writeFileSync(
    join(checkout, 'web.yaml'),
    [...head, 'spec:', `  destination: {namespace: ${namespace}}`, '  manifest: |', text].join('\n'),
  );
  return join(checkout, 'web.yaml');
}
const configMap = (name: string, data = '{}') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: ${data}`;
const run = (verb: string, ...flags: string[]) =>
  vidra([verb, '--set', namespace, '-f', join(checkout, 'web.yaml'), ...flags], { environment });

describe('--github', () => {
  it('annotates what is wrong at its line and what is deleted, and writes the summary of the job', async () => {
    define(configMap('a'), configMap('b'));
    await run('apply');
    await cluster.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'foreign', namespace } });
    define(configMap('a', '{x: "1"}'), configMap('foreign', '{x: "1"}'));

    const { code, stdout, stderr } = await run('plan', '--github');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(readCommands(stdout)).toEqual([
      {
        name: 'error',
        properties: { file: 'web.yaml', line: '12', col: '5', title: `ConfigMap ${namespace}/foreign (NOT_ADOPTED)` },
        data: expect.stringMatching(/^exists.*\nTake it over with --adopt /),
      },
    ]);
    expect(stdout).toContain('left the manifests; is kept until everything that its owner wants is there');
    expect(stdout).toContain('Plan: 1 to update, 1 skipped, 1 problem.\n');
    const report = (await run('plan', '-o', 'markdown')).stdout;
    expect(readFileSync(summary, 'utf8')).toBe(`${report}\n`);

    define(configMap('a', '{x: "1"}'));
    expect(readCommands((await run('plan', '--github')).stdout)).toEqual([
      { name: 'notice', properties: { title: `Would delete ConfigMap ${namespace}/b` }, data: 'left the manifests' },
    ]);
    const applied = await run('apply', '--github', '--yes');
    expect(applied.code).toBe(0);
    expect(readCommands(applied.stdout)).toMatchObject([
      { name: 'notice', properties: { title: `Deleted ConfigMap ${namespace}/b` } },
    ]);
    expect(readFileSync(summary, 'utf8')).toContain('### Applied: 1 updated, 1 deleted in ');
  });

  it('leaves documents whole: annotations go to standard error then', async () => {
    define('apiVersion: v1\nkind: ConfigMap', configMap('a'));
    for (const format of ['json', 'yaml', 'markdown']) {
      const { stdout, stderr } = await run('plan', '--github', '-o', format);
      expect(stdout).toBe((await run('plan', '-o', format)).stdout);
      expect(readCommands(stdout)).toEqual([]);
      expect(readCommands(stderr)).toMatchObject([{ name: 'error', properties: { file: 'web.yaml', line: '7' } }]);
    }
  });

  it('annotates a definition that cannot be read', async () => {
    writeFileSync(
      join(checkout, 'web.yaml'),
      'apiVersion: infrahub.operators.com/v1alpha1\nkind: InfrahubSync\nmetadata: {name: x}\nspec: {}\n',
    );
    const { code, stdout, stderr } = await run('plan', '--github');
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toMatch(/^error: /);
    expect(readCommands(stderr)).toMatchObject([
      { name: 'error', properties: { file: 'web.yaml', title: 'DEFINITION_INVALID' } },
    ]);
  });

  it('shows what a manifest holds, and never lets the runner take it for a command', async () => {
    const lines = (last: string) => `{x: "a\\n::error::forged\\n##[add-mask]forged\\n${last}"}`;
    define(configMap('a', lines('old')));
    await run('apply');
    define(configMap('a', lines('new')));
    const { stdout } = await run('plan', '--github', '--diff-context', 'all');
    expect(readCommands(stdout)).toEqual([]);
    expect(stdout).toContain('\\u003a:error::forged');
  });

  it('reports the plan where nobody has allowed it', async () => {
    define(configMap('a'), configMap('b'));
    await run('apply');
    define(configMap('a'));
    const { code, stdout, stderr } = await run('apply', '--github');
    expect(code).toBe(1);
    expect(readCommands(stdout)).toMatchObject([{ name: 'notice', data: 'left the manifests' }]);
    expect(readCommands(stderr)).toMatchObject([{ name: 'error', properties: { title: 'NOT_CONFIRMED' } }]);
    expect(readFileSync(summary, 'utf8')).toContain('### Plan: 1 to delete, 1 unchanged\n');
  });

  it('is not switched on by being in a job', async () => {
    define(configMap('a'));
    const { stdout, stderr } = await run('plan');
    expect(readCommands(stdout + stderr)).toEqual([]);
    expect(existsSync(summary)).toBe(false);
  });

  it('keeps the summary within what GitHub takes, and says so when there is no room', async () => {
    define(configMap('a'));
    writeFileSync(summary, 'x'.repeat(1024 * 1024 - 10));
    const full = await run('plan', '--github');
    expect(full).toMatchObject({ code: 0, stderr: 'note: there is no room left in the summary of this step\n' });
    expect(readFileSync(summary, 'utf8')).toHaveLength(1024 * 1024 - 10);
  });
});
