/** Tells on standard error how far a build is that the tests wait for. */
import { performance } from 'node:perf_hooks';
import type { OnProgress } from '../../src/sandbox/progress.ts';

const secondsBetweenLines = 10;

/** Writes a line at each new phase of a build, and every few seconds in between. */
export function progressLines(what: string): OnProgress {
  let phase = '';
  let last = 0;
  return (progress) => {
    if (progress.phase === 'start') return;
    const due = performance.now() - last > secondsBetweenLines * 1000;
    if (progress.phase === phase && !due) return;
    phase = progress.phase;
    last = performance.now();
    const left = progress.etaSeconds === undefined ? '' : `, about ${progress.etaSeconds} s left`;
    process.stderr.write(`${what}: ${phase} ${progress.done} of ${progress.total}${left}\n`);
  };
}
