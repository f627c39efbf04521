/** From files to definitions. All that is wrong is collected; nothing is thrown. */

import { VidraError } from '../errors.ts';
import { decode } from '../manifest/decode.ts';
import { describeOrigin, type Manifest } from '../manifest/manifest.ts';
import { nearest } from '../manifest/nearest.ts';
import type { Finding } from '../manifest/shape.ts';
import { check } from './check.ts';
import { type LateCheck, loadLateChecks } from './check-late.ts';
import { type Definition, definitionApiVersion } from './definition.ts';
import { readDefinition } from './read.ts';
import { rulesByKind } from './rules.ts';
import { placeOf } from './text-place.ts';

export interface ParsedDefinitions {
  readonly definitions: readonly Definition[];
  readonly problems: readonly VidraError[];
}

interface File {
  readonly name: string;
  readonly content: string;
}

/** Reads definitions from YAML or JSON, and checks everything. Problems are DEFINITION_INVALID, and begin with the place. */
export async function loadDefinitions(files: readonly File[]): Promise<ParsedDefinitions> {
  return parseDefinitions(files, await loadLateChecks((field) => files.some(({ content }) => content.includes(field))));
}

/** Takes what only an interpreter can check as it is, unless it gets one. */
export function parseDefinitions(files: readonly File[], late: readonly LateCheck[] = []): ParsedDefinitions {
  const checkAll = (manifest: Manifest) => checkDefinition(manifest, late);
  const definitions = new Map<string, Definition>();
  const problems: VidraError[] = [];
  for (const file of files) {
    const decoded = decode(file.content, { source: file.name }, { code: 'DEFINITION_INVALID', check: checkAll });
    problems.push(...decoded.problems.map(asDefinitionProblem));
    const lines = file.content.split('\n');
    for (const located of decoded.manifests)
      addDefinition(withPlace(readDefinition(located), lines), definitions, problems);
  }
  if (definitions.size === 0 && problems.length === 0) problems.push(nothingIn(files));
  return { definitions: [...definitions.values()], problems };
}

function withPlace(definition: Definition, lines: readonly string[]): Definition {
  const place = definition.kind === 'VidraResource' && placeOf(definition.manifest, lines, definition.origin);
  return place ? { ...definition, place } : definition;
}

/** A file of definitions that is no YAML is wrong usage, unlike a manifest that a source gives. */
function asDefinitionProblem(problem: VidraError): VidraError {
  return new VidraError('DEFINITION_INVALID', problem.message, { origin: problem.origin, cause: problem });
}

function addDefinition(definition: Definition, definitions: Map<string, Definition>, problems: VidraError[]): void {
  const key = `${definition.kind} ${definition.name}`;
  const first = definitions.get(key);
  if (!first) definitions.set(key, definition);
  else {
    const message = `${key} is written already in ${describeOrigin(first.origin)}`;
    const { origin } = definition;
    problems.push(new VidraError('DEFINITION_INVALID', message, { subject: describeOrigin(origin), origin }));
  }
}

function checkDefinition(manifest: Manifest, late: readonly LateCheck[]): readonly Finding[] {
  const { apiVersion, kind } = manifest;
  const rule = Object.hasOwn(rulesByKind, kind) ? rulesByKind[kind] : undefined;
  if (!rule) return [{ path: ['kind'], message: describeOther(manifest) }];
  if (apiVersion === definitionApiVersion)
    return [...check(manifest, rule), ...late.flatMap((findFaults) => findFaults(manifest))];
  const message = `apiVersion of ${kind} must be ${definitionApiVersion}, not ${apiVersion}`;
  return [{ path: ['apiVersion'], message }];
}

function describeOther({ kind, metadata }: Manifest): string {
  const guess = nearest(kind, Object.keys(rulesByKind));
  if (guess) return `the kind ${kind} is not known; did you mean ${guess}?`;
  return `${kind} ${metadata.name} is no definition; write an InfrahubSync, or put the manifest as text into spec.manifest of a VidraResource`;
}

function nothingIn(files: readonly { name: string }[]): VidraError {
  const names = files.map((file) => file.name).join(', ');
  const message = `no definition found${names ? ` in ${names}` : ''}; write an InfrahubSync or a VidraResource`;
  return new VidraError('DEFINITION_INVALID', message);
}
