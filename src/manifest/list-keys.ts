/** Lists whose elements have keys: two with the same key are refused by server-side apply with a message that helps nobody. */

import { podSpecPath } from './built-in.ts';
import { groupVersion, type JsonObject, type JsonValue, type Manifest } from './manifest.ts';
import { describePath, type Path } from './read-document.ts';
import { type Finding, isObject } from './shape.ts';

/** A list by its path (`*` stands for every element) and the fields that make an element's key. */
export type KeyedList = readonly [path: Path, keys: readonly string[]];

const containerLists: readonly KeyedList[] = [
  [['env'], ['name']],
  [['ports'], ['containerPort', 'protocol']],
  [['volumeMounts'], ['mountPath']],
  [['volumeDevices'], ['devicePath']],
  [['resources', 'claims'], ['name']],
];

const podLists: readonly KeyedList[] = [
  ...['containers', 'initContainers'].flatMap((containers): KeyedList[] => [
    [[containers], ['name']],
    ...containerLists.map(([path, keys]): KeyedList => [[containers, '*', ...path], keys]),
  ]),
  [['volumes'], ['name']],
  [['imagePullSecrets'], ['name']],
  [['hostAliases'], ['ip']],
  [['resourceClaims'], ['name']],
  [['schedulingGates'], ['name']],
  [['topologySpreadConstraints'], ['topologyKey', 'whenUnsatisfiable']],
];

const named = (...paths: readonly Path[]): KeyedList[] => paths.map((path) => [path, ['name']]);
const webhooks = named(['webhooks'], ['webhooks', '*', 'matchConditions']);

/** By group and kind, what is no Pod and makes none. */
const otherLists: ReadonlyMap<string, readonly KeyedList[]> = new Map([
  [
    '/Service',
    [
      [
        ['spec', 'ports'],
        ['port', 'protocol'],
      ],
    ],
  ],
  ['/ServiceAccount', named(['secrets'])],
  ['admissionregistration.k8s.io/MutatingAdmissionPolicy', named(['spec', 'matchConditions'])],
  ['admissionregistration.k8s.io/MutatingWebhookConfiguration', webhooks],
  ['admissionregistration.k8s.io/ValidatingAdmissionPolicy', named(['spec', 'matchConditions'], ['spec', 'variables'])],
  ['admissionregistration.k8s.io/ValidatingWebhookConfiguration', webhooks],
]);

/** The lists of the manifest's kind whose elements are known to have keys. */
export function keyedLists(manifest: Manifest): readonly KeyedList[] {
  const pod = podSpecPath(manifest);
  if (pod) return podLists.map(([path, keys]) => [[...pod, ...path], keys]);
  return otherLists.get(`${groupVersion(manifest.apiVersion).group}/${manifest.kind}`) ?? [];
}

/** One finding for each element whose key an earlier one has. */
export function checkListKeys(manifest: Manifest): readonly Finding[] {
  return keyedLists(manifest).flatMap(([path, keys]) => duplicatesAt(manifest, path, keys));
}

function duplicatesAt(manifest: Manifest, path: Path, keys: readonly string[]): Finding[] {
  return [...listsAt(manifest, path, [])].flatMap(({ list, at }) => duplicatesIn(list, at, keys));
}

function* listsAt(
  value: JsonValue | undefined,
  path: Path,
  at: Path,
): Generator<{ list: readonly JsonValue[]; at: Path }> {
  const [step, ...rest] = path;
  if (step === undefined) {
    if (Array.isArray(value)) yield { list: value as readonly JsonValue[], at };
  } else if (step === '*') {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* listsAt(item, rest, [...at, index]);
  } else if (isObject(value)) yield* listsAt(value[step], rest, [...at, step]);
}

function duplicatesIn(list: readonly JsonValue[], at: Path, keys: readonly string[]): Finding[] {
  const first = new Map<string, number>();
  const findings: Finding[] = [];
  for (const [index, item] of list.entries()) {
    if (!isObject(item) || keys.some((key) => item[key] === undefined)) continue;
    const key = describeKey(item, keys);
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, index);
    else findings.push({ path: [...at, index], message: describeDuplicate(at, earlier, index, key) });
  }
  return findings;
}

function describeKey(item: JsonObject, keys: readonly string[]): string {
  return keys.map((key) => `${key} ${String(item[key])}`).join(' and ');
}

function describeDuplicate(at: Path, earlier: number, index: number, key: string): string {
  return `${describePath([...at, index])} has the same ${key} as ${describePath([...at, earlier])}; remove one of the two`;
}
