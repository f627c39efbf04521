/** From a manifest that keeps its rules to a definition. What is not written is the default. */
import type { JsonObject, LocatedManifest } from '../manifest/manifest.ts';
import { type Conduct, defaultConduct, type NamespacedName } from './conduct.ts';
import type { Definition, Destination, InfrahubSync, Stored } from './definition.ts';
import { parseDuration } from './duration.ts';
import { readPolicy } from './read-policy.ts';

type Fields = { readonly [field: string]: string | null | undefined };

/** `stored` is of what was read from a cluster. */
export function readDefinition({ manifest, origin }: LocatedManifest, stored?: Stored): Definition {
  const spec = manifest['spec'] as JsonObject;
  const common = {
    name: manifest.metadata.name,
    origin,
    destination: readDestination(spec['destination'] as JsonObject | undefined | null),
    policy: readPolicy(spec),
    ...readConduct(spec),
    ...(stored && { stored }),
  };
  if (manifest.kind === 'VidraResource') {
    return { kind: 'VidraResource', ...common, manifest: spec['manifest'] as string };
  }
  return { kind: 'InfrahubSync', ...common, source: readSource(spec['source'] as JsonObject) };
}

function readSource(source: JsonObject): InfrahubSync['source'] {
  const { infrahubAPIURL, artefactName, targetBranch, targetDate } = source as Fields;
  const secret = source['credentialsSecretRef'] as NamespacedName | undefined | null;
  return {
    infrahubAPIURL: infrahubAPIURL as string,
    artefactName: artefactName as string,
    targetBranch: targetBranch ?? 'main',
    ...(targetDate ? { targetDate } : {}),
    ...(secret ? { credentialsSecretRef: secret } : {}),
  };
}

function readDestination(destination: JsonObject | undefined | null): Destination {
  const { server, namespace } = (destination ?? {}) as Fields;
  const secret = destination?.['kubeconfigSecretRef'] as JsonObject | undefined | null;
  return {
    ...(server ? { server } : {}),
    ...(namespace ? { namespace } : {}),
    reconcileOnEvents: destination?.['reconcileOnEvents'] === true,
    ...(secret ? { kubeconfigSecretRef: readKubeconfigSecret(secret) } : {}),
  };
}

function readKubeconfigSecret(secret: JsonObject): NonNullable<Destination['kubeconfigSecretRef']> {
  const { namespace, name, key, context } = secret as Fields;
  return {
    namespace: namespace as string,
    name: name as string,
    key: key ?? 'kubeconfig',
    ...(context ? { context } : {}),
  };
}

function readConduct(spec: JsonObject): Conduct {
  const { suspend, mode, wait, dependsOn } = { ...defaultConduct, ...withoutNulls(spec) } as Conduct;
  const { timeout, interval, serviceAccountName } = spec as Fields;
  return {
    suspend,
    mode,
    wait,
    dependsOn,
    ...durationAs('timeout', timeout),
    ...durationAs('interval', interval),
    ...(serviceAccountName ? { serviceAccount: readServiceAccount(serviceAccountName) } : {}),
  };
}

function withoutNulls(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function durationAs(field: 'timeout' | 'interval', text: string | null | undefined): Partial<Conduct> {
  const duration = typeof text === 'string' ? parseDuration(text) : undefined;
  return duration === undefined ? {} : { [field]: duration };
}

/** `shop/deployer`: definitions are of no namespace themselves. */
function readServiceAccount(text: string): NamespacedName {
  const [namespace, name] = text.split('/') as [string, string];
  return { namespace, name };
}
