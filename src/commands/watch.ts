/** `vidra watch`: stays, and reconciles on every change of source, definition or cluster. */
import type { Definition } from '../definition/definition.ts';
import type { LoopEvent } from '../loop/event.ts';
import { watch as keepReconciled } from '../loop/watch.ts';
import { createProgress, type Progress } from '../view/progress.ts';
import { watchDocumentText } from '../view/watch-document.ts';
import { watchLines } from '../view/watch-text.ts';
import { consentOf } from './consent-flags.ts';
import { overridesOf, type WatchOptions } from './flags.ts';
import { printText, styleOf } from './print.ts';
import { readDefinitions, withTarget } from './target.ts';
import type { ExitStatus, Terminal } from './terminal.ts';

const silent: Progress = { emit: () => undefined, stop: () => undefined };

/** Ends with 0 when it is told to, by SIGINT or SIGTERM. */
export function watch(options: WatchOptions, terminal: Terminal): Promise<ExitStatus> {
  const overrides = overridesOf(options);
  const rules = { prune: options.prune === true, validate: false, overrides, consent: consentOf(options) };
  return withTarget(options, rules, terminal, async (target): Promise<ExitStatus> => {
    const show = shower(options, terminal);
    let progress = silent;
    await keepReconciled(target, {
      intervalMs: options.interval,
      wait: options.wait,
      timeoutMs: options.timeout,
      readDefinitions: reader(options.filename, target.definitions, terminal),
      progress: (event) => progress.emit(event),
      emit: (event) => {
        progress.stop();
        progress = silent;
        show(event);
        if (event.type === 'reconciling') void startProgress(options, terminal).then((started) => begin(started));
      },
      signal: terminal.signal,
    });
    progress.stop();
    return 0;

    function begin(started: Progress) {
      progress = started;
    }
  });
}

// Standard input can be read once.
function reader(patterns: readonly string[], first: readonly Definition[], terminal: Terminal) {
  return patterns.includes('-') ? () => Promise.resolve(first) : () => readDefinitions(patterns, terminal);
}

function shower(options: WatchOptions, terminal: Terminal): (event: LoopEvent) => void {
  const { stdout } = terminal;
  const isText = options.output === 'text' || (options.output === undefined && stdout.isTTY === true);
  if (!isText) return (event) => void stdout.write(watchDocumentText(event, new Date()));
  const style = styleOf(stdout, options, terminal);
  return (event) => printText(watchLines(event, new Date(), style, options.verbose === true), terminal);
}

function startProgress({ verbose }: WatchOptions, { stderr }: Terminal): Promise<Progress> {
  return createProgress({ stream: stderr, terminal: stderr.isTTY === true, verbose: verbose === true });
}
