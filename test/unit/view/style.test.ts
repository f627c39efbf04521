/** When there are colours, and characters beyond ASCII. */
import { describe, expect, it } from 'vitest';
import { styleFor } from '../../../src/view/style.ts';

const isColoured = (given: Partial<Parameters<typeof styleFor>[0]>) =>
  styleFor({ terminal: true, colour: true, environment: {}, ...given }).colour.red('x') !== 'x';
const arrow = (environment: Record<string, string>) =>
  styleFor({ terminal: true, colour: true, environment }).glyphs.arrow;

describe('style', () => {
  it('has colours on a terminal only, and not where they are turned off', () => {
    expect(isColoured({})).toBe(true);
    expect(isColoured({ terminal: false })).toBe(false);
    expect(isColoured({ colour: false })).toBe(false);
    expect(isColoured({ environment: { NO_COLOR: '1' } })).toBe(false);
    expect(isColoured({ environment: { NO_COLOR: '' } })).toBe(true);
    expect(isColoured({ environment: { TERM: 'dumb' } })).toBe(false);
  });

  it('goes beyond ASCII only where the locale says UTF-8', () => {
    expect([arrow({ LANG: 'de_CH.UTF-8' }), arrow({ LC_ALL: 'C', LANG: 'de_CH.UTF-8' }), arrow({})]).toEqual([
      '→',
      '->',
      '->',
    ]);
  });
});
