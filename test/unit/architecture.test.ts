/** The map in src/README.md is true: nobody imports what it does not allow. And the checker can see that. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Files, importsOf, readTable, violations } from '../support/architecture.ts';

const root = join(import.meta.dirname, '../..');
const markdown = readFileSync(join(root, 'src/README.md'), 'utf8');

function sources(): Files {
  const entries = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.sort().map((path) => [path.slice(root.length + 1), readFileSync(path, 'utf8')]));
}

describe('the sources', () => {
  it('keep the table in src/README.md', () => {
    expect(violations(sources(), readTable(markdown))).toEqual([]);
  });

  it('are really read', () => {
    const files = sources();
    expect(files.size).toBeGreaterThan(80);
    expect(importsOf(files.get('src/cli.ts') ?? '').map((one) => one.specifier)).toContain('./commands/plan.ts');
  });

  it('have a row in the table for each folder, and each row has a folder or file', () => {
    const units = new Set([...sources().keys()].map((path) => (path.split('/')[1] ?? '').replace(/\.ts$/, '')));
    units.delete('README.md');
    expect([...units].sort()).toEqual(
      readTable(markdown)
        .map((row) => row.name)
        .sort(),
    );
  });
});

const table = `
| folder or file | may import | only door for |
| --- | --- | --- |
| \`errors\` | nothing | |
| \`plan\` | errors | |
| \`engine\` | errors, plan (types) | undici, @scope/name |
| \`cli\` | engine | |
`;

function check(path: string, text: string, more: Record<string, string> = {}): string[] {
  return violations(new Map(Object.entries({ [path]: text, ...more })), readTable(table));
}

describe('the checker', () => {
  it('lets pass what the table allows', () => {
    const text = [
      "import { readFileSync } from 'node:fs';",
      "import { Pool } from 'undici';",
      "import thing from '@scope/name/part.js';",
      "import type {\n  Plan,\n} from '../plan/plan.ts';",
      "export { act } from './act.ts';",
      "import { VidraError } from '../errors.ts';",
    ].join('\n');
    expect(check('src/engine/run.ts', text)).toEqual([]);
  });

  it.each([
    ["import { a } from '../engine/a.ts';", 'src/plan/plan.ts: plan may not import engine'],
    ["import {\n  a,\n  b,\n} from '../engine/a.ts';", 'src/plan/plan.ts: plan may not import engine'],
    ["export * from '../engine/a.ts';", 'src/plan/plan.ts: plan may not import engine'],
    ["import '../engine/a.ts';", 'src/plan/plan.ts: plan may not import engine'],
    ["import type { A } from '../engine/a.ts';", 'src/plan/plan.ts: plan may not import engine'],
    ["const a = await import('../engine/a.ts');", 'src/plan/plan.ts: plan may not import engine'],
    ["const a = require('../engine/a.ts');", 'src/plan/plan.ts: plan may not import engine'],
    ["import { Pool } from 'undici';", 'src/plan/plan.ts: plan is no door for undici'],
    ["import type { Pool } from '@scope/name/deep';", 'src/plan/plan.ts: plan is no door for @scope/name'],
    ["console.log('x');", 'src/plan/plan.ts: console may not be used here'],
    ['process.exitCode = 1;', 'src/plan/plan.ts: process.exit may not be used here'],
    ["import { env } from 'node:process';", 'src/plan/plan.ts: process.env may not be used here'],
    ['const home = process.env.HOME;', 'src/plan/plan.ts: process.env may not be used here'],
    ['const now = new Date();', 'src/plan/plan.ts: the clock, a timer or chance may not be used here'],
    ['setTimeout(work, 5);', 'src/plan/plan.ts: the clock, a timer or chance may not be used here'],
    ['line;\n'.repeat(301), 'src/plan/plan.ts: 301 lines, more than 300'],
  ])('sees %j', (text, message) => {
    expect(check('src/plan/plan.ts', text)).toEqual([message]);
  });

  it('tells an import of types from one of values', () => {
    const message = 'src/engine/a.ts: engine may import only types of plan';
    expect(check('src/engine/a.ts', "import { hasChanges } from '../plan/plan.ts';")).toEqual([message]);
    expect(check('src/engine/a.ts', "import { type Plan } from '../plan/plan.ts';")).toEqual([message]);
  });

  it('sees a folder that is not in the table', () => {
    expect(check('src/other/a.ts', '')).toEqual(['src/other/a.ts: other is not in the table']);
  });

  it('sees files in the wrong place or with a name that says nothing', () => {
    expect(check('src/plan/deep/a.ts', '')).toEqual(['src/plan/deep/a.ts: more than one level of folders']);
    expect(check('src/plan/utils.ts', '')).toEqual(['src/plan/utils.ts: "utils" names no topic']);
    expect(check('src/plan/index.ts', '')).toEqual(['src/plan/index.ts: "index" names no topic']);
  });

  it('sees a cycle between files, of types too', () => {
    const found = check('src/plan/a.ts', "import { b } from './b.ts';", {
      'src/plan/b.ts': "import type { C } from './c.ts';",
      'src/plan/c.ts': "export { a } from './a.ts';",
    });
    expect(found).toEqual(['cycle: src/plan/a.ts -> src/plan/b.ts -> src/plan/c.ts -> src/plan/a.ts']);
  });

  it('sees a row that names a row below it', () => {
    const upside = table.replace('| `errors` | nothing |', '| `errors` | plan |');
    expect(violations(new Map(), readTable(upside))).toEqual([
      'src/README.md: errors names plan, which is not above it',
    ]);
  });

  it('does not take comments for code', () => {
    expect(check('src/plan/plan.ts', "// console.log(1)\n/** import { a } from '../engine/a.ts' */")).toEqual([]);
  });

  it('refuses a map without a table', () => {
    expect(() => readTable('# The map')).toThrow('no table');
  });
});
