/** What a loop says, for people: only news has lines, each run's with its time. */
import type { Result } from '../engine/run.ts';
import type { VidraError } from '../errors.ts';
import type { LoopEvent } from '../loop/event.ts';
import type { Trigger } from '../loop/trigger.ts';
import { type Detail, usualDetail } from './detail.ts';
import { planBodyLines } from './plan-text.ts';
import { printable, printableLine } from './printable.ts';
import { countOf, durationText } from './quantity.ts';
import { resultBodyLines, resultLines } from './result-text.ts';
import type { Style } from './style.ts';

const mostObjects = 3;
const quiet: Detail = { ...usualDetail, quiet: true };

export type WatchText = (event: LoopEvent, now: Date) => string[];

/** Turns events into lines without line feeds. Of what stays as it was, it says nothing more; verbose, everything each time. */
export function createWatchText(style: Style, verbose: boolean): WatchText {
  const views = new Map<string, WatchText>();
  return (event, now) => {
    const { definition = '' } = event as { readonly definition?: string };
    const view = views.get(definition) ?? createRunText(style, verbose, definition);
    views.set(definition, view);
    return view(event, now);
  };
}

/** Of the runs of one definition, or of all together when it is empty. */
function createRunText(style: Style, verbose: boolean, definition: string): WatchText {
  const lead = definition && `${definition}: `;
  /** What was wrong at last, as lines. */
  let trouble = '';
  /** Of the last run that got so far. */
  let notes: readonly string[] = [];

  const linesOf = (event: LoopEvent, say: (text: string) => string[]): string[] => {
    switch (event.type) {
      case 'watching':
        return say(
          `Watching the set ${event.set} on ${event.server}${event.intervalMs > 0 ? `, at least every ${durationText(event.intervalMs)}` : ''}`,
        );
      case 'reconciling':
        return [];
      case 'reconciled':
        return reconciled(event, say);
      case 'superseded':
        return superseded(event, say);
      case 'failed':
        return failed(event.error, say);
      case 'waiting':
        return say(`${problemText(event.error, style)}; it is tried again`);
      case 'shard':
        return say(`Shard ${event.shard}: ${event.state}`);
      case 'blind':
        return say(`${style.colour.yellow('only looked at with each interval:')} ${printable(event.error.message)}`);
      case 'warned':
        return say(`${style.colour.yellow('warning:')} ${printable(event.error.message)}`);
      case 'settings':
        return say(settingsText(event));
      case 'definitions':
        return say(`The definitions changed: ${countOf(event.count, 'definition')}`);
      case 'unreadable':
        return say(`${problemText(event.error, style)}; what the files said before still holds`);
      case 'ended':
        return say('Ended');
    }
  };
  const reconciled = ({ trigger, result, milliseconds }: Reconciled, say: (text: string) => string[]): string[] => {
    const now = troubleOf(result, style);
    const told = new Set(verbose ? [] : notes);
    const isNew = (note: string) => !told.has(note);
    const isNews =
      verbose ||
      trigger.type === 'start' ||
      trigger.type === 'definitions' ||
      now !== trouble ||
      notesOfAll(result).some(isNew) ||
      result.outcomes.some((outcome) => outcome.result === 'succeeded');
    const shown = withNotes(result, isNew);
    trouble = now;
    notes = notesOfAll(result);
    if (!isNews) return [];
    return [
      ...say(style.colour.bold(lead + triggerText(trigger))),
      ...planBodyLines(shown.plan, style),
      ...resultLines(shown, { verb: 'Reconciled', milliseconds }, style),
      '',
    ];
  };
  const superseded = ({ trigger, result, milliseconds = 0 }: Superseded, say: (text: string) => string[]): string[] => {
    if (!result || result.outcomes.every((outcome) => outcome.result === 'stopped'))
      return verbose ? say(`${lead}Ended the run before anything was done`) : [];
    return [
      ...say(style.colour.bold(`${lead}${triggerText(trigger)}; ended early`)),
      ...planBodyLines(result.plan, style),
      ...resultLines(result, { verb: 'Reconciled', milliseconds }, style),
      '',
    ];
  };
  const failed = (error: VidraError, say: (text: string) => string[]): string[] => {
    const now = problemText(error, style);
    const isNews = verbose || now !== trouble;
    trouble = now;
    return isNews ? say(lead + now) : [];
  };
  return (event, now) => {
    const time = style.colour.dim(now.toTimeString().slice(0, 8));
    return linesOf(event, (text) => [`${time} ${text}`]);
  };
}

type Reconciled = Extract<LoopEvent, { type: 'reconciled' }>;
type Superseded = Extract<LoopEvent, { type: 'superseded' }>;

/** In an order of its own: what is wrong is the same in any. */
function troubleOf(result: Result, style: Style): string {
  const lines = [
    ...planBodyLines(result.plan, style, quiet),
    ...resultBodyLines(
      withNotes(result, () => false),
      style,
      quiet,
    ),
  ];
  return lines.sort().join('\n');
}

function notesOfAll({ plan, notes }: Result): string[] {
  return [...plan.notes, ...plan.owners.flatMap((owner) => owner.notes), ...notes];
}

function withNotes({ plan, ...result }: Result, isShown: (note: string) => boolean): Result {
  const owners = plan.owners.map((owner) => ({ ...owner, notes: owner.notes.filter(isShown) }));
  return {
    ...result,
    notes: result.notes.filter(isShown),
    plan: { ...plan, owners, notes: plan.notes.filter(isShown) },
  };
}

function settingsText(settings: Extract<LoopEvent, { type: 'settings' }>): string {
  const every = (milliseconds: number) => (milliseconds === 0 ? 'never' : `every ${durationText(milliseconds)}`);
  const { syncIntervalMs, resourceIntervalMs, queryName, reconcileOnEvents } = settings;
  const events = reconcileOnEvents ? ', and at every change in a cluster' : '';
  return `The settings: syncs ${every(syncIntervalMs)} by the query ${queryName}, resources ${every(resourceIntervalMs)}${events}`;
}

function triggerText(trigger: Trigger): string {
  switch (trigger.type) {
    case 'start':
      return 'First look';
    case 'interval':
      return 'The usual look';
    case 'retry':
      return 'Another try';
    case 'access':
      return 'Its cluster may be reached in another way now';
    case 'definitions':
      return 'As the definitions say now';
    case 'source':
      return 'The source has something newer';
    case 'drift': {
      const { objects } = trigger;
      const more = objects.length - mostObjects;
      const names = printableLine(objects.slice(0, mostObjects).join(', '));
      return `Changed in the cluster: ${names}${more > 0 ? ` and ${more} more` : ''}`;
    }
  }
}

function problemText(error: VidraError, style: Style): string {
  return `${style.colour.red('error:')} ${printable(error.message)} ${style.colour.dim(`(${error.code})`)}`;
}
