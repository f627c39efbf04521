/** What is generated is fresh: the README says what the code says. `npm run readme` writes it anew. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { completionFiles, completionScripts, shells } from '../../src/commands/completion-scripts.ts';
import { exitStatuses } from '../../src/commands/exit-status.ts';
import { errorTable } from '../../src/errors.ts';
import { readYaml } from '../../src/manifest/yaml.ts';

const path = join(import.meta.dirname, '../../README.md');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

interface Schema {
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** The schema of `spec` in a file of crds/. */
function specOf(file: string): Schema {
  const [document] = [...readYaml(readFileSync(join(path, '../crds', file), 'utf8'))];
  if (!document || 'problem' in document) throw new Error(`${file} cannot be read`);
  const { spec } = document.value as unknown as {
    spec: { versions: { schema: { openAPIV3Schema: { properties: { spec: Schema } } } }[] };
  };
  const [first] = spec.versions;
  if (!first) throw new Error(`${file} has no version`);
  return first.schema.openAPIV3Schema.properties.spec;
}

/** A row for each field, and for those below it. */
function fieldRows({ properties = {}, required = [] }: Schema, parent = ''): string[][] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const full = `${parent}${name}`;
    const values = (field.enum ?? []).map((value) => (value === field.default ? `**${value}**` : value)).join(', ');
    const value = values || (field.default === undefined ? '' : `**${field.default}**`);
    // Upstream's schema asks for what has a default, too.
    const mark = required.includes(name) && field.default === undefined ? '*' : '';
    const row = [`\`${full}\`${mark}`, value, (field.description ?? '').replaceAll('*', '\\*')];
    const inner = field.items ? fieldRows(field.items, `${full}[].`) : fieldRows(field, `${full}.`);
    return [row, ...inner];
  });
}

const fields = new Map(
  ['infrahubsyncs.yaml', 'vidraresources.yaml'].flatMap((file) =>
    fieldRows(specOf(file)).map((row) => [row[0] as string, row] as const),
  ),
);

const blocks: Readonly<Record<string, string>> = {
  fields: table(['field', 'values, **default**', 'meaning'], [...fields.values()]),
  'exit codes': table(
    ['code', 'meaning'],
    Object.entries(exitStatuses).map(([status, meaning]) => [`\`${status}\``, meaning]),
  ),
  'error codes': table(
    ['code', 'exit', 'what to do'],
    Object.entries(errorTable).map(([code, { exit, hint }]) => [`\`${code}\``, String(exit), hint]),
  ),
};

function withBlocks(text: string): string {
  return Object.entries(blocks).reduce((result, [name, block]) => {
    const marks = new RegExp(`(<!-- generated: ${name} -->\n)[\\s\\S]*?(<!-- end -->)`);
    if (!marks.test(result)) throw new Error(`README.md has no block "${name}"`);
    return result.replace(marks, (_whole, start, end) => `${start}\n${block}\n\n${end}`);
  }, text);
}

it('README.md tells the fields, exit codes and error codes of the code', async () => {
  await expect(withBlocks(readFileSync(path, 'utf8'))).toMatchFileSnapshot(path);
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
