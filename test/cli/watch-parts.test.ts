/** `vidra watch -f` on definitions that wait for others, or that are written by others than whoever runs it. */
import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { createAccount } from '../support/account.ts';
import { type Cluster, connect, type Reference } from '../support/cluster.ts';
import { write } from '../support/definitions.ts';
import { type Line, resource, type Written } from '../support/operator.ts';
import { violationsOf } from '../support/schema.ts';
import { type Ended, vidra } from '../support/vidra.ts';
import { waitFor } from '../support/wait-for.ts';

let cluster: Cluster;
let namespace: string;
let child: ChildProcess | undefined;
let output: string;
let ended: Promise<Ended>;

beforeAll(() => {
  cluster = connect(inject('kubeconfig'));
});
beforeEach(async () => {
  namespace = await cluster.createNamespace();
});
afterEach(async () => {
  child?.kill('SIGTERM');
  expect((await ended).code).toBe(0);
  expect(lines().flatMap((line) => violationsOf('watch', line))).toEqual([]);
});
afterAll(() => cluster.close());

const object = (kind: string, name: string, data?: Record<string, string>) =>
  ({ apiVersion: 'v1', kind, metadata: { name, namespace }, ...(data && { data }) }) as Reference;
const named = (name: string) => `${namespace}-${name}`;
const holding = (name: string, more: object = {}, ...others: Reference[]) =>
  resource(named(name), [object('ConfigMap', name, { color: 'red' }), ...others], more);
const textOf = (...definitions: Written[]) => definitions.map((one) => JSON.stringify(one)).join('\n---\n');
const after = (name: string) => ({ dependsOn: [{ kind: 'VidraResource', name: named(name) }] });
const healthChecks = [{ apiVersion: 'v1', kind: 'ConfigMap', current: "data.state == 'good'" }];

function start(file: string, ...flags: string[]): void {
  output = '';
  ended = vidra(['watch', '--set', namespace, '-f', file, '--interval', '1h', ...flags], {
    environment: { KUBECONFIG: inject('kubeconfig'), VIDRA_NAMESPACE: namespace },
    onStart: (started) => {
      child = started;
      started.stdout?.on('data', (chunk: string) => {
        output += chunk;
      });
    },
  });
}
const lines = (): Line[] =>
  output
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
const reconciled = () => lines().filter(({ event }) => event === 'reconciled');
const exists = (name: string) => cluster.exists(object('ConfigMap', name));

describe('what waits for another definition', () => {
  it('comes when that is healthy, in the same run', async () => {
    start(write('both.yaml', textOf(holding('then', after('first')), holding('first', { healthChecks }))));
    await waitFor('the first', () => exists('first'));
    expect(await exists('then')).toBe(false);
    await cluster.patch(object('ConfigMap', 'first'), 'merge-patch', { data: { state: 'good' } });
    await waitFor('the first look', () => reconciled().length > 0);
    expect([await exists('then'), reconciled().length]).toEqual([true, 1]);
    expect(reconciled()[0]?.result?.summary).toMatchObject({ create: 2 });

    await cluster.remove(object('ConfigMap', 'then'));
    await waitFor('what waited to be mended', () => exists('then'));
  });

  it('is left as it is while that is not ready, and said to wait', async () => {
    const file = write('both.yaml', textOf(holding('then', after('first')), holding('first', { healthChecks })));
    start(file, '--timeout', '1s');
    await waitFor('the first look', () => reconciled().length > 0);
    expect(JSON.stringify(reconciled()[0])).toContain(
      `VidraResource ${named('then')}: waits, and is left as it is: VidraResource ${named('first')} is not ready`,
    );
    expect(await exists('then')).toBe(false);
    writeFileSync(file, textOf(holding('then', after('first')), holding('first')));
    await waitFor('what waited', () => exists('then'));
  });
});

describe('what names a ServiceAccount', () => {
  it('is written as that, with no rights but those that it has, and kept so', async () => {
    const verbs = ['get', 'list', 'watch', 'create', 'patch', 'update', 'delete'];
    await createAccount(cluster, { [namespace]: [{ apiGroups: [''], resources: ['configmaps'], verbs }] });
    const limited = holding('limited', { serviceAccountName: `${namespace}/user` }, object('Secret', 'hidden'));
    start(write('both.yaml', textOf(limited, holding('mine'))));
    await waitFor('the first look', () => reconciled().length > 0);
    expect([await exists('limited'), await exists('mine')]).toEqual([true, true]);
    expect(await cluster.exists(object('Secret', 'hidden'))).toBe(false);
    expect(JSON.stringify(reconciled()[0])).toContain(`system:serviceaccount:${namespace}:user`);
    for (const name of ['limited', 'mine']) {
      await cluster.remove(object('ConfigMap', name));
      await waitFor(`${name} to be mended`, () => exists(name));
    }
  });
});
