/** What must be true of two runs that overtook each other. */
import type { Outcome } from '../../../src/engine/run.ts';
import type { ErrorCode } from '../../../src/errors.ts';
import type { Change, Plan } from '../../../src/plan/plan.ts';
import type { KubeObject } from '../../support/cluster.ts';
import { keysIn } from './marks.ts';
import type { Objects } from './oracle.ts';
import type { Raced } from './world.ts';

type Data = Readonly<Record<string, string>> | undefined;

/** Faults of runs that overtook each other: changes may have failed, but nothing was done that neither plan says. */
export function faultsOfRace(runs: Raced['runs'], before: Objects, after: Objects): string[] {
  const made = runs.flatMap(({ plan, result }) => {
    return result ? result.outcomes.filter((one) => one.result === 'succeeded') : rowsWith(plan);
  });
  return [
    ...[...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
      const own = made.filter(({ change }) => change.reference.name === name);
      return unsaid(own, before.get(name), after.get(name)).map((fault) => `${name} ${fault}, as no plan says`);
    }),
    ...runs.flatMap(({ result }) => result?.outcomes.flatMap(unexplained) ?? []),
    ...made.flatMap((row) => undone(row, after)),
  ];
}

/** `result` is nothing where the process has not told. */
type Row = Pick<Outcome, 'owner' | 'change'> & Partial<Pick<Outcome, 'result'>>;

function rowsWith(plan: Plan): Row[] {
  return plan.owners.flatMap(({ owner, changes }) => changes.map((change) => ({ owner: owner.name, change })));
}

function unsaid(rows: readonly Row[], was: KubeObject | undefined, is: KubeObject | undefined): string[] {
  const says = (action: Change['action']) => rows.some(({ change }) => change.action === action);
  if (was && was.metadata.uid !== is?.metadata.uid && !says('delete')) return ['was deleted'];
  if (is && was?.metadata.uid !== is.metadata.uid && !says('create')) return ['was created'];
  if (!is) return [];
  const found = was?.metadata.uid === is.metadata.uid ? was : undefined;
  const keys = new Set([...Object.keys(found?.data ?? {}), ...Object.keys(is.data ?? {})]);
  return [...keys].flatMap((key) => {
    const [value, now] = [found?.data?.[key], is.data?.[key]];
    if (value === now) return [];
    if (now !== undefined) return rows.some((row) => dataOf(row)?.[key] === now) ? [] : [`has ${key} ${now}`];
    return rows.some((row) => takesAway(row, key)) || (found && isGivenUp(found, key, rows)) ? [] : [`lost ${key}`];
  });
}

function dataOf({ change }: Row): Data {
  return 'desired' in change ? ((change.desired.manifest['data'] ?? {}) as Data) : undefined;
}

function takesAway({ change }: Row, key: string): boolean {
  if (!('differences' in change)) return false;
  const gone = change.differences.filter(({ after }) => after === undefined);
  return gone.some(({ path }) => path === 'data' || path === `data.${key}`);
}

/** What two owners give up at once goes, though each of their plans says that the other one still wants it. */
function isGivenUp(object: KubeObject, key: string, rows: readonly Row[]): boolean {
  const holders = (object.metadata.managedFields ?? []).filter((entry) => keysIn(entry).includes(key));
  const leavers = rows.filter(({ change }) => change.action === 'release' || 'desired' in change);
  const isLeft = ({ manager }: { readonly manager: string }) =>
    leavers.some((row) => manager.startsWith(`vidra:${row.owner}@`) && dataOf(row)?.[key] === undefined);
  return holders.length > 0 && holders.every(isLeft);
}

/** What one has written, and wants, no other one takes away. */
function undone({ owner, change, result }: Row, after: Objects): string[] {
  if (result === undefined || !('desired' in change)) return [];
  const { name } = change.reference;
  const entries = after.get(name)?.metadata.managedFields ?? [];
  return entries.some(({ manager }) => manager.startsWith(`vidra:${owner}@`))
    ? []
    : [`${owner} has written ${name}, and it was taken away`];
}

function unexplained({ owner, change, result, problem }: Outcome): string[] {
  const codes: readonly (ErrorCode | undefined)[] = ['PLAN_STALE', 'CONFLICT', 'DEPENDENCY_FAILED'];
  if (result === 'succeeded' || codes.includes(problem?.code)) return [];
  return [`${owner} could not ${change.action} ${change.reference.name}: ${problem?.code} ${problem?.message}`];
}
