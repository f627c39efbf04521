/** Label selectors of workloads, as the API takes them in a query. */
import type { JsonObject, JsonValue } from './manifest.ts';

interface Expression {
  readonly key?: string;
  readonly operator?: string;
  readonly values?: readonly string[];
}

/** `plain`: labels and values alone, as a ReplicationController has them. Nothing when it selects nothing. */
export function selectorText(selector: JsonValue | undefined, plain: boolean): string | undefined {
  if (typeof selector !== 'object' || selector === null) return undefined;
  const { matchLabels = {}, matchExpressions = [] } = (plain ? { matchLabels: selector } : selector) as JsonObject;
  const labels = Object.entries(matchLabels as JsonObject).map(([name, value]) => `${name}=${value}`);
  const texts = [...labels, ...(matchExpressions as readonly Expression[]).map(expressionText)];
  return texts.length > 0 ? texts.join(',') : undefined;
}

function expressionText({ key, operator, values = [] }: Expression): string {
  if (operator === 'Exists') return `${key}`;
  if (operator === 'DoesNotExist') return `!${key}`;
  return `${key} ${operator === 'NotIn' ? 'notin' : 'in'} (${values.join(',')})`;
}
