/** The real world of one history: two homes, one cluster that both manage, and everybody else who writes to it. */
import { setMaxListeners } from 'node:events';
import type { Cluster as Port } from '../../../src/cluster/cluster.ts';
import type { Definition } from '../../../src/definition/definition.ts';
import { carryOut } from '../../../src/engine/carry-out.ts';
import { prepare } from '../../../src/engine/prepare.ts';
import type { Result } from '../../../src/engine/run.ts';
import type { Target } from '../../../src/engine/target.ts';
import { connectHistory } from '../../../src/history/secrets.ts';
import { connectInventory } from '../../../src/inventory/connect.ts';
import type { InventoryRecord } from '../../../src/inventory/inventory.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import type { Cluster, KubeObject } from '../../support/cluster.ts';
import { resource } from '../../support/engine.ts';
import { Crash, fuse } from './crash.ts';
import { type Deed, type Home, homeOf, type OwnerName, owners, type Process, type Race, type Wanted } from './step.ts';
import { createTurns } from './turns.ts';

/** What every history shares. `port` is Vidra's way to a cluster, `raw` that of the test. */
export interface Homes {
  readonly near: { readonly port: Port; readonly raw: Cluster };
  readonly far: { readonly port: Port; readonly raw: Cluster };
}

export interface World {
  readonly namespace: string;
  /** What the definitions say now; nothing for those that are in no set. */
  readonly definitions: ReadonlyMap<OwnerName, Wanted>;
  /** Objects that a person made and Vidra never had. */
  readonly strange: ReadonlySet<string>;
  /** Nothing when the process crashed. */
  apply(process: Process): Promise<Result | undefined>;
  race(race: Race): Promise<Raced>;
  plan(home: Home): Promise<Plan>;
  take(deed: Deed): Promise<void>;
  objects(): Promise<Map<string, KubeObject>>;
  records(home: Home): Promise<InventoryRecord[]>;
  /** Leaves nothing that other histories would have to read. */
  end(): Promise<void>;
}

/** What came of a race: what there was when the first process began to act, and of each process its plan, and its result unless it crashed. */
export interface Raced {
  readonly before: ReadonlyMap<string, KubeObject>;
  readonly runs: readonly { readonly plan: Plan; readonly result: Result | undefined }[];
}

const signal = new AbortController().signal;
setMaxListeners(0, signal);
const run = { signal, emit: () => undefined };

export async function startWorld(homes: Homes): Promise<World> {
  const { raw } = homes.near;
  const namespace = await raw.createNamespace();
  // Records lie in a namespace of the same name in both homes.
  await homes.far.raw.request('POST', '/api/v1/namespaces', { body: { metadata: { name: namespace } } });
  const definitions = new Map<OwnerName, Wanted>();
  const strange = new Set<string>();
  const reference = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } });
  const path = (name: string) => `/api/v1/namespaces/${namespace}/configmaps/${name}`;

  const targetOf = async (home: Home, wrap: (cluster: Port) => Port): Promise<Target> => {
    const port = wrap(homes[home].port);
    const managed = home === 'near' ? port : wrap(homes.near.port);
    return {
      set: namespace,
      definitions: owners
        .filter((owner) => homeOf[owner] === home && definitions.has(owner))
        .map((owner) => definitionOf(owner, definitions.get(owner) ?? {})),
      sourceOf: () => Promise.reject(new Error('no source in this test')),
      home: port,
      clusterOf: (server) => Promise.resolve(server === '' ? port : managed),
      namespace,
      inventory: await connectInventory(port, namespace),
      history: await connectHistory(port, namespace),
      overrides: { historyLimit: 0 },
      consent: { confirmed: [], maxDeletions: { percent: 100 } },
      validate: false,
      prune: true,
    };
  };
  const definitionOf = (owner: OwnerName, wanted: Wanted): Definition => {
    const manifests = Object.entries(wanted).map(([name, data]) => ({ ...reference(name), data }));
    const definition = resource(`${namespace}-${owner}`, ...manifests);
    if (homeOf[owner] === 'near') return definition;
    return { ...definition, destination: { ...definition.destination, server: homes.near.port.server } };
  };
  const objects = async () => {
    const found = await raw.list<KubeObject>('v1', 'ConfigMap', namespace);
    const own = found.filter(({ metadata }) => metadata.name !== 'kube-root-ca.crt');
    return new Map(own.map((object) => [object.metadata.name, object]));
  };

  const plan = async (home: Home) => prepare(await targetOf(home, (cluster) => cluster), run);
  const act = async ({ home, crash }: Process, planned: Plan, wrap = (cluster: Port) => cluster) => {
    const mortal = crash ? fuse(crash).wrap : (cluster: Port) => cluster;
    try {
      const target = await targetOf(home, (cluster) => wrap(mortal(cluster)));
      return await carryOut(planned, target, run, { wait: false, timeoutMs: 60_000 });
    } catch (error) {
      if (error instanceof Crash) return undefined;
      throw error;
    }
  };
  const take = async (step: Deed): Promise<void> => {
    switch (step.type) {
      case 'write':
        definitions.set(step.owner, step.wanted);
        return;
      case 'withdraw':
        definitions.delete(step.owner);
        return;
      case 'edit': {
        const headers = { 'content-type': 'application/merge-patch+json' };
        const query = { fieldManager: 'kubectl-edit' };
        await raw.request('PATCH', path(step.name), { body: { data: { [step.key]: step.value } }, headers, query });
        return;
      }
      case 'control':
        if ((await objects()).has(step.name)) {
          const body = { ...reference(step.name), data: { [step.key]: step.value } };
          const headers = { 'content-type': 'application/apply-patch+yaml' };
          await raw.request('PATCH', path(step.name), { body, headers, query: { fieldManager: 'controller' } });
        }
        return;
      case 'rename': {
        const { [step.from]: content, ...rest } = definitions.get(step.owner) ?? {};
        if (content && !(step.to in rest)) definitions.set(step.owner, { ...rest, [step.to]: content });
        return;
      }
      case 'wipe': {
        const headers = { 'content-type': 'application/merge-patch+json' };
        await raw.request('PATCH', path(step.name), { body: { metadata: { managedFields: [{}] } }, headers });
        return;
      }
      case 'delete':
        await raw.request('DELETE', path(step.name));
        strange.delete(step.name);
        return;
      case 'make': {
        const { status } = await raw.request('POST', `/api/v1/namespaces/${namespace}/configmaps`, {
          body: { ...reference(step.name), data: { made: 'by hand' } },
        });
        if (status === 201) strange.add(step.name);
      }
    }
  };

  return {
    namespace,
    definitions,
    strange,
    objects,
    plan,
    apply: async (process) => act(process, await plan(process.home)),
    async race({ processes, meanwhile, bursts }) {
      const [first, second] = processes;
      const early = await plan(first.home);
      if (meanwhile) await take(meanwhile);
      const before = await objects();
      const turns = createTurns(bursts);
      const enter = async (index: number, process: Process, planned: () => Promise<Plan>) => {
        try {
          const own = await planned();
          return { plan: own, result: await act(process, own, (cluster) => turns.wrap(index, cluster)) };
        } finally {
          turns.leave(index);
        }
      };
      const runs = await Promise.all([
        enter(0, first, () => Promise.resolve(early)),
        enter(1, second, () => turns.take(1, () => plan(second.home))),
      ]);
      return { before, runs };
    },
    take,
    records: async (home) => {
      const records = await (await targetOf(home, (cluster) => cluster)).inventory.list();
      return records.filter(({ header }) => header.set === namespace);
    },
    async end() {
      const secrets = { query: { labelSelector: 'vidra.infrahub.operators.com/inventory' } };
      await Promise.all([
        raw.request('DELETE', `/api/v1/namespaces/${namespace}/configmaps`),
        raw.request('DELETE', `/api/v1/namespaces/${namespace}/secrets`, secrets),
        homes.far.raw.request('DELETE', `/api/v1/namespaces/${namespace}/secrets`, secrets),
      ]);
    },
  };
}
