/** Definitions that say by which Secret their cluster is reached, and as whom they are written: with files, and in a cluster. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createAccount, type Rule } from '../support/account.ts';
import { type Cluster, connect, type Reference } from '../support/cluster.ts';
import { write } from '../support/definitions.ts';
import { kubeconfigSecret, kubeconfigText } from '../support/destination.ts';
import { readKubeconfig } from '../support/kubeconfig.ts';
import { type Line, resource, type Written } from '../support/operator.ts';
import { cluster as home, namespace, useOwnCluster } from '../support/stage.ts';
import { vidra } from '../support/vidra.ts';

let other: Cluster;

useOwnCluster({ kinds: true });
beforeAll(() => {
  other = connect(inject('kubeconfig'));
});
afterAll(() => other.close());

const run = (words: readonly string[], KUBECONFIG = home.kubeconfig) =>
  vidra([...words, '--set', namespace], { environment: { KUBECONFIG, VIDRA_NAMESPACE: namespace } });
const configMap = (where = namespace): Reference => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: namespace, namespace: where },
});
const fileOf = (...definitions: Written[]) =>
  write('definitions.yaml', definitions.map((one) => JSON.stringify(one)).join('\n---\n'));
/** The flags by which the verbs find a definition: in a file, or in the cluster, from which it goes when the test is over. */
async function place(where: string, definition: Written): Promise<{ readonly flags: string[]; end(): Promise<void> }> {
  if (where === 'in a file') return { flags: ['-f', fileOf(definition)], end: async () => {} };
  await home.create(definition);
  return { flags: [], end: () => home.remove(definition) };
}

describe.each(['in a file', 'in the cluster'])('a definition %s that names a Secret', (where) => {
  const { server } = readKubeconfig(inject('kubeconfig'));
  const to = (more: object = {}) =>
    resource(`${namespace}-far`, [configMap('default')], {
      destination: { server, kubeconfigSecretRef: { namespace, name: 'there', ...more } },
    });
  const putSecret = (label?: string) =>
    home.apply(
      kubeconfigSecret(namespace, 'there', kubeconfigText(readKubeconfig(inject('kubeconfig'))), label),
      'test',
    );

  it('is planned and applied there', async () => {
    await putSecret();
    const { flags, end } = await place(where, to());
    expect(await run(['plan', ...flags, '--detailed-exitcode'])).toMatchObject({ code: 2, stderr: '' });
    expect(await run(['apply', ...flags])).toMatchObject({ code: 0, stderr: '' });
    expect([await other.exists(configMap('default')), await home.exists(configMap('default'))]).toEqual([true, false]);
    await other.remove(configMap('default'));
    await end();
  });

  it.each([
    ['is missing', {}, 'there is no such Secret in the home cluster'],
    ['has not the key', { key: 'config' }, 'has no entry config'],
    ['has not the context', { context: 'elsewhere' }, 'there to https://'],
  ])('is refused by name when that %s', async (_case, more, why) => {
    if (Object.keys(more).length > 0) await putSecret();
    const { flags, end } = await place(where, to(more));
    for (const verb of ['plan', 'apply']) {
      const { code, stdout, stderr } = await run([verb, ...flags]);
      expect(code).toBe(1);
      expect(stdout + stderr).toContain(why);
      expect(stdout + stderr).toContain(`${namespace}/there`);
    }
    await end();
  });
});

it('What left the files is reached by its server alone, and the error says how', async () => {
  const { server } = readKubeconfig(inject('kubeconfig'));
  const secret = (label?: string) =>
    kubeconfigSecret(namespace, 'there', kubeconfigText(readKubeconfig(inject('kubeconfig'))), label);
  await home.create(secret());
  const kubeconfigSecretRef = { namespace, name: 'there' };
  const far = resource(`${namespace}-far`, [configMap('default')], { destination: { server, kubeconfigSecretRef } });
  expect(await run(['apply', '-f', fileOf(far)])).toMatchObject({ code: 0 });
  const rest = ['-f', fileOf(resource(`${namespace}-near`, []))];
  const refused = await run(['prune', ...rest, '--yes']);
  expect(refused.code).toBe(1);
  expect(refused.stdout).toContain('no Secret in');
  expect(await other.exists(configMap('default'))).toBe(true);
  await home.apply(secret('127.0.0.1'), 'test');
  expect(await run(['prune', ...rest, '--yes'])).toMatchObject({ code: 0 });
  expect(await other.exists(configMap('default'))).toBe(false);
});

describe('a definition that names a ServiceAccount which may not be acted as', () => {
  const all = ['get', 'list', 'watch', 'create', 'patch', 'update', 'delete'];
  const everything: Rule = { apiGroups: [''], resources: ['configmaps', 'secrets', 'namespaces'], verbs: all };
  const definitions: Rule = { apiGroups: ['infrahub.operators.com'], resources: ['*'], verbs: ['*'] };
  const limited = () =>
    resource(`${namespace}-limited`, [configMap()], { serviceAccountName: `${namespace}/deployer` });

  it.each(['in a file', 'in the cluster'])('is refused with what to grant, %s', async (where) => {
    const account = await createAccount(home, { [namespace]: [everything] }, [definitions, everything]);
    const { flags, end } = await place(where, limited());
    for (const verb of ['plan', 'apply']) {
      const { code, stdout, stderr } = await run([verb, ...flags], account);
      expect(code).toBe(1);
      expect(stdout + stderr).toContain(`ServiceAccount ${namespace}/deployer: may not be acted as`);
      expect(stdout + stderr).toContain('grant the verb "impersonate"');
    }
    expect(await home.exists(configMap())).toBe(false);
    await end();
  });

  it('is said so by watch, and by adopt, which take nothing', async () => {
    const account = await createAccount(home, { [namespace]: [everything] }, [definitions, everything]);
    const flags = ['-f', fileOf(limited(), resource(`${namespace}-mine`, [configMap()], {}))];
    await home.create(configMap());
    const adopted = await run(['adopt', `ConfigMap ${namespace}/${namespace}`, '-f', fileOf(limited())], account);
    expect(adopted).toMatchObject({ code: 1, stderr: expect.stringContaining('grant the verb "impersonate"') });
    await home.remove(configMap());

    let output = '';
    const ended = vidra(['watch', ...flags, '--set', namespace], {
      environment: { KUBECONFIG: account, VIDRA_NAMESPACE: namespace },
      onStart: (child) =>
        child.stdout?.on('data', (text: string) => {
          output += text;
          if (text.includes('"reconciled"')) child.kill('SIGTERM');
        }),
    });
    expect((await ended).code).toBe(0);
    const lines = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    const [run1] = lines.filter(({ event }) => event === 'reconciled');
    expect(JSON.stringify(run1)).toContain(`ServiceAccount ${namespace}/deployer: may not be acted as`);
    expect(await home.exists(configMap())).toBe(true);
  });
});
