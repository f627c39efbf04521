/** What a user may not do is known before anything is done, and stops nothing else. */
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import type { Result } from '../../src/engine/run.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { createAccount } from '../support/account.ts';
import { type Cluster, connect } from '../support/cluster.ts';
import { actionsOf, resource, startEngine } from '../support/engine.ts';
import { startProxy } from '../support/proxy.ts';

let cluster: Cluster;
let namespace: string;
let other: string;

beforeAll(() => {
  cluster = connect(inject('kubeconfig'));
});
beforeEach(async () => {
  [namespace, other] = await Promise.all([cluster.createNamespace(), cluster.createNamespace()]);
});
afterAll(() => cluster.close());

const records = { apiGroups: ['infrahub.operators.com'], resources: ['*'], verbs: ['*'] };
const all = { apiGroups: [''], resources: ['configmaps', 'secrets', 'services'], verbs: ['*'] };

const secrets = { ...all, resources: ['secrets'] };
const allowed = (resource: string, ...verbs: readonly string[]) => ({ apiGroups: [''], resources: [resource], verbs });

const object = (kind: string, name: string, inNamespace: string, rest: object = {}) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: inNamespace },
  ...rest,
});
const configMap = (name: string, inNamespace = namespace) => object('ConfigMap', name, inNamespace);
const service = (name: string) => object('Service', name, namespace, { spec: { ports: [{ port: 80 }] } });

/** As `action name result`. */
const outcomesOf = ({ outcomes }: Result) =>
  outcomes.map(({ change, result }) => `${change.action} ${change.reference.name} ${result}`).sort();

const rowsOf = (plan: Plan) =>
  plan.owners.flatMap(({ changes }) =>
    changes
      .filter(({ action }) => action !== 'keep')
      .map((change) => {
        const reason = change.action === 'skip' ? `, ${change.code}, ${change.reason}` : '';
        return `${change.action} ${change.reference.kind} ${change.reference.name}${reason}`;
      }),
  );
const problemsOf = (plan: Plan) => plan.problems.map(({ code, message }) => `${code}: ${message}`);
const isReview = { path: /selfsubjectaccessreviews/ };

/** The engine of an account, through a proxy that counts. */
async function startAs(...rights: Parameters<typeof createAccount> extends [unknown, ...infer R] ? R : never) {
  const proxy = await startProxy(await createAccount(cluster, ...rights));
  const engine = await startEngine(proxy.kubeconfig, namespace);
  proxy.forget();
  return { ...engine, proxy, close: async () => void (await Promise.all([engine.close(), proxy.close()])) };
}

it('A namespace that may not be listed leaves the objects of other namespaces known', async () => {
  const admin = await startEngine(inject('kubeconfig'), namespace);
  const manifests = [configMap('a'), configMap('b', other), configMap('c')];
  await admin.apply([resource(`${namespace}-web`, ...manifests)]);

  const engine = await startEngine(await createAccount(cluster, { [namespace]: [all] }, [records]), namespace);
  const [plan] = (await engine.plan([resource(`${namespace}-web`, ...manifests)])).owners;
  expect(plan?.changes).toMatchObject([
    { action: 'keep', reference: { name: 'a' } },
    { action: 'skip', reference: { name: 'b' }, code: 'CLUSTER_FORBIDDEN' },
    { action: 'keep', reference: { name: 'c' } },
  ]);
  const removal = await engine.apply([resource(`${namespace}-web`)]);
  expect(outcomesOf(removal)).toEqual(['delete a succeeded', 'delete c succeeded']);
  expect(await cluster.exists(configMap('b', other))).toBe(true);
  await Promise.all([admin.close(), engine.close()]);
});

it('What may not be created is left out with the right that is missing, untried, and the rest is applied', async () => {
  const engine = await startAs(
    { [namespace]: [secrets, allowed('configmaps', '*'), allowed('services', 'get', 'list', 'patch')] },
    [records],
  );
  const wanted = resource(`${namespace}-web`, configMap('a'), service('b'));
  const { plan, outcomes } = await engine.apply([wanted]);
  expect(rowsOf(plan)).toEqual([
    'create ConfigMap a',
    `skip Service b, CLUSTER_FORBIDDEN, may not create services in namespace ${namespace}`,
  ]);
  expect(outcomes.map(({ result }) => result)).toEqual(['succeeded']);
  expect(engine.proxy.count({ path: /\/services\/b/, method: 'PATCH' })).toBe(0);
  await engine.close();
});

it('What may not be deleted is kept and recorded, and what may be is deleted, by kind and by name', async () => {
  const admin = await startEngine(inject('kubeconfig'), namespace);
  const web = (...manifests: object[]) => resource(`${namespace}-web`, ...manifests);
  await admin.apply([web(configMap('a'), configMap('b'), service('c'), configMap('d', other))]);
  const see = ['get', 'list', 'patch'];
  const byName = { ...allowed('configmaps', 'delete'), resourceNames: ['b'] };
  const engine = await startAs(
    {
      [namespace]: [secrets, allowed('configmaps', ...see), byName, allowed('services', '*')],
      [other]: [allowed('configmaps', '*')],
    },
    [records],
  );
  const result = await engine.apply([web()]);
  expect(rowsOf(result.plan)).toEqual([
    `skip ConfigMap a, CLUSTER_FORBIDDEN, may not delete configmaps in namespace ${namespace}`,
    'delete ConfigMap b',
    'delete Service c',
    'delete ConfigMap d',
  ]);
  expect(outcomesOf(result)).toEqual(['delete b succeeded', 'delete c succeeded', 'delete d succeeded']);
  expect(actionsOf(await admin.plan([web()]))).toEqual(['delete ConfigMap a']);
  await Promise.all([admin.close(), engine.close()]);
});

it('What may not be given up stays with its owner', async () => {
  const admin = await startEngine(inject('kubeconfig'), namespace);
  const [one, two] = [`${namespace}-one`, `${namespace}-two`];
  await admin.apply([resource(one, configMap('a')), resource(two, configMap('a'))]);
  const engine = await startAs({ [namespace]: [secrets, allowed('configmaps', 'get', 'list', 'delete')] }, [records]);
  const definitions = [resource(one), resource(two, configMap('a'))];
  expect(rowsOf(await engine.plan(definitions))).toEqual([
    `skip ConfigMap a, CLUSTER_FORBIDDEN, may not patch configmaps in namespace ${namespace}`,
  ]);
  await Promise.all([admin.close(), engine.close()]);
});

it('Nothing is asked of a plan that does nothing, and who may do everything is asked once', async () => {
  const proxy = await startProxy(inject('kubeconfig'));
  const engine = await startEngine(proxy.kubeconfig, namespace);
  const wanted = resource(`${namespace}-web`, configMap('a'), configMap('b', other), service('c'));
  await engine.apply([wanted]);
  expect(proxy.count(isReview)).toBe(1);
  proxy.forget();
  await engine.apply([wanted]);
  expect(proxy.count(isReview)).toBe(0);
  await engine.close();
  await proxy.close();
});

it('Who may not do everything is asked once for each verb and kind, and for nothing that was tried', async () => {
  const see = allowed('namespaces', 'get', 'list');
  const engine = await startAs({ [namespace]: [] }, [records, all, see]);
  const places = [namespace, other].flatMap((place) =>
    Array.from({ length: 20 }, (_, index) => configMap(`c-${index}`, place)),
  );
  const wanted = resource(`${namespace}-web`, ...places);
  // Of all, of the two verbs, and of the records: that they may be made, and changed.
  await engine.plan([wanted]);
  expect(engine.proxy.count(isReview)).toBe(1 + 2 + 2);
  engine.proxy.forget();
  await engine.plan([wanted], { validate: true });
  expect(engine.proxy.count(isReview)).toBe(1 + 2);
  await engine.close();
});

it.each([403, 404, 500])('Of a server that answers %i to the question nothing is concluded', async (status) => {
  const proxy = await startProxy(inject('kubeconfig'));
  const engine = await startEngine(proxy.kubeconfig, namespace);
  proxy.inject({ ...isReview, fault: { kind: 'status', status } });
  const { plan, outcomes } = await engine.apply([resource(`${namespace}-web`, configMap('a'))]);
  expect([rowsOf(plan), problemsOf(plan)]).toEqual([['create ConfigMap a'], []]);
  expect(outcomes.map(({ result }) => result)).toEqual(['succeeded']);
  await engine.close();
  await proxy.close();
});

it('Of rights in a Namespace that the plan makes nothing is concluded', async () => {
  const spaces = {
    apiGroups: [''],
    resources: ['namespaces', 'configmaps'],
    verbs: ['get', 'list', 'create', 'patch'],
  };
  const engine = await startAs({ [namespace]: [secrets] }, [
    records,
    { ...spaces, resources: ['namespaces'] },
    { ...spaces, resources: ['configmaps'], verbs: ['get', 'list'] },
  ]);
  const inner = `${namespace}-inner`;
  const wanted = resource(
    `${namespace}-web`,
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: inner } },
    configMap('a', inner),
    configMap('b'),
  );
  expect(rowsOf(await engine.plan([wanted]))).toEqual([
    `create Namespace ${inner}`,
    'create ConfigMap a',
    `skip ConfigMap b, CLUSTER_FORBIDDEN, may not patch configmaps in namespace ${namespace}`,
  ]);
  await engine.close();
});

it('Who may not keep records is told so by the plan, and does nothing', async () => {
  const engine = await startAs({ [namespace]: [allowed('secrets', 'get', 'list'), allowed('configmaps', '*')] });
  const wanted = resource(`${namespace}-web`, configMap('a'));
  expect(problemsOf(await engine.plan([wanted]))).toEqual(
    ['create', 'update'].map(
      (verb) => `CLUSTER_FORBIDDEN: may not ${verb} secrets in namespace ${namespace}, where Vidra keeps its records`,
    ),
  );
  await expect(engine.apply([wanted])).rejects.toMatchObject({ code: 'CLUSTER_FORBIDDEN' });
  expect(await cluster.exists(configMap('a'))).toBe(false);
  await engine.close();
});

it('A Namespace that may not be made holds up what would be in it, and nothing else', async () => {
  const see = allowed('namespaces', 'get', 'list');
  const engine = await startAs({ [namespace]: [] }, [records, all, see]);
  const inner = `${namespace}-inner`;
  const space = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: inner } };
  const { plan, outcomes } = await engine.apply([
    resource(`${namespace}-web`, space, configMap('a', inner), configMap('b')),
  ]);
  expect(rowsOf(plan)).toEqual([
    `skip Namespace ${inner}, CLUSTER_FORBIDDEN, may not patch namespaces`,
    'create ConfigMap a',
    'create ConfigMap b',
  ]);
  expect(
    outcomes.map(({ change, result, problem }) => `${change.reference.name} ${problem?.message ?? result}`).sort(),
  ).toEqual([`a depends on Namespace ${inner} of ${namespace}-web, which failed`, 'b succeeded']);
  await engine.close();
});
