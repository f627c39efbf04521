/** Sentences in lines. */
import { describe, expect, it } from 'vitest';
import { wrap } from '../../../src/view/wrap.ts';

describe('sentences', () => {
  it('are broken between words, as late as the width allows', () => {
    expect(wrap('one two three four', 9)).toEqual(['one two', 'three', 'four']);
  });

  it('keep a word whole that is longer than a line', () => {
    expect(wrap('see https://127.0.0.1:6443 now', 9)).toEqual(['see', 'https://127.0.0.1:6443', 'now']);
  });
});
