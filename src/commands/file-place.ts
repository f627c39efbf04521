/** From where something was written to a line of a file in the checkout. */
import { readFileSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { nameOfDefinition } from '../definition/definition.ts';
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

/** Of an origin in manifests whose lines the file does not have: where their definition begins. */
export function positionIn(text: string, origin: Origin): { readonly line: number; readonly column: number } {
  if (origin.artifact === undefined) return { line: origin.line, column: origin.column };
  const { definitions } = parseDefinitions([{ name: origin.source, content: text }]);
  const definition = definitions.find((one) => nameOfDefinition(one) === origin.artifact);
  const { line, column } = definition?.origin ?? { line: 1, column: 1 };
  return { line, column };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
