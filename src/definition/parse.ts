/** From files to definitions. All that is wrong is collected; nothing is thrown. */

import { VidraError } from '../errors.ts';
import { decode } from '../manifest/decode.ts';
import { describeOrigin, type JsonObject, type LocatedManifest } from '../manifest/manifest.ts';
import { check } from './check.ts';
import { type Definition, type Destination, definitionApiVersion, type InfrahubSync } from './definition.ts';
import { nearest } from './nearest.ts';
import { rulesByKind } from './rules.ts';

export interface ParsedDefinitions {
  readonly definitions: readonly Definition[];
  readonly problems: readonly VidraError[];
}

/** Reads definitions from YAML or JSON. Problems are MANIFEST_INVALID (no valid document) or DEFINITION_INVALID. */
export function parseDefinitions(files: readonly { name: string; content: string }[]): ParsedDefinitions {
  const definitions = new Map<string, Definition>();
  const problems: VidraError[] = [];
  for (const file of files) {
    const decoded = decode(file.content, { source: file.name });
    problems.push(...decoded.problems);
    for (const located of decoded.manifests) {
      const found = problemsOf(located);
      if (found.length > 0) problems.push(...found.map((message) => invalid(located, message)));
      else addDefinition(toDefinition(located), located, definitions, problems);
    }
  }
  if (definitions.size === 0 && problems.length === 0) problems.push(nothingIn(files));
  return { definitions: [...definitions.values()], problems };
}

function addDefinition(
  definition: Definition,
  located: LocatedManifest,
  definitions: Map<string, Definition>,
  problems: VidraError[],
): void {
  const key = `${definition.kind} ${definition.name}`;
  const first = definitions.get(key);
  if (first) problems.push(invalid(located, `${key} is written already in ${describeOrigin(first.origin)}`));
  else definitions.set(key, definition);
}

function problemsOf({ manifest }: LocatedManifest): readonly string[] {
  const { apiVersion, kind } = manifest;
  const kinds = Object.keys(rulesByKind);
  const rule = Object.hasOwn(rulesByKind, kind) ? rulesByKind[kind] : undefined;
  if (rule && apiVersion === definitionApiVersion) return check(manifest, rule);
  if (rule) return [`apiVersion of ${kind} must be ${definitionApiVersion}, not ${apiVersion}`];
  const guess = nearest(kind, kinds);
  if (guess) return [`the kind ${kind} is not known; did you mean ${guess}?`];
  return [
    `${kind} ${manifest.metadata.name} is no definition; write an ${kinds[0]}, or put the manifest as text into spec.manifest of a ${kinds[1]}`,
  ];
}

/** Expects a manifest that keeps its rules. */
function toDefinition({ manifest, origin }: LocatedManifest): Definition {
  const { name } = manifest.metadata;
  const spec = manifest['spec'] as JsonObject;
  const destination = toDestination(spec['destination'] as JsonObject | undefined | null);
  if (manifest.kind === 'VidraResource') {
    return { kind: 'VidraResource', name, origin, manifest: spec['manifest'] as string, destination };
  }
  return { kind: 'InfrahubSync', name, origin, source: toSource(spec['source'] as JsonObject), destination };
}

function toSource(source: JsonObject): InfrahubSync['source'] {
  const { infrahubAPIURL, artefactName, targetBranch, targetDate } = source as { readonly [field: string]: string };
  return {
    infrahubAPIURL: infrahubAPIURL as string,
    artefactName: artefactName as string,
    targetBranch: targetBranch ?? 'main',
    ...(targetDate ? { targetDate } : {}),
  };
}

function toDestination(destination: JsonObject | undefined | null): Destination {
  const { server, namespace, reconcileOnEvents } = destination ?? {};
  return {
    ...(server ? { server: server as string } : {}),
    ...(namespace ? { namespace: namespace as string } : {}),
    reconcileOnEvents: reconcileOnEvents === true,
  };
}

function invalid({ origin }: LocatedManifest, message: string): VidraError {
  return new VidraError('DEFINITION_INVALID', message, { subject: describeOrigin(origin) });
}

function nothingIn(files: readonly { name: string }[]): VidraError {
  const names = files.map((file) => file.name).join(', ');
  const message = `no definition found${names ? ` in ${names}` : ''}; write an InfrahubSync or a VidraResource`;
  return new VidraError('DEFINITION_INVALID', message);
}
