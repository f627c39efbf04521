/** Completions, asked by a real bash and by the protocol that all shells share. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Cluster, connect } from '../support/cluster.ts';
import { resourceFile } from '../support/definitions.ts';
import { vidra } from '../support/vidra.ts';

let cluster: Cluster;
let namespace: string;
let environment: Record<string, string>;

beforeAll(async () => {
  cluster = connect(inject('kubeconfig'));
  namespace = await cluster.createNamespace();
  environment = { KUBECONFIG: inject('kubeconfig'), VIDRA_NAMESPACE: namespace };
  const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace } };
  const file = resourceFile(`${namespace}-web`, [manifest]);
  await vidra(['apply', '--set', `${namespace}-set`, '-f', file, '--yes'], { environment });
});
afterAll(() => cluster.close());

async function candidates(...words: string[]): Promise<string[]> {
  const { code, stdout } = await vidra(['__complete', 'zsh', '--', ...words], { environment });
  expect(code).toBe(0);
  return stdout.split('\n').filter((line) => line !== '');
}
const values = async (...words: string[]) => (await candidates(...words)).map((line) => line.split('\t')[0]);

describe('what may come next', () => {
  it('is a verb, a flag, or one of the words that a flag takes', async () => {
    expect(await candidates('pl')).toEqual(['plan\tshow what would change, and change nothing']);
    expect(await values('profile', '')).toEqual(['set', 'list', 'use', 'delete']);
    expect(await values('plan', '--set', 'x', '--o')).toEqual(['--output', '--out']);
    expect(await values('plan', '-o', '')).toEqual(['text', 'markdown', 'json', 'yaml']);
    expect(await values('plan', '--output=y')).toEqual(['--output=yaml']);
    expect(await values('plan', '--he')).toEqual(['--help']);
    expect(await values('schema', '')).toEqual(['plan', 'result', 'history', 'status', 'watch']);
  });

  it('is a name in the cluster or the kubeconfig', async () => {
    expect(await values('history', '')).toEqual([`${namespace}-web`]);
    expect(await values('rollback', `${namespace}-web`, '--to-revision', '')).toEqual(['1']);
    expect(await values('prune', '--set', '')).toEqual([`${namespace}-set`]);
    expect(await values('plan', '-n', 'kube-s')).toEqual(['kube-system']);
    const [context = ''] = await values('plan', '--context', '');
    expect(readFileSync(inject('kubeconfig'), 'utf8')).toContain(context);
  });

  it('is left to the shell where files are meant, and is nothing where no cluster answers', async () => {
    expect(await values('plan', '-f', '')).toEqual([':files']);
    expect(await values('apply', '')).toEqual([':files']);
    environment = { ...environment, KUBECONFIG: '/nowhere' };
    expect(await values('history', '')).toEqual([]);
    environment = { ...environment, KUBECONFIG: inject('kubeconfig') };
  });
});

describe('bash', () => {
  /** What bash itself offers for a line, as after Tab. */
  function offered(...words: string[]): string[] {
    const folder = mkdtempSync(join(tmpdir(), 'vidra-bash-'));
    const bin = new URL('../../bin/vidra.js', import.meta.url).pathname;
    writeFileSync(join(folder, 'vidra'), `#!/bin/sh\nexec ${process.execPath} ${bin} "$@"\n`);
    chmodSync(join(folder, 'vidra'), 0o755);
    symlinkSync(new URL('../../completions/vidra.bash', import.meta.url).pathname, join(folder, 'script'));
    const script = `source ${folder}/script; COMP_WORDS=(vidra "$@"); COMP_CWORD=$#; compopt() { echo ":$*"; }
      _vidra vidra; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = spawnSync('bash', ['-c', script, 'bash', ...words], {
      env: { ...environment, PATH: `${folder}:${process.env['PATH']}`, HOME: folder },
      encoding: 'utf8',
    });
    return stdout.split('\n').filter((line) => line !== '');
  }

  it('offers verbs, values behind an equals sign, names and files', () => {
    expect(offered('pl')).toEqual(['plan']);
    expect(offered('plan', '--output', '=', 'm')).toEqual(['markdown']);
    expect(offered('history', '')).toEqual([`${namespace}-web`]);
    expect(offered('plan', '-f', '')).toEqual([':-o default']);
  });
});
