/** What a run is busy with, on standard error: one line that changes on a terminal, plain lines with --verbose, else nothing. */
import type { RunEvent } from '../engine/run.ts';
import { describe } from '../manifest/manifest.ts';
import { printableLine } from './printable.ts';
import { countOf, grouped } from './quantity.ts';
import { startSpinner } from './spinner.ts';

export interface Progress {
  readonly emit: (event: RunEvent) => void;
  /** Takes the line away. Nothing is shown afterwards. */
  stop(): void;
}

export interface ProgressOptions {
  readonly stream: NodeJS.WritableStream;
  readonly terminal: boolean;
  readonly verbose: boolean;
}

type Waiting = Extract<RunEvent, { type: 'waiting' }>;

const mostWaiting = 20;

export async function createProgress({ stream, terminal, verbose }: ProgressOptions): Promise<Progress> {
  if (verbose) return lines(stream);
  const spinner = terminal ? await startSpinner(stream) : undefined;
  if (!spinner) return { emit: () => {}, stop: () => {} };
  return {
    emit: (event) => {
      const text = progressText(event);
      if (text) spinner.text = text;
    },
    stop: () => spinner.stop(),
  };
}

/** One line for people; nothing for what passes too fast to be read. */
function progressText(event: RunEvent): string | undefined {
  switch (event.type) {
    case 'fetching':
      return `Reading ${printableLine(event.source)}`;
    case 'fetched':
      return `Read ${countOf(event.artifacts, 'artifact')} from ${printableLine(event.source)}`;
    case 'observing':
      return `Looking at ${countOf(event.objects, 'object')} of ${countOf(event.kinds, 'kind')}`;
    case 'trying':
      return `Trying changes on the server: ${grouped(event.done)} of ${grouped(event.total)}`;
    case 'acting':
      return `Changing objects: ${grouped(event.done)} of ${grouped(event.total)}`;
    case 'waiting':
      return waitingText(event.objects);
    default:
      return undefined;
  }
}

function waitingText(objects: Waiting['objects']): string | undefined {
  const [first] = objects;
  if (!first) return undefined;
  const others = objects.length > 1 ? ` and ${countOf(objects.length - 1, 'other')}` : '';
  return printableLine(`Waiting for ${first.name}${others}: ${first.reason}`);
}

function lines(stream: NodeJS.WritableStream): Progress {
  let last: string | undefined;
  const reasons = new Map<string, string>();
  const emit = (event: RunEvent) => {
    const texts = event.type === 'waiting' ? newReasons(event.objects, reasons) : [lineOf(event)];
    for (const text of texts) {
      if (text === undefined || text === last) continue;
      last = text;
      stream.write(`${text}\n`);
    }
  };
  return { emit, stop: () => {} };
}

/** A line for each object that waits for something else than before; of many, the first ones. */
function newReasons(objects: Waiting['objects'], known: Map<string, string>): string[] {
  const changed = objects.slice(0, mostWaiting).filter(({ name, reason }) => known.get(name) !== reason);
  for (const { name, reason } of changed) known.set(name, reason);
  return changed.map(({ name, reason }) => printableLine(`Waiting for ${name}: ${reason}`));
}

function lineOf(event: RunEvent): string | undefined {
  return event.type === 'acted' ? actedText(event.outcome) : steadyText(event);
}

// Counters would fill a log: each object has its line already.
function steadyText(event: RunEvent): string | undefined {
  return event.type === 'acting' || event.type === 'trying' ? undefined : progressText(event);
}

function actedText({ change, result, problem }: Extract<RunEvent, { type: 'acted' }>['outcome']): string {
  const why = problem ? `: ${problem.message}` : '';
  return printableLine(`${change.action} ${describe(change.reference)}: ${result}${why}`);
}
