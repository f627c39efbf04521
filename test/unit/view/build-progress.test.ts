/** What people see while a control plane is built. */
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type BuildStep, barText, createBuildProgress } from '../../../src/view/build-progress.ts';
import { createStyle } from '../../../src/view/style.ts';

describe('the progress of a build', () => {
  it('is a line for each phase where nobody watches, and nothing for a mere start', async () => {
    let text = '';
    const write: Writable['_write'] = (chunk, _encoding, done) => {
      text += chunk;
      done();
    };
    const style = createStyle({ colour: false, unicode: true });
    const progress = await createBuildProgress({ stream: new Writable({ write }), terminal: false, style });
    const steps: readonly BuildStep[] = [
      { phase: 'download', done: 0, total: 200 },
      { phase: 'download', done: 1, total: 200 },
      { phase: 'build', done: 0, total: 1 },
      { phase: 'link', done: 0, total: 1 },
      { phase: 'link', done: 1, total: 1 },
      { phase: 'start', done: 0, total: 3 },
    ];
    for (const step of steps) progress.report(step);
    expect(text).toBe(
      'Downloaded 0 of 200 modules\nCompiled 0 of 1 package\nLinking programs, which takes a minute or two\n',
    );
  });

  it('is a bar with the time left on a terminal, also on one without Unicode', () => {
    const step = { phase: 'build', done: 500, total: 2000, etaSeconds: 90 } as const;
    expect(barText(step, createStyle({ colour: false, unicode: true }))).toBe(
      'Compiling packages  ██████░░░░░░░░░░░░░░░░░░ 500 of 2000, about 1m 30s left',
    );
    expect(barText({ ...step, done: 2000, etaSeconds: 0 }, createStyle({ colour: false, unicode: false }))).toBe(
      'Compiling packages  ######################## 2000 of 2000',
    );
  });

  it('promises no time where nobody can tell', () => {
    const style = createStyle({ colour: false, unicode: false });
    expect(barText({ phase: 'download', done: 0, total: 0 }, style)).toBe(
      `Downloading modules ${'.'.repeat(24)} 0 of 0`,
    );
    expect(barText({ phase: 'link', done: 0, total: 1 }, style)).not.toContain('.');
  });
});
