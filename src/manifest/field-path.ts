/** Paths of fields as the API server and people write them: what they point at in an object, and the object without that. */
import { canonicalJson } from './json.ts';
import type { JsonObject, JsonValue } from './manifest.ts';
import { isObject } from './shape.ts';

/** Where a value stands: names of fields, and positions in lists. */
export type Place = readonly (string | number)[];

/** Whether a text is what another one says. */
type Comparison = (text: string, said: string) => boolean;

const isSame: Comparison = (text, said) => text === said;

/** Whether `*` in a pattern can stand for texts that make it `text`. */
export const fitsPattern: Comparison = (text, pattern) => {
  if (!pattern.includes('*')) return text === pattern;
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(text);
};

/** Whether a field of the API server is what a pattern names, or is below it. Quotes make no difference. */
export function fitsField(field: string, pattern: string): boolean {
  const [said, wanted] = [plain(field), plain(pattern)];
  return [wanted, `${wanted}.*`, `${wanted}[*`].some((each) => fitsPattern(said, each));
}

function plain(path: string): string {
  const named = path.replace(/\[("(?:[^"\\]|\\.)*")\]/g, (_, name: string) => `.${unquoted(name)}`);
  const bare = named.replace(/"(?:[^"\\]|\\.)*"/g, unquoted);
  return /^[.[]/.test(bare) ? bare : `.${bare}`;
}

/** What `.spec.containers[name="web"].image`, as the API server writes it, names in a value. A name may have dots in it. */
export function placesAt(value: JsonValue, path: string): Place[] {
  return placesFrom(value, path, isSame);
}

/** The same for what people write: `spec.containers[name=web].image`, `metadata.annotations.example.org/*`, `spec.ports[*].name`. */
export function placesFitting(value: JsonValue, pattern: string): Place[] {
  return placesFrom(value, /^[.[]/.test(pattern) ? pattern : `.${pattern}`, fitsPattern);
}

function placesFrom(value: JsonValue | undefined, path: string, compare: Comparison): Place[] {
  if (path === '') return [[]];
  if (Array.isArray(value)) return placesInList(value, path, compare);
  return isObject(value) ? placesInObject(value, path, compare) : [];
}

function placesInObject(value: JsonObject, path: string, compare: Comparison): Place[] {
  const steps = firstNames(path);
  return Object.keys(value).flatMap((name) =>
    steps
      .filter((step) => compare(name, step.name))
      .flatMap((step) => placesFrom(value[name], step.rest, compare).map((place) => [name, ...place])),
  );
}

/** All ways to read the first name of a path: `.a.b` may mean the field `b` of `a`, or a field that is called `a.b`. */
function firstNames(path: string): { name: string; rest: string }[] {
  const quoted = /^\[("(?:[^"\\]|\\.)*")\]/.exec(path);
  if (quoted) return [{ name: unquoted(quoted[1] as string), rest: path.slice(quoted[0].length) }];
  if (!path.startsWith('.')) return [];
  const ends = [...path.matchAll(/(?<=.)(?=[.[])/g)].map(({ index }) => index);
  return [...ends.filter((end) => end > 1), path.length].map((end) => ({
    name: path.slice(1, end),
    rest: path.slice(end),
  }));
}

function placesInList(items: readonly JsonValue[], path: string, compare: Comparison): Place[] {
  const [whole, selector] = /^\[((?:"(?:[^"\\]|\\.)*"|[^"\]])*)\]/.exec(path) ?? [];
  if (whole === undefined || selector === undefined) return [];
  return selectedItems(items, selector, compare).flatMap((index) =>
    placesFrom(items[index], path.slice(whole.length), compare).map((place) => [index, ...place]),
  );
}

function selectedItems(items: readonly JsonValue[], selector: string, compare: Comparison): number[] {
  const indices = [...items.keys()];
  if (/^\d+$/.test(selector)) return indices.filter((index) => index === Number(selector));
  if (selector.startsWith('=')) return indices.filter((index) => says(items[index], selector.slice(1), compare));
  if (selector === '*' && compare === fitsPattern) return indices;
  const keys = [...selector.matchAll(/(?:^|,)([^=,"]+)=("(?:[^"\\]|\\.)*"|[^,]*)/g)];
  if (keys.length === 0) return [];
  const isMeant = (index: number, isLenient: boolean) => {
    const item = items[index];
    return (
      isObject(item) &&
      keys.every(([, name = '', said = '']) =>
        item[name] === undefined ? isLenient : says(item[name], said, compare),
      ) &&
      keys.some(([, name = '']) => item[name] !== undefined)
    );
  };
  const exact = indices.filter((index) => isMeant(index, false));
  // A key that an item does not have has the default of its kind, which is not known here.
  return exact.length > 0 ? exact : indices.filter((index) => isMeant(index, true));
}

/** Whether a value is what `"web"`, `web` or `80` says. */
function says(value: JsonValue | undefined, said: string, compare: Comparison): boolean {
  if (value === undefined) return false;
  if (said.startsWith('"')) return typeof value === 'string' && compare(value, unquoted(said));
  return compare(typeof value === 'string' ? value : canonicalJson(value), said);
}

function unquoted(text: string): string {
  try {
    return JSON.parse(text);
  } catch {
    return text.slice(1, -1);
  }
}

/** The value at a place; nothing when there is none. */
export function valueAt(value: JsonValue | undefined, place: Place): JsonValue | undefined {
  const [step, ...deeper] = place;
  if (step === undefined) return value;
  if (typeof step === 'number') return Array.isArray(value) ? valueAt(value[step], deeper) : undefined;
  return isObject(value) && Object.hasOwn(value, step) ? valueAt(value[step], deeper) : undefined;
}

/** The value with another one at a place that is in it. */
export function withValueAt<T extends JsonValue>(value: T, place: Place, other: JsonValue): T {
  const [step, ...deeper] = place;
  if (step === undefined) return other as T;
  const below = withValueAt(valueAt(value, [step]) as JsonValue, deeper, other);
  if (Array.isArray(value)) return value.with(Number(step), below) as readonly JsonValue[] as T;
  return { ...(value as JsonObject), [step]: below } as JsonObject as T;
}

/** The value without what stands at the places; the same value when there is nothing. */
export function withoutPlaces<T extends JsonValue>(value: T, places: readonly Place[]): T {
  const deeper = new Map<string | number, Place[]>();
  for (const [step, ...rest] of places) {
    if (step === undefined) continue;
    const known = deeper.get(step);
    if (known) known.push(rest);
    else deeper.set(step, [rest]);
  }
  if (deeper.size === 0 || typeof value !== 'object' || value === null) return value;
  const kept = (step: string | number, inner: JsonValue): JsonValue | undefined => {
    const below = deeper.get(step);
    if (!below) return inner;
    return below.some((place) => place.length === 0) ? undefined : withoutPlaces(inner, below);
  };
  if (Array.isArray(value)) {
    const items = value.map((item: JsonValue, index) => kept(index, item));
    return items.filter((item) => item !== undefined) as readonly JsonValue[] as T;
  }
  const fields = Object.entries(value).map(([name, inner]) => [name, inner === undefined ? inner : kept(name, inner)]);
  return Object.fromEntries(fields.filter(([, inner]) => inner !== undefined)) as T;
}
