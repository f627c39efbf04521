/** What must be true of a history, whatever happened in it: a simple model of who wants what. */

import type { Result } from '../../../src/engine/run.ts';
import type { InventoryRecord } from '../../../src/inventory/inventory.ts';
import { keyOf } from '../../../src/manifest/manifest.ts';
import { isOwnerManager } from '../../../src/manifest/owner.ts';
import type { Change, Plan } from '../../../src/plan/plan.ts';
import type { KubeObject } from '../../support/cluster.ts';
import { holds, isMarked, keysIn, keysOf } from './marks.ts';
import { type Home, homeOf, type OwnerName, owners, privateKey, type Wanted } from './step.ts';

export type Objects = ReadonlyMap<string, KubeObject>;

interface Facts {
  readonly namespace: string;
  readonly definitions: ReadonlyMap<OwnerName, Wanted>;
  readonly strange: ReadonlySet<string>;
  /** Owners that cannot have all that they want: what they leave stays until they can. */
  readonly unfinished?: ReadonlySet<OwnerName>;
}

/**
 * Faults of one apply, as sentences: something was lost that somebody wants, or that is not Vidra's. What the owners of other
 * homes than `home` have come to want, and not applied, nobody can know.
 */
export function faultsOfApply(facts: Facts, before: Objects, after: Objects, home?: Home): string[] {
  return [...before].flatMap(([name, object]) => {
    const now = after.get(name);
    if (facts.strange.has(name)) {
      return now?.metadata.resourceVersion === object.metadata.resourceVersion
        ? []
        : [`${name} is a stranger's, and was touched`];
    }
    const holders = owners.filter((owner) => holds(facts, owner, object) && facts.definitions.get(owner)?.[name]);
    if (holders.length > 0 && now?.metadata.uid !== object.metadata.uid)
      return [`${name} is wanted by ${holders}, and was deleted`];
    const lost = owners.flatMap((owner) => lostBy(facts, owner, name, object, now, home));
    if (lost.length > 0) return lost;
    // What went, and was made anew by somebody else in the same race, is another object.
    const isSame = now?.metadata.uid === object.metadata.uid;
    return isSame && now?.data?.[privateKey] !== object.data?.[privateKey]
      ? [`the private key of ${name} was touched`]
      : [];
  });
}

/** What an owner wants, was there for it, and is not any more; another owner may want another value. */
function lostBy(
  facts: Facts,
  owner: OwnerName,
  name: string,
  before: KubeObject,
  now: KubeObject | undefined,
  home: Home | undefined,
): string[] {
  if (!isMarked(facts, owner, before)) return [];
  const wanted = Object.entries(facts.definitions.get(owner)?.[name] ?? {});
  const others = [...facts.definitions].filter(([other]) => other !== owner).map(([, all]) => all[name] ?? {});
  return wanted
    .filter(([key, value]) => before.data?.[key] === value && now?.data?.[key] !== value)
    .filter(([key]) => homeOf[owner] === home || keysOf(facts, owner, before).includes(key))
    .filter(([key, value]) => others.every((other) => (other[key] ?? value) === value))
    .map(([key]) => `${owner} wants ${name}.${key}, and it was lost`);
}

/** Faults of a plan that was carried out: what it said, field by field, and what the server has. */
export function faultsOfPlan({ plan, outcomes }: Result, before: Objects, after: Objects): string[] {
  if (outcomes.some(({ result }) => result !== 'succeeded')) return [];
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].flatMap((name) => {
    const rows = rowsOf(plan, name);
    const said = expectedData(before.get(name) && (before.get(name)?.data ?? {}), rows);
    const is = after.get(name) && (after.get(name)?.data ?? {});
    if (JSON.stringify(sorted(said)) === JSON.stringify(sorted(is))) return [];
    const actions = rows.map(({ action }) => action).join(', ');
    return [`${name}: the plan (${actions}) said ${JSON.stringify(said)}, and it is ${JSON.stringify(is)}`];
  });
}

function rowsOf(plan: Plan, name: string): Change[] {
  return plan.owners.flatMap(({ changes }) => changes.filter(({ reference }) => reference.name === name));
}

type Data = Readonly<Record<string, string>> | undefined;

function expectedData(found: Data, rows: readonly Change[]): Data {
  let data: Record<string, string> | undefined = rows.length > 0 || found ? { ...found } : undefined;
  const isThere = found !== undefined || rows.some(({ action }) => action === 'create');
  for (const row of rows) {
    if (row.action === 'create') Object.assign(data ?? {}, row.desired.manifest['data']);
    if (!('differences' in row)) continue;
    for (const { path, before, after } of row.differences) {
      const key = /^data\.(.+)$/.exec(path)?.[1];
      // The whole of it comes with its first key, and goes with its last.
      if (path === 'data' && after) data = { ...data, ...(after as Record<string, string>) };
      else if (path === 'data') for (const gone of Object.keys(before ?? {})) delete data?.[gone];
      else if (key && after === undefined) delete data?.[key];
      else if (key) data = { ...data, [key]: String(after) };
    }
  }
  return rows.some(({ action }) => action === 'delete') || !isThere ? undefined : data;
}

function sorted(data: Data): unknown {
  return data && Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Faults at the end, when every home has applied all that it has until nothing was left to do. */
export function faultsOfEnd(
  facts: Facts,
  objects: Objects,
  recorded: ReadonlyMap<OwnerName, InventoryRecord>,
): string[] {
  const names = new Set([
    ...objects.keys(),
    ...[...facts.definitions.values()].flatMap((wanted) => Object.keys(wanted)),
  ]);
  return [...names].flatMap((name) => [
    ...faultsOfObject(facts, name, objects.get(name)),
    ...faultsOfRecords(facts, name, objects.get(name), recorded),
  ]);
}

function faultsOfObject(facts: Facts, name: string, object: KubeObject | undefined): string[] {
  const { definitions, strange } = facts;
  if (strange.has(name)) return object ? [] : [`${name} is a stranger's, and is gone`];
  const wishes = [...definitions.values()].flatMap((wanted) => (wanted[name] ? [wanted[name]] : []));
  const isHeld = object !== undefined && [...(facts.unfinished ?? [])].some((owner) => isMarked(facts, owner, object));
  if (wishes.length === 0) return object && !isHeld ? [`${name} is wanted by nobody, and is there`] : [];
  if (!object) return [`${name} is wanted, and is not there`];
  const held = heldKeys(facts, object);
  const keys = new Set([...Object.keys(object.data ?? {}), ...wishes.flatMap(Object.keys)]);
  const isContended = [...keys].some((key) => contenders(object, key, wishes, held).size > 1);
  return [...keys].flatMap((key) => {
    const value = object.data?.[key];
    const values = contenders(object, key, wishes, held);
    // Where two want different values, the object of one of them stays as it was: nothing more is said of it.
    if (isContended) return [];
    if (values.size === 0) return value === undefined ? [] : [`${name}.${key} is ${value}, and nobody wants it`];
    return value !== undefined && values.has(value) ? [] : [`${name}.${key} is ${value}, and should be ${[...values]}`];
  });
}

/** Values that somebody wants a key to have: owners, and whoever else holds it. */
function contenders(object: KubeObject, key: string, wishes: readonly Data[], held: ReadonlySet<string>): Set<string> {
  const values = wishes.flatMap((wish) => (wish?.[key] === undefined ? [] : [wish[key]]));
  return new Set([...values, ...(held.has(key) ? [object.data?.[key] ?? ''] : [])]);
}

/** The keys that controllers hold, or owners who do not let them go yet: all of them where somebody has wiped whose they are. */
function heldKeys(facts: Facts, object: KubeObject): Set<string> {
  const owners = [...(facts.unfinished ?? [])].filter((owner) => isMarked(facts, owner, object));
  if (owners.some((owner) => !holds(facts, owner, object))) return new Set(Object.keys(object.data ?? {}));
  const strangers = (object.metadata.managedFields ?? []).filter(({ manager }) => !isOwnerManager(manager));
  return new Set([...strangers.flatMap(keysIn), ...owners.flatMap((owner) => keysOf(facts, owner, object))]);
}

// Who wants an object has it on record, unless it may not have it; who does not want it has not.
function faultsOfRecords(
  facts: Facts,
  name: string,
  object: KubeObject | undefined,
  recorded: ReadonlyMap<OwnerName, InventoryRecord>,
): string[] {
  const key = keyOf({ group: '', kind: 'ConfigMap', namespace: facts.namespace, name });
  return owners.flatMap((owner) => {
    const wants = facts.definitions.get(owner)?.[name] !== undefined;
    const entry = recorded.get(owner)?.entries.get(key);
    const has = entry !== undefined;
    // What a process announced before it died may still be under way.
    const isAnnounced = entry?.state === 'pending';
    if (facts.unfinished?.has(owner)) return [];
    if (!wants && has && !isAnnounced) return [`${owner} has ${name} on record, and does not want it`];
    if (object && holds(facts, owner, object) && !wants) return [`${owner} holds ${name}, and does not want it`];
    if (object && holds(facts, owner, object) && !has) return [`${owner} holds ${name}, and has it not on record`];
    return [];
  });
}
