/** Objects of many kinds are applied by two owners, then left alone however the server spells their fields, left by one and deleted. */
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Definition } from '../../src/definition/definition.ts';
import { type Cluster, connect } from '../support/cluster.ts';
import { actionsOf, type Engine, resource, startEngine } from '../support/engine.ts';
import { everyKind, type ManifestWithoutName } from '../support/every-kind.ts';
import { waitFor } from '../support/wait-for.ts';

let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  cluster = connect(inject('kubeconfig'));
  namespace = await cluster.createNamespace();
});
afterAll(() => cluster.close());

test.concurrent.each(Object.entries(everyKind))('%s', async (id, template) => {
  const engine = await startEngine(inject('kubeconfig'), namespace);
  const set = `${namespace}-${id}`;
  const apply = (...definitions: Definition[]) => engine.apply(definitions, { set });
  const changes = async (...definitions: Definition[]) => actionsOf(await engine.plan(definitions, { set }));
  const [wanted, other] = [definition(id, template), definition(id, template, '-other')];
  const first = await apply(wanted, other);
  expect(first.outcomes.map(({ result, problem }) => problem ?? result)).toEqual(['succeeded', 'succeeded']);
  expect(actionsOf((await apply(wanted, other)).plan)).toEqual([]);
  for (const one of [wanted, other]) {
    await forgetProof(engine, one.name);
    // Without the proof, the server is asked.
    expect(await changes(one)).toEqual([]);
  }

  const left = await apply(wanted, resource(other.name));
  expect(left.outcomes.map(({ change, result }) => [change.action, result])).toEqual([['release', 'succeeded']]);
  expect(await changes(wanted)).toEqual([]);
  const nothing = [resource(wanted.name)];
  const { guards } = await engine.plan(nothing, { set });
  const consent = { confirmed: guards.map(({ subject }) => subject) };
  const removal = await engine.apply(nothing, { set, consent });
  expect(removal.outcomes.map(({ change, result }) => [change.action, result])).toEqual([['delete', 'succeeded']]);
  await waitFor('the record to be gone', async () => {
    await apply(...nothing);
    return (await recordOf(engine, wanted.name)) === undefined;
  });
  await engine.close();
});

function definition(id: string, { name, metadata, ...rest }: ManifestWithoutName, owner = ''): Definition {
  const manifest = { ...rest, metadata: { ...metadata, name: name ?? `${id.toLowerCase()}-${namespace}` } };
  const whole = resource(`${namespace}-${id.toLowerCase()}${owner}`, manifest);
  if (whole.kind !== 'VidraResource') throw new Error('a resource is a VidraResource');
  return { ...whole, destination: { reconcileOnEvents: false, namespace } };
}

async function recordOf(engine: Engine, name: string) {
  const records = await (await engine.target([])).inventory.list();
  return records.find(({ header }) => header.name === name);
}

async function forgetProof(engine: Engine, name: string): Promise<void> {
  const { inventory } = await engine.target([]);
  const record = (await inventory.list()).find(({ header }) => header.name === name);
  if (!record) throw new Error('nothing was recorded');
  const put = [...record.entries.values()].map(({ fields: _proof, ...entry }) => entry);
  await inventory.write({ header: record.header, run: 'test', put, drop: [] });
}
