/** Changes a value deep inside another one without touching the original. */

import type { JsonValue } from './manifest.ts';
import { isObject } from './shape.ts';

/** The value with `change` made to everything at the path; `*` stands for every element of a list. The same value when nothing changed. */
export function replaceAt(
  value: JsonValue,
  path: readonly (string | number)[],
  change: (value: JsonValue) => JsonValue,
): JsonValue {
  const [step, ...rest] = path;
  if (step === undefined) return change(value);
  if (step === '*') {
    if (!Array.isArray(value)) return value;
    const items = value.map((item: JsonValue) => replaceAt(item, rest, change));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  const field = isObject(value) ? value[step] : undefined;
  if (field === undefined) return value;
  const changed = replaceAt(field, rest, change);
  return changed === field ? value : { ...(value as object), [step]: changed };
}
