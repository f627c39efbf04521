import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type KubeconfigSelection, loadKubeconfig } from '../../../src/cluster/kubeconfig.ts';

let folder: string;
let first: string;
let second: string;

function config(current: string, names: readonly string[], port: number): string {
  const list = (make: (name: string) => object) => JSON.stringify(names.map(make));
  return [
    'apiVersion: v1',
    'kind: Config',
    `current-context: "${current}"`,
    `clusters: ${list((name) => ({ name, cluster: { server: `https://${name}.example.org:${port}` } }))}`,
    `users: ${list((name) => ({ name, user: { token: `token of ${name} at ${port}` } }))}`,
    `contexts: ${list((name) => ({ name, context: { cluster: name, user: name } }))}`,
  ].join('\n');
}

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vidra-kubeconfig-'));
  first = write('first', config('', ['shared', 'one'], 1));
  second = write('second', config('two', ['shared', 'two'], 2));
});
afterAll(() => rmSync(folder, { recursive: true }));

const several = () => [first, join(folder, 'missing'), second].join(delimiter);

async function load(selection: Partial<KubeconfigSelection>) {
  const loaded = await loadKubeconfig({ environment: {}, ...selection });
  return {
    context: loaded.currentContext,
    server: loaded.getCurrentCluster()?.server,
    token: loaded.getCurrentUser()?.token,
  };
}

/** The message of the KUBECONFIG_INVALID that loading ends with. */
async function refusal(selection: Partial<KubeconfigSelection>): Promise<string> {
  const error = await loadKubeconfig({ environment: {}, ...selection }).catch((cause) => cause);
  expect(error).toMatchObject({ code: 'KUBECONFIG_INVALID' });
  return error.message;
}

describe('several files', () => {
  test('are merged: missing ones are passed over, and the first current context that is set counts', async () => {
    expect(await load({ environment: { KUBECONFIG: several() } })).toEqual({
      context: 'two',
      server: 'https://two.example.org:2',
      token: 'token of two at 2',
    });
  });

  test('are merged: the first that names a thing wins', async () => {
    expect(await load({ context: 'shared', environment: { KUBECONFIG: several() } })).toEqual({
      context: 'shared',
      server: 'https://shared.example.org:1',
      token: 'token of shared at 1',
    });
  });

  test('give way to the one that is named on the command line', async () => {
    const environment = { KUBECONFIG: first };
    expect((await load({ file: second, environment })).server).toBe('https://two.example.org:2');
  });
});

describe('without a named file', () => {
  test('the one in the home folder counts', async () => {
    mkdirSync(join(folder, '.kube'));
    write(join('.kube', 'config'), config('home', ['home'], 3));
    expect((await load({ environment: { HOME: folder } })).server).toBe('https://home.example.org:3');
  });

  test('and without any, it is an error that names the place', async () => {
    const message = await refusal({ environment: { HOME: join(folder, 'nobody') } });
    expect(message).toContain(join(folder, 'nobody', '.kube', 'config'));
  });

  test('and without any, the account of the Pod that the program runs in counts', async () => {
    vi.stubEnv('KUBERNETES_SERVICE_HOST', '10.0.0.1');
    vi.stubEnv('KUBERNETES_SERVICE_PORT', '443');
    const environment = { HOME: join(folder, 'nobody'), KUBERNETES_SERVICE_HOST: '10.0.0.1' };
    expect((await load({ environment })).server).toBe('https://10.0.0.1:443');
    vi.unstubAllEnvs();
  });
});

describe('inside a Pod', () => {
  const inside = () => ({ HOME: join(folder, 'nobody'), KUBERNETES_SERVICE_HOST: '10.0.0.1' });

  test('a named file that is missing is an error, and never the cluster around', async () => {
    expect(await refusal({ file: join(folder, 'missing'), environment: inside() })).toContain('no such file');
  });

  test('a named context is an error without a file, and never the cluster around', async () => {
    expect(await refusal({ context: 'two', environment: inside() })).toContain('no such file');
  });

  test('a file that is there counts before the cluster around', async () => {
    expect((await load({ environment: { ...inside(), KUBECONFIG: second } })).context).toBe('two');
  });
});

describe('an error names what is wrong', () => {
  test('an unknown context, and those that there are', async () => {
    const message = await refusal({ context: 'three', environment: { KUBECONFIG: several() } });
    expect(message).toBe(`${several()}: no context "three"; contexts: shared, one, two`);
  });

  test('no current context', async () => {
    expect(await refusal({ file: first })).toBe(`${first}: no current context; contexts: shared, one`);
  });

  test('a context without its cluster', async () => {
    const text = config('two', ['two'], 2).replace(/^clusters: .*$/m, 'clusters: []');
    expect(await refusal({ file: write('half', text) })).toContain('names the cluster "two", which is not there');
  });

  test.each([
    ['broken', 'clusters: ['],
    ['text', 'just a text'],
  ])('a file that is %s, without its content', async (name, text) => {
    const path = write(name, text);
    expect(await refusal({ file: path })).toContain(`${path}: `);
  });

  test('a broken file by line, and never quotes it: tokens may stand there', async () => {
    const path = write('leaking', `${config('two', ['two'], 2)}\n  token: secret-token\n bad: [`);
    const error = await loadKubeconfig({ environment: {}, file: path }).catch((cause) => cause);
    expect(error.message).toMatch(/line \d+: /);
    expect(JSON.stringify([error.message, error.stack, error.cause])).not.toContain('secret-token');
  });
});
