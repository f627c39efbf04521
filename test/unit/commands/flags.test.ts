/** Flags, as commander hands them to the verbs. */
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addClusterFlags, addDefinitionFlags, addPlanFlags, addWriteFlags } from '../../../src/commands/flags.ts';
import { addViewFlags, detailOf } from '../../../src/commands/view-flags.ts';

function parse(...given: string[]): Record<string, unknown> {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  addViewFlags(addWriteFlags(addPlanFlags(addClusterFlags(addDefinitionFlags(command, 'required')))));
  return command.parse(given, { from: 'user' }).opts();
}

describe('flags', () => {
  it('have defaults', () => {
    expect(parse('-f', 'a.yaml')).toEqual({
      filename: ['a.yaml'],
      output: 'text',
      wait: true,
      timeout: 300_000,
    });
  });

  it('collect files in the order in which they are given', () => {
    expect(parse('-f', 'a.yaml', '--filename', 'dir', '-f', '-')['filename']).toEqual(['a.yaml', 'dir', '-']);
  });

  it('do not keep files from one call to the next', () => {
    parse('-f', 'a.yaml');
    expect(parse('-f', 'b.yaml')['filename']).toEqual(['b.yaml']);
  });

  it('turn a duration into milliseconds', () => {
    expect(parse('-f', 'a', '--timeout', '1h30m')['timeout']).toBe(5_400_000);
  });

  it('say how much is shown', () => {
    const detail = (...given: string[]) => detailOf(parse('-f', 'a', ...given));
    expect(detail()).toEqual({ unchanged: false, quiet: false });
    expect(detail('--diff-context', '0', '-q')).toEqual({ context: 0, unchanged: false, quiet: true });
    expect(detail('--diff-context=all', '--show-unchanged')).toMatchObject({
      context: Number.POSITIVE_INFINITY,
      unchanged: true,
    });
  });

  it.each([
    ['--timeout', '5'],
    ['--timeout', '-5m'],
    ['--output', 'xml'],
    ['--diff-context', '-1'],
    ['--diff-context', 'few'],
    ['--namespace', 'Shop'],
    ['--namespace', 'a/b'],
    ['--set', 'a b'],
    ['--set', ''],
    ['--filename', ''],
    ['--unknown'],
  ])('refuse %s %s', (...given) => {
    expect(() => parse('-f', 'a', ...given)).toThrow();
  });

  it('refuse a call without definitions', () => {
    expect(() => parse()).toThrow('--filename');
  });
});
