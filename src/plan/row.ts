/** What a row of a plan does, apart from what may differ while it does the same. */
import { canonicalJson } from '../manifest/json.ts';
import type { JsonValue } from '../manifest/manifest.ts';
import type { Change, Difference } from './plan.ts';

/** Everything else of a row is a part of what it does, also what is added to rows later. */
const circumstances: ReadonlySet<string> = new Set([
  'reason',
  'after',
  'resourceVersion',
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
  const facts = Object.entries(change).filter(([name, value]) => value !== undefined && !circumstances.has(name));
  return new Map(
    facts.map(([name, value]) => {
      const fact = name === 'desired' && 'desired' in change ? change.desired.digest : value;
      return [name, Array.isArray(fact) ? fact.map(canonicalJson).sort().join() : canonicalJson(fact as JsonValue)];
    }),
  );
}

export function differencesOfRow(change: Change): readonly Difference[] {
  return 'differences' in change ? change.differences : [];
}

/** Whether carrying the row out would write to the cluster. */
export function isAction(change: Change): boolean {
  return change.action !== 'keep' && change.action !== 'skip';
}
