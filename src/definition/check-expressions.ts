/** Holds the CEL expressions of a definition to the language. */
import type { JsonValue, Manifest } from '../manifest/manifest.ts';
import { describePath } from '../manifest/read-document.ts';
import { type Finding, isObject } from '../manifest/shape.ts';

const expressions = ['current', 'inProgress', 'failed'];

/** What is wrong with an expression, if anything. */
export type FaultOf = (text: string) => string | undefined;

/** What checks one expression; nothing where nobody can have written any. The interpreter is large, so it is loaded when it is needed. */
export async function loadFaultOf(isNeeded: boolean): Promise<FaultOf | undefined> {
  if (!isNeeded) return undefined;
  const { faultOf } = await import('../manifest/expression.ts');
  return faultOf;
}

/** Sentences that each start with the field. What is no text is left to other rules. */
export function checkExpressions(manifest: Manifest, faultOf: FaultOf): Finding[] {
  const spec = manifest['spec'];
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
}
