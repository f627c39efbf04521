/** Runs jobs of GitHub Actions and GitLab CI as far as the examples in README.md need it: their shell parts are run for real. */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Text = Readonly<Record<string, string>>;

/** What a machine has before a job begins. */
export interface Machine {
  /** What a checkout gives. */
  readonly repository: string;
  /** Where artifacts are kept between jobs. */
  readonly artifacts: string;
  readonly environment: Text;
}

export interface Ran {
  readonly code: number;
  /** Both streams. */
  readonly log: string;
}

/** Runs a script with bash; `flags` are those of the system that runs it. */
function bash(script: string, flags: string, cwd: string, environment: Text): Promise<Ran> {
  const file = join(mkdtempSync(join(tmpdir(), 'vidra-step-')), 'script.sh');
  writeFileSync(file, script);
  const child = spawn('bash', [...flags.split(' '), file], { cwd, env: { ...environment } });
  let log = '';
  const collect = (chunk: string) => {
    log += chunk;
  };
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, log }));
  });
}

interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Text;
  readonly with?: Text;
}

export interface GitHubWorkflow {
  readonly env?: Text;
  readonly jobs: Readonly<
    Record<string, { readonly if?: string; readonly outputs?: Text; readonly steps: readonly Step[] }>
  >;
}

export interface GitHubRun extends Ran {
  /** False when its condition keeps it from running. */
  readonly started: boolean;
  readonly outputs: Text;
  /** The job's summary. */
  readonly summary: string;
}

/** What expressions may name. */
export interface Contexts {
  readonly github: { readonly event_name: string; readonly token?: string; readonly event: object };
  readonly secrets: Text;
  readonly needs?: Readonly<Record<string, { readonly outputs: Text }>>;
}

export async function runGitHubJob(
  workflow: GitHubWorkflow,
  name: string,
  contexts: Contexts,
  machine: Machine,
): Promise<GitHubRun> {
  const job = workflow.jobs[name];
  if (!job) throw new Error(`There is no job ${name}.`);
  const folder = mkdtempSync(join(tmpdir(), 'vidra-runner-'));
  const workspace = join(folder, 'workspace');
  mkdirSync(workspace);
  const files = { GITHUB_OUTPUT: 'output', GITHUB_ENV: 'env', GITHUB_STEP_SUMMARY: 'summary' };
  const paths = Object.fromEntries(Object.entries(files).map(([variable, file]) => [variable, join(folder, file)]));
  const read = (variable: string) => {
    const path = paths[variable] ?? '';
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  const steps: Record<string, { outputs: Text }> = {};
  let failed = false;
  let log = '';
  const scope = () => ({
    ...contexts,
    steps,
    cancelled: () => false,
    success: () => !failed,
    hashFiles: (path: string) => (existsSync(join(workspace, path)) ? 'digest' : ''),
  });
  const done = (started: boolean): GitHubRun => {
    const outputs = Object.entries(job.outputs ?? {}).map(([key, text]) => [key, fill(text, scope())]);
    return {
      started,
      code: failed ? 1 : 0,
      log,
      outputs: Object.fromEntries(outputs),
      summary: read('GITHUB_STEP_SUMMARY'),
    };
  };
  if (job.if !== undefined && fill(job.if, scope()) !== 'true') return done(false);
  for (const step of job.steps) {
    const wanted =
      step.if === undefined ? !failed : fill(step.if, scope()) === 'true' && (!failed || /cancelled\(\)/.test(step.if));
    if (!wanted) continue;
    if (step.uses !== undefined) standIn(step, workspace, machine);
    else if (step.name !== 'Install Vidra') {
      const given = { ...workflow.env, ...step.env };
      const environment = {
        ...machine.environment,
        ...paths,
        GITHUB_ACTIONS: 'true',
        GITHUB_WORKSPACE: workspace,
        RUNNER_TEMP: folder,
        ...Object.fromEntries(Object.entries(given).map(([key, text]) => [key, fill(text, scope())])),
        ...pairsOf(read('GITHUB_ENV')),
      };
      const ran = await bash(fill(step.run ?? '', scope()), '-e', workspace, environment);
      log += ran.log;
      if (ran.code !== 0) failed = true;
      if (step.id !== undefined) steps[step.id] = { outputs: pairsOf(read('GITHUB_OUTPUT')) };
    }
  }
  return done(true);
}

/** The actions that the example uses, and no other. */
function standIn({ uses, with: given }: Step, workspace: string, { repository, artifacts }: Machine): void {
  if (uses === 'actions/checkout@v4') {
    if (given?.['repository'] === undefined) cpSync(repository, workspace, { recursive: true });
  } else if (uses === 'actions/upload-artifact@v4')
    cpSync(join(workspace, given?.['path'] ?? ''), join(artifacts, given?.['path'] ?? ''));
  else if (uses === 'actions/download-artifact@v4') cpSync(artifacts, workspace, { recursive: true });
  else if (uses !== 'actions/setup-node@v4') throw new Error(`There is nothing that stands in for ${uses}.`);
}

function pairsOf(text: string): Text {
  return Object.fromEntries(
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

/** Expressions of GitHub are JavaScript enough; what is not there is null instead of an error. */
function fill(text: string, scope: object): string {
  return text.replace(/\$\{\{ (.*?) \}\}/g, (_whole, expression: string) => {
    const lenient = expression.replace(/'[^']*'|\./g, (part) => (part === '.' ? '?.' : part));
    const value = new Function(...Object.keys(scope), `return ${lenient};`)(...Object.values(scope)) as unknown;
    return value === undefined || value === null ? '' : String(value);
  });
}

export interface GitLabPipeline {
  readonly default: { readonly before_script: readonly string[] };
  readonly [job: string]: unknown;
}

interface GitLabJob {
  readonly script: readonly string[];
  readonly artifacts?: { readonly paths: readonly string[] };
}

/** Runs a script as GitLab's runner does: all lines in one shell. What `before_script` installs is there already. */
export async function runGitLabJob(pipeline: GitLabPipeline, name: string, machine: Machine): Promise<Ran> {
  const job = pipeline[name] as GitLabJob;
  const workspace = mkdtempSync(join(tmpdir(), 'vidra-runner-'));
  cpSync(machine.repository, workspace, { recursive: true });
  cpSync(machine.artifacts, workspace, { recursive: true });
  const ran = await bash(job.script.join('\n'), '-eo pipefail', workspace, {
    ...machine.environment,
    GITLAB_CI: 'true',
  });
  for (const path of job.artifacts?.paths ?? []) {
    if (existsSync(join(workspace, path))) cpSync(join(workspace, path), join(machine.artifacts, path));
  }
  return ran;
}
