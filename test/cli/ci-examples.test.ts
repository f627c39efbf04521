/** The examples for GitHub Actions and GitLab CI in README.md do what they say, in bash and on a real API server. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { type InfrahubDouble, startInfrahub } from '../../src/sandbox/infrahub.ts';
import { type Cluster, connect } from '../support/cluster.ts';
import { type Forge, startForge } from '../support/forge.ts';
import { readCommands } from '../support/runner.ts';
import {
  type Contexts,
  type GitHubWorkflow,
  type GitLabPipeline,
  type Machine,
  runGitHubJob,
  runGitLabJob,
} from '../support/workflow.ts';

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
const example = (name: string) => {
  const text = new RegExp(`\`\`\`yaml\n# ${name.replaceAll('.', '\\.')}\n([\\s\\S]*?)\n\`\`\`\n`).exec(readme)?.[1];
  if (text === undefined) throw new Error(`README.md has no ${name}.`);
  return parse(text) as unknown;
};
const token = 'forge-token';
const infrahubToken = '06438eb2-8019-4776-878c-0941b1f1d1ec';
let cluster: Cluster;
let infrahub: InfrahubDouble;
let forge: Forge;
let namespace: string;
let machine: Machine;

beforeAll(() => {
  cluster = connect(inject('kubeconfig'));
});
beforeEach(async () => {
  infrahub = await startInfrahub({ apiKeys: [infrahubToken] });
  forge = await startForge(token);
  namespace = await cluster.createNamespace();
  const folder = mkdtempSync(join(tmpdir(), 'vidra-ci-'));
  for (const name of ['bin', 'home', 'artifacts', 'repository', 'repository/deploy']) mkdirSync(join(folder, name));
  const program = join(import.meta.dirname, '../../bin/vidra.js');
  writeFileSync(join(folder, 'bin/vidra'), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
  chmodSync(join(folder, 'bin/vidra'), 0o755);
  machine = {
    repository: join(folder, 'repository'),
    artifacts: join(folder, 'artifacts'),
    environment: {
      PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
      HOME: join(folder, 'home'),
      VIDRA_NAMESPACE: namespace,
    },
  };
  return () => Promise.all([infrahub.close(), forge.close()]);
});
afterAll(() => cluster.close());

const configMap = (name: string, color: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {color: ${color}}\n`;
const artifact = (id: string | undefined, content: string) =>
  infrahub.setArtifact({ ...(id !== undefined && { id }), name: 'Settings', content });
/** The repository: a sync of the artifacts, and a resource of its own. */
function commit(color: string): void {
  const apiVersion = 'infrahub.operators.com/v1alpha1';
  const destination = { namespace };
  const source = { infrahubAPIURL: infrahub.address, artefactName: 'Settings' };
  const write = (name: string, definition: object) =>
    writeFileSync(join(machine.repository, 'deploy', name), JSON.stringify({ apiVersion, ...definition }));
  write('sync.json', { kind: 'InfrahubSync', metadata: { name: `${namespace}-sync` }, spec: { source, destination } });
  const manifest = configMap('own', color);
  write('own.json', { kind: 'VidraResource', metadata: { name: `${namespace}-own` }, spec: { manifest, destination } });
}
const colorOf = async (name: string) =>
  (await cluster.get({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } })).data?.['color'];
const exists = (name: string) => cluster.exists({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } });

describe('the example for GitHub Actions', () => {
  const workflow = example('.github/workflows/vidra.yaml') as GitHubWorkflow;
  const run = (job: string, github: Partial<Contexts['github']>, needs: Contexts['needs'] = {}) =>
    runGitHubJob(
      workflow,
      job,
      {
        github: { event_name: 'push', token, event: {}, ...github },
        secrets: { INFRAHUB_API_TOKEN: infrahubToken, KUBECONFIG: readFileSync(inject('kubeconfig'), 'utf8') },
        needs,
      },
      { ...machine, environment: { ...machine.environment, GITHUB_API_URL: forge.address, GITHUB_REPOSITORY: 'o/r' } },
    );
  const proposed = {
    event_name: 'pull_request',
    event: { number: 7, pull_request: { head: { repo: { fork: false } } } },
  };

  it('plans a pull request and keeps one comment up to date', async () => {
    artifact(undefined, configMap('settings', 'blue'));
    commit('red');
    forge.comments.set(1, '<!-- vidra plan default -->\nI only quote it.');
    const first = await run('plan', proposed);
    expect(first, first.log).toMatchObject({ started: true, code: 0, outputs: { changes: 'true' } });
    expect(forge.comments.get(2)).toMatch(/^<!-- vidra plan default -->\n### Plan: 2 to create\n/);
    expect(first.summary).toBe(`${forge.comments.get(2)}\n`);

    artifact(undefined, configMap('more', 'white'));
    expect(await run('plan', proposed)).toMatchObject({ code: 0 });
    expect([...forge.comments.keys()]).toEqual([1, 2]);
    expect(forge.comments.get(1)).toContain('I only quote it.');
    expect(forge.comments.get(2)).toContain('### Plan: 3 to create\n');
    expect(await exists('own')).toBe(false);
  });

  it('applies exactly the plan of what was merged', async () => {
    const id = artifact(undefined, configMap('settings', 'blue'));
    commit('red');
    const plan = await run('plan', {});
    expect(plan, plan.log).toMatchObject({ code: 0, outputs: { changes: 'true' } });
    const apply = await run('apply', {}, { plan });
    expect(apply, apply.log).toMatchObject({ started: true, code: 0 });
    expect([await colorOf('settings'), await colorOf('own')]).toEqual(['blue', 'red']);
    expect(apply.summary).toContain('### Applied: 2 created in ');
    expect(forge.comments.size).toBe(0);

    // Nothing to do: nothing is applied.
    const again = await run('plan', {});
    expect(again).toMatchObject({ code: 0, outputs: { changes: '' } });
    expect(await run('apply', {}, { plan: again })).toMatchObject({ started: false });

    // What the plan did not see is not done.
    commit('green');
    const next = await run('plan', {});
    artifact(id, configMap('settings', 'black'));
    const outdated = await run('apply', {}, { plan: next });
    expect(outdated).toMatchObject({ started: true, code: 1, log: expect.stringContaining('PLAN_OUTDATED') });
    expect([await colorOf('settings'), await colorOf('own')]).toEqual(['blue', 'red']);
  });

  it('fails where something is wrong, and tells it in the comment, too', async () => {
    artifact(undefined, '<html>Sign in</html>');
    commit('red');
    const plan = await run('plan', proposed);
    expect(plan).toMatchObject({ started: true, code: 1, outputs: { changes: '' } });
    expect(readCommands(plan.log)).toMatchObject([{ name: 'error', data: expect.stringContaining('HTML') }]);
    expect(forge.comments.get(1)).toContain('#### Problems\n');
    expect(await run('apply', {}, { plan })).toMatchObject({ started: false });
  });

  it('fails without a comment where there is no plan at all', async () => {
    writeFileSync(join(machine.repository, 'deploy', 'wrong.yaml'), 'kind: [');
    expect(await run('plan', proposed)).toMatchObject({ started: true, code: 1, outputs: { changes: '' } });
    expect(forge.requests).toEqual([]);
  });

  it('does not run for forks, which get no secrets', async () => {
    const fork = { ...proposed, event: { number: 7, pull_request: { head: { repo: { fork: true } } } } };
    expect(await run('plan', fork)).toMatchObject({ started: false });
  });
});

describe('the example for GitLab CI', () => {
  const pipeline = example('.gitlab-ci.yml') as GitLabPipeline;
  const run = (job: string, more: Record<string, string> = {}) =>
    runGitLabJob(pipeline, job, {
      ...machine,
      environment: {
        ...machine.environment,
        CI_API_V4_URL: forge.address,
        CI_PROJECT_ID: '3',
        GITLAB_TOKEN: token,
        INFRAHUB_API_TOKEN: infrahubToken,
        KUBECONFIG: inject('kubeconfig'),
        ...more,
      },
    });
  const proposed = { CI_MERGE_REQUEST_IID: '7' };

  it('plans a merge request, ends with a warning when it holds changes, and keeps one comment up to date', async () => {
    expect(pipeline).toMatchObject({ plan: { allow_failure: { exit_codes: 2 } } });
    artifact(undefined, configMap('settings', 'blue'));
    commit('red');
    forge.comments.set(1, 'Looks good to me.');
    const first = await run('plan', proposed);
    expect(first.code, first.log).toBe(2);
    expect(forge.comments.get(2)).toMatch(/^<!-- vidra plan default -->\n### Plan: 2 to create\n/);
    artifact(undefined, configMap('more', 'white'));
    expect((await run('plan', proposed)).code).toBe(2);
    expect([...forge.comments.keys()]).toEqual([1, 2]);
    expect(forge.comments.get(2)).toContain('### Plan: 3 to create\n');
    expect(await exists('own')).toBe(false);
  });

  it('applies exactly the plan of what was merged', async () => {
    artifact(undefined, configMap('settings', 'blue'));
    commit('red');
    expect((await run('plan')).code).toBe(2);
    const apply = await run('apply');
    expect(apply.code, apply.log).toBe(0);
    expect([await colorOf('settings'), await colorOf('own')]).toEqual(['blue', 'red']);
    expect(forge.requests).toEqual([]);
    expect((await run('plan')).code).toBe(0);
  });

  it('fails where something is wrong, and tells it in the comment, too', async () => {
    artifact(undefined, '<html>Sign in</html>');
    commit('red');
    expect((await run('plan', proposed)).code).toBe(1);
    expect(forge.comments.get(1)).toContain('#### Problems\n');
  });

  it('fails where the comment cannot be written', async () => {
    artifact(undefined, configMap('settings', 'blue'));
    commit('red');
    const { code, log } = await run('plan', { ...proposed, GITLAB_TOKEN: 'wrong' });
    expect(code).not.toBe(0);
    expect(code).not.toBe(2);
    expect(log).toContain('401');
  });
});
