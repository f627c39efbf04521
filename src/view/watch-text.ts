/** What a loop says, for people: only news has lines, each run's with its time. */
import type { VidraError } from '../errors.ts';
import type { LoopEvent } from '../loop/event.ts';
import type { Trigger } from '../loop/trigger.ts';
import { hasChanges, hasProblems } from '../plan/plan.ts';
import { planBodyLines } from './plan-text.ts';
import { printable, printableLine } from './printable.ts';
import { countOf, durationText } from './quantity.ts';
import { resultLines } from './result-text.ts';
import type { Style } from './style.ts';

const mostObjects = 3;

/** Lines without line feeds. Verbose, also runs that found nothing to do. */
export function watchLines(event: LoopEvent, now: Date, style: Style, verbose: boolean): string[] {
  const time = style.colour.dim(now.toTimeString().slice(0, 8));
  const say = (text: string) => [`${time} ${text}`];
  switch (event.type) {
    case 'watching':
      return say(`Watching the set ${event.set} on ${event.server}, at least every ${durationText(event.intervalMs)}`);
    case 'reconciling':
      return [];
    case 'reconciled':
      return reconciledLines(event, say, style, verbose);
    case 'superseded':
      return verbose ? say('Ended for something newer') : [];
    case 'failed':
      return say(problemText(event.error, style));
    case 'blind':
      return say(`${style.colour.yellow('cannot be watched:')} ${printable(event.error.message)}`);
    case 'definitions':
      return say(`The definitions changed: ${countOf(event.count, 'definition')}`);
    case 'unreadable':
      return say(`${problemText(event.error, style)}; what the files said before still holds`);
    case 'ended':
      return say('Ended');
  }
}

type Reconciled = Extract<LoopEvent, { type: 'reconciled' }>;

function reconciledLines(
  { trigger, result, milliseconds }: Reconciled,
  say: (text: string) => string[],
  style: Style,
  verbose: boolean,
): string[] {
  const isNews = hasChanges(result.plan) || hasProblems(result.plan) || result.unhealthy.length > 0;
  if (!isNews && trigger.type !== 'start' && !verbose) return [];
  const body = planBodyLines(result.plan, style);
  return [
    ...say(style.colour.bold(triggerText(trigger))),
    ...body,
    ...resultLines(result, { verb: 'Reconciled', milliseconds }, style),
    '',
  ];
}

function triggerText(trigger: Trigger): string {
  switch (trigger.type) {
    case 'start':
      return 'First look';
    case 'interval':
      return 'The usual look';
    case 'retry':
      return 'Another try';
    case 'definitions':
      return 'The definitions changed';
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
