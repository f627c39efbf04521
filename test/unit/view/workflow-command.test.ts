/** What GitHub's runner reads is what was meant, whatever the text. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Annotation } from '../../../src/view/annotation.ts';
import { annotationLines, withoutCommands } from '../../../src/view/workflow-command.ts';
import { readCommands } from '../../support/runner.ts';

const nowhere = () => undefined;
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom('::error::x', '%', '%0A', '%25', ':', ',', '\n', '\r', '##[add-mask]', '::', '=', ' '),
      fc.string(),
    ),
  )
  .map((parts) => parts.join(''));
/** Control characters are shown as escapes, and line feeds are kept. */
const shown = (text: string) => text.replace(/\r/g, '\\u000d');

describe('an annotation', () => {
  it('is one line with place, title and message', () => {
    const annotation = {
      level: 'error',
      title: 'ConfigMap shop/a (CONFLICT)',
      message: 'taken: 100%\nby, others',
    } as const;
    const place = () => ({ file: 'deploy/a,b:c.yaml', line: 3, column: 5 });
    expect(annotationLines([annotation], place)).toEqual([
      '::error file=deploy/a%2Cb%3Ac.yaml,line=3,col=5,title=ConfigMap shop/a (CONFLICT)::taken: 100%25%0Aby, others',
    ]);
    expect(annotationLines([{ level: 'notice', title: 'x', message: 'y' }], nowhere)).toEqual(['::notice title=x::y']);
  });

  it('is read as it was meant, and nothing in it is another command', () => {
    fc.assert(
      fc.property(nasty, nasty, nasty, (title, message, file) => {
        const lines = annotationLines([{ level: 'warning', title, message }], () => ({ file, line: 1, column: 2 }));
        expect(lines).toHaveLength(1);
        const commands = readCommands(lines.join('\n'));
        expect(commands).toHaveLength(1);
        expect(commands[0]?.name).toBe('warning');
        expect(commands[0]?.properties).toMatchObject({ line: '1', col: '2' });
        if (!/[^\t\n\r -~]/.test(title + message + file)) {
          if (title.length <= 200) expect(commands[0]?.properties['title']).toBe(shown(title));
          expect(commands[0]?.data).toBe(shown(message));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('of which there are too many for GitHub goes with the others into the last one of its level', () => {
    const many = (level: Annotation['level'], count: number) =>
      Array.from(
        { length: count },
        (_, index): Annotation => ({ level, title: `t${index}`, message: `m${index}\nhint` }),
      );
    const lines = annotationLines([...many('notice', 10), ...many('error', 13)], nowhere);
    expect(lines.filter((line) => line.startsWith('::notice'))).toHaveLength(10);
    const errors = lines.filter((line) => line.startsWith('::error'));
    expect(errors).toHaveLength(10);
    expect(errors.at(-1)).toBe('::error title=4 more errors::t9: m9%0At10: m10%0At11: m11%0At12: m12');
    expect(lines[0]).toMatch(/^::error/);
  });
});

describe('text beside annotations', () => {
  it('is never taken for a command', () => {
    expect(withoutCommands('a\n  ::error::x\n::set-env name=a::b\n+ ::warning::y')).toBe(
      'a\n  \\u003a:error::x\n\\u003a:set-env name=a::b\n+ ::warning::y',
    );
    expect(withoutCommands('x ##[add-mask]y')).toBe('x \\u0023#[add-mask]y');
    fc.assert(
      fc.property(nasty, (text) => readCommands(withoutCommands(text)).length === 0),
      { numRuns: 2000 },
    );
  });
});
