/** CEL expressions over one object. Loaded only where somebody wrote one. */
import { Environment, EvaluationError, ParseError } from '@marcbachmann/cel-js';
import type { JsonObject, JsonValue, Manifest } from './manifest.ts';

/** What an expression can name, as CEL values; `self` is the whole object. */
export type ExpressionInput = Readonly<Record<string, unknown>>;

/** Whether it holds, or why that cannot be said. */
export type Answer = { readonly holds: boolean } | { readonly fault: string };

export type Expression = (input: ExpressionInput) => Answer;

const longest = 4096;
const fields = ['metadata', 'spec', 'status', 'data'];

const environment = new Environment({
  homogeneousAggregateLiterals: false,
  enableOptionalTypes: true,
  limits: { maxAstNodes: 1000, maxDepth: 50, maxListElements: 100, maxMapEntries: 100, maxCallArguments: 16 },
});
for (const name of [...fields, 'self']) environment.registerVariable(name, 'map');

/** What is wrong with an expression, with the place in it; nothing when it may be true or false. */
export function faultOf(text: string): string | undefined {
  if (text.length > longest) return `has more than ${longest} characters`;
  const { valid, type, error } = environment.check(text);
  if (!valid) return `is not valid CEL: ${describe(error)}`;
  return type === 'bool' || type === 'dyn' ? undefined : `must be true or false, not ${type}`;
}

/** Expects a text without faults. */
export function compile(text: string): Expression {
  const evaluate = environment.parse(text);
  return (input) => {
    try {
      const value: unknown = evaluate(input);
      return typeof value === 'boolean' ? { holds: value } : { fault: 'it is neither true nor false' };
    } catch (error) {
      if (error instanceof EvaluationError || error instanceof ParseError) return { fault: describe(error) };
      throw error;
    }
  };
}

/** Fields that are missing are empty, so that `has(status.phase)` can be asked of an object without a status. */
export function inputOf(object: Manifest): ExpressionInput {
  const self = celValue(object) as JsonObject;
  return { self, ...Object.fromEntries(fields.map((name) => [name, self[name] ?? {}])) };
}

/** CEL tells integers from other numbers. */
function celValue(value: JsonValue | undefined): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(celValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, celValue(field)]));
}

function describe(error: { summary?: string; message: string; range?: { start: number } } | undefined): string {
  const place = error?.range ? `, at character ${error.range.start + 1}` : '';
  return `${error?.summary ?? error?.message ?? 'it cannot be read'}${place}`;
}
