/** Nothing from elsewhere renders as anything but text. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { code, fenced, htmlCode, prose } from '../../../src/view/markdown-text.ts';
import { readBlocks, readInline, span } from '../../support/markdown.ts';

/** Text that means something to Markdown, GitHub or GitLab, and any other. */
const fragments = [
  '`',
  '"',
  '``',
  '```',
  '@octocat',
  '#1',
  '!2',
  '<b>',
  '</details>',
  '<!--',
  '-->',
  '[a](b)',
  '![x](y)',
  '|',
];
const more = [
  'http://x.org',
  'www.x.org',
  'a@b.org',
  ':tada:',
  '**',
  '_',
  '~~',
  '\\',
  '&amp;',
  '- ',
  '1.',
  '# ',
  '\n',
  '\r\n',
];
const words = [
  'deadbeef',
  'feedface1',
  '1234567',
  'owner/repo#3',
  'GH-4',
  '$x$',
  '~label',
  '%1',
  '\u202e',
  '\u0000',
  "it's",
];
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(...fragments, ...more, ...words, ' ', 'word'),
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
  )
  .map((parts) => parts.join(''));
/** As it may be shown: one line, without what would steer a terminal. */
const plainText = (text: string) => text.replace(/\s+/g, ' ').trim();

describe('code', () => {
  it('is one code span that holds the text', () => {
    expect(code('Deployment shop/web')).toBe('`Deployment shop/web`');
    expect(code('a`b')).toBe('``a`b``');
    expect(code('`')).toBe('`` ` ``');
    expect(code('')).toBe('`(empty)`');
    expect(code('a\nb')).toBe('`a b`');
    expect(code('\u202eevil')).toBe('`\\u202eevil`');
    expect(code('x'.repeat(2000)).length).toBeLessThan(1010);
  });

  it('is never left by what is in it', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const rendered = readInline(`a ${code(text)} b`);
        expect(rendered.text).toBe(`a ${span} b`);
        expect(rendered.code).toHaveLength(1);
        expect(code(text)).not.toMatch(/[\r\n]/);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('prose', () => {
  it.each([
    ['it was deleted', 'it was deleted'],
    ["not this owner's any more", "not this owner's any more"],
    ['changed by kubectl-edit, helm', 'changed by `kubectl-edit`, helm'],
    ['its definition left the set "default"', 'its definition left the set "default"'],
    ['still wanted by shared-18f0c0de…0101 and 1 other', 'still wanted by `shared-18f0c0de…0101` and 1 other'],
    ['spec.replicas: Invalid value: -1', '`spec.replicas`: Invalid value: `-1`'],
    ['ask @octocat, see #12 or https://x.org/a|b', 'ask `@octocat`, see `#12` or `https://x.org/a|b`'],
    ['deadbeef and 1234567 may be commits', '`deadbeef` and `1234567` may be commits'],
    ['1. no list', '`1`. no list'],
    ['line 25, column 3: wrong', 'line 25, column 3: wrong'],
    ['- no list', '`-` no list'],
    ['**bold** <b>html</b>', '`**bold** <b>html</b>`'],
    ['a\n# b', 'a `#` b'],
    ['unless you --confirm "ConfigMap gd/a", or not', 'unless you `--confirm "ConfigMap gd/a"`, or not'],
    ['"two words" here', '"two words" here'],
    ['', ''],
  ])('of %j is %j', (text, expected) => {
    expect(prose(text)).toBe(expected);
  });

  it('has nothing outside of code but plain words and numbers', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const { text: outside } = readInline(prose(text));
        for (const word of outside.split(' ')) {
          expect(word).toMatch(/^(["'(]?[A-Za-z]+('[a-z]+)?["')]?[,;:.]?|[0-9]{1,6}[,;:]?|\u25a0[,;:.]?|)$/);
          expect(word).not.toMatch(/^[^A-Za-z]*[a-f]{7,}\b/i);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('says all that it was given', () => {
    fc.assert(
      fc.property(
        nasty.filter((text) => text.length < 900),
        (text) => {
          const { text: outside, code: spans } = readInline(prose(text));
          const parts = outside.split(span);
          const whole = parts.map((part, index) => part + (spans[index] ?? '')).join('');
          expect(plainText(whole)).toBe(plainText(readable(text)));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

/** With what steers terminals shown as escapes, as everywhere. */
function readable(text: string): string {
  const line = text.replace(/\s*[\r\n]+\s*/g, ' ');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
  return line.replace(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

describe('a fenced block', () => {
  it('has a fence that is longer than any in it', () => {
    expect(fenced(['a'], 'diff')).toEqual(['```diff', 'a', '```']);
    expect(fenced(['+````', '```'], 'diff')).toEqual(['`````diff', '+````', '```', '`````']);
  });

  it('ends where it ends', () => {
    fc.assert(
      fc.property(fc.array(nasty), (lines) => {
        const block = fenced(lines, 'diff').map((line) => `  ${line}`);
        const { lines: around, fences } = readBlocks(['before', ...block, 'after'].join('\n'));
        expect(around).toEqual(['before', 'after']);
        expect(fences).toHaveLength(1);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('code in HTML', () => {
  it('holds no tag and no quote but its own', () => {
    expect(htmlCode('<img src="x">&')).toBe('<code>&#60;img src=&#34;x&#34;&#62;&#38;</code>');
    fc.assert(
      fc.property(nasty, (text) => {
        const inside = htmlCode(text)
          .replace(/^<code>/, '')
          .replace(/<\/code>$/, '');
        expect(inside).toMatch(/^([^<>&"'\r\n]|&#[0-9]+;)*$/);
      }),
    );
  });
});
