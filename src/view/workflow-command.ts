/** The language of GitHub Actions: lines of the output that its runner takes for commands. */
import type { Annotation } from './annotation.ts';
import { printable } from './printable.ts';
import { countOf } from './quantity.ts';
import { shortEnd } from './short.ts';

/** Where something is in the checkout. */
export interface FilePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** GitHub shows so many of each level in one step. */
const mostShown = 10;
const longestMessage = 4000;

/** One line each. What is more than GitHub shows is in the last one of its level. */
export function annotationLines(
  annotations: readonly Annotation[],
  placeOf: (annotation: Annotation) => FilePlace | undefined,
): string[] {
  return (['error', 'warning', 'notice'] as const).flatMap((level) => {
    const all = annotations.filter((annotation) => annotation.level === level);
    const shown = all.length > mostShown ? all.slice(0, mostShown - 1) : all;
    const rest = all.slice(shown.length);
    return [
      ...shown.map((annotation) => lineOf(annotation, placeOf(annotation))),
      ...(rest.length > 0 ? [lineOf(together(level, rest), undefined)] : []),
    ];
  });
}

function together(level: Annotation['level'], rest: readonly Annotation[]): Annotation {
  const lines = rest.map(({ title, message }) => `${title}: ${message.split('\n')[0]}`);
  return { level, title: `${countOf(rest.length, `more ${level}`)}`, message: lines.join('\n') };
}

function lineOf({ level, title, message }: Annotation, place: FilePlace | undefined): string {
  const properties = {
    ...(place && { file: place.file, line: String(place.line), col: String(place.column) }),
    title: shortEnd(title, 200, '…'),
  };
  const list = Object.entries(properties).map(([name, value]) => `${name}=${property(value)}`);
  return `::${level} ${list.join(',')}::${data(shortEnd(message, longestMessage, '…'))}`;
}

function data(text: string): string {
  return printable(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** Text that the runner shall only show: what it would take for a command is escaped. */
export function withoutCommands(text: string): string {
  return text.replace(/^(\s*):(?=:)/gm, '$1\\u003a').replaceAll('##[', '\\u0023#[');
}
