import { describe, expect, test } from 'vitest';
import { recordIntent, recordOutcome } from '../../../src/engine/record.ts';
import type { Outcome } from '../../../src/engine/run.ts';
import type { ErrorCode } from '../../../src/errors.ts';
import type { Inventory, InventoryChange } from '../../../src/inventory/inventory.ts';
import { digestsOf } from '../../../src/manifest/content.ts';
import type { OwnerPlan } from '../../../src/plan/plan.ts';
import {
  changeOf,
  desired,
  entry,
  key,
  live,
  type OwnerFacts,
  observed,
  owner,
  planFor,
  tried,
  type World,
} from '../../support/make.ts';

const web = 'Deployment shop/web';
const a = owner('a');
const run = '2026-08-01T12:00:00.000Z-aaaaaaaa';

/** An inventory that keeps nothing, and what it was told. */
function listener() {
  const told: { change: InventoryChange; gone: boolean }[] = [];
  const inventory: Inventory = {
    permissions: () => [],
    list: async () => [],
    recall: () => undefined,
    write: async (change, options) => void told.push({ change, gone: options?.gone ?? false }),
  };
  return { inventory, told };
}

function planOf(facts: OwnerFacts, world: World = {}): OwnerPlan {
  const plan = planFor([observed(a, facts, world)]).owners[0] as OwnerPlan;
  return { ...plan, header: { ...plan.header, checksum: 'new' } };
}

function outcomeOf(plan: OwnerPlan, text: string, more: Partial<Outcome>): Outcome {
  const change = changeOf({ owners: [plan] }, text);
  return { owner: 'a', change, result: 'succeeded', ...more };
}

async function after(plan: OwnerPlan, outcomes: readonly Outcome[]) {
  const { inventory, told } = listener();
  await recordOutcome(inventory, plan, outcomes, run);
  expect(told).toHaveLength(1);
  return told[0] as (typeof told)[number];
}

const failedWith = (code: ErrorCode) => ({ result: 'failed', problem: { code, message: 'x' } }) as const;

describe('before the first write', () => {
  test('what is new is announced, and what is recorded stays as it is', async () => {
    const config = 'ConfigMap shop/config';
    const facts = { wants: [desired(web), desired(config)], recorded: [entry(config)] };
    const { inventory, told } = listener();
    await recordIntent(inventory, planOf(facts), run);
    expect(told.map(({ change }) => change)).toMatchObject([
      { run, put: [{ reference: desired(web).reference, state: 'pending', run }], drop: [] },
    ]);
  });

  test('nothing is written when there is nothing new', async () => {
    const { inventory, told } = listener();
    await recordIntent(inventory, planOf({ wants: [desired(web)], recorded: [entry(web)] }), run);
    await recordIntent(inventory, planOf({ leaves: 'gone', recorded: [entry(web)] }, { live: [live(web, [a])] }), run);
    expect(told).toEqual([]);
  });
});

describe('after a write', () => {
  const plan = planOf({ wants: [desired(web)] });
  const withdrawn = { put: [], drop: [], withdraw: [key(web)] };
  const untouched = { put: [], drop: [], withdraw: [] };

  test('that succeeded, the object is recorded with its proof, and the artifact’s digest with it', async () => {
    const proof = { uid: 'u', fields: 'f' };
    const { change } = await after(plan, [outcomeOf(plan, web, { proof })]);
    const { reference } = desired(web);
    expect(change.put).toEqual([{ reference, state: 'applied', ...digestsOf(desired(web)), ...proof }]);
    expect(change.header.checksum).toBe('new');
  });

  test.each<[string, Partial<Outcome>]>([
    ['was refused', failedWith('CLUSTER_REFUSED')],
    ['came too late', failedWith('PLAN_STALE')],
    ['was blocked', { result: 'blocked' }],
    ['was stopped before it began', { result: 'stopped' }],
  ])('that %s, its announcement is withdrawn', async (_case, more) => {
    const { change } = await after(plan, [outcomeOf(plan, web, more)]);
    expect(change).toMatchObject(withdrawn);
    expect(change.header).not.toHaveProperty('checksum');
  });

  test.each<ErrorCode>(['CLUSTER_UNREACHABLE', 'CLUSTER_FAILED', 'TIMEOUT', 'INTERRUPTED'])(
    'that ended with %s the announcement stays: the object may be there',
    async (code) => {
      const { change } = await after(plan, [outcomeOf(plan, web, failedWith(code))]);
      expect(change).toMatchObject(untouched);
    },
  );

  test('that failed, an object that was recorded before stays on record', async () => {
    const known = planOf({ wants: [desired(web)], recorded: [entry(web)] });
    const { change } = await after(known, [outcomeOf(known, web, failedWith('CLUSTER_REFUSED'))]);
    expect(change).toMatchObject(untouched);
  });
});

describe('after a removal', () => {
  const world = { live: [live(web, [a])] };
  const plan = planOf({ leaves: 'gone', recorded: [entry(web)] }, world);

  test('the object is forgotten when it is gone, and the record may go with it', async () => {
    const { change, gone } = await after(plan, [outcomeOf(plan, web, { gone: true })]);
    expect(change).toMatchObject({ put: [], drop: [key(web)] });
    expect(gone).toBe(true);
  });

  test('the object stays on record while it waits for finalizers', async () => {
    const { change } = await after(plan, [outcomeOf(plan, web, { gone: false })]);
    expect(change.drop).toEqual([]);
    expect(change.put).toEqual([{ reference: entry(web).reference, state: 'deleting', uid: `uid of ${web}` }]);
  });

  test.each<Partial<Outcome>>([failedWith('CLUSTER_FORBIDDEN'), { result: 'blocked' }, { result: 'stopped' }])(
    'that did not succeed ($result), the object stays on record as it was',
    async (more) => {
      const { change } = await after(plan, [outcomeOf(plan, web, more)]);
      expect(change).toMatchObject({ put: [], drop: [], withdraw: [] });
    },
  );

  test('what was released is forgotten', async () => {
    const shared = planOf({ wants: [], recorded: [entry(web)] }, { live: [live(web, [a, owner('b')])] });
    expect(changeOf({ owners: [shared] }, web).action).toBe('release');
    const { change, gone } = await after(shared, [outcomeOf(shared, web, { gone: true })]);
    expect(change.drop).toEqual([key(web)]);
    expect(gone).toBe(false);
  });
});

describe('without any change', () => {
  test('what is gone is forgotten, and a new proof is recorded', async () => {
    const config = 'ConfigMap shop/config';
    const facts = {
      wants: [desired(web)],
      recorded: [entry(web, { fields: 'older' }), entry(config)],
      verdicts: { [web]: tried() },
    };
    const { change } = await after(planOf(facts, { live: [live(web, [a])] }), []);
    expect(change.put).toEqual([entry(web)]);
    expect(change.drop).toEqual([key(config)]);
    expect(change.header.checksum).toBe('new');
  });

  test.each([
    ['an object is refused', { wants: [desired(web)] }, { live: [live(web, [])] }],
    [
      'a document cannot be read',
      { wants: [], problems: [{ code: 'MANIFEST_INVALID', message: 'line 3' }] as const },
      {},
    ],
  ])('the artifact does not count as applied when %s', async (_case, facts, world) => {
    const { change } = await after(planOf(facts, world), []);
    expect(change.header).not.toHaveProperty('checksum');
  });
});
