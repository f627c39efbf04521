/** When objects of a kind are healthy according to a definition, instead of by what is known of the kind. */
import { type Answer, compile, type Expression, faultOf, inputOf } from './expression.ts';
import { current, failed, type Health, progressing } from './health-state.ts';
import { groupVersion, type Manifest } from './manifest.ts';

/** As a definition writes it: CEL expressions over the fields of the object. */
export interface HealthExpressions {
  readonly apiVersion: string;
  readonly kind: string;
  readonly current: string;
  readonly inProgress?: string;
  readonly failed?: string;
}

export type HealthRule = (object: Manifest) => Health;

/** Finds the rule for a kind; of several the one for the very version, otherwise the first. */
export function healthRules(
  checks: readonly HealthExpressions[],
): (reference: { group: string; version: string; kind: string }) => HealthRule | undefined {
  const rules = checks.map((check) => ({ ...groupVersion(check.apiVersion), kind: check.kind, rule: ruleOf(check) }));
  return ({ group, version, kind }) => {
    const fitting = rules.filter((one) => one.group === group && one.kind === kind);
    return (fitting.find((one) => one.version === version) ?? fitting[0])?.rule;
  };
}

/** In the order of Flux: what holds first decides; when nothing holds, it is on its way. */
function ruleOf(check: HealthExpressions): HealthRule {
  const isInProgress = expression(check.inProgress);
  const hasFailed = expression(check.failed);
  const isCurrent = expression(check.current);
  return (object) => {
    const input = inputOf(object);
    if (holds(isInProgress?.(input))) return progressing(`it is in progress: ${shown(check.inProgress)}`);
    if (holds(hasFailed?.(input))) return failed(`its check has failed: ${shown(check.failed)}`);
    const answer = isCurrent?.(input);
    if (holds(answer)) return current;
    // Messages of the interpreter may quote values.
    const why = answer && 'fault' in answer && object.kind !== 'Secret' ? ` (${answer.fault})` : '';
    return progressing(`its check does not hold yet: ${shown(check.current)}${why}`);
  };
}

function expression(text: string | undefined): Expression | undefined {
  if (text === undefined) return undefined;
  const fault = faultOf(text);
  return fault === undefined ? compile(text) : () => ({ fault });
}

function holds(answer: Answer | undefined): boolean {
  return answer !== undefined && 'holds' in answer && answer.holds;
}

function shown(text = ''): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 120)}…` : line;
}
