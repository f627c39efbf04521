/** Fields that owners of one plan want at different values: none of them overwrites another one, and all are told. */
import type { FieldConflict } from '../cluster/cluster.ts';
import { canonicalJson } from '../manifest/json.ts';
import { keyedLists } from '../manifest/list-keys.ts';
import { type JsonObject, type JsonValue, keyOf, type Manifest } from '../manifest/manifest.ts';
import type { Owner } from '../manifest/owner.ts';
import { isSameAmount } from '../manifest/quantity.ts';
import { isObject } from '../manifest/shape.ts';
import { describeConflicts, resolveConflicts, withoutFields } from './conflict.ts';
import { interestKey } from './interest.ts';
import { boundedNote } from './names.ts';
import type { OwnerObservation } from './observation.ts';
import { isWrite } from './order.ts';
import type { Change, OwnerPlan, WriteChange } from './plan.ts';
import { describeYields } from './yields.ts';

/** What an earlier owner of the plan is going to apply to an object. */
interface Claim {
  readonly owner: Owner;
  readonly manifest: Manifest;
}

/**
 * The server tells conflicts with what is applied already. Of what is only planned the first owner gets its way, as it
 * will when the plan is carried out. `writes` are in the order of the owners.
 */
export function settleDisputes(
  owners: readonly OwnerObservation[],
  writes: readonly (readonly Change[])[],
): (readonly Change[])[] {
  const claims = new Map<string, Claim[]>();
  return owners.map((observed, index) =>
    (writes[index] ?? []).map((change) => {
      if (!isWrite(change)) return change;
      const place = interestKey(observed.destination.server, keyOf(change.reference));
      const earlier = claims.get(place) ?? [];
      const settled = earlier.length === 0 ? change : settle(observed, change, earlier);
      if (isWrite(settled)) claims.set(place, [...earlier, { owner: observed.owner, manifest: sentBy(settled) }]);
      return settled;
    }),
  );
}

function settle({ owner, policy }: OwnerObservation, change: WriteChange, earlier: readonly Claim[]): Change {
  const manifest = sentBy(change);
  const conflicts = earlier.flatMap((claim) =>
    differingFields(manifest, claim.manifest).map((field) => ({ field, manager: claim.owner.manager })),
  );
  if (conflicts.length === 0) return change;
  const resolution = resolveConflicts(conflicts, { manifest, rules: policy.conflicts, adopting: false });
  if (resolution.blocked.length > 0) return inConflict(owner, change, resolution.blocked);
  const reason = [change.reason, ...describeYields(resolution.yield, owner)].join('; ');
  return { ...change, reason, yield: [...change.yield, ...resolution.yield] };
}

function sentBy(change: WriteChange): Manifest {
  return withoutFields(change.desired.manifest, change.yield);
}

function inConflict(owner: Owner, change: WriteChange, conflicts: readonly FieldConflict[]): Change {
  const reason = describeConflicts(conflicts, { owner, manifest: change.desired.manifest });
  return { action: 'skip', code: 'CONFLICT', reference: change.reference, reason, after: [], conflicts };
}

/** Fields that certainly cannot have both values, in the API server's notation. Of lists only those whose keys are known. */
export function differingFields(mine: Manifest, theirs: Manifest): string[] {
  if (mine.apiVersion !== theirs.apiVersion) return [];
  const keys = new Map(keyedLists(mine).map(([path, names]) => [path.join('.'), names]));
  const found: string[] = [];
  const compare = (one: JsonValue, other: JsonValue, path: string, pattern: string): void => {
    if (isObject(one) && isObject(other)) {
      for (const [name, value] of Object.entries(one)) {
        const theirValue = Object.hasOwn(other, name) ? other[name] : undefined;
        if (value === undefined || theirValue === undefined) continue;
        compare(value, theirValue, `${path}.${name}`, pattern === '' ? name : `${pattern}.${name}`);
      }
    } else if (Array.isArray(one) && Array.isArray(other)) {
      for (const [item, theirItem, selector] of itemsInBoth(one, other, keys.get(pattern) ?? []))
        compare(item, theirItem, `${path}[${selector}]`, `${pattern}.*`);
    } else if (canonicalJson(one) !== canonicalJson(other) && !isSameAmount(one, other)) found.push(path);
  };
  compare(mine, theirs, '', '');
  return found;
}

function itemsInBoth(
  mine: readonly JsonValue[],
  theirs: readonly JsonValue[],
  keys: readonly string[],
): [mine: JsonValue, theirs: JsonValue, selector: string][] {
  const selectorOf = (item: JsonValue) =>
    keys.length > 0 && isObject(item) && keys.every((key) => item[key] !== undefined)
      ? keys.map((key) => `${key}=${canonicalJson((item as JsonObject)[key] as JsonValue)}`).join(',')
      : undefined;
  const others = new Map(theirs.map((item) => [selectorOf(item), item]));
  return mine.flatMap((item): [JsonValue, JsonValue, string][] => {
    const selector = selectorOf(item);
    const other = selector === undefined ? undefined : others.get(selector);
    return selector === undefined || other === undefined ? [] : [[item, other, selector]];
  });
}

/** Tells owners of fields that another owner of the plan does not get from them. */
export function tellDisputes(owners: readonly OwnerObservation[], plans: readonly OwnerPlan[]): OwnerPlan[] {
  const claims = claimsOf(owners, plans);
  if (claims.size === 0) return [...plans];
  return plans.map((plan, index) => {
    const server = owners[index]?.destination.server ?? '';
    const told = plan.changes.map((change) => {
      const lost = claims.get(claimKey(server, plan.owner.manager, keyOf(change.reference))) ?? [];
      return { change, text: describeLost(change, lost) };
    });
    const changes = told.map(({ change, text }) =>
      text === '' ? change : { ...change, reason: `${change.reason}; ${text}` },
    );
    // The rows of unchanged objects are not shown.
    const unseen = told.filter(({ change, text }) => change.action === 'keep' && text !== '');
    const notes = unseen.map(({ change: { reference }, text }) => ({ reference, text }));
    return { ...plan, changes, notes: [...plan.notes, ...boundedNote(notes, 'are wanted in another way')] };
  });
}

/** Nothing for an owner that gives the object up, and of what the owner's own row says already. */
function describeLost(change: Change, lost: readonly LostClaim[]): string {
  const own = change.action === 'skip' ? change.conflicts : [];
  if (own === undefined || change.action === 'release' || change.action === 'delete') return '';
  const news = lost.filter(({ by }) => !own.some(({ manager }) => manager === by.manager));
  return news.map(({ by, field }) => `${by.name} wants another value of ${field}`).join(', ');
}

interface LostClaim {
  readonly by: Owner;
  readonly field: string;
}

/** What owners do not get, by who has it. */
function claimsOf(owners: readonly OwnerObservation[], plans: readonly OwnerPlan[]): Map<string, LostClaim[]> {
  const claims = new Map<string, LostClaim[]>();
  for (const [index, { owner, changes }] of plans.entries()) {
    const server = owners[index]?.destination.server ?? '';
    for (const change of changes) {
      if (change.action !== 'skip') continue;
      for (const { field, manager } of change.conflicts ?? []) {
        const key = claimKey(server, manager, keyOf(change.reference));
        const known = claims.get(key);
        if (known) known.push({ by: owner, field });
        else claims.set(key, [{ by: owner, field }]);
      }
    }
  }
  return claims;
}

function claimKey(server: string, manager: string, key: string): string {
  return `${interestKey(server, key)} ${manager}`;
}
