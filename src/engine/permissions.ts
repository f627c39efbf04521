/** Asks beforehand what the caller may do, so that the plan says what would be refused. */
import type { Cluster, Permission, ResourceType } from '../cluster/cluster.ts';
import { VidraError } from '../errors.ts';
import { type Forbidden, type Need, needKey, needsOf } from '../plan/permissions.ts';
import { hasChanges, type Plan, type Problem } from '../plan/plan.ts';
import type { Target } from './target.ts';

export interface Refused {
  readonly forbidden: Forbidden;
  /** What may not be done with the records, without which nothing is done at all. */
  readonly problems: readonly Problem[];
}

/** Of all that the plan does; asks nothing for one that does nothing. */
export async function refusedOf(target: Target, plan: Plan): Promise<Refused> {
  if (!hasChanges(plan)) return { forbidden: new Map(), problems: [] };
  const restricted = createRestricted();
  const [problems, ...refused] = await Promise.all([
    refusedRecords(target, plan, restricted),
    ...groupBy(needsOf(plan), ({ server }) => server).map(async (needs) => {
      const cluster = await target.clusterOf(needs[0]?.server ?? '');
      if (!(await restricted(cluster))) return [];
      const questions = groupBy(needs, ({ verb, reference: { group, kind } }) => [verb, group, kind].join(' '));
      return (await Promise.all(questions.map((some) => refusedNeeds(cluster, some)))).flat();
    }),
  ]);
  return { problems, forbidden: new Map(refused.flat()) };
}

const anything: ResourceType = { group: '*', version: '*', kind: '*', resource: '*', namespaced: true, verbs: [] };

/** Whether there is anything that the caller may not do in a cluster. One question for those who may do everything, as many may. */
function createRestricted(): (cluster: Cluster) => Promise<boolean> {
  const answers = new Map<Cluster, Promise<boolean>>();
  return async (cluster) => {
    const answer = answers.get(cluster) ?? may(cluster, { verb: '*', type: anything, namespace: '' });
    answers.set(cluster, answer);
    return !(await answer);
  };
}

/** Of needs of one verb and one kind. Who may do it everywhere is asked once; who may not, for each namespace, and then by name. */
async function refusedNeeds(cluster: Cluster, needs: readonly Need[]): Promise<[string, string][]> {
  const [first] = needs;
  const type = first && cluster.typeOf(first.reference);
  if (!type) return [];
  const { verb } = first;
  const namespaces = groupBy(needs, ({ reference }) => reference.namespace);
  if (namespaces.length > 1 && (await may(cluster, { verb, type, namespace: '' }))) return [];
  const refused = await Promise.all(
    namespaces.map(async (here) => {
      const namespace = here[0]?.reference.namespace ?? '';
      if (await may(cluster, { verb, type, namespace })) return [];
      const answers = await Promise.all(
        here.map(({ reference: { name } }) => may(cluster, { verb, type, namespace, name })),
      );
      return here.filter((_, index) => answers[index] === false);
    }),
  );
  return refused.flat().map((need) => [needKey(need), describe({ verb, type, namespace: need.reference.namespace })]);
}

async function refusedRecords(
  { home, inventory }: Target,
  plan: Plan,
  restricted: (cluster: Cluster) => Promise<boolean>,
): Promise<Problem[]> {
  const isChanged = ({ changes }: Plan['owners'][number]) =>
    changes.some(({ action }) => action !== 'keep' && action !== 'skip');
  const permissions = inventory.permissions(plan.owners.filter(isChanged).map(({ owner }) => owner.name));
  if (permissions.length === 0 || !(await restricted(home))) return [];
  const answers = await Promise.all(permissions.map((permission) => may(home, permission)));
  return permissions
    .filter((_, index) => answers[index] === false)
    .map((permission): Problem => {
      const message = `${describe(permission)}, where Vidra keeps its records`;
      return { code: 'CLUSTER_FORBIDDEN', message };
    });
}

/** Where nobody answers, nothing is concluded. */
async function may(cluster: Cluster, permission: Permission): Promise<boolean> {
  try {
    return await cluster.mayI(permission);
  } catch (error) {
    if (!(error instanceof VidraError) || error.code === 'INTERRUPTED') throw error;
    return true;
  }
}

/** As it is to be asked for: with the names that roles have for kinds. */
function describe({ verb, type, namespace, subresource }: Permission): string {
  const resource = [type.resource, ...(subresource ? [subresource] : [])].join('/');
  const what = type.group ? `${resource}.${type.group}` : resource;
  return `may not ${verb} ${what}${namespace ? ` in namespace ${namespace}` : ''}`;
}

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group) group.push(value);
    else groups.set(keyOf(value), [value]);
  }
  return [...groups.values()];
}
