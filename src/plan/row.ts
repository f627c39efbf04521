/** What a row of a plan does, apart from what may differ while it does the same. */
import { placesAt } from '../manifest/field-path.ts';
import { canonicalJson } from '../manifest/json.ts';
import type { JsonValue } from '../manifest/manifest.ts';
import type { Change, Difference, WriteChange } from './plan.ts';

/** Everything else of a row is a part of what it does, also what is added to rows later. */
const circumstances: ReadonlySet<string> = new Set([
  'reason',
  'after',
  'resourceVersion',
  'predecessor',
  'appliedAt',
  'applied',
  'confidence',
  'recorded',
  'proof',
  'differences',
  'deleting',
  'holds',
  'contest',
]);

/** The facts of a sealed row by name, as text to compare; but for its differences. The order of a list is no fact. */
export function factsOf(change: Change): ReadonlyMap<string, string> {
  const facts = Object.entries(change).filter(
    ([name, value]) => value !== undefined && !circumstances.has(name) && !isOnlyShown(name, value),
  );
  return new Map(
    facts.map(([name, value]) => {
      const fact = name === 'desired' && 'desired' in change ? change.desired.digest : value;
      return [name, Array.isArray(fact) ? fact.map(canonicalJson).sort().join() : canonicalJson(fact as JsonValue)];
    }),
  );
}

// That two rows are one rename is found out anew each time, and depends on what else is left to do.
function isOnlyShown(name: string, value: unknown): boolean {
  return (name === 'renamedFrom' || name === 'renamedTo') && (value as WriteChange['renamedFrom'])?.first === 'new';
}

/** What is different from an old name is no part of what is done. */
export function differencesOfRow(change: Change): readonly Difference[] {
  return 'differences' in change && change.action !== 'create' ? change.differences : [];
}

/**
 * What a row says of one field, as text to compare. To what value the server sets a field that the manifest does not name,
 * by a default or a webhook, is not said: some set another one each time.
 */
export function saidOf(change: Change, difference: Difference): string {
  const { path, before, after, digests } = difference;
  const isOurs = !('desired' in change) || placesAt(change.desired.manifest, serverPath(path)).length > 0;
  if (after === undefined || isOurs) return canonicalJson(difference as unknown as JsonValue);
  const masked = digests?.before;
  return canonicalJson({ path, ...(before !== undefined && { before }), ...(masked && { digest: masked }), after: {} });
}

function serverPath(path: string): string {
  return path.startsWith('[') ? path : `.${path}`;
}

/** Whether carrying the row out would write to the cluster. */
export function isAction(change: Change): boolean {
  return change.action !== 'keep' && change.action !== 'skip';
}
