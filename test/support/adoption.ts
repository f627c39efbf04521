/** A world to adopt objects in: made as other tools make them, applied, and held to what the plan said. */
import { expect } from 'vitest';
import type { Policy } from '../../src/definition/policy.ts';
import type { Manifest } from '../../src/manifest/manifest.ts';
import { differencesOf } from '../../src/plan/diff.ts';
import type { Difference, Plan } from '../../src/plan/plan.ts';
import type { KubeObject, Reference } from './cluster.ts';
import { actionsOf, type Engine, resource } from './engine.ts';
import { engine, proxy, useProxiedEngine } from './engine-stage.ts';
import { cluster, namespace } from './stage.ts';

export const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
export type Made = Reference & { metadata: { labels?: Record<string, string>; annotations?: Record<string, string> } };
type Definitions = Parameters<Engine['apply']>[0];

/** For a file of tests: each test gets a namespace, a proxy and an engine of its own. */
export function adoptionWorld() {
  useProxiedEngine();

  const configMap = (data: Record<string, string>, metadata: object = {}) =>
    ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace, ...metadata }, data }) as Made;
  /** As `kubectl create` does it. */
  const create = async (manifest: Made, fieldManager = 'kubectl-create'): Promise<KubeObject> => {
    const root = manifest.apiVersion === 'v1' ? '/api/v1' : `/apis/${manifest.apiVersion}`;
    const path = `${root}/namespaces/${namespace}/${manifest.kind.toLowerCase()}s`;
    const { status, text } = await cluster.request('POST', path, { body: manifest, query: { fieldManager } });
    expect(status, text).toBe(201);
    return JSON.parse(text);
  };
  /** As `kubectl apply` does it. */
  const kubectlApply = (manifest: Made) => {
    const annotations = { ...manifest.metadata.annotations, [lastApplied]: JSON.stringify(manifest) };
    return create({ ...manifest, metadata: { ...manifest.metadata, annotations } }, 'kubectl-client-side-apply');
  };
  const edit = (manifest: Made, body: object, fieldManager: string, subresource = '') =>
    cluster.patch(manifest, 'merge-patch', body, { query: { fieldManager }, subresource });
  const wipe = (manifest: Made) =>
    cluster.patch(manifest, 'json-patch', [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }]);
  const nameOf = (owner = 'web') => `${namespace}-${owner}`;
  const wanted = (manifest: object, owner?: string) => resource(nameOf(owner), manifest);
  /** Who holds something of an object, as `manager operation subresource`. */
  const holders = async (manifest: Made) =>
    ((await cluster.get(manifest)).metadata.managedFields ?? []).map(({ manager, operation, subresource = '' }) =>
      [manager.replace(/@.*/, ''), operation, subresource].join(' ').trim(),
    );
  const rowOf = (plan: Plan, owner?: string) => {
    const row = plan.owners.find((one) => one.owner.name === nameOf(owner))?.changes[0];
    if (!row) throw new Error(`no row of ${nameOf(owner)}`);
    return row;
  };
  /** Applies, and holds the plan to what became of the object, field by field. */
  const applyExactly = async (manifest: Made, definitions: Definitions, adopt?: Policy['adopt']) => {
    const before = await cluster.get(manifest);
    const { plan, outcomes } = await engine.apply(definitions, adopt ? adopting(adopt) : {});
    for (const { problem } of outcomes) if (problem) throw new Error(`${problem.code}: ${problem.message}`);
    const after = await cluster.get(manifest);
    expect(after.metadata.uid).toBe(before.metadata.uid);
    const differences = differencesOf(before as unknown as Manifest, after as unknown as Manifest);
    expect(shown(plan)).toEqual(sorted(differences));
    return { plan, before, after };
  };
  /** A second plan changes nothing, and asks for nothing but lists. */
  const expectSettled = async (definitions: Definitions) => {
    proxy.forget();
    expect(actionsOf(await engine.plan(definitions))).toEqual([]);
    expect(proxy.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(proxy.requests.filter(({ path }) => /\/(settings|web)$/.test(path))).toEqual([]);
  };
  return {
    get cluster() {
      return cluster;
    },
    get proxy() {
      return proxy;
    },
    get engine() {
      return engine;
    },
    get namespace() {
      return namespace;
    },
    configMap,
    create,
    kubectlApply,
    edit,
    wipe,
    nameOf,
    wanted,
    holders,
    /** How `holders` names an owner. */
    ours: (owner?: string) => `vidra:${nameOf(owner)} Apply`,
    rowOf,
    applyExactly,
    expectSettled,
  };
}

export const adopting = (adopt: Policy['adopt'] = 'IfUnowned') => ({ overrides: { adopt } });

/** All that a plan says would differ, each once. */
export function shown({ owners }: Pick<Plan, 'owners'>): Difference[] {
  const rows = owners.flatMap(({ changes }) => changes);
  const all = rows.flatMap((row) => ('differences' in row ? row.differences : []));
  return sorted([...new Map(all.map((difference) => [JSON.stringify(difference), difference])).values()]);
}

/** Without what the controllers of the control plane write as soon as they see a change. */
function sorted(differences: readonly Difference[]): Difference[] {
  return differences
    .filter(({ path }) => !path.includes('deployment.kubernetes.io/revision'))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
