/** The only place that writes results to standard output: at once, or through a pager when they are longer than the screen. */
import { spawn } from 'node:child_process';
import type { Result } from '../engine/run.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { Plan } from '../plan/plan.ts';
import { documentText, planDocument, resultDocument } from '../view/document.ts';
import { listDocument, objectDocument } from '../view/object-document.ts';
import { planBodyLines, planLines } from '../view/plan-text.ts';
import { resultLines } from '../view/result-text.ts';
import { type Style, styleFor } from '../view/style.ts';
import { factLines, tableLines } from '../view/table.ts';
import { withoutCommands } from '../view/workflow-command.ts';
import type { Terminal } from './terminal.ts';
import { detailOf, type OutputFormat, type ViewOptions } from './view-flags.ts';

/** The plan as the result of a command. */
export async function printPlan(plan: Plan, options: ViewOptions, terminal: Terminal): Promise<void> {
  const { output, github } = options;
  const { stdout } = terminal;
  const detail = detailOf(options);
  if (output === 'json' || output === 'yaml') write(documentText(planDocument(plan), output), stdout);
  else if (output === 'markdown') write((await loadMarkdown()).planMarkdown(plan, detail), stdout);
  else await page(textOf(planLines(plan, styleOf(stdout, options, terminal), detail), options), terminal);
  if (github) (await loadGitHub()).reportPlan(plan, options, terminal);
}

/** The plan before it is carried out. Unless text is asked for it goes to standard error, and only `asked`: the result holds it all. */
export function printIntent(plan: Plan, options: ViewOptions & { asked: boolean }, terminal: Terminal): void {
  const text = options.output === 'text';
  if (!text && !options.asked) return;
  const stream = text ? terminal.stdout : terminal.stderr;
  const style = styleOf(stream, options, terminal);
  // Where nothing is asked, the summary of the result tells the same.
  const show = options.asked ? planLines : planBodyLines;
  write(textOf(show(plan, style, detailOf(options)), options), stream);
}

/** The plan that nobody allowed, in place of a result. As text it was shown before. */
export async function printRefused(plan: Plan, options: ViewOptions, terminal: Terminal): Promise<void> {
  if (options.output !== 'text') await printPlan(plan, options, terminal);
  else if (options.github) (await loadGitHub()).reportPlan(plan, options, terminal);
}

export interface ResultOptions extends ViewOptions {
  /** Starts the summary: `Applied`, `Pruned`. */
  readonly verb: string;
  readonly milliseconds: number;
}

export async function printResult(result: Result, options: ResultOptions, terminal: Terminal): Promise<void> {
  const { output, github } = options;
  const { stdout } = terminal;
  const detail = detailOf(options);
  if (output === 'json' || output === 'yaml') write(documentText(resultDocument(result), output), stdout);
  else if (output === 'markdown') write((await loadMarkdown()).resultMarkdown(result, options, detail), stdout);
  else write(textOf(resultLines(result, options, styleOf(stdout, options, terminal), detail), options), stdout);
  if (github) (await loadGitHub()).reportResult(result, options, terminal);
}

// Only who asks for these waits for them.
const loadMarkdown = () => import('../view/markdown.ts');
const loadGitHub = () => import('./github.ts');

/** A document that is not a plan, as YAML unless JSON is asked for. */
export function printDocument(document: object, options: { readonly output: OutputFormat }, terminal: Terminal): void {
  write(documentText(document, options.output === 'json' ? 'json' : 'yaml'), terminal.stdout);
}

/** An object as YAML or JSON. */
export function printObject(
  object: Manifest,
  options: { readonly output: OutputFormat; readonly showSecrets?: boolean },
  terminal: Terminal,
): void {
  printDocument(objectDocument(object, { secrets: options.showSecrets ? 'shown' : 'hidden' }), options, terminal);
}

/** A title and facts. */
export function printFacts(
  title: string,
  facts: Readonly<Record<string, string | undefined>>,
  options: { color: boolean },
  terminal: Terminal,
): void {
  printText(factLines(title, facts, styleOf(terminal.stdout, options, terminal)), terminal);
}

export interface Row {
  readonly object: Manifest;
  readonly cells: readonly string[];
}

/** Objects, as a table unless a document is asked for. */
export function printRows(
  heads: readonly string[],
  rows: readonly Row[],
  options: { readonly output: OutputFormat; readonly color: boolean },
  terminal: Terminal,
): void {
  if (options.output !== 'text') {
    const objects = rows.map(({ object }) => object);
    printDocument(listDocument(objects, { secrets: 'hidden' }), options, terminal);
  } else if (rows.length === 0) printText(['None.'], terminal);
  else {
    const cells = rows.map((row) => row.cells);
    printText(tableLines(heads, cells, styleOf(terminal.stdout, options, terminal)), terminal);
  }
}

/** Writes text for people as it is. */
export function printText(lines: readonly string[], terminal: Terminal): void {
  write(textOf(lines, {}), terminal.stdout);
}

export function styleOf(stream: NodeJS.WriteStream, options: { color: boolean }, terminal: Terminal): Style {
  const { environment } = terminal;
  return styleFor({ terminal: stream.isTTY === true, colour: options.color, environment });
}

function write(text: string, stream: NodeJS.WriteStream): void {
  if (text !== '') stream.write(text);
}

/** With `github` its runner reads along. */
function textOf(lines: readonly string[], { github }: Pick<ViewOptions, 'github'>): string {
  const text = lines.map((line) => `${line}\n`).join('');
  return github ? withoutCommands(text) : text;
}

async function page(text: string, terminal: Terminal): Promise<void> {
  const { stdout, environment } = terminal;
  const isLong = stdout.isTTY === true && text.split('\n').length > (stdout.rows ?? Number.POSITIVE_INFINITY);
  const pager = environment['PAGER'] ?? 'less -FRX';
  if (!isLong || pager === '' || !(await runPager(pager, text))) write(text, stdout);
}

/** Whether the pager was there to show the text. */
function runPager(pager: string, text: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(pager, { shell: true, stdio: ['pipe', 'inherit', 'ignore'] });
    // Whoever leaves the pager early closes the pipe.
    child.stdin.on('error', () => {});
    child.on('error', () => resolve(false));
    // 126 and 127 are what a shell answers for a program that it cannot run.
    child.on('close', (status) => resolve(status !== 126 && status !== 127));
    child.stdin.end(text);
  });
}
