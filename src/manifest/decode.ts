/** From text to manifests: reads, takes lists apart, checks and normalises. Every problem names its place. */

import { type ErrorCode, VidraError } from '../errors.ts';
import { readJson } from './json-documents.ts';
import { flatten, type ListedObject } from './list.ts';
import { describeOrigin, type LocatedManifest, type Manifest, type Origin } from './manifest.ts';
import { normalize } from './normalize.ts';
import type { Path, Readable, ReadDocument } from './read-document.ts';
import { checkShape, type Finding } from './shape.ts';
import { positionsIn, withLineFeeds } from './text-position.ts';
import { refuseText } from './unreadable.ts';
import { readYaml } from './yaml.ts';

/** `warnings` are sentences for people that start with the place. */
export interface Decoded {
  readonly manifests: readonly LocatedManifest[];
  readonly problems: readonly VidraError[];
  readonly warnings: readonly string[];
}

/** The text's source as people know it: a path or a URL, and the artifact's name and id. */
export interface Where {
  readonly source: string;
  readonly artifact?: string;
  /** Where the text stands in the source, when it is a part of it: places are those of the source then. */
  readonly place?: TextPlace;
}

/** The document that a text is in, and how many lines are above it and characters left of it. */
export interface TextPlace {
  readonly document: number;
  readonly line: number;
  readonly column: number;
}

/** What the caller asks of each object besides, reported with the caller's code at the field that is named. */
export interface FurtherCheck {
  readonly code: ErrorCode;
  readonly check: (manifest: Manifest) => readonly Finding[];
}

interface Decoding {
  readonly further: FurtherCheck | undefined;
  readonly manifests: LocatedManifest[];
  readonly problems: VidraError[];
  readonly warnings: string[];
  readonly originOf: (document: number, offset: number) => Origin;
}

/** Decodes YAML or JSON text. Never throws: what cannot be used is a problem (MANIFEST_INVALID), and the rest is returned. */
export function decode(written: string, where: Where, further?: FurtherCheck): Decoded {
  const text = withLineFeeds(written);
  const positionOf = positionsIn(text);
  const originOf = (document: number, offset: number) => originIn(where, { document, ...positionOf(offset) });
  const decoding: Decoding = { further, manifests: [], problems: [], warnings: [], originOf };
  const refusal = refuseText(text);
  if (refusal) addProblem(decoding, originOf(1, refusal.offset), refusal.message);
  else for (const document of readJson(text) ?? readYaml(text)) addDocument(document, decoding);
  const { manifests, problems, warnings } = decoding;
  return { manifests, problems, warnings };
}

function originIn({ place, ...where }: Where, { document, line, column }: TextPlace): Origin {
  if (!place) return { ...where, document, line, column };
  return { ...where, document: place.document, line: place.line + line, column: place.column + column };
}

function addDocument(document: ReadDocument, decoding: Decoding): void {
  const { number } = document;
  if ('problem' in document) {
    addProblem(decoding, decoding.originOf(number, document.problem.offset), document.problem.message);
    return;
  }
  for (const { offset, message } of document.warnings) {
    addWarning(decoding, decoding.originOf(number, offset), message);
  }
  const offsets = new Map<string, readonly number[]>();
  for (const listed of flatten(document.value)) {
    addObject(listed, startOf(listed.path, document, offsets), document, decoding);
  }
}

/** Offsets of a list's elements are asked for once per list, because each answer walks the text. */
function startOf(path: Path, document: Readable, offsets: Map<string, readonly number[]>): number {
  const index = path.at(-1);
  if (typeof index !== 'number') return document.locate(path);
  const parent = path.slice(0, -1);
  const key = parent.join('/');
  const starts = offsets.get(key) ?? document.locateItems(parent);
  offsets.set(key, starts);
  return starts[index] ?? document.locate(path);
}

function addObject(listed: ListedObject, start: number, document: Readable, decoding: Decoding): void {
  const originAt = (path: Path) => decoding.originOf(document.number, document.locate([...listed.path, ...path]));
  const findings = checkShape(listed.value);
  for (const { path, message } of findings) addProblem(decoding, originAt(path), message);
  if (findings.length > 0) return;
  const { manifest, problems, warnings } = normalize(listed.value as Manifest);
  for (const { path, message } of warnings) addWarning(decoding, originAt(path), message);
  for (const { path, message } of problems) addProblem(decoding, originAt(path), message);
  const more = decoding.further?.check(manifest) ?? [];
  for (const { path, message } of more) addProblem(decoding, originAt(path), message, decoding.further?.code);
  if (problems.length === 0 && more.length === 0) {
    decoding.manifests.push({ manifest, origin: decoding.originOf(document.number, start) });
  }
}

function addProblem(decoding: Decoding, origin: Origin, message: string, code: ErrorCode = 'MANIFEST_INVALID'): void {
  decoding.problems.push(new VidraError(code, message, { subject: describeOrigin(origin), origin }));
}

function addWarning(decoding: Decoding, origin: Origin, message: string): void {
  decoding.warnings.push(`${describeOrigin(origin)}: ${message}`);
}
