/** Runs Vidra's engine in the test's own process against the real API server: definitions in, plan and result out. */

import { setMaxListeners } from 'node:events';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { connectCluster } from '../../src/cluster/connect.ts';
import { defaultConduct } from '../../src/definition/conduct.ts';
import type { Definition } from '../../src/definition/definition.ts';
import { defaultPolicy } from '../../src/definition/policy.ts';
import { type CarryOutOptions, carryOut } from '../../src/engine/carry-out.ts';
import { prepare } from '../../src/engine/prepare.ts';
import type { Result, Run } from '../../src/engine/run.ts';
import type { Target } from '../../src/engine/target.ts';
import { connectHistory } from '../../src/history/secrets.ts';
import { connectInventory } from '../../src/inventory/connect.ts';
import { parseJson, stringifyJson } from '../../src/manifest/json.ts';
import type { Plan } from '../../src/plan/plan.ts';

export interface Engine {
  readonly cluster: Cluster;
  target(definitions: readonly Definition[], options?: Partial<Target>): Promise<Target>;
  plan(definitions: readonly Definition[], options?: Partial<Target>): Promise<Plan>;
  /** Does not wait unless it is told to. */
  apply(definitions: readonly Definition[], options?: Partial<Target>, wait?: CarryOutOptions): Promise<Result>;
  close(): Promise<void>;
}

/** Records are kept in a namespace of the test's own, `recordNamespace`. */
export async function startEngine(
  kubeconfig: string,
  recordNamespace: string,
  { signal = new AbortController().signal, emit = () => undefined }: Partial<Run> = {},
): Promise<Engine> {
  // Every request under way listens for the abort.
  setMaxListeners(0, signal);
  const run: Run = { signal, emit };
  const cluster = await connectCluster({ file: kubeconfig, environment: {}, signal });
  const target = async (definitions: readonly Definition[], options: Partial<Target> = {}): Promise<Target> => ({
    set: recordNamespace,
    definitions,
    sourceOf: () => Promise.reject(new Error('no source in this test')),
    home: cluster,
    clusterOf: () => Promise.resolve(cluster),
    namespace: 'default',
    inventory: await connectInventory(cluster, recordNamespace),
    history: await connectHistory(cluster, recordNamespace),
    overrides: {},
    consent: { confirmed: [] },
    validate: false,
    prune: false,
    ...options,
  });
  return {
    cluster,
    target,
    async plan(definitions, options) {
      await cluster.discover();
      return prepare(await target(definitions, options), run);
    },
    async apply(definitions, options, wait = { wait: false, timeoutMs: 60_000 }) {
      await cluster.discover();
      const to = await target(definitions, options);
      return carryOut(await prepare(to, run), to, run, wait);
    },
    close: () => cluster.close(),
  };
}

/** A VidraResource that holds these manifests; without any, one that is being deleted, since an empty one changes nothing. */
export function resource(name: string, ...manifests: readonly object[]): Definition {
  return {
    kind: 'VidraResource',
    name,
    origin: { source: `${name}.yaml`, document: 1, line: 1, column: 1 },
    manifest: manifests.map((manifest) => stringifyJson(parseJson(JSON.stringify(manifest)))).join('\n---\n'),
    destination: { reconcileOnEvents: false },
    policy: defaultPolicy,
    ...defaultConduct,
    ...(manifests.length === 0 && { stored: { uid: name, generation: 1, annotations: {}, deleting: true } }),
  };
}

/** The actions of a plan as `action Kind name`, unchanged objects left out, in the plan's order. */
export function actionsOf(plan: Plan): string[] {
  return plan.owners.flatMap(({ changes }) =>
    changes
      .filter(({ action }) => action !== 'keep')
      .map(({ action, reference }) => `${action} ${reference.kind} ${reference.name}`),
  );
}
