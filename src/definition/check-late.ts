/** What only an interpreter of CEL can check: expressions of health checks, and rules between fields. It is large, so it is loaded when it is needed. */
import type { JsonValue, Manifest } from '../manifest/manifest.ts';
import { describePath } from '../manifest/read-document.ts';
import { type Finding, isObject } from '../manifest/shape.ts';
import { fill } from './fill.ts';
import type { MappingRule, Rule } from './rule.ts';
import { rulesByKind } from './rules.ts';

/** Sentences that each start with the field, on a manifest of a known kind. What breaks other rules is left to these. */
export type LateCheck = (manifest: Manifest) => readonly Finding[];

const expressions = ['current', 'inProgress', 'failed'];

/** What has to be checked where these fields are mentioned. */
export async function loadLateChecks(mentions: (field: string) => boolean): Promise<LateCheck[]> {
  const hasExpressions = mentions('healthChecks');
  const hasRules = Object.values(rulesByKind).flatMap(constrained).some(mentions);
  return Promise.all([...(hasExpressions ? [loadExpressions()] : []), ...(hasRules ? [loadRules()] : [])]);
}

/** Names of the fields that rules between fields are about. */
function constrained(rule: Rule): string[] {
  if (rule.type === 'list') return constrained(rule.items);
  if (rule.type !== 'mapping') return [];
  const own = (rule.validations ?? []).map(({ field }) => field.slice(field.lastIndexOf('.') + 1));
  return [...own, ...Object.values(rule.fields).flatMap(constrained)];
}

async function loadRules(): Promise<LateCheck> {
  const [{ checkRules }, { schemaOf }] = await Promise.all([
    import('../manifest/schema-rules.ts'),
    import('./schema.ts'),
  ]);
  const schemas = new Map(Object.entries(rulesByKind).map(([kind, rule]) => [kind, schemaOf(rule)]));
  return (manifest) => {
    const { fields } = rulesByKind[manifest.kind] as MappingRule;
    return [...checkRules(fill(manifest, fields), schemas.get(manifest.kind) ?? {})];
  };
}

async function loadExpressions(): Promise<LateCheck> {
  const { faultOf } = await import('../manifest/expression.ts');
  return ({ spec }) => {
    const checks = isObject(spec) ? spec['healthChecks'] : undefined;
    if (!Array.isArray(checks)) return [];
    return checks.flatMap((check: JsonValue, index) =>
      expressions.flatMap((name) => {
        const text = isObject(check) ? check[name] : undefined;
        const fault = typeof text === 'string' && text !== '' ? faultOf(text) : undefined;
        const path = ['spec', 'healthChecks', index, name];
        return fault === undefined ? [] : [{ path, message: `${describePath(path)} ${fault}` }];
      }),
    );
  };
}
