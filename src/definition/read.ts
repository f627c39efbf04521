/** From a manifest that keeps its rules to a definition. What is not written is the default. */
import type { JsonObject, LocatedManifest } from '../manifest/manifest.ts';
import type { Conduct, NamespacedName } from './conduct.ts';
import type { Definition, Destination, InfrahubSync, Stored } from './definition.ts';
import { parseDuration } from './duration.ts';
import { fill } from './fill.ts';
import { readPolicy } from './read-policy.ts';
import { syncOfRecord } from './record.ts';
import { destinationRule, specRules } from './rules.ts';

/** `stored` is of what was read from a cluster. */
export function readDefinition({ manifest, origin }: LocatedManifest, stored?: Stored): Definition {
  const kind = manifest.kind as Definition['kind'];
  const spec = fill(manifest['spec'] as JsonObject, specRules[kind].fields);
  const common = {
    name: manifest.metadata.name,
    origin,
    destination: readDestination(fill((spec['destination'] ?? {}) as JsonObject, destinationRule.fields)),
    policy: readPolicy(spec),
    ...readConduct(spec),
    ...(stored && { stored }),
  };
  if (kind === 'VidraResource') {
    const sync = stored && syncOfRecord(manifest);
    return { kind, ...common, manifest: spec['manifest'] as string, ...(sync !== undefined && { sync }) };
  }
  return { kind, ...common, source: readSource(spec['source'] as unknown as InfrahubSync['source']) };
}

function readSource({ targetDate, ...source }: InfrahubSync['source']): InfrahubSync['source'] {
  return { ...source, ...(targetDate ? { targetDate } : {}) };
}

function readDestination(filled: JsonObject): Destination {
  const { server, namespace, ...rest } = filled as unknown as Destination;
  return { ...(server ? { server } : {}), ...(namespace ? { namespace } : {}), ...rest };
}

function readConduct(spec: JsonObject): Conduct {
  const { suspend, mode, wait, dependsOn = [] } = spec as unknown as Conduct;
  const { timeout, interval, serviceAccountName } = spec as { readonly [field: string]: string | undefined };
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

function durationAs(field: 'timeout' | 'interval', text: string | undefined): Partial<Conduct> {
  const duration = text === undefined ? undefined : parseDuration(text);
  return duration === undefined ? {} : { [field]: duration };
}

/** `shop/deployer`: definitions are of no namespace themselves. */
function readServiceAccount(text: string): NamespacedName {
  const [namespace, name] = text.split('/') as [string, string];
  return { namespace, name };
}
