/** An error as people see it. */
import { describe, expect, it } from 'vitest';
import { VidraError } from '../../../src/errors.ts';
import { errorText } from '../../../src/view/error-text.ts';
import { createStyle } from '../../../src/view/style.ts';

const plain = createStyle({ colour: false, unicode: true });

describe('an error', () => {
  it('of the user says what is wrong and the way out, without a stack', () => {
    const error = new VidraError('PROFILE_UNKNOWN', 'there is no profile "x"', { subject: 'x', cause: new Error('y') });
    expect(errorText(error, '1.2.3', plain, 'vidra plan')).toBe(
      'error: x: there is no profile "x" (PROFILE_UNKNOWN)\nhint: List the profiles with: vidra profile list\n',
    );
  });

  it('of Vidra itself shows the stack, the version and what to do with it', () => {
    const text = errorText(new TypeError('oops'), '1.2.3', plain, 'vidra plan');
    expect(text).toContain('TypeError: oops');
    expect(text).toContain('error-text.test.ts');
    expect(text).toContain('vidra 1.2.3, node v');
    expect(text).toContain('report it');
  });

  it('that is no Error is shown all the same', () => {
    expect(errorText('odd', '1.2.3', plain, 'vidra plan')).toContain('error: odd\n');
  });

  it('does not steer the terminal', () => {
    expect(errorText(new VidraError('USAGE', '\u001b[2J'), '1', plain, 'vidra plan')).not.toContain('\u001b');
  });
});
