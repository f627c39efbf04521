/** What `--github` adds: annotations on the output, and the report in the summary of the job. */
import { appendFileSync, existsSync, statSync } from 'node:fs';
import type { Result } from '../engine/run.ts';
import type { Plan } from '../plan/plan.ts';
import { type Annotation, errorAnnotations, planAnnotations, resultAnnotations } from '../view/annotation.ts';
import { planMarkdown, resultMarkdown } from '../view/markdown.ts';
import type { ResultTextOptions } from '../view/result-text.ts';
import { annotationLines } from '../view/workflow-command.ts';
import { createPlaces } from './file-place.ts';
import type { Terminal } from './terminal.ts';
import { detailOf, type ViewOptions } from './view-flags.ts';

/** Bytes that GitHub takes of one step. */
const summaryLimit = 1024 * 1024;

export function reportPlan(plan: Plan, options: ViewOptions, terminal: Terminal): void {
  annotate(planAnnotations(plan), options, terminal);
  summarize((limit) => planMarkdown(plan, detailOf(options), limit), terminal);
}

export function reportResult(result: Result, options: ViewOptions & ResultTextOptions, terminal: Terminal): void {
  annotate(resultAnnotations(result), options, terminal);
  summarize((limit) => resultMarkdown(result, options, detailOf(options), limit), terminal);
}

/** Of what ends a command, beside the error itself. */
export function reportError(error: unknown, terminal: Terminal): void {
  annotate(errorAnnotations(error), { output: 'json' }, terminal);
}

/** GitHub reads both streams, and a document must stay whole. */
function annotate(
  annotations: readonly Annotation[],
  { output }: Pick<ViewOptions, 'output'>,
  terminal: Terminal,
): void {
  const stream = output === 'text' ? terminal.stdout : terminal.stderr;
  const places = createPlaces(terminal);
  const lines = annotationLines(annotations, ({ origin }) => origin && places(origin));
  if (lines.length > 0) stream.write(`${lines.join('\n')}\n`);
}

function summarize(markdown: (limit: number) => string, { environment, stderr }: Terminal): void {
  const file = environment['GITHUB_STEP_SUMMARY'];
  if (!file) return;
  // Other programs of the same step may have written to it.
  const used = existsSync(file) ? statSync(file).size : 0;
  const text = markdown(summaryLimit - used - 1);
  if (text === '') return;
  if (used + Buffer.byteLength(text) < summaryLimit) appendFileSync(file, `${text}\n`);
  else stderr.write('note: there is no room left in the summary of this step\n');
}
