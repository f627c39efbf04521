/** What an object would be if it were deleted and made anew. */
import type { JsonObject, JsonValue, Manifest } from '../manifest/manifest.ts';
import { isObject } from '../manifest/shape.ts';
import { itemKeyOf } from './diff.ts';

/**
 * `tried` is what the server made of `wanted` under another name. What the server fills in, such as an address or an id of its
 * own, is taken as it is now: nobody knows it before.
 */
export function madeAnew(current: Manifest, tried: Manifest, wanted: Manifest): Manifest {
  const { metadata, ...fields } = settle(current, tried, wanted) as Manifest;
  const { labels, annotations = {} } = metadata;
  const { labels: _labels, annotations: lost = {}, ...kept } = current.metadata;
  // What others have noted at the object is noted again by whoever needs it.
  const notes = Object.fromEntries(Object.entries(lost).filter(([name]) => !Object.hasOwn(annotations, name)));
  return {
    ...fields,
    metadata: { ...kept, ...(labels && { labels }), annotations: { ...notes, ...annotations } },
  } as Manifest;
}

function settle(current: JsonValue | undefined, tried: JsonValue, wanted: JsonValue | undefined): JsonValue {
  if (isObject(tried)) return settleObject(isObject(current) ? current : {}, tried, isObject(wanted) ? wanted : {});
  if (Array.isArray(tried)) return settleList(listOf(current), tried, listOf(wanted));
  return tried;
}

function settleObject(current: JsonObject, tried: JsonObject, wanted: JsonObject): JsonObject {
  const names = Object.keys(tried).filter((name) => Object.hasOwn(wanted, name) || Object.hasOwn(current, name));
  return Object.fromEntries(
    names.map((name) => {
      const now = Object.hasOwn(current, name) ? current[name] : undefined;
      if (!Object.hasOwn(wanted, name)) return [name, now];
      return [name, settle(now, tried[name] as JsonValue, wanted[name])];
    }),
  );
}

// The server keeps the order of a list in an object that it makes.
function settleList(
  current: readonly JsonValue[],
  tried: readonly JsonValue[],
  wanted: readonly JsonValue[],
): JsonValue {
  const key = itemKeyOf(current, tried);
  const nowOf = (item: JsonValue, index: number) => {
    if (key === undefined) return current[index];
    return current.find((other) => (other as JsonObject)[key] === (item as JsonObject)[key]);
  };
  return tried.map((item, index) => settle(nowOf(item, index), item, wanted[index]));
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}
