/** How far the making of a control plane is, on standard error: a bar on a terminal, elsewhere a line now and then. */
import { countOf, durationText, grouped } from './quantity.ts';
import { startSpinner } from './spinner.ts';
import type { Style } from './style.ts';

/** One report; `done` of `total` are modules while downloading, packages while building. */
export interface BuildStep {
  readonly phase: 'download' | 'build' | 'link' | 'start';
  readonly done: number;
  readonly total: number;
  readonly etaSeconds?: number;
}

export interface BuildProgress {
  readonly report: (step: BuildStep) => void;
  /** Takes the bar away. Nothing is shown afterwards. */
  stop(): void;
}

export interface BuildProgressOptions {
  readonly stream: NodeJS.WritableStream;
  readonly terminal: boolean;
  readonly style: Style;
}

const barWidth = 24;
const millisecondsBetweenLines = 10_000;

export async function createBuildProgress({ stream, terminal, style }: BuildProgressOptions): Promise<BuildProgress> {
  const spinner = terminal ? await startSpinner(stream) : undefined;
  if (!spinner) return lines(stream);
  return {
    report: (step) => {
      spinner.text = barText(step, style);
    },
    stop: () => spinner.stop(),
  };
}

const titles: Readonly<Record<BuildStep['phase'], string>> = {
  download: 'Downloading modules',
  build: 'Compiling packages ',
  link: 'Linking programs, which takes a minute or two',
  start: 'Starting programs  ',
};

/** `Compiling packages  ██████░░░░░░ 500 of 2000, about 1m 30s left`. */
export function barText(step: BuildStep, { colour, glyphs }: Style): string {
  const { phase, done, total } = step;
  // Nobody can tell how far a linker is.
  if (phase === 'link') return titles.link;
  const full = total > 0 ? Math.floor((done / total) * barWidth) : 0;
  const bar = colour.cyan(glyphs.full.repeat(full)) + colour.dim(glyphs.empty.repeat(barWidth - full));
  return `${titles[phase]} ${bar} ${grouped(done)} of ${grouped(total)}${leftText(step)}`;
}

function leftText({ etaSeconds }: BuildStep): string {
  return !etaSeconds ? '' : `, about ${durationText(etaSeconds * 1000)} left`;
}

/** A line at each new phase of a build and every ten seconds within one; a mere start is over too soon to tell. */
function lines(stream: NodeJS.WritableStream): BuildProgress {
  let phase = '';
  let told = 0;
  const report = (step: BuildStep) => {
    const now = performance.now();
    if (step.phase === 'start' || (step.phase === phase && now - told < millisecondsBetweenLines)) return;
    phase = step.phase;
    told = now;
    stream.write(`${lineText(step)}\n`);
  };
  return { report, stop: () => {} };
}

function lineText(step: BuildStep): string {
  const { phase, done, total } = step;
  if (phase === 'link') return titles.link;
  const [verb, noun] = phase === 'download' ? ['Downloaded', 'module'] : ['Compiled', 'package'];
  return `${verb} ${grouped(done)} of ${countOf(total, noun)}${leftText(step)}`;
}
