/** What is generated is fresh: the README says what the code says. `npm run readme` writes it anew. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { completionFiles, completionScripts, shells } from '../../src/commands/completion-scripts.ts';
import { exitStatuses } from '../../src/commands/exit-status.ts';
import { customResourceDefinitions } from '../../src/definition/crd.ts';
import { errorTable } from '../../src/errors.ts';
import { referencePage, shortTable } from '../support/definition-reference.ts';
import { table } from '../support/markdown-table.ts';

const path = join(import.meta.dirname, '../../README.md');
const head = '# Generated of src/definition by npm run readme.\n';
const chart = join(path, '../charts/vidra');

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** A row for each value of the chart that has a meaning of its own. */
function valueRows({ description, properties = {} }: Schema, value: unknown, name = ''): string[][] {
  const isLong = typeof value === 'object' && Object.keys(value ?? {}).length > 0;
  const shown = value === undefined || value === '' ? '' : `\`${JSON.stringify(value)}\``;
  const rows = name && description ? [[`\`${name}\``, isLong ? 'as in values.yaml' : shown, description]] : [];
  const inner = Object.entries(properties).flatMap(([key, schema]) =>
    valueRows(schema, (value as Record<string, unknown> | undefined)?.[key], name ? `${name}.${key}` : key),
  );
  return [...rows, ...inner];
}

function chartValues(): string[][] {
  const read = (file: string) => readFileSync(join(chart, file), 'utf8');
  return valueRows(JSON.parse(read('values.schema.json')) as Schema, parse(read('values.yaml')));
}

const blocks: Readonly<Record<string, string>> = {
  fields: shortTable(),
  'exit codes': table(
    ['code', 'meaning'],
    Object.entries(exitStatuses).map(([status, meaning]) => [`\`${status}\``, meaning]),
  ),
  'error codes': table(
    ['code', 'exit', 'what to do'],
    Object.entries(errorTable).map(([code, { exit, hint }]) => [`\`${code}\``, String(exit), hint]),
  ),
};

function withBlocks(text: string, named: Readonly<Record<string, string>>): string {
  return Object.entries(named).reduce((result, [name, block]) => {
    const marks = new RegExp(`(<!-- generated: ${name} -->\n)[\\s\\S]*?(<!-- end -->)`);
    if (!marks.test(result)) throw new Error(`README.md has no block "${name}"`);
    return result.replace(marks, (_whole, start, end) => `${start}\n${block}\n\n${end}`);
  }, text);
}

it('README.md tells the fields, exit codes and error codes of the code', async () => {
  await expect(withBlocks(readFileSync(path, 'utf8'), blocks)).toMatchFileSnapshot(path);
});

it('the README.md of the chart tells its values', async () => {
  const values = table(['value', 'default', 'meaning'], chartValues());
  const file = join(chart, 'README.md');
  await expect(withBlocks(readFileSync(file, 'utf8'), { values })).toMatchFileSnapshot(file);
});

it('the chart is of the same version as the program', () => {
  const { version } = JSON.parse(readFileSync(join(path, '../package.json'), 'utf8')) as { version: string };
  expect(parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8'))).toMatchObject({ version, appVersion: version });
});

it('crds/ holds what the rules of definitions say', async () => {
  for (const crd of customResourceDefinitions()) {
    const plural = crd.metadata.name.split('.')[0];
    const text = stringify(crd, { lineWidth: 0, aliasDuplicateObjects: false });
    await expect(`${head}${text}`).toMatchFileSnapshot(join(path, `../crds/${plural}.yaml`));
  }
});

it('crds/README.md tells all fields of definitions', async () => {
  await expect(referencePage()).toMatchFileSnapshot(join(path, '../crds/README.md'));
});

it('only exit codes that README.md explains are used by errors', () => {
  const explained = Object.keys(exitStatuses).map(Number);
  for (const { exit } of Object.values(errorTable)) expect(explained).toContain(exit);
});

it('package-lock.json names the optional packages of every platform, without which npm ci refuses to start', () => {
  type Lock = { packages: Record<string, { optionalDependencies?: Record<string, string> }> };
  const { packages } = JSON.parse(readFileSync(join(path, '../package-lock.json'), 'utf8')) as Lock;
  const wanted = Object.values(packages).flatMap((one) => Object.keys(one.optionalDependencies ?? {}));
  expect(wanted.length).toBeGreaterThan(10);
  expect(wanted.filter((name) => !(`node_modules/${name}` in packages))).toEqual([]);
});

it.each(shells)('completions/ holds the script for %s', async (shell) => {
  const file = join(path, '../completions', completionFiles[shell]);
  await expect(completionScripts[shell]).toMatchFileSnapshot(file);
});
