/** Observes all owners of a run: their desired sets, their clusters, and the server's verdicts. */
import type { Cluster } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import { definedScopes, definedVersions } from '../manifest/defined-kinds.ts';
import { buildDesiredSet, type DesiredSet, type Scope } from '../manifest/desired-set.ts';
import { keyOf } from '../manifest/manifest.ts';
import { ownerOf } from '../manifest/owner.ts';
import { sharedWishes } from '../plan/agreement.ts';
import { withoutIgnored } from '../plan/ignore.ts';
import { abandoned, type OwnerObservation, type OwnerWish, type Verdict } from '../plan/observation.ts';
import type { Problem } from '../plan/plan.ts';
import { autoscalersOf } from '../plan/proof.ts';
import { createAutoscalerFinder } from './autoscalers.ts';
import { lookAtFormer } from './former.ts';
import { heirsOf } from './heirs.ts';
import { type OwnerIntent, problemOf } from './intent.ts';
import { createLastWishes } from './last-wishes.ts';
import { observeDestination } from './observe.ts';
import { createPredict } from './predict.ts';
import type { Run } from './run.ts';
import type { Target } from './target.ts';
import { type TrialOptions, trialsOf } from './try.ts';
import type { Trial } from './verdict.ts';

export interface ObservedOwners {
  readonly owners: readonly OwnerObservation[];
  /** Of destinations that cannot be reached; their owners are left out of the plan. */
  readonly problems: readonly Problem[];
}

/** Keeps the order of the intents within one destination. */
export async function observeOwners(
  target: Target,
  run: Run,
  intents: readonly OwnerIntent[],
): Promise<ObservedOwners> {
  const home = await target.home.identity();
  const servers = [...new Set(intents.map((intent) => intent.header.server))];
  const parts = await Promise.all(
    servers.map(async (server): Promise<ObservedOwners> => {
      const here = intents.filter((intent) => intent.header.server === server);
      try {
        const cluster = await target.clusterOf(server);
        return { owners: await observeOn(cluster, home, server, here, target, run), problems: [] };
      } catch (error) {
        // At home there is nothing to go on with.
        if (!(error instanceof VidraError) || server === '' || error.code === 'INTERRUPTED') throw error;
        return { owners: [], problems: [problemOf(error)] };
      }
    }),
  );
  return { owners: parts.flatMap((part) => part.owners), problems: parts.flatMap((part) => part.problems) };
}

type Unobserved = Omit<OwnerObservation, 'destination' | 'verdicts' | 'salt' | 'former'>;

async function observeOn(
  cluster: Cluster,
  home: string,
  server: string,
  intents: readonly OwnerIntent[],
  target: Target,
  run: Run,
): Promise<OwnerObservation[]> {
  const manifests = intents.flatMap((intent) => (intent.wish.type === 'wanted' ? intent.wish.manifests : []));
  const defined = definedScopes(manifests);
  const unobserved = intents.map((intent) => withDesiredSet(intent, home, cluster, defined));
  const desired = unobserved.flatMap(({ wish }) => (wish.type === 'wanted' ? wish.desired.objects : []));
  const recorded = unobserved.flatMap(({ record }) => [...(record?.entries.values() ?? [])]);
  run.emit({
    type: 'observing',
    kinds: new Set(desired.map(({ reference }) => reference.kind)).size,
    objects: desired.length,
  });
  const destination = await observeDestination(cluster, server, {
    wanted: desired.map(({ reference }) => reference),
    recorded: recorded.map(({ reference }) => reference),
    autoscalers: recorded.flatMap(autoscalersOf),
    abandoned: unobserved.flatMap(abandoned).map(({ reference }) => reference),
    defined: new Set(defined.keys()),
    definedVersions: definedVersions(manifests),
  });
  run.signal.throwIfAborted();
  const salted = target.salt === undefined ? {} : { salt: target.salt };
  const owners = await Promise.all(
    unobserved.map(async (part): Promise<OwnerObservation> => {
      const observed = { ...part, ...salted, destination, verdicts: new Map<string, Verdict>() };
      return { ...observed, former: await lookAtFormer(cluster, observed) };
    }),
  );
  return tryAll(cluster, owners, await trialOptions(owners, cluster, target), run);
}

function withDesiredSet(
  intent: OwnerIntent,
  home: string,
  cluster: Cluster,
  defined: ReadonlyMap<string, Scope>,
): Unobserved {
  const { header, record, policy, notes } = intent;
  const owner = ownerOf(header.name, home);
  if (intent.wish.type !== 'wanted')
    return { owner, header, record, policy, wish: intent.wish, problems: intent.problems, notes };
  const desired: DesiredSet = buildDesiredSet(intent.wish.manifests, {
    namespace: intent.wish.namespace,
    scopeOf: (kind) => {
      const type = cluster.typeOf(kind);
      if (type) return type.namespaced ? 'Namespaced' : 'Cluster';
      return defined.get(`${kind.group}/${kind.kind}`);
    },
  });
  const problems = [...intent.problems, ...desired.problems.map(problemOf)];
  const objects = desired.objects.map((object) => withoutIgnored(object, policy.ignore));
  const wish: OwnerWish = { type: 'wanted', desired: { ...desired, objects } };
  return { owner, header, record, policy, wish, problems, notes };
}

async function trialOptions(
  owners: readonly OwnerObservation[],
  cluster: Cluster,
  target: Target,
): Promise<TrialOptions> {
  const first = new Map<string, string>();
  for (const { owner, wish } of owners) {
    if (wish.type !== 'wanted') continue;
    for (const { reference } of wish.desired.objects) {
      const key = keyOf(reference);
      if (!first.has(key)) first.set(key, owner.name);
    }
  }
  const wishes = sharedWishes(owners);
  return {
    validate: target.validate,
    predict: await createPredict(cluster, owners),
    isFirst: (owner, key) => first.get(key) === owner,
    wishes,
    findAutoscaler: createAutoscalerFinder(cluster),
    heirs: heirsOf(owners, wishes),
    findLastWish: createLastWishes(target.history),
  };
}

async function tryAll(
  cluster: Cluster,
  owners: readonly OwnerObservation[],
  options: TrialOptions,
  run: Run,
): Promise<OwnerObservation[]> {
  const asked = owners.map((owner) => ({ owner, ...trialsOf(cluster, owner, options) }));
  const total = asked.reduce((sum, { trials }) => sum + trials.length, 0);
  let done = 0;
  const askOne = async ({ key, ask }: Trial, verdicts: Map<string, Verdict>) => {
    run.signal.throwIfAborted();
    verdicts.set(key, await ask());
    run.emit({ type: 'trying', done: ++done, total });
  };
  await Promise.all(asked.flatMap(({ trials, known }) => trials.map((trial) => askOne(trial, known))));
  return asked.map(({ owner, known }) => ({ ...owner, verdicts: known }));
}
