/** `vidra watch`: stays, and reconciles on every change of source, definition or cluster. */
import type { Definition } from '../definition/definition.ts';
import type { Run, RunEvent } from '../engine/run.ts';
import type { Target } from '../engine/target.ts';
import type { LoopEvent } from '../loop/event.ts';
import { watch as keepReconciled } from '../loop/watch.ts';
import { createProgress, type Progress } from '../view/progress.ts';
import { watchDocumentText } from '../view/watch-document.ts';
import { createWatchText } from '../view/watch-text.ts';
import { namedConnections } from './connections.ts';
import { consentOf } from './consent-flags.ts';
import { overridesOf, type WatchOptions } from './flags.ts';
import { heldBackFromFiles, partsOf } from './parts.ts';
import { printText, styleOf } from './print.ts';
import { reconcileParts } from './reconcile-parts.ts';
import { readDefinitions, withTarget } from './target.ts';
import type { ExitStatus, Terminal } from './terminal.ts';

/** Ends with 0 when it is told to, by SIGINT or SIGTERM. Without files it follows the definitions of the cluster. */
export async function watch(options: WatchOptions, terminal: Terminal): Promise<ExitStatus> {
  const overrides = overridesOf(options);
  const rules = { prune: options.prune === true, validate: false, overrides, consent: consentOf(options), stays: true };
  const show = shower(options, terminal);
  const progress = createRunProgress(options, terminal);
  const listeners = {
    progress: progress.emit,
    emit: (event: LoopEvent) => {
      progress.pause();
      show(event);
      progress.resume(event);
    },
  };
  const { filename, interval: intervalMs, wait, timeout: timeoutMs } = options;
  if (!filename) {
    const { runDaemon } = await import('./daemon.ts');
    await runDaemon(options, rules, terminal, listeners);
    return 0;
  }
  return withTarget(options, rules, terminal, async (target, { destinations }): Promise<ExitStatus> => {
    // Files that say so from the start are wrong usage.
    partsOf(target.definitions);
    const readDefinitions = reader(filename, target.definitions, terminal);
    const reconcile = (now: Target, run: Run) => reconcileParts(now, destinations, run, { wait, timeoutMs });
    await keepReconciled(
      { ...target, heldBack: heldBackFromFiles },
      {
        ...{ ...listeners, ...namedConnections(destinations), reconcile },
        ...{ readDefinitions, intervalMs, signal: terminal.signal },
      },
    );
    return 0;
  });
}

/** The progress of whichever run is under way; nothing between runs, and while something else is printed. */
function createRunProgress({ verbose }: WatchOptions, { stderr }: Terminal) {
  let shown: Progress | undefined;
  let isRunning = false;
  /** Counts pauses: a progress that was begun before one is not shown after it. */
  let pauses = 0;
  const begin = async () => {
    const before = pauses;
    const progress = await createProgress({
      stream: stderr,
      terminal: stderr.isTTY === true,
      verbose: verbose === true,
    });
    if (before === pauses) shown = progress;
    else progress.stop();
  };
  return {
    emit: (event: RunEvent) => shown?.emit(event),
    pause: () => {
      pauses++;
      shown?.stop();
      shown = undefined;
    },
    resume: ({ type }: LoopEvent) => {
      if (type === 'reconciling') isRunning = true;
      else if (type === 'reconciled' || type === 'superseded' || type === 'failed' || type === 'ended')
        isRunning = false;
      if (isRunning) void begin();
    },
  };
}

// Standard input can be read once.
function reader(patterns: readonly string[], first: readonly Definition[], terminal: Terminal) {
  return patterns.includes('-') ? () => Promise.resolve(first) : () => readDefinitions(patterns, terminal);
}

function shower(options: WatchOptions, terminal: Terminal): (event: LoopEvent) => void {
  const { stdout } = terminal;
  const isText = options.output === 'text' || (options.output === undefined && stdout.isTTY === true);
  if (!isText) return (event) => void stdout.write(watchDocumentText(event, new Date()));
  const linesOf = createWatchText(styleOf(stdout, options, terminal), options.verbose === true);
  return (event) => printText(linesOf(event, new Date()), terminal);
}
