/** One field that differs, as people see it. */
import { describe, expect, it } from 'vitest';
import type { Difference } from '../../../src/plan/plan.ts';
import { usualDetail } from '../../../src/view/detail.ts';
import { differenceLines } from '../../../src/view/difference.ts';
import { createStyle } from '../../../src/view/style.ts';

const plain = createStyle({ colour: false, unicode: true });
const show = (difference: Difference, context?: number) =>
  differenceLines(difference, plain, { ...usualDetail, ...(context !== undefined && { context }) });

describe('a difference', () => {
  it('shows old and new beside each other', () => {
    expect(show({ path: 'spec.replicas', before: 1, after: 2 })).toEqual(['spec.replicas: 1 → 2']);
  });

  it('tells a text from a number', () => {
    expect(show({ path: 'data.port', before: '80', after: 80 })).toEqual(['data.port: "80" → 80']);
  });

  it('shows all digits of a large integer', () => {
    expect(show({ path: 'spec.x', after: 9007199254740993n })).toEqual(['spec.x: + 9007199254740993']);
  });

  it('says that a field is new or goes away', () => {
    expect(show({ path: 'data.a', after: 'x' })).toEqual(['data.a: + "x"']);
    expect(show({ path: 'data.a', before: 'x' })).toEqual(['data.a: - "x"']);
  });

  it('keeps apart long values that differ in their middle only', () => {
    const [line = ''] = show({
      path: 'a',
      before: `${'x'.repeat(80)}1${'y'.repeat(80)}`,
      after: `${'x'.repeat(80)}2${'y'.repeat(80)}`,
    });
    expect(line.length).toBeLessThan(140);
    expect(line).toContain('x1y');
    expect(line).toContain('x2y');
  });

  it('takes out the middle of a long new value', () => {
    expect(show({ path: 'a', after: 'x'.repeat(200) })).toEqual([`a: + "${'x'.repeat(28)}…${'x'.repeat(28)}"`]);
  });

  it('shows texts of many lines as a line diff with little around it', () => {
    const before = 'a\nb\nc\nd\ne\nf\ng\nh\ni\n';
    const after = 'a\nb\nc\nD\ne\nf\ng\nh\nI\n';
    expect(show({ path: 'data.file', before, after })).toEqual([
      'data.file:',
      '    c',
      '  - d',
      '  + D',
      '    e',
      '    …',
      '    h',
      '  - i',
      '  + I',
    ]);
  });

  it('cuts a line diff that is long, and says how much is left', () => {
    const text = (word: string) => Array.from({ length: 50 }, (_, index) => `${word} ${index}`).join('\n');
    const lines = show({ path: 'data.file', before: text('old'), after: text('new') });
    expect(lines).toHaveLength(18);
    expect(lines.at(-1)).toBe('  … 84 more lines');
  });

  it('only counts lines when nearly all of many differ', () => {
    const text = (word: string) => Array.from({ length: 5000 }, (_, index) => `${word} ${index}`).join('\n');
    expect(show({ path: 'data.file', before: text('old'), after: text('new') })).toEqual([
      'data.file: 5000 lines → 5000 lines',
    ]);
  });

  it('tells of a line feed that comes or goes at the end', () => {
    expect(show({ path: 'data.file', before: 'a\nb\n', after: 'a\nb' })).toEqual([
      'data.file:',
      '    a',
      '  - b',
      '  + b',
      '  \\ No newline at end of file',
    ]);
  });

  it('shows as many lines around as are asked for, and cuts nothing then', () => {
    const lines = Array.from({ length: 60 }, (_, index) => `${index} ${'x'.repeat(120)}`);
    const before = lines.join('\n');
    const after = lines.map((line, index) => (index % 2 === 0 ? `${line}!` : line)).join('\n');
    const difference = { path: 'data.file', before, after };
    expect(show(difference)).toHaveLength(18);
    expect(show(difference, 0).filter((line) => /^ {2}[-+] /.test(line))).toHaveLength(60);
    expect(show(difference, 0)).toContain(`  + ${lines[58]}!`);

    const few = { path: 'data.file', before: 'a\nb\nc\nd\ne\nf\n', after: 'a\nb\nc\nd\ne\nF\n' };
    expect(show(few, 0)).toEqual(['data.file:', '  - f', '  + F']);
    expect(show(few, 2)).toEqual(['data.file:', '    d', '    e', '  - f', '  + F']);
    expect(show(few, Number.POSITIVE_INFINITY)).toHaveLength(8);
    expect(show({ path: 'a', after: 'x'.repeat(200) }, 0)).toEqual([`a: + "${'x'.repeat(200)}"`]);
    expect(show({ path: 'a', before: 'y'.repeat(200), after: 'x'.repeat(200) }, 0)[0]).toHaveLength(410);
  });

  it('shows all of two long texts that have nothing in common when all is asked for', () => {
    const text = (word: string) => Array.from({ length: 5000 }, (_, index) => `${word} ${index}\n`).join('');
    const lines = show({ path: 'data.file', before: text('old'), after: text('new') }, Number.POSITIVE_INFINITY);
    expect(lines).toHaveLength(10_001);
    expect([lines[1], lines.at(-1)]).toEqual(['  - old 0', '  + new 4999']);
  });

  it('shows what is masked as it comes', () => {
    const masked = show({ path: 'data.password', before: '(secret)', after: '(secret, changed)' });
    expect(masked).toEqual(['data.password: "(secret)" → "(secret, changed)"']);
  });

  it('does not let a value steer the terminal', () => {
    const before = 'a\n\u001b[31mred\u009b2J';
    const lines = show({ path: 'data.file', before, after: 'a\nb\u202e' }).join('');
    expect(lines).toContain('\\u001b[31mred\\u009b2J');
    for (const character of ['\u001b', '\u009b', '\u202e']) expect(lines).not.toContain(character);
    expect(show({ path: 'data.file', after: '\u009b2J' }).join('')).not.toContain('\u009b');
  });
});
