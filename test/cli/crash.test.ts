/** Runs that are killed, interrupted, or meet each other: whatever happens, the next run knows all that there is. */
import { describe, expect, it } from 'vitest';
import { resourceFile } from '../support/definitions.ts';
import { cluster, environment, namespace, useSharedCluster } from '../support/stage.ts';
import { type Ended, vidra } from '../support/vidra.ts';
import { waitFor } from '../support/wait-for.ts';

useSharedCluster();

const configMaps = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `settings-${from + index}`, namespace },
    data: { index: `${from + index}` },
  }));
const there = async () =>
  (await cluster.list('v1', 'ConfigMap', namespace, { labelSelector: 'managed-by=vidra' })).map(
    ({ metadata }) => metadata.name,
  );
const apply = (file: string, onStart?: Parameters<typeof vidra>[1]): Promise<Ended> =>
  vidra(['apply', '--yes', '--max-deletions', '400', '--set', namespace, '-f', file], { environment, ...onStart });

describe('a run that does not end by itself', () => {
  it('leaves no orphan when it is killed in the middle of 400 writes and run again with fewer', async () => {
    const name = `${namespace}-web`;
    const killed = await apply(resourceFile(name, configMaps(0, 400)), {
      onStart: (child) => {
        void waitFor('some of the writes', async () => (await there()).length > 20).then(() => child.kill('SIGKILL'));
      },
    });
    expect(killed.signal).toBe('SIGKILL');
    const before = (await there()).length;
    expect(before).toBeGreaterThan(20);
    expect(before).toBeLessThan(400);

    const again = await apply(resourceFile(name, configMaps(395, 400)));
    expect(again.stderr).toBe('');
    expect(again.code).toBe(0);
    expect((await there()).sort()).toEqual([
      'settings-395',
      'settings-396',
      'settings-397',
      'settings-398',
      'settings-399',
    ]);
    const gone = await apply(resourceFile(name, configMaps(0, 1)));
    expect(gone.code).toBe(0);
    expect(await there()).toEqual(['settings-0']);
  });

  it('records what it did when it is interrupted, and exits with 130', async () => {
    const name = `${namespace}-web`;
    const stopped = await apply(resourceFile(name, configMaps(0, 400)), {
      onStart: (child) => {
        void waitFor('some of the writes', async () => (await there()).length > 20).then(() => child.kill('SIGINT'));
      },
    });
    expect(stopped.code).toBe(130);
    const written = (await there()).length;
    expect(written).toBeLessThan(400);
    // What was written is recorded as applied, so the plan has just the rest to create.
    const plan = await vidra(['plan', '--set', namespace, '-f', resourceFile(name, configMaps(0, 400)), '-o', 'json'], {
      environment,
    });
    expect(JSON.parse(plan.stdout).summary).toMatchObject({ create: 400 - written, keep: written, update: 0 });
    const again = await apply(resourceFile(name, configMaps(0, 400)));
    expect(again.code).toBe(0);
    expect(await there()).toHaveLength(400);
  });
});

describe('two runs at once', () => {
  it('both succeed with the same task', async () => {
    const file = resourceFile(`${namespace}-web`, configMaps(0, 150));
    const both = await Promise.all([apply(file), apply(file)]);
    expect(both.map(({ code, stdout }) => [code, code === 0 ? '' : stdout])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect(await there()).toHaveLength(150);
    const plan = await vidra(['plan', '--set', namespace, '-f', file, '--detailed-exitcode'], { environment });
    expect(plan.code).toBe(0);
  });

  it('leave nothing that nobody knows, with different tasks for one owner', async () => {
    const name = `${namespace}-web`;
    await Promise.all([apply(resourceFile(name, configMaps(0, 100))), apply(resourceFile(name, configMaps(50, 150)))]);
    const settled = await apply(resourceFile(name, configMaps(0, 10)));
    expect(settled.code).toBe(0);
    expect(await there()).toHaveLength(10);
  });
});
