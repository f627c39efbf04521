/** Certificates that somebody else injects: generators write a placeholder for them, over which two would fight. */

import { groupVersion, type JsonValue, type Manifest } from './manifest.ts';
import type { Path } from './read-document.ts';
import { replaceAt } from './replace-at.ts';
import { isObject } from './shape.ts';

/** What holds a `caBundle`, by group and kind. */
const holders: ReadonlyMap<string, Path> = new Map([
  ['admissionregistration.k8s.io/MutatingWebhookConfiguration', ['webhooks', '*', 'clientConfig']],
  ['admissionregistration.k8s.io/ValidatingWebhookConfiguration', ['webhooks', '*', 'clientConfig']],
  ['apiextensions.k8s.io/CustomResourceDefinition', ['spec', 'conversion', 'webhook', 'clientConfig']],
  ['apiregistration.k8s.io/APIService', ['spec']],
]);

/** The manifest without a `caBundle` that holds nothing but white space, as in `Cg==`. */
export function withoutEmptyBundles(manifest: Manifest): Manifest {
  const path = holders.get(`${groupVersion(manifest.apiVersion).group}/${manifest.kind}`);
  return path ? (replaceAt(manifest, path, withoutEmptyBundle) as Manifest) : manifest;
}

function withoutEmptyBundle(holder: JsonValue): JsonValue {
  if (!isObject(holder) || !isBlank(holder['caBundle'])) return holder;
  const { caBundle: _, ...rest } = holder;
  return rest;
}

function isBlank(bundle: JsonValue | undefined): boolean {
  return typeof bundle === 'string' && Buffer.from(bundle, 'base64').toString('latin1').trim() === '';
}
