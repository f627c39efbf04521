/** From where something was written to a line of a file in the checkout. */
import { readFileSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { parseDefinitions } from '../definition/parse.ts';
import type { Origin } from '../errors.ts';
import type { FilePlace } from '../view/workflow-command.ts';
import type { Terminal } from './terminal.ts';

/** Nothing for what is not in a file of the checkout. Reads each file once, and only if somebody asks. */
export function createPlaces({ cwd, environment }: Terminal): (origin: Origin) => FilePlace | undefined {
  const root = environment['GITHUB_WORKSPACE'] || cwd;
  const texts = new Map<string, string | undefined>();
  return (origin) => {
    const path = resolve(cwd, origin.source);
    const file = relative(root, path);
    if (file === '' || file.startsWith('..') || isAbsolute(file)) return undefined;
    if (!texts.has(path)) texts.set(path, readIfThere(path));
    const text = texts.get(path);
    if (text === undefined) return undefined;
    return { file: file.split(sep).join('/'), ...positionIn(text, origin) };
  };
}

/** Of an origin in the manifests of a VidraResource the lines count from the start of these, not of the file. */
export function positionIn(text: string, origin: Origin): { readonly line: number; readonly column: number } {
  const { artifact, line, column } = origin;
  if (artifact === undefined) return { line, column };
  const { definitions } = parseDefinitions([{ name: origin.source, content: text }]);
  const definition = definitions.find(({ kind, name }) => `${kind} ${name}` === artifact);
  if (definition?.kind !== 'VidraResource') return { line: 1, column: 1 };
  const [lines, embedded] = [text.split('\n'), definition.manifest.split('\n')];
  const first = findLines(lines, embedded, definition.origin.line - 1);
  if (first === undefined) return { line: definition.origin.line, column: definition.origin.column };
  const deeper = indentation(lines[first + line - 1]) - indentation(embedded[line - 1]);
  return { line: first + line, column: column + deeper };
}

/**
 * Index of the line from which on all lines are these, whatever their indentation, in the document that starts at `from`;
 * nothing when they are written otherwise.
 */
function findLines(lines: readonly string[], wanted: readonly string[], from: number): number | undefined {
  const rest = wanted.map((line) => line.trim());
  while (rest.at(-1) === '') rest.pop();
  const end = lines.findIndex((line, index) => index > from && /^---(\s|$)/.test(line));
  for (let start = from; start + rest.length <= (end < 0 ? lines.length : end); start++) {
    if (rest.every((line, index) => lines[start + index]?.trim() === line)) return start;
  }
  return undefined;
}

function indentation(line = ''): number {
  return line.length - line.trimStart().length;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
